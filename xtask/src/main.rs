//! The workshop: `cargo xtask ci`, `cargo xtask codegen`.
fn main() {}
