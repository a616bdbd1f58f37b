//! A stream made here, for machines without the data folder: eight weeks of an organisation's reports with its days,
//! weekends and Monday mornings, and outages of known truth.

use super::rows::Row;

const START_S: i64 = 1_699_833_600; // Monday 13 November 2023, 00:00 UTC
const WEEKS: i64 = 8;
const HOUR_S: i64 = 3600;
const OUTAGES: u32 = 60;

/// SplitMix64 (Steele, Lea and Flood 2014).
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    pub fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }

    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A rank of `n`, each half as likely as the one half as far (Zipf).
    pub fn rank(&mut self, n: u64) -> u64 {
        ((n as f64 + 1.0).powf(self.unit()) - 1.0) as u64
    }

    fn exponential(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.unit()).ln()
    }
}

/// One report of everyday troubles.
pub fn everyday(random: &mut Random, at_s: i64) -> Row {
    let category = random.rank(12);
    let program = category * 8 + random.rank(8);
    let symptom = if random.below(4) == 0 { "?".to_owned() } else { format!("s{}", program * 5 + random.rank(5)) };
    Row {
        at_s,
        user: format!("u{}", random.below(4000)),
        fields: [format!("site{}", random.rank(40)), format!("c{category}"), format!("p{program}"), symptom],
        truth: None,
    }
}

/// Eight weeks with sixty outages after the third.
pub fn stream(seed: u64) -> Vec<Row> {
    let mut random = Random(seed);
    let mut rows = Vec::new();
    for hour in 0..WEEKS * 168 {
        let (day, of_day) = (hour / 24 % 7, hour % 24);
        let busy = match (day, of_day) {
            (0, 9) => 90.0,
            (0..=4, 8..=17) => 30.0,
            _ => 2.0,
        };
        let mut at_s = START_S + hour * HOUR_S;
        let end = at_s + HOUR_S;
        loop {
            at_s += random.exponential(HOUR_S as f64 / busy) as i64 + 1;
            if at_s >= end {
                break;
            }
            rows.push(everyday(&mut random, at_s));
        }
    }
    for outage in 0..OUTAGES {
        let day = 21 + random.below(33) as i64;
        let day = day - (day % 7 - 4).max(0);
        let at_s = START_S + day * 86_400 + 8 * HOUR_S + random.below(9 * 3600) as i64;
        let size = [4, 6, 8, 12, 20, 40][random.below(6) as usize];
        let spread = [300.0, 600.0, 1200.0, 2700.0][random.below(4) as usize];
        let cause = everyday(&mut random, at_s).fields;
        let at_site = random.below(2) == 0;
        for member in 0..size {
            let late = random.exponential(spread) as i64;
            let mut row = everyday(&mut random, at_s + late);
            for (field, cause) in row.fields.iter_mut().zip(&cause).skip(usize::from(!at_site)) {
                if random.below(10) > 1 {
                    field.clone_from(cause);
                }
            }
            row.user = format!("x{outage}_{member}");
            row.truth = Some((outage, size));
            rows.push(row);
        }
    }
    rows.sort_by_key(|row| row.at_s);
    rows
}
