//! Integration tests of the core, in one binary.

mod identity_laws;
mod key_forms;
mod vectors;
mod webhooks;
