//! What travels between the agent, the collector and the console: reports, facts, findings, verdicts,
//! receipts, events and the closed list of error codes. Serde types only: no I/O, no clock, no randomness.
//!
//! - To add a word to the wire: put the type into the file named for it, derive `Serialize`/`Deserialize`,
//!   then run `cargo xtask types`, which refreshes the OpenAPI document and the pages' TypeScript.
//! - To add an error code: one variant in [`ErrorCode`], its status in [`ErrorCode::http_status`], its text in
//!   `ui/shared/src/i18n/{en,ru}.ts`.

mod attachment;
mod enrolment;
mod error;
mod event;
mod fact;
mod factor;
mod finding;
mod follow_up;
mod language;
mod notice;
mod owner;
mod priority_part;
mod receipt;
mod report;
mod verdict;

pub use attachment::{AttachmentKind, AttachmentPlan, MediaType};
pub use enrolment::{DeviceCredentials, DeviceInfo, EnrolmentRequest, OsFamily};
pub use error::{ErrorBody, ErrorCode};
pub use event::{Event, EventKind, EventPage};
pub use fact::{Fact, FactOutcome, Privacy, Unavailable};
pub use factor::{Dimension, Factor};
pub use finding::{EvidenceRef, Finding, Severity};
pub use follow_up::{FollowUp, FollowUpKind};
pub use language::{Language, LocalText};
pub use notice::{Notice, NoticeKind, NoticeOrigin};
pub use owner::Owner;
pub use priority_part::{PriorityPart, PriorityPartKind};
pub use receipt::{Receipt, TicketRef, TicketStatus};
pub use report::{AgentInfo, Omission, OmissionReason, Report, SCHEMA_VERSION};
pub use verdict::{Abstention, Candidate, Category, Judged, Level, Priority, ProbableCause, Verdict, VerdictSource};

/// Largest report body the collector takes and the agent makes, in bytes (pictures travel apart).
pub const MAX_REPORT_BYTES: usize = 256 * 1024;
/// Largest single attachment, in bytes.
pub const MAX_ATTACHMENT_BYTES: u64 = 20 * 1024 * 1024;
/// Most attachments a report may announce.
pub const MAX_ATTACHMENTS: usize = 16;
/// Longest sentence of a user, in Unicode scalar values.
pub const MAX_TEXT_CHARS: usize = 4_000;
/// Most facts in a report.
pub const MAX_FACTS: usize = 64;
