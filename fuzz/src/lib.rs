//! The laws that the fuzz targets hold the parsers to.

pub mod laws;
