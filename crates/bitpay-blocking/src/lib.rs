//! A blocking BitPay client
