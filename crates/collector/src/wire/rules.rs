use chrono::{DateTime, Utc};
use report::{Category, Priority};
use serde::Serialize;
use store::Scope;
use triage::{Classifier, RuleError};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{app::App, error::ApiError, own_rules};

/// The rules reports are judged by.
#[derive(Debug, Serialize, ToSchema)]
pub struct Rules {
    /// Version of the organisation's own rules that is active; none when only the shipped ones are.
    #[schema(required)]
    pub active: Option<i64>,
    /// The active rule file; empty when there is none.
    pub toml: String,
    /// Why the active rules are not used, which only happens after an upgrade: reports are judged by the shipped ones.
    pub broken: Vec<RuleProblem>,
    /// Versions of own rules, newest first.
    pub versions: Vec<RuleSetVersion>,
    /// The shipped rule files, to read.
    pub shipped: Vec<ShippedRules>,
}

/// A version of own rules.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleSetVersion {
    /// From 1.
    pub version: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Name of whoever made it.
    #[schema(required)]
    pub created_by: Option<String>,
    /// Why, in their words.
    pub note: String,
    /// Whether it is the active one.
    pub active: bool,
}

/// A shipped rule file.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShippedRules {
    /// Its name.
    pub file: String,
    /// What it says.
    pub toml: String,
}

/// Something wrong with a rule file.
#[derive(Debug, Serialize, ToSchema)]
pub struct RuleProblem {
    /// Name of the file.
    pub file: String,
    /// Line from 1.
    pub line: usize,
    /// Column from 1, in characters.
    pub column: usize,
    /// Id of the rule, where it is known.
    #[schema(required)]
    pub rule: Option<String>,
    /// What is wrong, in English.
    pub reason: String,
}

/// What trying rules found.
#[derive(Debug, Serialize, ToSchema)]
pub struct RulesCheck {
    /// Everything that is wrong with the file; nothing is judged unless it is empty, or says that they take too long.
    pub errors: Vec<RuleProblem>,
    /// How many reports were judged; fewer than asked for when there are no more, or time was over.
    pub judged: u32,
    /// Those whose verdict would be another, newest first.
    pub changed: Vec<ChangedVerdict>,
    /// What a verdict costs.
    pub slower: Slower,
}

/// A report whose verdict would be another.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangedVerdict {
    /// Which.
    pub report_id: Uuid,
    /// Number of its ticket.
    pub ticket: i64,
    /// By the active rules.
    pub before: VerdictOutline,
    /// By those that were tried.
    pub after: VerdictOutline,
    /// Ids of the rules and codes that fire newly, or no more.
    pub because: Vec<String>,
}

/// What a verdict comes to.
#[derive(Debug, Serialize, ToSchema)]
pub struct VerdictOutline {
    /// Its category; `other` where it abstains.
    pub category: Category,
    /// How sure it is of that, 0 to 1.
    pub confidence: f32,
    /// Its priority.
    pub priority: Priority,
    /// Key of its team.
    pub team: String,
}

/// Median time of a verdict, in microseconds.
#[derive(Debug, Serialize, ToSchema)]
pub struct Slower {
    /// By the active rules.
    pub before_us: u64,
    /// By those that were tried.
    pub after_us: u64,
}

impl Rules {
    /// Reads an organisation's rules.
    pub async fn read(app: &App, scope: &Scope) -> Result<Self, ApiError> {
        let active = scope.active_rule_set().await?;
        let judging = app.classifiers.of(scope, app.clock.now()).await;
        Ok(Self {
            active: active.as_ref().map(|rules| rules.version),
            toml: active.map(|rules| rules.toml).unwrap_or_default(),
            broken: judging.broken.iter().cloned().map(Into::into).collect(),
            versions: scope.list_rule_sets().await?.into_iter().map(Into::into).collect(),
            shipped: Classifier::shipped_sources()
                .iter()
                .map(|(file, toml)| ShippedRules { file: (*file).to_owned(), toml: (*toml).to_owned() })
                .collect(),
        })
    }
}

impl From<store::RuleSetVersion> for RuleSetVersion {
    fn from(found: store::RuleSetVersion) -> Self {
        let store::RuleSetVersion { version, created_at, created_by, note, active } = found;
        Self { version, created_at, created_by: created_by.map(|author| author.name), note, active }
    }
}

impl From<RuleError> for RuleProblem {
    fn from(RuleError { file, line, column, rule, reason }: RuleError) -> Self {
        Self { file, line, column, rule, reason }
    }
}

impl From<own_rules::TriedOut> for RulesCheck {
    fn from(own_rules::TriedOut { errors, checked }: own_rules::TriedOut) -> Self {
        let micros = |time: std::time::Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        Self {
            errors: errors.into_iter().map(Into::into).collect(),
            judged: checked.judged,
            changed: checked.changed.into_iter().map(Into::into).collect(),
            slower: Slower { before_us: micros(checked.before), after_us: micros(checked.after) },
        }
    }
}

impl From<own_rules::Changed> for ChangedVerdict {
    fn from(found: own_rules::Changed) -> Self {
        let own_rules::Changed { report_id, ticket, before, after, because } = found;
        Self { report_id, ticket, before: before.into(), after: after.into(), because }
    }
}

impl From<own_rules::Stand> for VerdictOutline {
    fn from(own_rules::Stand { category, confidence, priority, team }: own_rules::Stand) -> Self {
        Self { category, confidence, priority, team }
    }
}
