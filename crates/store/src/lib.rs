//! Persistence: one query layer over SQLite (default) and PostgreSQL, and the folder of blobs.
//!
//! [`Store`] is the door. What belongs to an organisation hangs on [`Scope`], which is the only way to reach it;
//! every query made there carries the organisation's id, so one organisation never sees another.
//!
//! - Time, ids and hashes are parameters. Passwords and secrets arrive as hashes only.
//! - A write that returned `Ok` is durable. A write that returned `Err` is not there at all, unless the error is
//!   [`StoreError::Unknown`].
//! - To add a table: a file in `src/tables` (entity, columns, queries), a line in `src/tables/mod.rs`, and a new
//!   entry at the end of `src/migrations.rs`. To add a column: a new migration, never a change of an old one.
//! - Tests run on both databases; see `tests/suite`.

mod backup;
mod batch;
mod blobs;
mod changes;
mod codec;
mod error;
mod migrations;
mod notice_cache;
mod scope;
mod search;
mod sqlite_statistics;
mod store;
mod tables;
#[cfg(feature = "testing")]
pub mod testing;
mod write;

pub use backup::{Backup, Integrity};
pub use blobs::{BlobError, BlobKey, BlobWriter, Blobs, Written};
pub use changes::Change;
pub use error::{Conflict, StoreError};
pub use scope::{OrganisationId, Scope};
pub use store::{Backend, Store, StoreOptions};
pub use tables::attachment::{Attachment, AttachmentState};
pub use tables::correction::{CorrectedText, Correction, CorrectionTally};
pub use tables::detector_state::{GroupingState, GroupingStep, Logged, LoggedWhat};
pub use tables::device::{Device, Enrolled};
pub use tables::enrolment_token::{EnrolmentToken, NewEnrolmentToken};
pub use tables::follow_up::{FollowedUp, StoredFollowUp};
pub use tables::incident::{Incident, IncidentBody, IncidentState, NewIncident, SharedFactor};
pub use tables::monitoring_token::MonitoringToken;
pub use tables::notice::NewNotice;
pub use tables::notice_alert::AlertOutcome;
pub use tables::organisation::Organisation;
pub use tables::refinement::VerdictBasis;
pub use tables::report::{ArrivalPlace, Ingested, NewReport, ReceiptRow, StoredReport};
pub use tables::rule_set::{NewRuleSet, RuleSet, RuleSetVersion};
pub use tables::screen_text::{
    ClaimedScreen, MAX_SCREEN_TEXT_CHARS, MAX_SCREEN_TRIES, Screen, ScreenReading, ScreenRecorded, ScreenState,
};
pub use tables::session::{NewSession, Session};
pub use tables::staff::{NewStaff, Role, Staff, StaffRef};
pub use tables::text_model::{ModelScores, ModelState, NewTextModel, TextModelVersion};
pub use tables::ticket_event::{Actor, IncidentChange, TimelineEntry, TimelineKind};
pub use tables::ticket_factor::{FactorTickets, ReportFactors};
pub use tables::ticket_major::NewMajor;
pub use tables::ticket_quality::{CONFIDENCE_BINS, ConfidenceTally, VerdictTally, WeekTally};
pub use tables::ticket_queue::{Page, Ticket, TicketCounts, TicketQuery, TicketSummary, TicketView};
pub use tables::ticket_root::Standing;
