//! The sandbox's tests, in one binary: it links faster.

mod access;
mod faults;
mod invoices;
mod pages;
mod pairing;
mod refunds;
mod server;
mod support;
mod webhooks;
