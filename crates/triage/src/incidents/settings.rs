use serde::{Deserialize, Serialize};

/// What the detector goes by. Times are in seconds, scores in natural logarithms: a burst of score `s` comes by chance
/// with a probability of at most `exp(-s)` at the moment it is looked at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Score from which an incident is proposed. Lower finds smaller incidents and more that are none.
    pub propose_score: f64,
    /// Score from which an incident may be declared without asking anybody.
    pub certain_score: f64,
    /// Distinct people an incident takes.
    pub min_people: usize,
    /// Distinct people an incident takes before it may be declared without asking.
    pub certain_people: usize,
    /// Spans looked back over, ascending. The longest is how slow a burn can be and still be seen.
    pub windows_s: Vec<i64>,
    /// Chance that one factor of a report that belongs to an incident is wrong or missing.
    pub mistake: f64,
    /// Probability of belonging from which a report is joined.
    pub join_probability: f64,
    /// Probability from which a report that is in no burst of its own joins an open incident.
    pub adopt_probability: f64,
    /// How unruly the background is: the shape of its gamma-Poisson mixture. Large is a pure Poisson stream; real ones
    /// come in bursts of their own.
    pub shape: f64,
    /// Longest span of a sudden burst; what is slower must score `slow_factor` times as much, since the background drifts.
    pub sudden_s: i64,
    /// See `sudden_s`.
    pub slow_factor: f64,
    /// How strongly a busy hour (a Monday, the day after a holiday) raises what is expected of every key; 0 not at all.
    pub busyness: f64,
    /// Half-life of the measure of busyness.
    pub busyness_half_life_s: i64,
    /// Half-life of the background.
    pub memory_half_life_s: i64,
    /// For how long after the first report the background is still being learnt.
    pub learning_s: i64,
    /// By how much scores must be higher while it is; infinite: nothing is raised.
    pub learning_factor: f64,
    /// A share of the stream no key is thought rarer than.
    pub rarest: f64,
    /// Without a new member for so long, an incident is closed.
    pub close_after_s: i64,
    /// The same person with the same factors counts once in this time.
    pub repeat_s: i64,
    /// Distinct subnets members must come from, where they are known and the key names no place.
    pub min_subnets: usize,
    /// Factors read of one report; the first ones count.
    pub max_factors: usize,
    /// Reports kept to look back at.
    pub max_recent: usize,
    /// Keys of the background kept; the rarest are forgotten.
    pub max_keys: usize,
    /// Open incidents kept; the one quiet for longest is closed.
    pub max_open: usize,
    /// Members kept of one incident; more are not joined.
    pub max_members: usize,
    /// Lessons and mutes kept, each; the oldest are forgotten.
    pub max_lessons: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            propose_score: 12.5,
            certain_score: 25.0,
            min_people: 3,
            certain_people: 6,
            windows_s: vec![300, 600, 1200, 2400, 3600, 28_800],
            mistake: 0.2,
            join_probability: 0.4,
            adopt_probability: 0.7,
            shape: 3.0,
            sudden_s: 3600,
            slow_factor: 1.6,
            busyness: 1.3,
            busyness_half_life_s: 3600,
            memory_half_life_s: 42 * 86_400,
            learning_s: 21 * 86_400,
            learning_factor: 2.0,
            rarest: 0.0005,
            close_after_s: 4 * 3600,
            repeat_s: 3600,
            min_subnets: 2,
            max_factors: 10,
            max_recent: 2048,
            max_keys: 65_536,
            max_open: 64,
            max_members: 5000,
            max_lessons: 512,
        }
    }
}

impl Settings {
    /// The longest span looked back over. What is older when it comes says nothing of now.
    pub fn longest_window_s(&self) -> i64 {
        self.windows_s.iter().copied().max().unwrap_or(0)
    }

    /// The same with everything brought into the range in which the detector works.
    pub(super) fn sane(mut self) -> Self {
        let or = |value: f64, low: f64, high: f64| if value.is_nan() { low } else { value.clamp(low, high) };
        self.windows_s.retain(|w| (1..=7 * 86_400).contains(w));
        self.windows_s.sort_unstable();
        self.windows_s.dedup();
        self.windows_s.truncate(16);
        if self.windows_s.is_empty() {
            self.windows_s = Self::default().windows_s;
        }
        self.propose_score = or(self.propose_score, 1.0, 1e6);
        self.certain_score = or(self.certain_score, self.propose_score, 1e9);
        self.mistake = or(self.mistake, 0.001, 0.5);
        self.join_probability = or(self.join_probability, 0.01, 0.99);
        self.adopt_probability = or(self.adopt_probability, 0.01, 0.999);
        self.shape = or(self.shape, 0.1, 1e6);
        self.busyness = or(self.busyness, 0.0, 3.0);
        self.learning_factor = self.learning_factor.max(1.0);
        self.slow_factor = or(self.slow_factor, 1.0, 1e6);
        self.rarest = or(self.rarest, 1e-9, 0.1);
        self.min_people = self.min_people.max(2);
        self.busyness_half_life_s = self.busyness_half_life_s.max(60);
        self.memory_half_life_s = self.memory_half_life_s.max(86_400);
        self.close_after_s = self.close_after_s.max(60);
        self.repeat_s = self.repeat_s.max(0);
        self.max_factors = self.max_factors.clamp(2, 12);
        self.max_recent = self.max_recent.clamp(64, 65_536);
        self.max_keys = self.max_keys.clamp(1024, 4_000_000);
        self.max_open = self.max_open.clamp(1, 1024);
        self.max_members = self.max_members.clamp(10, 100_000);
        self.max_lessons = self.max_lessons.clamp(1, 10_000);
        self
    }
}
