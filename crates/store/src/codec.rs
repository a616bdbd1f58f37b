//! How values look in columns.
