//! `smartctl --json --health`: the only unprivileged-free way to a disk's own prediction is an ioctl only root may send,
//! and smartctl knows each maker's dialect of it.

use super::Health;

/// The verdict in smartctl's JSON; anything else than a clear yes or no is `Unknown`.
pub(super) fn parse(json: &[u8]) -> Health {
    let passed = serde_json::from_slice::<serde_json::Value>(json)
        .ok()
        .and_then(|value| value["smart_status"]["passed"].as_bool());
    match passed {
        Some(true) => Health::Ok,
        Some(false) => Health::Failing,
        None => Health::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_passed_from_failed_and_from_no_answer() {
        assert_eq!(
            parse(br#"{"json_format_version":[1,0],"smartctl":{"exit_status":0},"smart_status":{"passed":true}}"#),
            Health::Ok
        );
        assert_eq!(
            parse(br#"{"smartctl":{"exit_status":8},"smart_status":{"passed":false,"nvme":{"value":4}}}"#),
            Health::Failing
        );
        assert_eq!(
            parse(br#"{"smartctl":{"messages":[{"string":"/dev/sda: Permission denied","severity":"error"}],"exit_status":2}}"#),
            Health::Unknown
        );
        assert_eq!(parse(b""), Health::Unknown);
    }
}
