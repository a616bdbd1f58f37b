//! `diskutil info -plist`: a disk's own prediction is otherwise behind IOKit's SMART interface, which is private.

use plist::Value;

use super::{Device, Health};

/// One whole disk; `None` if it is not the answer expected, or no hardware (a disk image, a container of APFS).
pub(super) fn device(name: &str, bytes: &[u8]) -> Option<Device> {
    let list = Value::from_reader(std::io::Cursor::new(bytes)).ok()?;
    let list = list.as_dictionary()?;
    let text = |key: &str| list.get(key).and_then(Value::as_string);
    if text("VirtualOrPhysical").is_some_and(|kind| kind == "Virtual") {
        return None;
    }
    let health = match text("SMARTStatus")? {
        "Verified" => Health::Ok,
        "Failing" => Health::Failing,
        _ => Health::Unknown,
    };
    Some(Device {
        name: name.to_owned(),
        model: text("MediaName").map(str::trim).filter(|model| !model.is_empty()).map(str::to_owned),
        rotational: list.get("SolidState").and_then(Value::as_boolean).map(|solid| !solid),
        size_bytes: list.get("TotalSize").or_else(|| list.get("Size")).and_then(Value::as_unsigned_integer),
        health,
        health_reason: (health == Health::Failing).then_some("smart"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: &str, kind: &str) -> String {
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><plist version=\"1.0\"><dict>\
             <key>MediaName</key><string>APPLE SSD AP0512Q</string><key>SMARTStatus</key><string>{status}</string>\
             <key>SolidState</key><true/><key>TotalSize</key><integer>500277792768</integer>\
             <key>VirtualOrPhysical</key><string>{kind}</string></dict></plist>"
        )
    }

    #[test]
    fn a_disk_says_whether_it_predicts_failure() {
        let disk = device("disk0", answer("Verified", "Physical").as_bytes()).unwrap();
        assert_eq!((disk.health, disk.rotational, disk.size_bytes), (Health::Ok, Some(false), Some(500_277_792_768)));
        assert_eq!(disk.model.as_deref(), Some("APPLE SSD AP0512Q"));
        let failing = device("disk0", answer("Failing", "Physical").as_bytes()).unwrap();
        assert_eq!((failing.health, failing.health_reason), (Health::Failing, Some("smart")));
        assert_eq!(device("disk0", answer("Not Supported", "Physical").as_bytes()).unwrap().health, Health::Unknown);
    }

    #[test]
    fn containers_and_nonsense_are_no_devices() {
        assert_eq!(device("disk3", answer("Verified", "Virtual").as_bytes()), None);
        assert_eq!(device("disk0", b"Could not find disk"), None);
    }
}
