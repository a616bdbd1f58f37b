//! Giving memory back once a press is through: a picture of the screen is tens of megabytes while it is packed, and the
//! allocator keeps what was freed.

use agent::AgentState;

/// Whether nothing is being made or sent, pictures included.
fn is_quiet(state: &AgentState) -> bool {
    state.presses.iter().all(|press| !press.stage.is_under_way() && press.pictures_sent >= press.pictures_total)
}

/// Gives freed memory back to the system when the last press has just come to its end.
pub fn give_back_between(before: &AgentState, after: &AgentState) {
    if is_quiet(after) && !is_quiet(before) {
        give_back();
    }
}

/// From this size on a block has pages of its own, which go back the moment it is freed.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const OWN_PAGES_FROM_BYTES: libc::c_int = 256 * 1024;

/// mallopt(3): left alone, glibc raises this size with every large block it sees freed, up to 32 MB, and then keeps
/// pictures in its heaps. Call it before threads are made.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub fn keep_little() {
    // SAFETY: takes plain numbers, before any other thread runs.
    unsafe { libc::mallopt(libc::M_MMAP_THRESHOLD, OWN_PAGES_FROM_BYTES) };
}

/// Other allocators give back by themselves.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub fn keep_little() {}

/// malloc_trim(3): glibc's heaps keep freed pages, one heap per thread.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn give_back() {
    // SAFETY: takes a plain number and may be called at any time, from any thread.
    unsafe { libc::malloc_trim(0) };
}

/// Other allocators give back by themselves.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn give_back() {}
