//! How right triage is, computed from counts the database makes.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use report::Category;
use store::{CONFIDENCE_BINS, ConfidenceTally, Scope, VerdictTally, WeekTally};

use crate::{error::ApiError, limits, wire};

/// Days a report looks back unless told.
pub const DEFAULT_DAYS: u32 = 30;

/// Measures tickets opened in the last `days`.
pub async fn measure(scope: &Scope, days: u32, now: DateTime<Utc>) -> Result<wire::Quality, ApiError> {
    let from = now - TimeDelta::days(days.into());
    // What was opened this very moment is in it.
    let to = now + TimeDelta::milliseconds(1);
    let verdicts = scope.tally_verdicts(from, to).await?;
    let confidence = scope.tally_confidence(from, to).await?;
    let weeks = scope.tally_weeks(from.min(now - TimeDelta::weeks(limits::QUALITY_WEEKS.into())), to).await?;
    let versions = wire::ModelVersion::list(scope).await?;
    let model = versions.into_iter().find(|model| model.state == wire::ModelState::Active);
    let model = model.ok_or_else(|| ApiError::internal("no text model is active"))?;
    Ok(figures(&verdicts, &confidence, &weeks, model))
}

fn figures(
    verdicts: &[VerdictTally],
    confidence: &[ConfidenceTally],
    weeks: &[WeekTally],
    model: wire::ModelVersion,
) -> wire::Quality {
    let sum = |wanted: &dyn Fn(&VerdictTally) -> bool| -> u32 {
        verdicts.iter().filter(|tally| wanted(tally)).map(|tally| tally.count).sum()
    };
    let known = sum(&|tally| tally.was.is_some());
    let right = sum(&|tally| tally.was == Some(tally.said));
    let answered = sum(&|tally| tally.was.is_some() && tally.said != Category::Other);
    let mut confusion: Vec<wire::Confusion> = verdicts
        .iter()
        .filter_map(|tally| tally.was.map(|was| wire::Confusion { said: tally.said, was, count: tally.count }))
        .collect();
    confusion.sort_by_key(|cell| (std::cmp::Reverse(cell.count), cell.said, cell.was));
    wire::Quality {
        tickets: sum(&|_| true),
        known,
        corrected: known - right,
        abstained: sum(&|tally| tally.said == Category::Other),
        accuracy: share(right, known),
        answered_accuracy: share(right, answered),
        ece: calibration_error(confidence),
        calibration: confidence.iter().filter_map(calibration_step).collect(),
        categories: categories(&confusion),
        confusion,
        drift: drift(weeks),
        held_out: wire::HeldOut::of(&model),
        model,
    }
}

fn share(part: u32, whole: u32) -> Option<f64> {
    (whole > 0).then(|| f64::from(part) / f64::from(whole))
}

fn calibration_step(tally: &ConfidenceTally) -> Option<wire::CalibrationStep> {
    let edge = |n: u8| f64::from(n) / f64::from(CONFIDENCE_BINS);
    Some(wire::CalibrationStep {
        from: edge(tally.bin),
        to: edge(tally.bin + 1),
        count: tally.count,
        said: tally.said,
        right: share(tally.right, tally.count)?,
    })
}

/// Mean distance of confidence from being right, steps weighted by their tickets.
fn calibration_error(confidence: &[ConfidenceTally]) -> Option<f64> {
    let all: u32 = confidence.iter().map(|tally| tally.count).sum();
    let distance = |tally: &ConfidenceTally| (tally.said * f64::from(tally.count) - f64::from(tally.right)).abs();
    (all > 0).then(|| confidence.iter().map(distance).sum::<f64>() / f64::from(all))
}

fn categories(confusion: &[wire::Confusion]) -> Vec<wire::CategoryFigures> {
    let sum = |wanted: &dyn Fn(&wire::Confusion) -> bool| -> u32 {
        confusion.iter().filter(|cell| wanted(cell)).map(|cell| cell.count).sum()
    };
    let occurred: BTreeSet<Category> = confusion.iter().flat_map(|cell| [cell.said, cell.was]).collect();
    occurred
        .into_iter()
        .filter(|category| *category != Category::Other)
        .map(|category| {
            let hits = sum(&|cell| cell.said == category && cell.was == category);
            let count = sum(&|cell| cell.was == category);
            let said = sum(&|cell| cell.said == category);
            wire::CategoryFigures {
                category,
                count,
                precision: share(hits, said),
                recall: share(hits, count),
                f1: share(2 * hits, said + count),
            }
        })
        .collect()
}

fn drift(weeks: &[WeekTally]) -> Vec<wire::Week> {
    let mut by_week: BTreeMap<DateTime<Utc>, Vec<&WeekTally>> = BTreeMap::new();
    for tally in weeks {
        by_week.entry(tally.week_of).or_default().push(tally);
    }
    let mut before: BTreeMap<Category, u32> = BTreeMap::new();
    let mut drift = Vec::with_capacity(by_week.len());
    for (week_of, tallies) in by_week {
        let sum = |of: &dyn Fn(&WeekTally) -> u32| -> u32 { tallies.iter().map(|tally| of(tally)).sum() };
        let tickets = sum(&|tally| tally.count);
        let this: BTreeMap<Category, u32> = tallies.iter().map(|tally| (tally.said, tally.count)).collect();
        let confidence: f64 = tallies.iter().map(|tally| tally.confidence).sum();
        drift.push(wire::Week {
            week_of,
            tickets,
            accuracy: share(sum(&|tally| tally.right), sum(&|tally| tally.known)),
            mean_confidence: (tickets > 0).then(|| confidence / f64::from(tickets)),
            psi: stability(&before, &this),
        });
        for (category, count) in this {
            *before.entry(category).or_default() += count;
        }
    }
    drift
}

/// Population stability index of `now` against `before`, each share with half a ticket added so that a category nobody
/// had yet is no infinity, less what chance alone gives at these numbers of tickets; `None` where either has too few.
///
/// Of two samples of one distribution over k categories the index is expected to be (k − 1)·(1/n + 1/m) (Yurdakul 2018):
/// a quiet week of 30 tickets would be taken for a drift every time. k is how many categories occur.
fn stability(before: &BTreeMap<Category, u32>, now: &BTreeMap<Category, u32>) -> Option<f64> {
    let total = |counts: &BTreeMap<Category, u32>| counts.values().sum::<u32>();
    let enough = |counts| total(counts) >= limits::QUALITY_WEEK_TICKETS;
    if !enough(before) || !enough(now) {
        return None;
    }
    let all = Category::KNOWN.iter().copied().chain([Category::Other]);
    let half_each = 0.5 * (Category::KNOWN.len() + 1) as f64;
    let part = |counts: &BTreeMap<Category, u32>, category: Category| {
        (f64::from(counts.get(&category).copied().unwrap_or(0)) + 0.5) / (f64::from(total(counts)) + half_each)
    };
    let index: f64 = all
        .clone()
        .map(|category| (part(now, category), part(before, category)))
        .map(|(p, q)| (p - q) * (p / q).ln())
        .sum();
    let occur = all.filter(|category| now.contains_key(category) || before.contains_key(category)).count();
    let by_chance = (occur.saturating_sub(1)) as f64 * (1.0 / f64::from(total(now)) + 1.0 / f64::from(total(before)));
    Some((index - by_chance).max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    use Category::{Access, Email, Network, Other};

    fn tally(said: Category, was: impl Into<Option<Category>>, count: u32) -> VerdictTally {
        VerdictTally { said, was: was.into(), count }
    }

    fn model() -> wire::ModelVersion {
        wire::ModelVersion {
            version: 0,
            created_at: None,
            created_by: None,
            corrections: 0,
            held_out_accuracy: 0.9,
            held_out_macro_f1: 0.8,
            shipped_accuracy: 0.9,
            shipped_macro_f1: 0.8,
            state: wire::ModelState::Active,
            reason: None,
        }
    }

    fn near(found: Option<f64>, expected: f64) -> bool {
        found.is_some_and(|found| (found - expected).abs() < 1e-9)
    }

    #[test]
    fn shares_are_of_what_is_known() {
        let verdicts = [
            tally(Email, Email, 6),
            tally(Email, Access, 2),
            tally(Access, Access, 1),
            tally(Other, Network, 1),
            tally(Email, None, 5),
            tally(Other, None, 3),
        ];
        let found = figures(&verdicts, &[], &[], model());
        assert_eq!((found.tickets, found.known, found.corrected, found.abstained), (18, 10, 3, 4));
        assert!(near(found.accuracy, 0.7) && near(found.answered_accuracy, 7.0 / 9.0));
        let email = found.categories.iter().find(|figures| figures.category == Email).unwrap();
        assert!(near(email.precision, 0.75) && near(email.recall, 1.0) && near(email.f1, 12.0 / 14.0), "{email:?}");
        let network = found.categories.iter().find(|figures| figures.category == Network).unwrap();
        assert!(network.precision.is_none() && near(network.recall, 0.0), "never said, so no precision: {network:?}");
        assert_eq!((found.confusion[0].said, found.confusion[0].was, found.confusion[0].count), (Email, Email, 6));
        assert!(found.ece.is_none() && figures(&[], &[], &[], model()).accuracy.is_none());
    }

    #[test]
    fn calibration_error_weighs_steps_by_their_tickets() {
        let steps = [
            ConfidenceTally { bin: 5, count: 10, said: 0.55, right: 4 },
            ConfidenceTally { bin: 9, count: 30, said: 0.95, right: 30 },
        ];
        // 10/40 · |0.55 − 0.4| + 30/40 · |0.95 − 1|
        assert!(near(calibration_error(&steps), 0.075));
    }

    #[test]
    fn drift_compares_a_week_with_all_before_it() {
        let week = |days: i64, said, count| WeekTally {
            week_of: DateTime::UNIX_EPOCH + TimeDelta::days(4 + days),
            said,
            count,
            confidence: f64::from(count) * 0.5,
            known: count,
            right: count / 2,
        };
        let found = drift(&[week(0, Email, 40), week(7, Email, 40), week(14, Network, 40), week(21, Email, 19)]);
        assert!(found[0].psi.is_none(), "nothing before it");
        // (40.5/46.5 against itself, and twelve times 0.5/46.5)
        assert!(near(found[1].psi, 0.0));
        // Before: 80 of email; now: 40 of network. 13 categories, half a ticket each.
        let (p, q) = (|n: f64| (n + 0.5) / 46.5, |n: f64| (n + 0.5) / 86.5);
        let term = |p: f64, q: f64| (p - q) * (p / q).ln();
        let index = term(p(0.0), q(80.0)) + term(p(40.0), q(0.0)) + 11.0 * term(p(0.0), q(0.0));
        let expected = index - (1.0 / 40.0 + 1.0 / 80.0);
        assert!(near(found[2].psi, expected) && expected > 2.0, "{:?}", found[2]);
        assert!(found[3].psi.is_none(), "too few to tell");
        assert!(near(found[0].accuracy, 0.5) && near(found[0].mean_confidence, 0.5));
    }
}
