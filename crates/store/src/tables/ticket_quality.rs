//! How right triage was, counted by the database over one index: no row of a ticket is read, whatever their number.
//!
//! What triage said of a ticket is its own newest verdict. What the ticket really was is staff's category where they
//! decided, else triage's own once the ticket was resolved without anybody objecting; an abstention nobody decided stays
//! unknown. Withdrawn tickets are left out.

use chrono::{DateTime, Utc};
use report::Category;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{ExprTrait as _, Func, SimpleExpr};
use sea_orm::{Condition, QueryOrder, QuerySelect};

use crate::codec::{from_ms, from_name, to_count, to_ms};
use crate::tables::ticket::{Column, Entity, Queue};
use crate::{Scope, StoreError};

/// Equal steps of confidence calibration is shown in.
pub const CONFIDENCE_BINS: u8 = 10;

const WEEK_MS: i64 = 7 * 24 * 3_600_000;
/// The first Monday of Unix time, 1970-01-05.
const FIRST_MONDAY_MS: i64 = 4 * 24 * 3_600_000;

/// Tickets of which triage said the same and which really were the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerdictTally {
    /// What triage said; [`Category::Other`] where it abstained.
    pub said: Category,
    /// What they were, where that is known.
    pub was: Option<Category>,
    /// How many.
    pub count: u32,
}

/// Answered tickets whose truth is known, by how sure triage was.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ConfidenceTally {
    /// Which of the [`CONFIDENCE_BINS`] steps, from 0; the last includes 1.
    pub bin: u8,
    /// How many.
    pub count: u32,
    /// Their mean confidence, 0 to 1.
    pub said: f64,
    /// How many of them triage had right.
    pub right: u32,
}

/// Tickets of one week of which triage said the same.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WeekTally {
    /// Midnight UTC of the Monday it begins with.
    pub week_of: DateTime<Utc>,
    /// What triage said.
    pub said: Category,
    /// How many.
    pub count: u32,
    /// Sum of their confidences.
    pub confidence: f64,
    /// How many of them have a known truth.
    pub known: u32,
    /// How many of those triage had right.
    pub right: u32,
}

/// What triage itself said.
fn said() -> SimpleExpr {
    Func::coalesce([Expr::col(Column::SaidCategory), Expr::col(Column::Category)]).into()
}

/// Whether it is known what a ticket was.
fn is_known() -> Condition {
    let nobody_objected = Condition::all()
        .add(Column::Queue.is_in([Queue::Resolved as i32, Queue::MergedResolved as i32]))
        .add(Column::Category.ne(Category::Other.as_str()));
    Condition::any().add(Column::SaidCategory.is_not_null()).add(nobody_objected)
}

/// Whether staff did not decide on another category.
fn is_undisputed() -> Condition {
    Condition::any().add(Column::SaidCategory.is_null()).add(said().eq(Expr::col(Column::Category)))
}

fn count_where(condition: Condition) -> SimpleExpr {
    let one_or_none: SimpleExpr = Expr::case(condition, Expr::val(1_i64)).finally(Expr::val(0_i64)).into();
    // PostgreSQL sums bigints to numeric.
    Expr::expr(Func::sum(one_or_none)).cast_as("bigint")
}

impl Scope {
    fn opened_between(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Select<Entity> {
        Entity::find()
            .select_only()
            .filter(Column::OrganisationId.eq(self.organisation.0))
            .filter(Column::OpenedAt.gte(to_ms(from)))
            .filter(Column::OpenedAt.lt(to_ms(to)))
            .filter(Column::Queue.ne(Queue::Withdrawn as i32))
    }

    /// Tickets opened from `from` to before `to`, by what triage said and what they were.
    pub async fn tally_verdicts(
        &self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Vec<VerdictTally>, StoreError> {
        let truth: SimpleExpr =
            Expr::case(is_known(), Expr::col(Column::Category)).finally(Expr::val(None::<String>)).into();
        let rows: Vec<(String, Option<String>, i64)> = self
            .opened_between(from, to)
            .expr_as(said(), "said")
            .expr_as(truth, "was")
            .expr_as(Column::Number.count(), "tickets")
            .group_by(Expr::col("said"))
            .group_by(Expr::col("was"))
            .into_tuple()
            .all(self.db())
            .await?;
        rows.into_iter()
            .map(|(said, was, count)| {
                Ok(VerdictTally {
                    said: from_name(said)?,
                    was: was.map(from_name).transpose()?,
                    count: to_count(count),
                })
            })
            .collect()
    }

    /// Answered tickets opened from `from` to before `to` whose truth is known, by how sure triage was; surest last.
    pub async fn tally_confidence(
        &self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Vec<ConfidenceTally>, StoreError> {
        let mut bin = Expr::case(Expr::col(Column::Confidence).lt(bin_edge(1)), Expr::val(0_i32));
        for n in 1..CONFIDENCE_BINS - 1 {
            bin = bin.case(Expr::col(Column::Confidence).lt(bin_edge(n + 1)), Expr::val(i32::from(n)));
        }
        let bin: SimpleExpr = bin.finally(Expr::val(i32::from(CONFIDENCE_BINS - 1))).into();
        let rows: Vec<(i32, i64, f64, i64)> = self
            .opened_between(from, to)
            .expr_as(bin, "bin")
            .expr_as(Column::Number.count(), "tickets")
            .expr_as(Func::avg(Expr::col(Column::Confidence)), "said")
            .expr_as(count_where(is_undisputed()), "was_right")
            .filter(is_known())
            .filter(said().ne(Category::Other.as_str()))
            .group_by(Expr::col("bin"))
            .order_by_asc(Expr::col("bin"))
            .into_tuple()
            .all(self.db())
            .await?;
        let tally = |(bin, count, said, right): (i32, i64, f64, i64)| ConfidenceTally {
            bin: u8::try_from(bin).unwrap_or(0),
            count: to_count(count),
            said,
            right: to_count(right),
        };
        Ok(rows.into_iter().map(tally).collect())
    }

    /// Tickets opened from `from` to before `to`, by week and by what triage said; oldest week first.
    pub async fn tally_weeks(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Result<Vec<WeekTally>, StoreError> {
        let week = Expr::col(Column::OpenedAt).sub(FIRST_MONDAY_MS).div(WEEK_MS);
        let right = Condition::all().add(is_known()).add(is_undisputed());
        let rows: Vec<(i64, String, i64, f64, i64, i64)> = self
            .opened_between(from, to)
            .expr_as(week, "week")
            .expr_as(said(), "said")
            .expr_as(Column::Number.count(), "tickets")
            .expr_as(Func::sum(Expr::col(Column::Confidence)), "confidence_sum")
            .expr_as(count_where(is_known()), "known")
            .expr_as(count_where(right), "was_right")
            .group_by(Expr::col("week"))
            .group_by(Expr::col("said"))
            .order_by_asc(Expr::col("week"))
            .into_tuple()
            .all(self.db())
            .await?;
        let tally = |(week, said, count, confidence, known, right): (i64, String, i64, f64, i64, i64)| {
            Ok(WeekTally {
                week_of: from_ms(week * WEEK_MS + FIRST_MONDAY_MS)?,
                said: from_name(said)?,
                count: to_count(count),
                confidence,
                known: to_count(known),
                right: to_count(right),
            })
        };
        rows.into_iter().map(tally).collect()
    }
}

/// Where a step of confidence begins, as an f32 of that value is stored.
fn bin_edge(n: u8) -> f64 {
    f64::from(f32::from(n) / f32::from(CONFIDENCE_BINS))
}
