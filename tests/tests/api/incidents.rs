//! `/api/v1/incidents`

use report::{Category, Dimension, ErrorCode, EventKind, EventPage, Factor, LocalText, Notice, NoticeOrigin};
use reqwest::Method;
use serde_json::{Value, json};
use store::{GroupingStep, IncidentBody, NewIncident, SharedFactor};
use tests::{
    collector::{TestCollector, TestDevice, code},
    on_both_databases, reports,
};
use uuid::Uuid;

on_both_databases!(
    a_proposal_is_shown_accepted_and_told,
    a_proposal_that_is_dismissed_is_gone,
    a_wrong_decision_is_refused,
    a_decision_is_taken_back_as_a_whole,
    a_member_that_is_a_major_incident_takes_the_others_in,
);

/// Proposes an incident of these tickets, as the grouping would.
async fn propose(collector: &TestCollector, members: &[i64]) -> Uuid {
    let people = u32::try_from(members.len()).unwrap();
    let gateway = Factor { dimension: Dimension::Gateway, value: "10.2.0.1".to_owned() };
    let shared =
        SharedFactor { factor: gateway.clone(), members_with: people, members: people, others_with: 3, others: 400 };
    let new = NewIncident {
        id: Uuid::now_v7(),
        detector_key: Uuid::now_v7().to_string(),
        body: IncidentBody {
            category: Category::Network,
            people,
            reports: people,
            members: members.to_vec(),
            shared: vec![shared],
            key: vec![gateway],
            score: 12.5,
            says: LocalText::new("All share gateway 10.2.0.1", "У всех шлюз 10.2.0.1"),
            title: LocalText::new("No network", "Нет сети"),
        },
    };
    let (scope, holder) = (collector.scope(), Uuid::now_v7());
    loop {
        let now = collector.now();
        if scope.hold_grouping(holder, now, now + chrono::TimeDelta::minutes(1)).await.unwrap().is_some() {
            break;
        }
        // The collector's own grouping has it; its hold comes to an end.
        collector.advance(chrono::TimeDelta::seconds(30));
    }
    let step = GroupingStep { incidents: vec![new.clone()], ..GroupingStep::default() };
    scope.keep_grouping(holder, &step, collector.now()).await.unwrap().expect("it is ours");
    scope.release_grouping(holder).await.unwrap();
    new.id
}

async fn a_proposal_is_shown_accepted_and_told(collector: TestCollector) {
    let (one, two, staff) = (collector.enrol().await, collector.enrol().await, collector.sign_in().await);
    let first = one.report(&reports::sample()).await.ticket.number;
    let second = two.report(&reports::sample()).await.ticket.number;
    let id = propose(&collector, &[first, second]).await;
    let open: Value = staff.get("/api/v1/incidents").await;
    let proposal = open.as_array().unwrap().iter().find(|one| one["id"] == id.to_string()).unwrap();
    assert_eq!((&proposal["people"], &proposal["members"]), (&json!(2), &json!([first, second])));
    let shared = json!({
        "factor": { "dimension": "gateway", "value": "10.2.0.1" },
        "members_with": 2, "members": 2, "others_with": 3, "others": 400,
        "says": { "en": "gateway 10.2.0.1", "ru": "шлюз 10.2.0.1" },
    });
    assert_eq!(proposal["shared"], json!([shared]));

    let body = json!({
        "title": { "en": "No network on floor 3", "ru": "Нет сети на 3 этаже" }, "members": [first, second],
        "next_news_at": "2030-01-01T11:00:00Z",
    });
    let answer = staff.post(&format!("/api/v1/incidents/{id}/accept"), &body).await;
    assert_eq!(answer.status(), 200);
    let ticket: Value = answer.json().await.unwrap();
    assert_eq!((&ticket["summary"]["number"], &ticket["summary"]["people"]), (&json!(first), &json!(2)));
    let made = ticket["timeline"].as_array().unwrap().iter().find(|entry| entry["kind"] == "made_major").unwrap();
    assert_eq!(made["members"], json!([second]));
    let open: Value = staff.get("/api/v1/incidents").await;
    assert!(!open.as_array().unwrap().iter().any(|one| one["id"] == id.to_string()));
    let notices: Vec<Notice> = staff.get("/api/v1/notices").await;
    let notice = notices.iter().find(|notice| notice.ticket == Some(first)).unwrap();
    assert_eq!((notice.origin, notice.category, notice.affected), (NoticeOrigin::Detector, Category::Network, 2));
    assert_eq!(notice.factors[0].value, "10.2.0.1");
    for device in [&one, &two] {
        let page: EventPage = device.request(Method::GET, "/api/v1/events").send().await.unwrap().json().await.unwrap();
        assert!(matches!(page.events[..], [ref one] if matches!(one.kind, EventKind::Known { .. })), "{page:?}");
    }
    let again = staff.post(&format!("/api/v1/incidents/{id}/accept"), &body).await;
    assert_eq!(code(again).await, ErrorCode::Conflict);
}

async fn a_decision_is_taken_back_as_a_whole(collector: TestCollector) {
    let (one, two, three, four) =
        (collector.enrol().await, collector.enrol().await, collector.enrol().await, collector.enrol().await);
    let staff = collector.sign_in().await;
    let press = async |device: &TestDevice<'_>| device.report(&reports::sample()).await.ticket.number;
    let (first, second, by_hand) = (press(&one).await, press(&two).await, press(&three).await);
    let id = propose(&collector, &[first, second]).await;
    let before: Value = staff.get(&format!("/api/v1/tickets/{second}")).await;
    let undo = format!("/api/v1/tickets/{first}/major-incident/undo");
    assert_eq!(code(staff.post(&undo, &json!({})).await).await, ErrorCode::Conflict, "nothing to take back yet");

    let title = json!({ "en": "Printing does not work", "ru": "Не работает печать" });
    let body = json!({ "title": title, "members": [first, second] });
    assert_eq!(staff.post(&format!("/api/v1/incidents/{id}/accept"), &body).await.status(), 200);
    let merge = format!("/api/v1/tickets/{by_hand}/merge");
    assert_eq!(staff.post(&merge, &json!({ "into": first })).await.status(), 200);
    let late = press(&four).await;
    let notices: Vec<Notice> = staff.get("/api/v1/notices").await;
    assert!(notices.iter().any(|notice| notice.ticket == Some(first)));

    let answer = staff.post(&undo, &json!({})).await;
    assert_eq!(answer.status(), 200);
    let ticket: Value = answer.json().await.unwrap();
    let summary = &ticket["summary"];
    assert_eq!((&summary["major"], &summary["members"]), (&json!(false), &json!(1)), "what a person merged stays");
    let timeline = ticket["timeline"].as_array().unwrap();
    let entry = timeline.iter().find(|entry| entry["kind"] == "major_taken_back").expect("it is told");
    assert_eq!((&entry["major"], &entry["members"]), (&json!(first), &json!([second])));
    let after: Value = staff.get(&format!("/api/v1/tickets/{second}")).await;
    for field in ["number", "status", "priority", "category", "people", "reports", "merged_into"] {
        assert_eq!(after["summary"].get(field), before["summary"].get(field), "{field}");
    }
    assert_eq!(after["reports"][0]["notice"], before["reports"][0]["notice"]);
    let kinds: Vec<&Value> = after["timeline"].as_array().unwrap().iter().map(|entry| &entry["kind"]).collect();
    assert_eq!(kinds, ["opened", "merged", "major_taken_back"]);
    let untouched: Value = staff.get(&format!("/api/v1/tickets/{late}")).await;
    assert!(untouched["summary"].get("merged_into").is_none());
    let notices: Vec<Notice> = staff.get("/api/v1/notices").await;
    assert!(notices.iter().all(|notice| notice.ticket != Some(first)));
    assert_eq!(code(staff.post(&undo, &json!({})).await).await, ErrorCode::Conflict, "once");

    let open: Value = staff.get("/api/v1/incidents").await;
    assert!(open.as_array().unwrap().iter().any(|one| one["id"] == id.to_string()), "it is to be decided again");
    let again = staff.post(&format!("/api/v1/incidents/{id}/accept"), &body).await;
    let again: Value = again.json().await.unwrap();
    assert_eq!((&again["summary"]["major"], &again["summary"]["members"]), (&json!(true), &json!(2)), "and may be");
}

async fn a_member_that_is_a_major_incident_takes_the_others_in(collector: TestCollector) {
    let (one, two, three) = (collector.enrol().await, collector.enrol().await, collector.enrol().await);
    let staff = collector.sign_in().await;
    let press = async |device: &TestDevice<'_>| device.report(&reports::sample()).await.ticket.number;
    let (first, second, third) = (press(&one).await, press(&two).await, press(&three).await);
    let title = json!({ "en": "Printing does not work", "ru": "Не работает печать" });
    let declare = format!("/api/v1/tickets/{second}/major-incident");
    assert_eq!(staff.post(&declare, &json!({ "title": title, "keywords": ["принтер"] })).await.status(), 200);
    let declared: Vec<Notice> = staff.get("/api/v1/notices").await;

    let id = propose(&collector, &[first, second, third]).await;
    let accept = format!("/api/v1/incidents/{id}/accept");
    let other = json!({ "en": "No network", "ru": "Нет сети" });
    let answer = staff.post(&accept, &json!({ "title": other, "members": [first, second, third] })).await;
    assert_eq!(answer.status(), 200);
    let ticket: Value = answer.json().await.unwrap();
    let summary = &ticket["summary"];
    assert_eq!((&summary["number"], &summary["members"], &summary["people"]), (&json!(second), &json!(2), &json!(3)));
    let notices: Vec<Notice> = staff.get("/api/v1/notices").await;
    assert_eq!((notices.len(), notices[0].id, &notices[0].title), (1, declared[0].id, &declared[0].title));
    assert_eq!(notices[0].affected, 3);
    for device in [&one, &two, &three] {
        let page: EventPage = device.request(Method::GET, "/api/v1/events").send().await.unwrap().json().await.unwrap();
        assert!(
            matches!(&page.events[..], [one] if matches!(&one.kind, EventKind::Known { major, .. } if *major == second)),
            "each is told once: {page:?}"
        );
    }
    let open: Value = staff.get("/api/v1/incidents").await;
    assert!(!open.as_array().unwrap().iter().any(|one| one["id"] == id.to_string()), "it is decided");

    let undo = format!("/api/v1/tickets/{second}/major-incident/undo");
    let undone: Value = staff.post(&undo, &json!({})).await.json().await.unwrap();
    assert_eq!((&undone["summary"]["major"], &undone["summary"]["members"]), (&json!(false), &json!(0)));
    let open: Value = staff.get("/api/v1/incidents").await;
    assert!(open.as_array().unwrap().iter().any(|one| one["id"] == id.to_string()), "it is to be decided again");
}

async fn a_proposal_that_is_dismissed_is_gone(collector: TestCollector) {
    let (device, staff) = (collector.enrol().await, collector.sign_in().await);
    let number = device.report(&reports::sample()).await.ticket.number;
    let id = propose(&collector, &[number]).await;
    let path = format!("/api/v1/incidents/{id}/dismiss");
    assert_eq!(staff.request(Method::POST, &path).send().await.unwrap().status(), 204);
    let open: Value = staff.get("/api/v1/incidents").await;
    assert!(!open.as_array().unwrap().iter().any(|one| one["id"] == id.to_string()));
    assert_eq!(code(staff.request(Method::POST, &path).send().await.unwrap()).await, ErrorCode::Conflict);
    let unknown = format!("/api/v1/incidents/{}/dismiss", Uuid::now_v7());
    assert_eq!(code(staff.request(Method::POST, &unknown).send().await.unwrap()).await, ErrorCode::NotFound);
}

async fn a_wrong_decision_is_refused(collector: TestCollector) {
    let (device, staff) = (collector.enrol().await, collector.sign_in().await);
    let number = device.report(&reports::sample()).await.ticket.number;
    let id = propose(&collector, &[number]).await;
    let path = format!("/api/v1/incidents/{id}/accept");
    let title = json!({ "en": "No network", "ru": "Нет сети" });
    for body in [
        json!({ "title": title }),
        json!({ "title": title, "members": [] }),
        json!({ "title": title, "members": [number, 999] }),
        json!({ "title": { "en": "No network", "ru": " " }, "members": [number] }),
        json!({ "title": title, "members": [number], "extra": 1 }),
    ] {
        assert_eq!(code(staff.post(&path, &body).await).await, ErrorCode::InvalidRequest, "{body}");
    }
    let unknown = format!("/api/v1/incidents/{}/accept", Uuid::now_v7());
    let sound = json!({ "title": title, "members": [number] });
    assert_eq!(code(staff.post(&unknown, &sound).await).await, ErrorCode::NotFound);
    assert_eq!(
        staff.post(&format!("/api/v1/tickets/{number}/resolve"), &json!({ "text": "Готово" })).await.status(),
        200
    );
    assert_eq!(code(staff.post(&path, &sound).await).await, ErrorCode::Conflict, "nothing of it is open");
}
