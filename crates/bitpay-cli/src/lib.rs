//! The program bitpay: pair, invoice, refund and test against a local sandbox
