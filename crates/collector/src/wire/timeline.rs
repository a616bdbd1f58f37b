use chrono::{DateTime, Utc};
use report::{Category, LocalText, VerdictSource};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::StaffRef;

/// One thing that happened to a ticket.
#[derive(Debug, Serialize, ToSchema)]
pub struct TimelineEntry {
    /// Its position.
    pub seq: i64,
    /// When, by the collector's clock.
    pub at: DateTime<Utc>,
    /// Who did it.
    pub actor: Actor,
    /// What.
    #[serde(flatten)]
    pub kind: TimelineKind,
}

/// Who did something.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "who", rename_all = "snake_case")]
pub enum Actor {
    /// The person at the device.
    User,
    /// A member of staff.
    Staff(StaffRef),
    /// The collector itself.
    Collector,
}

/// What can happen to a ticket.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TimelineKind {
    /// A report opened it.
    Opened {
        /// Which.
        report_id: Uuid,
    },
    /// A report joined it.
    Joined {
        /// Which.
        report_id: Uuid,
    },
    /// The user added a sentence to a report.
    TextAdded {
        /// To which report.
        report_id: Uuid,
        /// What they wrote.
        text: String,
    },
    /// The user took a report back.
    ReportWithdrawn {
        /// Which.
        report_id: Uuid,
        /// Whether the ticket closed with it.
        closes: bool,
    },
    /// An attachment came.
    AttachmentStored {
        /// Of which report.
        report_id: Uuid,
        /// Which.
        n: u8,
    },
    /// An attachment will not come.
    AttachmentDropped {
        /// Of which report.
        report_id: Uuid,
        /// Which.
        n: u8,
    },
    /// The verdict of a report changed because more of it was read.
    VerdictRefined {
        /// Of which report.
        report_id: Uuid,
        /// The category before.
        from: Category,
        /// The category now.
        to: Category,
        /// Confidence of the category before, 0 to 1.
        confidence_from: f32,
        /// Confidence of the category now, 0 to 1.
        confidence_to: f32,
        /// What was read.
        source: VerdictSource,
    },
    /// Somebody took it.
    Taken {
        /// From whom, if somebody had it.
        #[serde(skip_serializing_if = "Option::is_none")]
        from: Option<StaffRef>,
    },
    /// Its holder put it back.
    Released,
    /// Staff wrote to the user.
    Replied {
        /// What.
        text: String,
    },
    /// Staff asked the user.
    Asked {
        /// What.
        text: String,
    },
    /// Staff said it is done.
    Resolved {
        /// What was done, for the user.
        text: String,
    },
    /// The resolution was undone.
    Reopened,
    /// Staff said what it really is.
    Recategorised {
        /// What it was taken for.
        from: Category,
        /// What it is.
        to: Category,
        /// Key of the team that has it now.
        team: String,
    },
    /// It was merged into another ticket.
    Merged {
        /// Into which.
        into: i64,
    },
    /// It left the ticket it was merged into.
    Split {
        /// Out of which.
        from: i64,
    },
    /// Staff merged another ticket into it.
    MemberAdded {
        /// Which.
        number: i64,
    },
    /// Staff split a ticket out of it.
    MemberLeft {
        /// Which.
        number: i64,
    },
    /// It became a major incident: by staff, by the collector, or because its user was the first to say "me too" to a notice
    /// without a ticket.
    MadeMajor {
        /// What is wrong, for users.
        title: LocalText,
        /// Tickets merged into it with that.
        members: Vec<i64>,
    },
    /// Staff took back that it is a major incident, or that the one it belonged to is.
    MajorTakenBack {
        /// The ticket that stood for all; on its own timeline itself.
        major: i64,
        /// Those that left it with that; empty on their own timelines.
        members: Vec<i64>,
    },
    /// The user said that a notice is their trouble; where the ticket was merged with that, the merge says so.
    MeToo {
        /// Which notice.
        notice: Uuid,
    },
    /// The user said that a notice is not their trouble.
    NotThis {
        /// Which notice.
        notice: Uuid,
    },
    /// The user took back what they had said of a notice.
    AnswerTakenBack {
        /// Which notice.
        notice: Uuid,
    },
    /// Monitoring says that what the ticket stands for is over.
    AlertOver {
        /// What was wrong, for users.
        title: LocalText,
    },
}

impl From<store::TimelineEntry> for TimelineEntry {
    fn from(store::TimelineEntry { seq, at, actor, kind }: store::TimelineEntry) -> Self {
        Self { seq, at, actor: actor.into(), kind: kind.into() }
    }
}

impl From<store::Actor> for Actor {
    fn from(actor: store::Actor) -> Self {
        match actor {
            store::Actor::User => Self::User,
            store::Actor::Staff(staff) => Self::Staff(staff.into()),
            store::Actor::Collector => Self::Collector,
        }
    }
}

impl From<store::TimelineKind> for TimelineKind {
    fn from(kind: store::TimelineKind) -> Self {
        use store::TimelineKind as From;
        match kind {
            From::Opened { report_id } => Self::Opened { report_id },
            From::Joined { report_id } => Self::Joined { report_id },
            From::TextAdded { report_id, text } => Self::TextAdded { report_id, text },
            From::ReportWithdrawn { report_id, closes } => Self::ReportWithdrawn { report_id, closes },
            From::AttachmentStored { report_id, n } => Self::AttachmentStored { report_id, n },
            From::AttachmentDropped { report_id, n } => Self::AttachmentDropped { report_id, n },
            From::VerdictRefined { report_id, from, to, confidence_from, confidence_to, source } => {
                Self::VerdictRefined { report_id, from, to, confidence_from, confidence_to, source }
            }
            From::Taken { from } => Self::Taken { from: from.map(Into::into) },
            From::Released => Self::Released,
            From::Replied { text } => Self::Replied { text },
            From::Asked { text } => Self::Asked { text },
            From::Resolved { text } => Self::Resolved { text },
            From::Reopened => Self::Reopened,
            From::Recategorised { from, to, team } => Self::Recategorised { from, to, team },
            From::Merged { into } => Self::Merged { into },
            From::Split { from } => Self::Split { from },
            From::MemberAdded { number } => Self::MemberAdded { number },
            From::MemberLeft { number } => Self::MemberLeft { number },
            From::MadeMajor { title, members } => Self::MadeMajor { title, members },
            From::MajorTakenBack { major, members } => Self::MajorTakenBack { major, members },
            From::MeToo { notice } => Self::MeToo { notice },
            From::NotThis { notice } => Self::NotThis { notice },
            From::AnswerTakenBack { notice } => Self::AnswerTakenBack { notice },
            From::AlertOver { title } => Self::AlertOver { title },
        }
    }
}
