//! `cargo xtask bench press`: from the press to the receipt, and what the tray app costs when idle.
//!
//! Presses are filed by the agent's own engine inside a desktop without a screen (1920×1080), against a collector that
//! is a process of its own on loopback, with SQLite. What stands on the screen is drawn, so that pictures weigh what
//! pictures weigh. Nothing here asserts on time: figures stand beside their targets.

#[cfg(target_os = "linux")]
mod figures;
#[cfg(target_os = "linux")]
mod idle;
#[cfg(target_os = "linux")]
mod measure;
#[cfg(target_os = "linux")]
mod presser;
#[cfg(target_os = "linux")]
mod scene;
#[cfg(target_os = "linux")]
mod table;

#[cfg(target_os = "linux")]
fn main() -> anyhow::Result<()> {
    measure::main()
}

#[cfg(not(target_os = "linux"))]
fn main() -> anyhow::Result<()> {
    anyhow::bail!("this measurement needs Linux: its desktop without a screen is Xvfb")
}
