//! Mass incidents: what is found in a stream of reports, what is not, and what staff teach.

use report::{Dimension, Factor, LocalText};
use triage::incidents::{Arrival, Detector, IncidentId, Outcome, Settings, Snapshot};

const MINUTE: i64 = 60;
const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;
/// A Monday, 00:00 UTC.
const MONDAY: i64 = 1_699_833_600;

fn factors(list: &[(Dimension, &str)]) -> Vec<Factor> {
    list.iter().map(|(dimension, value)| Factor { dimension: *dimension, value: (*value).to_owned() }).collect()
}

/// A stream under way: numbers reports and people, and keeps what happened.
struct Stream {
    detector: Detector,
    next: u64,
    outcomes: Vec<Outcome>,
}

impl Stream {
    /// Four weeks of everyday reports, twelve an hour by day, spread over sites, categories and programs.
    fn after_four_weeks() -> Self {
        let mut stream = Self { detector: Detector::new(Settings::default()), next: 1, outcomes: vec![] };
        for hour in 0..4 * 7 * 24 {
            stream.everyday_hour(hour);
        }
        assert_eq!(stream.raised(), vec![], "everyday reports are no incident");
        stream.outcomes.clear();
        stream
    }

    fn everyday_hour(&mut self, hour: i64) {
        let (day, of_day) = (hour / 24 % 7, hour % 24);
        let count = match (day, of_day) {
            (0, 9) => 60,
            (0..=4, 8..=17) => 12,
            _ => 1,
        };
        for n in 0..count {
            self.everyday(MONDAY + hour * HOUR + n * HOUR / count);
        }
    }

    fn everyday(&mut self, at_s: i64) {
        // Unlike any period of the calendar.
        let n = self.next.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
        let (site, category, program) = (n % 7, n / 7 % 9, n / 63 % 11);
        let (site, category, program) = (format!("s{site}"), format!("c{category}"), format!("p{program}"));
        let subnet = format!("10.{}.{}.0/24", n % 7, n / 700 % 20);
        self.press(
            at_s,
            1_000_000 + self.next,
            &[
                (Dimension::Site, &site),
                (Dimension::Category, &category),
                (Dimension::Application, &program),
                (Dimension::Subnet, &subnet),
            ],
        );
    }

    fn press(&mut self, at_s: i64, person: u64, list: &[(Dimension, &str)]) -> u64 {
        let id = self.next;
        self.next += 1;
        self.outcomes.extend(self.detector.observe(&Arrival { id, at_s, person, factors: factors(list) }));
        id
    }

    fn raised(&self) -> Vec<IncidentId> {
        let raised = self.outcomes.iter().filter_map(|o| match o {
            Outcome::Raised { incident, .. } => Some(*incident),
            _ => None,
        });
        raised.collect()
    }

    fn only(&self) -> triage::incidents::Incident {
        let open = self.detector.open();
        assert_eq!(open.len(), 1, "{open:#?}");
        open.into_iter().next().expect("one")
    }
}

/// Tuesday 11:00 after the four weeks.
const NOW: i64 = MONDAY + 29 * DAY + 11 * HOUR;

const GATEWAY: [(Dimension, &str); 3] =
    [(Dimension::Category, "network"), (Dimension::Rung, "gateway"), (Dimension::Gateway, "10.2.0.1")];

fn with_subnet<'a>(list: &[(Dimension, &'a str)], subnet: &'a str) -> Vec<(Dimension, &'a str)> {
    list.iter().copied().chain([(Dimension::Subnet, subnet)]).collect()
}

#[test]
fn a_broken_gateway_is_found_and_its_factor_named() {
    let mut stream = Stream::after_four_weeks();
    for person in 0..12 {
        stream.everyday(NOW + person * MINUTE);
        stream.press(NOW + person * MINUTE + 5, person as u64, &GATEWAY);
    }
    let found = stream.only();
    assert_eq!((found.people, found.members.len()), (12, 12));
    let shared = found.shared.iter().find(|s| s.factor.value == "10.2.0.1").expect("the gateway is shared");
    assert_eq!((shared.members_with, shared.members, shared.others_with), (12, 12, 0));
    assert!(shared.others >= 12, "{}", shared.others);
    let classifier = triage::Classifier::shipped().expect("the rules compile");
    let says = shared.says(&classifier);
    assert!(says.en.starts_with("12 of 12 share gateway 10.2.0.1; 0 of "), "{}", says.en);
    assert!(says.ru.starts_with("У 12 из 12 общее: шлюз 10.2.0.1; у остальных — 0 из "), "{}", says.ru);
    assert!(found.says(&classifier).ru.contains("шлюз 10.2.0.1"));
    assert_eq!(found.title(&classifier), LocalText::new("No network connection", "Нет сети"));
    assert!(found.is_certain && found.p_value < 1e-9, "{}", found.score);
    assert_eq!(found.since_s, NOW + 5);
}

#[test]
fn one_person_pressing_a_hundred_times_is_one_person() {
    let mut stream = Stream::after_four_weeks();
    for press in 0..100 {
        stream.press(NOW + press * 20, 7, &GATEWAY);
    }
    assert_eq!(stream.raised(), vec![]);
    for person in 0..4 {
        stream.press(NOW + 2000 + person * 20, 100 + person as u64, &GATEWAY);
    }
    assert_eq!(stream.only().people, 5, "the flooding person belongs to it, once");
    let again = stream.press(NOW + 2300, 7, &GATEWAY);
    assert!(stream.only().members.contains(&again), "a press again joins");
    assert_eq!(stream.only().people, 5);
}

#[test]
fn two_outages_at_once_on_one_site_stay_two() {
    let mut stream = Stream::after_four_weeks();
    let print =
        [(Dimension::Site, "s3"), (Dimension::Category, "printing"), (Dimension::Finding, "printing.queue_stuck")];
    let mail = [(Dimension::Site, "s3"), (Dimension::Category, "email"), (Dimension::Code, "0x8004010f")];
    for n in 0..15 {
        stream.press(NOW + n * MINUTE, n as u64, &print);
        stream.press(NOW + n * MINUTE + 20, 500 + n as u64, &mail);
    }
    let open = stream.detector.open();
    assert_eq!(open.iter().map(|i| i.members.len()).collect::<Vec<_>>(), vec![15, 15]);
    for (incident, own) in open.iter().zip(["printing.queue_stuck", "0x8004010f"]) {
        let own = incident.shared.iter().find(|s| s.factor.value == own).expect("its own factor is named");
        assert_eq!((own.members_with, own.others_with), (15, 0));
    }
}

#[test]
fn different_troubles_in_one_place_are_no_incident() {
    let mut stream = Stream::after_four_weeks();
    // A place nobody was at before: a new office, or sites that policy names since today.
    let place = [(Dimension::Site, "new"), (Dimension::Gateway, "10.77.0.1"), (Dimension::Subnet, "10.77.0.0/24")];
    let program = [(Dimension::Application, "chrome"), (Dimension::Version, "chrome@131.0")];
    for n in 0..12 {
        let (category, program) = (format!("c{}", n % 9), if n % 2 == 0 { &program[..] } else { &[] });
        let trouble = [(Dimension::Category, category.as_str())];
        stream.press(NOW + n * 10 * MINUTE, n as u64, &[&trouble[..], &place[..], program].concat());
    }
    assert_eq!(stream.raised(), vec![]);
}

#[test]
fn a_slow_burn_of_forty_in_eight_hours_is_found() {
    let mut stream = Stream::after_four_weeks();
    let burn =
        [(Dimension::Application, "1c"), (Dimension::Version, "1c@8.3.27"), (Dimension::Category, "application")];
    for n in 0..40 {
        let at_s = MONDAY + 29 * DAY + 9 * HOUR + n * 12 * MINUTE;
        stream.everyday(at_s);
        stream.press(at_s + 30, n as u64, &burn);
    }
    let found = stream.only();
    assert!(found.people >= 38, "{}", found.people);
    let classifier = triage::Classifier::shipped().expect("the rules compile");
    assert_eq!(found.title(&classifier).ru, "Проблемы с программой 1c");
}

#[test]
fn monday_nine_is_no_incident() {
    let mut stream = Stream::after_four_weeks();
    for hour in 4 * 168..4 * 168 + 24 {
        stream.everyday_hour(hour);
    }
    assert_eq!(stream.raised(), vec![]);
}

#[test]
fn one_subnet_is_not_enough_unless_the_key_is_a_place() {
    let cause = [(Dimension::Category, "email"), (Dimension::Code, "0x8004010f")];
    let mut stream = Stream::after_four_weeks();
    for n in 0..6 {
        stream.press(NOW + n * MINUTE, n as u64, &with_subnet(&[cause[0], cause[1]], "10.9.9.0/24"));
    }
    let keyed_by_place = stream.detector.open().iter().all(|i| i.key.iter().any(|f| f.dimension == Dimension::Subnet));
    assert!(keyed_by_place, "only the subnet itself can be the cause");
    let mut stream = Stream::after_four_weeks();
    for n in 0..6 {
        let subnet = format!("10.{n}.9.0/24");
        stream.press(NOW + n * MINUTE, n as u64, &with_subnet(&cause, &subnet));
    }
    assert!(stream.only().key.iter().all(|f| f.dimension != Dimension::Subnet));
}

#[test]
fn planned_maintenance_is_muted_until_it_ends() {
    let mut stream = Stream::after_four_weeks();
    stream.detector.mute(factors(&GATEWAY[1..]), NOW + HOUR);
    for n in 0..20 {
        stream.press(NOW + n * MINUTE, n as u64, &GATEWAY);
    }
    assert_eq!(stream.raised(), vec![]);
    for n in 0..20 {
        stream.press(NOW + HOUR + n * MINUTE, 50 + n as u64, &GATEWAY);
    }
    assert_eq!(stream.raised().len(), 1);
}

#[test]
fn clocks_that_disagree_and_ids_that_repeat_do_no_harm() {
    let mut stream = Stream::after_four_weeks();
    for n in 0..10_i64 {
        let at_s = NOW + n * MINUTE - (n % 3) * 90;
        let id = stream.press(at_s, n as u64, &GATEWAY);
        let repeated = Arrival { id, at_s: at_s - DAY, person: 900 + n as u64, factors: factors(&GATEWAY) };
        assert_eq!(stream.detector.observe(&repeated), vec![]);
    }
    assert_eq!(stream.only().people, 10);
}

#[test]
fn a_split_loses_nothing_and_later_reports_go_to_their_side() {
    let mut stream = Stream::after_four_weeks();
    let common = [(Dimension::Category, "network"), (Dimension::Rung, "proxy")];
    let side = |gateway: &'static str| [common[0], common[1], (Dimension::Gateway, gateway)];
    let (mut left, mut right) = (vec![], vec![]);
    for n in 0..6 {
        left.push(stream.press(NOW + n * MINUTE, n as u64, &side("10.1.0.1")));
        right.push(stream.press(NOW + n * MINUTE + 9, 100 + n as u64, &side("10.2.0.1")));
    }
    let mut open = stream.detector.open();
    if open.len() == 2 {
        assert!(stream.detector.merge(open[0].id, open[1].id));
        open = stream.detector.open();
    }
    let before = open[0].members.clone();
    let first = open[0].id;
    let second = stream.detector.split(first, &right).expect("both sides have members");
    let members = |s: &Stream, id| s.detector.incident(id).expect("open").members;
    let mut after: Vec<u64> = members(&stream, first).into_iter().chain(members(&stream, second)).collect();
    after.sort_unstable();
    assert_eq!(after, before);
    assert_eq!(members(&stream, second), right);
    for n in 0..5 {
        let at_s = NOW + 10 * MINUTE + n * MINUTE;
        left.push(stream.press(at_s, 200 + n as u64, &side("10.1.0.1")));
        right.push(stream.press(at_s + 9, 300 + n as u64, &side("10.2.0.1")));
    }
    assert_eq!((members(&stream, first), members(&stream, second)), (left, right));
    assert!(stream.detector.split(first, &[]).is_none());
    assert!(stream.detector.merge(first, second));
    assert_eq!(stream.only().members.len(), 22);
}

/// Twelve people behind the gateway, one a minute from [`NOW`] on.
fn twelve_cut_off(stream: &mut Stream) -> Vec<u64> {
    (0..12).map(|n| stream.press(NOW + n * MINUTE, n as u64, &GATEWAY)).collect()
}

#[test]
fn who_says_that_it_is_not_theirs_leaves_and_draws_no_line() {
    let mut stream = Stream::after_four_weeks();
    let ids = twelve_cut_off(&mut stream);
    let only = stream.only().id;
    assert_eq!(stream.detector.leave(&ids[..1]), vec![]);
    assert_eq!((stream.only().id, stream.only().members), (only, ids[1..].to_vec()));
    for n in 0..12 {
        stream.press(NOW + (12 + n) * MINUTE, 100 + n as u64, &GATEWAY);
    }
    assert_eq!((stream.only().people, stream.raised().len()), (23, 1), "nobody follows who left");
    let all = stream.only().members;
    assert_eq!(stream.detector.leave(&all), vec![Outcome::Closed { incident: only }], "nobody is left");
    assert_eq!(stream.detector.leave(&all), vec![]);
}

#[test]
fn one_ticket_merged_by_hand_moves_alone_and_most_of_them_all() {
    let mut stream = Stream::after_four_weeks();
    let print = [(Dimension::Site, "s3"), (Dimension::Category, "printing"), (Dimension::Finding, "printing.jam")];
    let ids = twelve_cut_off(&mut stream);
    let into = stream.only().id;
    let other: Vec<u64> = (0..20).map(|n| stream.press(NOW + HOUR + n * MINUTE, 500 + n as u64, &print)).collect();
    let from = stream.detector.incident_of(other[0]).expect("the second is found");
    let members = |stream: &Stream, id| stream.detector.incident(id).map(|found| found.members);

    let moved = stream.detector.hand_over(&other[..1], into);
    assert_eq!(moved, vec![Outcome::Grew { incident: into, members: vec![other[0]] }]);
    assert_eq!(members(&stream, from), Some(other[1..].to_vec()), "the others stay");
    assert_eq!(members(&stream, into), Some([&ids[..], &other[..1]].concat()));
    for id in &other[1..10] {
        stream.detector.hand_over(&[*id], into);
    }
    assert_eq!(members(&stream, from), Some(other[10..].to_vec()), "half are not most");
    let rest = stream.detector.hand_over(&other[10..11], into);
    let grew = Outcome::Grew { incident: into, members: other[10..].to_vec() };
    assert_eq!(rest, vec![grew, Outcome::Closed { incident: from }]);
    assert_eq!(stream.only().members.len(), 32);
    assert_eq!(stream.detector.hand_over(&other, into), vec![], "they are there");
}

#[test]
fn a_clock_that_was_ahead_once_does_not_stop_time() {
    for restarted in [false, true] {
        let mut stream = Stream::after_four_weeks();
        stream.everyday(NOW - 10 * MINUTE);
        stream.detector.tick(NOW + DAY);
        if restarted {
            stream.detector = Detector::restore(Settings::default(), stream.detector.snapshot()).expect("whole");
        }
        for n in 0..12 {
            stream.press(NOW + n * MINUTE, n as u64, &GATEWAY);
            stream.detector.tick(NOW + n * MINUTE + 1);
        }
        let found = stream.only();
        assert_eq!(found.people, 12, "{restarted}");
        assert!((found.since_s - NOW).abs() <= MINUTE, "{restarted} {}", found.since_s - NOW);
        assert_eq!(found.last_at_s, NOW + 11 * MINUTE);
        assert_eq!(stream.detector.tick(NOW + 5 * HOUR), vec![Outcome::Closed { incident: found.id }], "{restarted}");
    }
}

#[test]
fn what_a_clock_stamped_that_was_ahead_came_when_it_came() {
    let mut stream = Stream::after_four_weeks();
    // Two hours long the clock is a day ahead, and somebody is cut off every twenty minutes.
    for n in 0..6 {
        stream.press(NOW + DAY + n * 20 * MINUTE, n as u64, &GATEWAY);
    }
    stream.detector.tick(NOW + DAY + 2 * HOUR);
    stream.detector.tick(NOW + 2 * HOUR);
    let id = stream.press(NOW + 2 * HOUR, 50, &GATEWAY);
    stream.detector.tick(NOW + 2 * HOUR);
    let open = stream.detector.open();
    let found = open.iter().find(|found| found.members.contains(&id)).expect("they belong together");
    assert_eq!((found.since_s, found.last_at_s), (NOW, NOW + 2 * HOUR));
}

#[test]
fn a_clock_is_believed_up_to_an_hour_past_the_log_and_the_log_past_the_clock() {
    let since = |ahead_s: i64, by_log: bool| {
        let mut stream = Stream::after_four_weeks();
        stream.detector.tick(NOW + ahead_s);
        if by_log {
            // Another collector's clock is right, and this one's is behind.
            stream.everyday(NOW + ahead_s);
            stream.detector.tick(NOW);
            stream.everyday(NOW + ahead_s);
        } else {
            stream.everyday(NOW);
            stream.detector.tick(NOW);
        }
        for n in 0..12 {
            let at_s = if by_log { NOW + ahead_s } else { NOW };
            stream.press(at_s, n, &GATEWAY);
        }
        stream.only().since_s
    };
    assert_eq!(since(HOUR, false), NOW + HOUR);
    assert_eq!(since(HOUR + 1, false), NOW);
    assert_eq!(since(3 * HOUR, true), NOW + 3 * HOUR);
}

#[test]
fn what_staff_dismissed_takes_more_the_next_time() {
    let raised_after = |stream: &mut Stream, from_s: i64, first: u64| {
        stream.outcomes.clear();
        (0..30).find(|n| {
            stream.press(from_s + *n as i64 * 2 * MINUTE, first + n, &GATEWAY);
            !stream.raised().is_empty()
        })
    };
    let mut stream = Stream::after_four_weeks();
    let before = raised_after(&mut stream, NOW, 0).expect("found");
    let id = stream.only().id;
    assert_eq!(stream.detector.dismiss(id), Some(Outcome::Closed { incident: id }));
    assert!(stream.detector.open().is_empty());
    let after = raised_after(&mut stream, NOW + DAY, 1000).expect("a large one is found still");
    assert!(after > before, "{after} after {before}");
}

#[test]
fn a_quiet_incident_closes() {
    let mut stream = Stream::after_four_weeks();
    for n in 0..6 {
        stream.press(NOW + n * MINUTE, n as u64, &GATEWAY);
    }
    let id = stream.only().id;
    assert_eq!(stream.detector.tick(NOW + 3 * HOUR), vec![]);
    assert_eq!(stream.detector.tick(NOW + 5 * HOUR), vec![Outcome::Closed { incident: id }]);
    assert!(stream.detector.open().is_empty());
}

#[test]
fn a_restored_detector_goes_on_where_it_was() {
    let mut stream = Stream::after_four_weeks();
    for n in 0..3 {
        stream.press(NOW + n * MINUTE, n as u64, &GATEWAY);
    }
    let bytes = serde_json::to_string(&stream.detector.snapshot()).expect("serialises");
    let snapshot: Snapshot = serde_json::from_str(&bytes).expect("reads back");
    let mut restored = Detector::restore(Settings::default(), snapshot).expect("whole");
    for n in 3..12 {
        let arrival =
            Arrival { id: 9_000_000 + n, at_s: NOW + n as i64 * MINUTE, person: n, factors: factors(&GATEWAY) };
        assert_eq!(restored.observe(&arrival), stream.detector.observe(&arrival));
    }
    let told =
        |detector: &Detector| detector.open().into_iter().map(|i| (i.id, i.members, i.shared)).collect::<Vec<_>>();
    assert_eq!(told(&restored), told(&stream.detector));
    let other = bytes.replacen("\"version\":1", "\"version\":999", 1);
    let refused = Detector::restore(Settings::default(), serde_json::from_str(&other).expect("reads"));
    assert!(refused.is_err());
}

#[test]
fn memory_stays_bounded_whatever_comes() {
    let settings = Settings { max_keys: 2000, max_recent: 100, max_open: 4, max_members: 20, ..Settings::default() };
    let mut detector = Detector::new(Settings { learning_s: 0, ..settings });
    let long = "x".repeat(10_000);
    for n in 0..20_000_u64 {
        let value = format!("v{}", n / 40);
        let list = [
            (Dimension::Category, value.as_str()),
            (Dimension::Code, value.as_str()),
            (Dimension::Site, value.as_str()),
            (Dimension::Finding, long.as_str()),
        ];
        detector.observe(&Arrival { id: n, at_s: NOW + n as i64, person: n, factors: factors(&list) });
    }
    let open = detector.open();
    assert!(!open.is_empty() && open.len() <= 4, "{}", open.len());
    assert!(open.iter().all(|i| i.members.len() <= 20));
    let bytes = serde_json::to_vec(&detector.snapshot()).expect("serialises").len();
    assert!(bytes < 300_000, "{bytes}");
}
