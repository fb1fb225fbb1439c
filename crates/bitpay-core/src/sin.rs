//! sin
