use serde::{Deserialize, Serialize};

use super::Problem;
use crate::{
    limits,
    units::{ByteSize, Span},
};

/// What the collector takes. The defaults stand in [`crate::limits`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LimitsSection {
    /// Largest report body.
    pub report: ByteSize,
    /// Largest attachment.
    pub attachment: ByteSize,
    /// Steady requests of one device a minute; 0 for no limit.
    pub device_requests_per_minute: u32,
    /// Requests one device may make at once.
    pub device_burst: u32,
    /// How long a request may take.
    pub request_timeout: Span,
    /// How long an upload may take.
    pub upload_timeout: Span,
    /// How long a stop waits for requests under way.
    pub stop_timeout: Span,
}

impl Default for LimitsSection {
    fn default() -> Self {
        Self {
            report: ByteSize(limits::REPORT_BYTES),
            attachment: ByteSize(limits::ATTACHMENT_BYTES),
            device_requests_per_minute: limits::DEVICE_REQUESTS_PER_MINUTE,
            device_burst: limits::DEVICE_BURST,
            request_timeout: Span(limits::REQUEST_TIMEOUT),
            upload_timeout: Span(limits::UPLOAD_TIMEOUT),
            stop_timeout: Span(limits::STOP_TIMEOUT),
        }
    }
}

impl LimitsSection {
    pub(super) fn check(&self, problems: &mut Vec<Problem>) {
        // Agents fill a report up to the contract's limit; a smaller one here would lose reports.
        if self.report.0 < limits::REPORT_BYTES {
            let says = format!("agents send up to {}; less would refuse them", ByteSize(limits::REPORT_BYTES));
            problems.push(Problem::new("limits.report", says));
        }
        if self.attachment.0 == 0 {
            problems.push(Problem::new("limits.attachment", "would refuse every picture"));
        }
        if self.device_burst == 0 {
            problems.push(Problem::new("limits.device_burst", "would refuse every request"));
        }
        for (key, span) in
            [("limits.request_timeout", self.request_timeout), ("limits.upload_timeout", self.upload_timeout)]
        {
            if span.0.is_zero() {
                problems.push(Problem::new(key, "would end every request at once"));
            }
        }
    }
}
