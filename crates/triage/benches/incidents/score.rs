//! The scorer of `outages.py`, and what it does not measure: wrong merges.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};

use super::rows::{Alarm, Row};

const DAY_S: f64 = 86_400.0;
const WARM_UP_S: i64 = 21 * 86_400;

/// How good alarms are. Shares are 0 to 1, `NaN` where there is nothing to share out.
#[derive(Debug, Clone, Copy)]
pub struct Score {
    pub precision: f64,
    pub recall: f64,
    /// Of outages of 12 and more.
    pub recall_big: f64,
    pub others_a_day: f64,
    pub minutes: f64,
    pub reports: f64,
    pub members: f64,
    pub purity: f64,
    /// Share of all joined reports that belong to an outage, but not to the one most of the alarm is about.
    pub wrong: f64,
}

/// Heads of [`Score::line`].
pub const HEAD: &str =
    "                     precision  recall  of 12+  others/day  minutes  reports  members  purity  wrong merges";

/// Scores alarms as `outages.py score` does.
pub fn score(stream: &[Row], alarms: &[Alarm]) -> Score {
    let (mut first, mut sizes): (HashMap<u32, i64>, BTreeMap<u32, u32>) = (HashMap::new(), BTreeMap::new());
    for (outage, size, at_s) in stream.iter().filter_map(|row| row.truth.map(|(o, s)| (o, s, row.at_s))) {
        first.entry(outage).or_insert(at_s);
        sizes.insert(outage, size);
    }
    let mut found: BTreeMap<u32, i64> = BTreeMap::new();
    let (mut purity, mut members, mut joined, mut wrong) = (vec![], vec![], 0, 0);
    for alarm in alarms {
        let mut of: BTreeMap<u32, usize> = BTreeMap::new();
        for (outage, _) in alarm.members.iter().filter_map(|m| stream[*m - 1].truth) {
            *of.entry(outage).or_default() += 1;
        }
        joined += alarm.members.len();
        let Some((outage, n)) = of.iter().max_by_key(|(outage, n)| (**n, std::cmp::Reverse(**outage))) else {
            continue;
        };
        wrong += of.values().sum::<usize>() - n;
        if 2 * n >= alarm.members.len() {
            purity.push(*n as f64 / alarm.members.len() as f64);
            members.push(*n as f64 / f64::from(sizes[outage]));
            let at_s = found.entry(*outage).or_insert(alarm.at_s);
            *at_s = (*at_s).min(alarm.at_s);
        }
    }
    let recall = |least: u32| {
        let wanted = sizes.iter().filter(|(_, size)| **size >= least);
        average(&wanted.map(|(outage, _)| f64::from(u8::from(found.contains_key(outage)))).collect::<Vec<_>>())
    };
    let hits = purity.len() as f64;
    let span = stream.first().zip(stream.last()).map_or(1, |(a, b)| b.at_s - a.at_s - WARM_UP_S);
    let before = |outage: u32, at_s: i64| {
        stream.iter().filter(|row| row.truth.is_some_and(|(o, _)| o == outage) && row.at_s <= at_s).count() as f64
    };
    Score {
        precision: hits / alarms.len().max(1) as f64,
        recall: recall(0),
        recall_big: recall(12),
        others_a_day: (alarms.len() as f64 - hits) / (span as f64 / DAY_S),
        minutes: median(found.iter().map(|(o, at_s)| (at_s - first[o]) as f64 / 60.0).collect()),
        reports: median(found.iter().map(|(o, at_s)| before(*o, *at_s)).collect()),
        members: average(&members),
        purity: average(&purity),
        wrong: f64::from(wrong as u32) / joined.max(1) as f64,
    }
}

/// The mean of each figure.
pub fn mean(scores: &[Score]) -> Score {
    let of = |figure: fn(&Score) -> f64| average(&scores.iter().map(figure).collect::<Vec<_>>());
    Score {
        precision: of(|s| s.precision),
        recall: of(|s| s.recall),
        recall_big: of(|s| s.recall_big),
        others_a_day: of(|s| s.others_a_day),
        minutes: of(|s| s.minutes),
        reports: of(|s| s.reports),
        members: of(|s| s.members),
        purity: of(|s| s.purity),
        wrong: of(|s| s.wrong),
    }
}

impl Score {
    /// One row of a table.
    pub fn line(&self, name: &str) -> String {
        format!(
            "{name:20} {:9.3} {:7.3} {:7.3} {:11.2} {:8.1} {:8.1} {:8.3} {:7.3} {:12.2}%",
            self.precision,
            self.recall,
            self.recall_big,
            self.others_a_day,
            self.minutes,
            self.reports,
            self.members,
            self.purity,
            self.wrong * 100.0
        )
    }

    /// The figures by name, with whether each is better than the other's.
    pub fn against(&self, other: &Self) -> Vec<(&'static str, bool)> {
        vec![
            ("precision", self.precision > other.precision),
            ("recall", self.recall > other.recall),
            ("recall of 12 and more", self.recall_big > other.recall_big),
            ("others a day", self.others_a_day < other.others_a_day),
            ("minutes to detect", self.minutes < other.minutes),
            ("reports to detect", self.reports < other.reports),
            ("members found", self.members > other.members),
            ("purity", self.purity > other.purity),
        ]
    }

    pub fn to_json(self) -> Value {
        json!({
            "precision": self.precision, "recall": self.recall, "recall_of_12_and_more": self.recall_big,
            "others_a_day": self.others_a_day, "minutes_to_detect": self.minutes, "reports_to_detect": self.reports,
            "members_found": self.members, "purity": self.purity, "wrong_merges": self.wrong,
        })
    }
}

fn average(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => values[n / 2],
        n => f64::midpoint(values[n / 2 - 1], values[n / 2]),
    }
}
