//! Measures the detector of mass incidents alone; see `triage/stream`.

#[path = "triage/stream/mod.rs"]
mod stream;

fn main() -> anyhow::Result<()> {
    // `--bench` is cargo's own.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    stream::run(&arguments)
}
