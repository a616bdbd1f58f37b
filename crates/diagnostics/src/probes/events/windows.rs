use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{Log, event_xml};
use crate::{ProbeError, event_log};

pub(super) fn read(_now: DateTime<Utc>, window: Duration) -> Result<Log, ProbeError> {
    event_xml::read(&event_log::System, window)
}
