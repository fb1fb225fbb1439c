//! An async BitPay client
