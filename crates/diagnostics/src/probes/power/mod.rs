//! Battery, power plan and throttling: why a laptop is slow.

#[cfg_attr(target_os = "linux", path = "linux.rs")]
#[cfg_attr(windows, path = "windows.rs")]
#[cfg_attr(target_os = "macos", path = "macos.rs")]
mod system;

use std::time::Duration;

use report::Privacy;
use serde::Serialize;
use serde_json::Value;

use crate::probe::answer;
use crate::{Context, Probe, ProbeError};

/// The probe.
pub const PROBE: Probe =
    Probe { name: "power", time_box: Duration::from_millis(200), privacy: Privacy::Technical, run };

/// Where the power comes from and how it is spent. What a machine does not have or does not tell is `null`.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
struct Power {
    /// Whether it runs from its battery; `null` without one.
    on_battery: Option<bool>,
    /// Charge, 0 to 100.
    battery_percent: Option<u8>,
    /// What a full charge holds of what it held when new, 0 to 100.
    battery_health_percent: Option<u8>,
    /// `power-saver`, `balanced`, `performance`, a governor's name, or the plan's name on Windows.
    plan: Option<String>,
    /// Whether the processor is held below its speed, by heat or by limit.
    throttled: Option<bool>,
}

fn run(_: &Context) -> Result<Value, ProbeError> {
    let power = system::read()?;
    if power == Power::default() {
        return Err(ProbeError::NotPresent("no battery, plan or governor".to_owned()));
    }
    answer(power)
}
