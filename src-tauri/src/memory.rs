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

/// malloc_trim(3): glibc's heaps keep freed pages, one heap per thread.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn give_back() {
    // SAFETY: takes a plain number and may be called at any time, from any thread.
    unsafe { libc::malloc_trim(0) };
}

/// Other allocators give back by themselves.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn give_back() {}
