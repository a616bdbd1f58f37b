//! What a window or a command line shows: small, whole, serialisable.

use chrono::{DateTime, Utc};
use report::{ErrorCode, Event, Omission, Receipt};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::AnsweredNotice;

/// Most presses a state carries.
pub(crate) const MAX_PRESSES: usize = 20;

/// Everything there is to show.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct AgentState {
    /// What the icon shows.
    pub icon: IconState,
    /// Newest first, at most 20.
    pub presses: Vec<PressView>,
    /// Reports not yet delivered.
    pub waiting: u32,
    /// Items the agent could not read, or the collector refused for good.
    pub set_aside: u32,
    /// Whether this device has credentials of a collector.
    pub enrolled: bool,
    /// Name of the organisation the device is enrolled with.
    pub organisation: Option<String>,
    /// What a person should know of, the most pressing one.
    pub problem: Option<AgentProblem>,
}

/// What the icon shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IconState {
    /// Nothing to say.
    #[default]
    Idle,
    /// A press is being made or sent.
    Sending,
    /// A saved report waits for the network or the collector.
    WaitingForNetwork,
    /// There is an answer nobody has read.
    Answered,
}

/// What stops or limits the agent, most pressing first. Texts are in i18n by this code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AgentProblem {
    /// No room on disk: a report lives in memory only and is lost if the machine stops.
    NotSaved,
    /// The collector says this device was revoked.
    DeviceRevoked,
    /// The collector does not know this device.
    UnknownDevice,
    /// The enrolment token is unknown, expired or used up.
    InvalidEnrolmentToken,
    /// No collector is configured.
    NoCollector,
    /// A collector is configured, but the device has no credentials and no token.
    NotEnrolled,
    /// The OS key store does not open, so what it protects cannot be read now.
    KeyStoreLocked,
    /// The collector's certificate is not trusted by this machine.
    CollectorNotTrusted,
    /// The outbox was full and pictures were left out.
    OutboxFull,
}

/// One press as its person sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PressView {
    /// The report's id.
    pub report_id: Uuid,
    /// When the button was pressed.
    pub pressed_at: DateTime<Utc>,
    /// How far it is.
    pub stage: PressStage,
    /// The collector's answer.
    pub receipt: Option<Receipt>,
    /// Pictures the collector has.
    pub pictures_sent: u32,
    /// Pictures taken.
    pub pictures_total: u32,
    /// The person's sentence, redacted.
    pub text: Option<String>,
    /// Whether Undo is still offered.
    pub can_undo: bool,
    /// Until when, by this device's clock.
    #[serde(default)]
    pub undo_until: Option<DateTime<Utc>>,
    /// What the person said of the notice in the receipt.
    #[serde(default)]
    pub notice_answer: Option<AnsweredNotice>,
    /// What was left out on the device, and why.
    pub omissions: Vec<Omission>,
    /// Why the collector refused it for good.
    pub refusal: Option<ErrorCode>,
    /// When it is tried again, while it waits.
    pub retry_at: Option<DateTime<Utc>>,
    /// What happened to its ticket, oldest first.
    pub events: Vec<Event>,
    /// Whether there is something nobody has read.
    pub unread: bool,
}

/// How far a press is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PressStage {
    /// The screen is taken.
    Captured,
    /// The machine is being asked.
    Diagnosing,
    /// Durable on this device.
    Saved,
    /// On its way.
    Sending,
    /// It will be sent when the network or the collector is back.
    WaitingForNetwork,
    /// The collector has it.
    Answered,
    /// The collector refused it for good.
    Refused,
    /// The person took it back.
    Withdrawn,
}

impl PressStage {
    /// Whether the report has neither arrived nor ended.
    pub fn is_under_way(self) -> bool {
        !matches!(self, Self::Answered | Self::Refused | Self::Withdrawn)
    }
}
