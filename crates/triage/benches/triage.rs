//! Time per verdict.
fn main() {}
