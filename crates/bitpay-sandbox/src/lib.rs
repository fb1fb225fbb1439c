//! A BitPay that runs on this machine, for tests and development
