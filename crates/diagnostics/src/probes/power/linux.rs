use std::path::{Path, PathBuf};

use super::Power;
use crate::{ProbeError, limited_file};

pub(super) fn read() -> Result<Power, ProbeError> {
    Ok(read_under(Path::new("/sys")))
}

/// The sysfs interface is the kernel's stable one (Documentation/ABI/testing/sysfs-class-power); upower itself reads it.
fn read_under(sys: &Path) -> Power {
    let supplies = entries(&sys.join("class/power_supply"));
    let attribute = |supply: &Path, name: &str| limited_file::read_trimmed(supply.join(name));
    let of_kind = |kind: &str| -> Vec<&PathBuf> {
        supplies
            .iter()
            .filter(|supply| attribute(supply, "type").as_deref() == Some(kind))
            // Batteries of mice and headsets have the scope "Device".
            .filter(|supply| attribute(supply, "scope").as_deref() != Some("Device"))
            .collect()
    };
    let batteries = of_kind("Battery");
    let on_battery = batteries
        .first()
        .map(|_| batteries.iter().any(|battery| attribute(battery, "status").as_deref() == Some("Discharging")));
    Power {
        on_battery,
        battery_percent: share(&batteries, &[("energy_now", "energy_full"), ("charge_now", "charge_full")])
            .or_else(|| batteries.iter().find_map(|battery| limited_file::read_number(battery.join("capacity")))),
        battery_health_percent: share(
            &batteries,
            &[("energy_full", "energy_full_design"), ("charge_full", "charge_full_design")],
        ),
        plan: plan(sys),
        throttled: throttled(sys),
    }
}

/// What all batteries together have of what they could have, in percent.
fn share(batteries: &[&PathBuf], pairs: &[(&str, &str)]) -> Option<u8> {
    pairs.iter().find_map(|(part, whole)| {
        let (mut sum, mut of) = (0_u64, 0_u64);
        for battery in batteries {
            if let (Some(has), Some(could)) = (
                limited_file::read_number::<u64>(battery.join(part)),
                limited_file::read_number::<u64>(battery.join(whole)),
            ) {
                sum += has;
                of += could;
            }
        }
        (of > 0).then(|| u8::try_from((sum * 100 / of).min(100)).unwrap_or(100))
    })
}

/// The platform's profile where the firmware has one, else the governor of the first processor.
fn plan(sys: &Path) -> Option<String> {
    limited_file::read_trimmed(sys.join("firmware/acpi/platform_profile"))
        .or_else(|| limited_file::read_trimmed(sys.join("devices/system/cpu/cpu0/cpufreq/scaling_governor")))
}

/// A processor's ceiling set well below what it can do: by thermal_throttle, by firmware or by a low-power limit.
fn throttled(sys: &Path) -> Option<bool> {
    let cpufreq = sys.join("devices/system/cpu/cpu0/cpufreq");
    let ceiling: u64 = limited_file::read_number(cpufreq.join("scaling_max_freq"))?;
    let able: u64 = limited_file::read_number(cpufreq.join("cpuinfo_max_freq"))?;
    (able > 0).then_some(ceiling * 10 < able * 9)
}

fn entries(directory: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(directory).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(root: &Path, path: &str, text: &str) {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, format!("{text}\n")).unwrap();
    }

    #[test]
    fn a_worn_laptop_on_battery_is_described() {
        let sys = tempfile::tempdir().unwrap();
        let root = sys.path();
        write(root, "class/power_supply/AC/type", "Mains");
        write(root, "class/power_supply/AC/online", "0");
        write(root, "class/power_supply/BAT0/type", "Battery");
        write(root, "class/power_supply/BAT0/status", "Discharging");
        write(root, "class/power_supply/BAT0/energy_now", "11000000");
        write(root, "class/power_supply/BAT0/energy_full", "22000000");
        write(root, "class/power_supply/BAT0/energy_full_design", "50000000");
        write(root, "class/power_supply/hidpp_battery_0/type", "Battery");
        write(root, "class/power_supply/hidpp_battery_0/scope", "Device");
        write(root, "class/power_supply/hidpp_battery_0/status", "Discharging");
        write(root, "devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave");
        write(root, "devices/system/cpu/cpu0/cpufreq/scaling_max_freq", "800000");
        write(root, "devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq", "4200000");
        assert_eq!(
            read_under(root),
            Power {
                on_battery: Some(true),
                battery_percent: Some(50),
                battery_health_percent: Some(44),
                plan: Some("powersave".to_owned()),
                throttled: Some(true),
            }
        );
    }

    #[test]
    fn a_desktop_with_a_wireless_mouse_has_no_battery() {
        let sys = tempfile::tempdir().unwrap();
        write(sys.path(), "class/power_supply/mouse/type", "Battery");
        write(sys.path(), "class/power_supply/mouse/scope", "Device");
        write(sys.path(), "class/power_supply/mouse/capacity", "20");
        write(sys.path(), "firmware/acpi/platform_profile", "balanced");
        let power = read_under(sys.path());
        assert_eq!((power.on_battery, power.battery_percent), (None, None));
        assert_eq!(power.plan.as_deref(), Some("balanced"));
    }
}
