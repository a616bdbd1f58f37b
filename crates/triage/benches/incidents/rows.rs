use std::collections::{BTreeMap, HashSet};

use anyhow::{Context, ensure};
use report::{Dimension, Factor};
use triage::incidents::{Arrival, Detector, Outcome, Settings};

/// One line of a stream.
pub struct Row {
    pub at_s: i64,
    pub user: String,
    /// Site, category, subcategory, symptom; `?` is unknown.
    pub fields: [String; 4],
    /// Outage and its size. Only the scorer reads it.
    pub truth: Option<(u32, u32)>,
}

/// An alarm: when it was raised, and the lines that are in it, from 1.
pub struct Alarm {
    pub at_s: i64,
    pub members: Vec<usize>,
}

/// Reads `unix_s, user, site, category, subcategory, symptom[, truth]`.
pub fn parse(text: &str) -> anyhow::Result<Vec<Row>> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.is_empty());
    lines.map(|(at, line)| row(line).with_context(|| format!("line {}", at + 1))).collect()
}

fn row(line: &str) -> anyhow::Result<Row> {
    let columns: Vec<&str> = line.split('\t').collect();
    ensure!((6..=7).contains(&columns.len()), "{} columns, not 7", columns.len());
    let truth = match columns.get(6).filter(|truth| !truth.is_empty()) {
        Some(truth) => {
            let (outage, size) = truth.split_once('/').context("truth is not outage/size")?;
            Some((outage.parse()?, size.parse()?))
        }
        None => None,
    };
    let fields = [columns[2], columns[3], columns[4], columns[5]].map(str::to_owned);
    Ok(Row { at_s: columns[0].parse().context("unix_s")?, user: columns[1].to_owned(), fields, truth })
}

const DIMENSIONS: [Dimension; 4] = [Dimension::Site, Dimension::Category, Dimension::Service, Dimension::Finding];

/// What the detector is shown of a row: everything but the truth.
pub fn arrival(row: &Row, id: u64) -> Arrival {
    let told = DIMENSIONS.into_iter().zip(&row.fields).filter(|(_, value)| *value != "?" && !value.is_empty());
    Arrival {
        id,
        at_s: row.at_s,
        person: row.user.bytes().fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3)),
        factors: told.map(|(dimension, value)| Factor { dimension, value: value.clone() }).collect(),
    }
}

/// The detector as shipped, but silent while it learns, as the baseline is.
pub fn detect(stream: &[Row]) -> Vec<Alarm> {
    let mut detector = Detector::new(Settings { learning_factor: f64::INFINITY, ..Settings::default() });
    let mut alarms: BTreeMap<_, (i64, HashSet<u64>)> = BTreeMap::new();
    for (at, row) in stream.iter().enumerate() {
        for outcome in detector.observe(&arrival(row, at as u64 + 1)) {
            match outcome {
                Outcome::Raised { incident, members } | Outcome::Grew { incident, members } => {
                    alarms.entry(incident).or_insert((row.at_s, HashSet::new())).1.extend(members);
                }
                Outcome::Closed { .. } => {}
            }
        }
    }
    let in_order = |members: HashSet<u64>| {
        let mut members: Vec<usize> = members.into_iter().map(|m| m as usize).collect();
        members.sort_unstable();
        members
    };
    alarms.into_values().map(|(at_s, members)| Alarm { at_s, members: in_order(members) }).collect()
}

/// Alarms as `outages.py score` reads them.
pub fn tsv(alarms: &[Alarm]) -> String {
    let lines = alarms.iter().enumerate().flat_map(|(n, a)| a.members.iter().map(move |m| (n, a.at_s, m)));
    lines.map(|(n, at_s, member)| format!("{n}\t{at_s}\t{member}\n")).collect()
}
