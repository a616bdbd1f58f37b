//! Shared starting points of the tests.
