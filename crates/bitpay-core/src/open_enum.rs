//! open_enum
