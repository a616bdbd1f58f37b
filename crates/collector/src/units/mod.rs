//! Sizes and times as people write them in a configuration: `20 MiB`, `30s`, `7d`.

mod byte_size;
mod span;

pub use byte_size::ByteSize;
pub use span::Span;
