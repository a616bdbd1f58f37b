//! A mass incident from the first press to the last word: found in the stream, proposed with what its reports share,
//! accepted, joined by who presses later, resolved for everybody.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use report::{Dimension, EventKind, EventPage, FollowUp, FollowUpKind, Level, Notice, NoticeOrigin, Receipt, Report};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use store::Backend;
use tests::{
    PATIENCE,
    collector::{TestCollector, TestDevice, TestStaff},
    on_both_databases,
    reports::{self, fact},
};
use uuid::Uuid;

const GATEWAY: &str = "10.2.0.1";
/// Devices behind the gateway that fails.
const DEVICES: usize = 30;

on_both_databases!(
    thirty_devices_behind_one_gateway_are_one_incident,
    a_proposal_that_was_dismissed_does_not_come_back,
    planned_maintenance_is_no_incident,
    what_was_pressed_during_maintenance_and_came_after_it_is_no_incident,
    what_waited_in_outboxes_for_long_is_no_incident_of_today,
    who_presses_hours_later_belongs_to_the_incident_that_is_known,
    one_ticket_merged_by_hand_does_not_close_the_proposal_it_was_in,
);

/// Somebody's network is cut behind a gateway, at `at`.
fn cut_off(gateway: &str, at: DateTime<Utc>) -> Report {
    let data = json!({ "gateway": { "address": gateway, "ok": false }, "broken_rung": "gateway" });
    Report { text: Some("нет сети".into()), facts: vec![fact("network", data)], ..reports::pressed_at(at) }
}

/// Three weeks of everyday troubles of a few people, whose gateways answer.
async fn everyday(collector: &TestCollector, devices: &[TestDevice<'_>]) {
    let troubles = ["не печатает принтер", "забыл пароль", "excel завис", "монитор не включается", "не приходит почта"];
    for day in 0..22 {
        for (n, device) in devices.iter().enumerate() {
            let text = troubles[(day + n) % troubles.len()];
            let ok = json!({ "gateway": { "address": format!("10.{n}.0.1"), "ok": true } });
            let facts = vec![fact("network", ok)];
            let report = Report { text: Some(text.into()), facts, ..reports::pressed_at(collector.now()) };
            device.report(&report).await;
            collector.advance(TimeDelta::hours(4));
        }
    }
}

/// Everybody behind the gateway presses within a few minutes.
async fn outage<'a>(collector: &'a TestCollector, count: usize) -> Vec<(TestDevice<'a>, Receipt)> {
    let mut pressed = Vec::new();
    for _ in 0..count {
        let device = collector.enrol().await;
        let receipt = device.report(&cut_off(GATEWAY, collector.now())).await;
        pressed.push((device, receipt));
        collector.advance(TimeDelta::seconds(7));
    }
    pressed
}

/// Reads a live stream on until `wanted` has come.
async fn until(stream: &mut Response, wanted: &str) {
    let mut text = String::new();
    let read = async {
        while !text.contains(wanted) {
            let chunk = stream.chunk().await.unwrap().expect("the stream goes on");
            text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    };
    assert!(tokio::time::timeout(PATIENCE, read).await.is_ok(), "`{wanted}` did not come: {text}");
}

/// The only proposal, once it has so many members.
async fn proposal(collector: &TestCollector, staff: &TestStaff<'_>, members: usize) -> Value {
    let mut changes = collector.store.subscribe();
    let wait = async {
        loop {
            let open: Vec<Value> = staff.get("/api/v1/incidents").await;
            if let [only] = &open[..]
                && only["members"].as_array().unwrap().len() >= members
            {
                return only.clone();
            }
            let _ = changes.recv().await;
        }
    };
    tokio::time::timeout(PATIENCE, wait).await.expect("a proposal that grows")
}

/// Waits until the grouping has read a report: then it has kept its factors.
async fn is_read(collector: &TestCollector, receipt: &Receipt) {
    let scope = collector.scope();
    let number = scope.find_report(receipt.report_id).await.unwrap().expect("it is stored").ticket_number;
    let mut changes = collector.store.subscribe();
    let read = async {
        while scope.factors_of_ticket(number).await.unwrap().is_empty() {
            // Any change wakes the test; of this the grouping tells nobody.
            let _ = tokio::time::timeout(Duration::from_millis(50), changes.recv()).await;
        }
    };
    tokio::time::timeout(PATIENCE, read).await.expect("the grouping reads on");
}

async fn thirty_devices_behind_one_gateway_are_one_incident(collector: TestCollector) {
    let others = [collector.enrol().await, collector.enrol().await, collector.enrol().await, collector.enrol().await];
    everyday(&collector, &others).await;
    let staff = collector.sign_in().await;
    assert!(staff.get::<Vec<Value>>("/api/v1/incidents").await.is_empty(), "everyday troubles are no incident");

    let mut stream = staff.request(Method::GET, "/api/v1/tickets/stream").send().await.unwrap();
    let pressed = outage(&collector, DEVICES).await;
    until(&mut stream, "event: incident").await;
    let proposal = proposal(&collector, &staff, DEVICES).await;
    assert_eq!(proposal["people"], DEVICES);
    assert_eq!(proposal["category"], "network");
    let gateway = json!({ "dimension": "gateway", "value": GATEWAY });
    let shared = proposal["shared"].as_array().unwrap().iter().find(|one| one["factor"] == gateway);
    let shared = shared.unwrap_or_else(|| panic!("the gateway is named: {proposal}"));
    assert_eq!((&shared["members_with"], &shared["members"]), (&json!(DEVICES), &json!(DEVICES)));
    assert!(proposal["says"]["ru"].as_str().unwrap().contains(GATEWAY), "{proposal}");

    let id = proposal["id"].as_str().unwrap();
    let body = json!({ "title": { "en": "No network", "ru": "Нет сети" }, "members": proposal["members"] });
    let answer = staff.post(&format!("/api/v1/incidents/{id}/accept"), &body).await;
    assert_eq!(answer.status(), 200);
    let accepted: Value = answer.json().await.unwrap();
    let major = accepted["summary"]["number"].as_i64().unwrap();
    assert_eq!(
        (&accepted["summary"]["people"], &accepted["summary"]["members"]),
        (&json!(DEVICES), &json!(DEVICES - 1))
    );
    let own: &Value = &accepted["reports"][0]["verdict"];
    let people = own["priority_parts"].as_array().unwrap().iter().find(|part| part["kind"] == "people");
    assert_eq!(people.map(|part| &part["level"]), Some(&json!("high")), "thirty people are many: {own}");
    assert!(own["sources"].as_array().unwrap().contains(&json!("reports")), "{own}");
    assert_eq!(accepted["summary"]["priority"], own["priority"]["value"]);
    let notices: Vec<Notice> = staff.get("/api/v1/notices").await;
    assert_eq!((notices.len(), notices[0].origin, notices[0].affected as usize), (1, NoticeOrigin::Detector, DEVICES));
    assert!(notices[0].factors.iter().any(|factor| factor.dimension == Dimension::Gateway), "{notices:?}");

    // Who presses now is told at once, and belongs from the start.
    let late = collector.enrol().await;
    let receipt = late.report(&cut_off(GATEWAY, collector.now())).await;
    assert_eq!(receipt.notice.as_ref().map(|notice| notice.ticket), Some(Some(major)));
    assert_eq!((receipt.ticket.number, receipt.joined), (major, true));
    assert_eq!(receipt.verdict.impact.value, Level::High, "one of many");
    let elsewhere = collector.enrol().await.report(&cut_off("10.77.0.1", collector.now())).await;
    assert_ne!(elsewhere.ticket.number, major, "another gateway is another trouble");

    // One of them says that theirs is another.
    let stranger = collector.enrol().await;
    let told = stranger.report(&cut_off(GATEWAY, collector.now())).await;
    let no = FollowUp { id: Uuid::now_v7(), at: Utc::now(), kind: FollowUpKind::NotThis { notice: notices[0].id } };
    let path = format!("/api/v1/reports/{}/follow-ups", told.report_id);
    let left: Receipt = stranger.request(Method::POST, &path).json(&no).send().await.unwrap().json().await.unwrap();
    assert_ne!(left.ticket.number, major);
    assert_ne!(left.verdict.impact.value, Level::High, "theirs is of one person");
    let again = stranger.report(&cut_off(GATEWAY, collector.now())).await;
    assert_ne!(again.ticket.number, major, "nor with the next press");
    assert_ne!(again.verdict.impact.value, Level::High, "the others do not count for it");
    assert_eq!(again.notice, None, "nor is it told of again");
    let alone: Value = staff.get(&format!("/api/v1/tickets/{}", left.ticket.number)).await;
    assert_eq!(alone["summary"]["priority"], json!(again.verdict.priority.value));
    let open: Vec<Notice> = staff.get("/api/v1/notices").await;
    assert_eq!(open[0].affected as usize, DEVICES + 1, "who refused it is not among them");

    // Nor do they count for one that staff took out of it.
    let apart = pressed[1].1.ticket.number;
    let split: Value = staff.post(&format!("/api/v1/tickets/{apart}/split"), &json!({})).await.json().await.unwrap();
    assert_eq!(split["summary"]["people"], 1);
    let alone = pressed[1].0.report(&cut_off(GATEWAY, collector.now())).await;
    assert_eq!(alone.ticket.number, apart);
    assert_ne!(alone.verdict.impact.value, Level::High);
    let again = json!({ "into": major });
    assert_eq!(staff.post(&format!("/api/v1/tickets/{apart}/merge"), &again).await.status(), 200);

    let done = json!({ "text": "Шлюз заменён" });
    let resolved = staff.post(&format!("/api/v1/tickets/{major}/resolve"), &done).await;
    assert_eq!(resolved.json::<Value>().await.unwrap()["summary"]["people"], DEVICES + 1);
    for device in pressed.iter().map(|(device, _)| device).chain([&late]) {
        let page: EventPage = device.request(Method::GET, "/api/v1/events").send().await.unwrap().json().await.unwrap();
        let last = &page.events.last().unwrap();
        assert!(matches!(&last.kind, EventKind::Resolved { text, .. } if text == "Шлюз заменён"), "{page:?}");
        assert_eq!(last.ticket.number, major);
    }
    let page: EventPage = stranger.request(Method::GET, "/api/v1/events").send().await.unwrap().json().await.unwrap();
    assert!(page.events.is_empty(), "theirs is another, and open");
    assert!(staff.get::<Vec<Notice>>("/api/v1/notices").await.is_empty());
}

async fn a_proposal_that_was_dismissed_does_not_come_back(collector: TestCollector) {
    let others = [collector.enrol().await, collector.enrol().await, collector.enrol().await, collector.enrol().await];
    everyday(&collector, &others).await;
    let staff = collector.sign_in().await;
    outage(&collector, 12).await;
    let found = proposal(&collector, &staff, 12).await;
    let dismiss = format!("/api/v1/incidents/{}/dismiss", found["id"].as_str().unwrap());
    assert_eq!(staff.request(Method::POST, &dismiss).send().await.unwrap().status(), 204);
    let last = outage(&collector, 2).await.pop().unwrap().1;
    is_read(&collector, &last).await;
    assert!(staff.get::<Vec<Value>>("/api/v1/incidents").await.is_empty());
}

async fn planned_maintenance_is_no_incident(collector: TestCollector) {
    let others = [collector.enrol().await, collector.enrol().await, collector.enrol().await, collector.enrol().await];
    everyday(&collector, &others).await;
    let staff = collector.sign_in().await;
    let planned = json!({
        "kind": "maintenance", "category": "network", "title": { "en": "The gateway moves", "ru": "Переезд шлюза" },
    });
    assert_eq!(staff.post("/api/v1/notices", &planned).await.status(), 201);
    let pressed = outage(&collector, 15).await;
    assert!(pressed.iter().all(|(_, receipt)| receipt.notice.is_some()), "everybody is told");
    is_read(&collector, &pressed.last().unwrap().1).await;
    assert!(staff.get::<Vec<Value>>("/api/v1/incidents").await.is_empty());
}

/// Devices behind the gateway whose presses of `at` come only now.
async fn flush(collector: &TestCollector, count: usize, at: DateTime<Utc>) -> Vec<Receipt> {
    let mut receipts = Vec::new();
    for _ in 0..count {
        let device = collector.enrol().await;
        receipts.push(device.report(&cut_off(GATEWAY, at)).await);
        collector.advance(TimeDelta::seconds(7));
    }
    receipts
}

async fn what_was_pressed_during_maintenance_and_came_after_it_is_no_incident(collector: TestCollector) {
    let others = [collector.enrol().await, collector.enrol().await, collector.enrol().await, collector.enrol().await];
    everyday(&collector, &others).await;
    let staff = collector.sign_in().await;
    let begins = collector.now();
    let planned = json!({
        "kind": "maintenance", "category": "network", "title": { "en": "The gateway moves", "ru": "Переезд шлюза" },
        "starts_at": begins, "ends_at": begins + TimeDelta::hours(4),
    });
    assert_eq!(staff.post("/api/v1/notices", &planned).await.status(), 201);
    collector.advance(TimeDelta::hours(4) + TimeDelta::minutes(1));
    let receipts = flush(&collector, 15, begins + TimeDelta::hours(3)).await;
    assert!(receipts.iter().all(|receipt| receipt.notice.is_none()), "it is over");
    is_read(&collector, &receipts[14]).await;
    assert!(staff.get::<Vec<Value>>("/api/v1/incidents").await.is_empty(), "what was planned explains it");

    // What is still wrong after it was not planned.
    let still = outage(&collector, 12).await;
    let found = proposal(&collector, &staff, 12).await;
    assert_eq!(found["members"].as_array().unwrap().len(), 12);
    assert_eq!(found["members"][0], still[0].1.ticket.number);
}

async fn what_waited_in_outboxes_for_long_is_no_incident_of_today(collector: TestCollector) {
    let others = [collector.enrol().await, collector.enrol().await, collector.enrol().await, collector.enrol().await];
    everyday(&collector, &others).await;
    let staff = collector.sign_in().await;
    let receipts = flush(&collector, 15, collector.now() - TimeDelta::hours(9)).await;
    is_read(&collector, &receipts[14]).await;
    assert!(staff.get::<Vec<Value>>("/api/v1/incidents").await.is_empty(), "it was this morning, or never");

    outage(&collector, 12).await;
    let found = proposal(&collector, &staff, 12).await;
    let body = json!({ "title": { "en": "No network", "ru": "Нет сети" }, "members": found["members"] });
    let accept = format!("/api/v1/incidents/{}/accept", found["id"].as_str().unwrap());
    let major: Value = staff.post(&accept, &body).await.json().await.unwrap();
    let major = major["summary"]["number"].as_i64().unwrap();
    let last_month = collector.now() - TimeDelta::days(30);
    let old = collector.enrol().await.report(&cut_off(GATEWAY, last_month)).await;
    assert_eq!((old.notice, old.joined), (None, false), "that was another time");
    assert_ne!(old.ticket.number, major);
    let new = collector.enrol().await.report(&cut_off(GATEWAY, collector.now())).await;
    assert_eq!(new.ticket.number, major);
}

async fn who_presses_hours_later_belongs_to_the_incident_that_is_known(collector: TestCollector) {
    let others = [collector.enrol().await, collector.enrol().await, collector.enrol().await, collector.enrol().await];
    everyday(&collector, &others).await;
    let staff = collector.sign_in().await;
    outage(&collector, 12).await;
    let found = proposal(&collector, &staff, 12).await;
    let body = json!({ "title": { "en": "No network", "ru": "Нет сети" }, "members": found["members"] });
    let accept = format!("/api/v1/incidents/{}/accept", found["id"].as_str().unwrap());
    assert_eq!(staff.post(&accept, &body).await.status(), 200);
    collector.advance(TimeDelta::hours(6));
    let later = outage(&collector, 12).await;
    assert!(later.iter().all(|(_, receipt)| receipt.joined), "everybody belongs at once");
    is_read(&collector, &later[11].1).await;
    assert!(staff.get::<Vec<Value>>("/api/v1/incidents").await.is_empty(), "there is nothing new to decide");
    let notices: Vec<Notice> = staff.get("/api/v1/notices").await;
    assert_eq!((notices.len(), notices[0].affected), (1, 24));
}

async fn one_ticket_merged_by_hand_does_not_close_the_proposal_it_was_in(collector: TestCollector) {
    let others = [collector.enrol().await, collector.enrol().await, collector.enrol().await, collector.enrol().await];
    everyday(&collector, &others).await;
    let staff = collector.sign_in().await;
    let first = outage(&collector, 12).await;
    proposal(&collector, &staff, 12).await;
    let mut jammed = Vec::new();
    for _ in 0..12 {
        let ok = json!({ "gateway": { "address": "10.50.0.1", "ok": true } });
        let facts = vec![fact("network", ok)];
        let text = Some("не печатает принтер".into());
        let device = collector.enrol().await;
        jammed.push(device.report(&Report { text, facts, ..reports::pressed_at(collector.now()) }).await);
        collector.advance(TimeDelta::seconds(7));
    }
    let of_printing = async |members: usize| {
        let mut changes = collector.store.subscribe();
        let wait = async {
            loop {
                let open: Vec<Value> = staff.get("/api/v1/incidents").await;
                let found = open.into_iter().find(|one| one["category"] == "printing");
                if let Some(found) = found
                    && found["members"].as_array().unwrap().len() == members
                {
                    return found;
                }
                let _ = tokio::time::timeout(Duration::from_millis(50), changes.recv()).await;
            }
        };
        tokio::time::timeout(PATIENCE, wait).await.unwrap_or_else(|_| panic!("{members} jammed printers"))
    };
    of_printing(12).await;
    let (one, into) = (jammed[0].ticket.number, first[0].1.ticket.number);
    let merged = staff.post(&format!("/api/v1/tickets/{one}/merge"), &json!({ "into": into })).await;
    assert_eq!(merged.status(), 200);
    let left = of_printing(11).await;
    assert!(!left["members"].as_array().unwrap().contains(&json!(one)), "{left}");
}

/// With `triage.automatic_incidents`, what is sure is declared though its first ticket was closed meanwhile.
async fn a_sure_incident_whose_first_ticket_is_closed_is_accepted_as_another(collector: TestCollector) {
    let others = [collector.enrol().await, collector.enrol().await, collector.enrol().await, collector.enrol().await];
    everyday(&collector, &others).await;
    let staff = collector.sign_in().await;
    let first = outage(&collector, 1).await[0].1.ticket.number;
    let done = staff.post(&format!("/api/v1/tickets/{first}/resolve"), &json!({ "text": "Готово" })).await;
    assert_eq!(done.status(), 200);
    let pressed = outage(&collector, DEVICES).await;
    let mut changes = collector.store.subscribe();
    let wait = async {
        loop {
            let notices: Vec<Notice> = staff.get("/api/v1/notices").await;
            if let [one] = &notices[..] {
                return one.clone();
            }
            let _ = tokio::time::timeout(Duration::from_millis(50), changes.recv()).await;
        }
    };
    let notice = tokio::time::timeout(PATIENCE, wait).await.expect("a notice");
    let major = notice.ticket.unwrap();
    assert_ne!(major, first);
    assert_eq!(major, pressed[0].1.ticket.number, "the first that is open");
}

#[tokio::test]
async fn a_sure_incident_whose_first_ticket_is_closed_is_accepted_as_another_on_sqlite() {
    let automatic = |config: &mut collector::Config| config.triage.automatic_incidents = true;
    let collector = TestCollector::start_with(Backend::Sqlite, automatic).await.unwrap();
    a_sure_incident_whose_first_ticket_is_closed_is_accepted_as_another(collector).await;
}

/// With `triage.automatic_incidents`, nobody needs to accept what is sure.
async fn a_sure_incident_is_accepted_by_itself(collector: TestCollector) {
    let others = [collector.enrol().await, collector.enrol().await, collector.enrol().await, collector.enrol().await];
    everyday(&collector, &others).await;
    let staff = collector.sign_in().await;
    let mut changes = collector.store.subscribe();
    let pressed = outage(&collector, DEVICES).await;
    let last = pressed[DEVICES - 1].1.ticket.number;
    // It may be accepted before everybody who pressed is in it.
    let wait = async {
        loop {
            let notices: Vec<Notice> = staff.get("/api/v1/notices").await;
            let joined: Value = staff.get(&format!("/api/v1/tickets/{last}")).await;
            match &notices[..] {
                [one] if one.ticket == Some(last) || joined["summary"]["merged_into"] == json!(one.ticket) => {
                    return one.clone();
                }
                _ => drop(changes.recv().await),
            }
        }
    };
    let notice = tokio::time::timeout(PATIENCE, wait).await.expect("a notice");
    assert_eq!(notice.origin, NoticeOrigin::Detector);
    assert!(staff.get::<Vec<Value>>("/api/v1/incidents").await.is_empty(), "nothing is left to decide");
    let (last, _) = &pressed[DEVICES - 1];
    let again = last.report(&cut_off(GATEWAY, collector.now())).await;
    assert_eq!(Some(again.ticket.number), notice.ticket);
}

#[tokio::test]
async fn a_sure_incident_is_accepted_by_itself_on_sqlite() {
    let automatic = |config: &mut collector::Config| config.triage.automatic_incidents = true;
    let collector = TestCollector::start_with(Backend::Sqlite, automatic).await.unwrap();
    a_sure_incident_is_accepted_by_itself(collector).await;
}

#[tokio::test]
async fn a_sure_incident_is_accepted_by_itself_on_postgres() {
    let automatic = |config: &mut collector::Config| config.triage.automatic_incidents = true;
    if let Some(collector) = TestCollector::start_with(Backend::Postgres, automatic).await {
        a_sure_incident_is_accepted_by_itself(collector).await;
    }
}
