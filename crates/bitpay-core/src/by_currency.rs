//! by_currency
