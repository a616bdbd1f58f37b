//! `POST /api/v1/tickets/{number}/merge`, `…/split`, `…/major-incident`

use report::{
    ErrorCode, EventKind, EventPage, FollowUp, FollowUpKind, Notice, NoticeOrigin, Receipt, Report, TicketStatus,
};
use reqwest::Method;
use serde_json::{Value, json};
use tests::{
    collector::{TestCollector, TestDevice, TestStaff, code},
    on_both_databases, reports,
};
use uuid::Uuid;

on_both_databases!(
    a_duplicate_is_merged_and_split_again,
    a_merge_that_makes_no_sense_is_refused,
    a_major_incident_tells_everybody_from_the_first_press_to_the_last_word,
    a_user_answers_a_notice_and_takes_it_back,
    how_pressing_a_major_incident_is_follows_its_people,
    a_member_opened_again_after_its_major_incident_is_judged_alone,
    a_major_incident_that_makes_no_sense_is_refused,
);

fn mail() -> Report {
    Report { text: Some("не открывается почта outlook".into()), ..reports::sample() }
}

async fn numbers(staff: &TestStaff<'_>, query: &str) -> Vec<i64> {
    let page: Value = staff.get(&format!("/api/v1/tickets{query}")).await;
    page["tickets"].as_array().unwrap().iter().map(|ticket| ticket["number"].as_i64().unwrap()).collect()
}

async fn events(device: &TestDevice<'_>) -> EventPage {
    device.request(Method::GET, "/api/v1/events").send().await.unwrap().json().await.unwrap()
}

async fn say(device: &TestDevice<'_>, report: Uuid, kind: FollowUpKind) -> Receipt {
    let follow_up = FollowUp { id: Uuid::now_v7(), at: chrono::Utc::now(), kind };
    let path = format!("/api/v1/reports/{report}/follow-ups");
    let answer = device.request(Method::POST, &path).json(&follow_up).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    answer.json().await.unwrap()
}

async fn a_duplicate_is_merged_and_split_again(collector: TestCollector) {
    let (one, two, staff) = (collector.enrol().await, collector.enrol().await, collector.sign_in().await);
    let into = one.report(&mail()).await.ticket.number;
    let sent = mail();
    let number = two.report(&sent).await.ticket.number;
    let answer = staff.post(&format!("/api/v1/tickets/{number}/merge"), &json!({ "into": into })).await;
    assert_eq!(answer.status(), 200);
    let merged: Value = answer.json().await.unwrap();
    let summary = &merged["summary"];
    assert_eq!((&summary["number"], &summary["members"], &summary["people"]), (&json!(into), &json!(1), &json!(2)));
    assert_eq!(summary["major"], false);
    assert_eq!(numbers(&staff, "").await, [into]);
    assert_eq!(numbers(&staff, &format!("?merged_into={into}")).await, [number]);
    let member: Value = staff.get(&format!("/api/v1/tickets/{number}")).await;
    assert_eq!(member["summary"]["merged_into"], into);
    assert_eq!(member["reports"][0]["id"], sent.id.to_string(), "it keeps its report");
    assert!(events(&two).await.events.is_empty(), "no user needs to know of a duplicate");
    let receipt: Receipt = two
        .request(Method::GET, &format!("/api/v1/reports/{}/receipt", sent.id))
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!((receipt.ticket.number, receipt.joined), (into, true));

    let split: Value = staff.post(&format!("/api/v1/tickets/{number}/split"), &json!({})).await.json().await.unwrap();
    assert_eq!((&split["summary"]["number"], split["summary"].get("merged_into")), (&json!(number), None));
    let kinds: Vec<&str> =
        split["timeline"].as_array().unwrap().iter().map(|entry| entry["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["opened", "merged", "split"]);
    let mut open = numbers(&staff, "").await;
    open.sort_unstable();
    assert_eq!(open, [into, number]);
}

async fn a_merge_that_makes_no_sense_is_refused(collector: TestCollector) {
    let (one, two, staff) = (collector.enrol().await, collector.enrol().await, collector.sign_in().await);
    let first = one.report(&mail()).await.ticket.number;
    let second = two.report(&mail()).await.ticket.number;
    let path = |number: i64, verb: &str| format!("/api/v1/tickets/{number}/{verb}");
    let merge = async |number, body: Value| code(staff.post(&path(number, "merge"), &body).await).await;
    assert_eq!(merge(first, json!({ "into": first })).await, ErrorCode::Conflict);
    assert_eq!(merge(first, json!({ "into": 999 })).await, ErrorCode::NotFound);
    assert_eq!(merge(999, json!({ "into": first })).await, ErrorCode::NotFound);
    for body in [json!({}), json!({ "into": "1" }), json!({ "into": second, "why": "x" })] {
        assert_eq!(merge(first, body).await, ErrorCode::InvalidRequest);
    }
    assert_eq!(code(staff.post(&path(first, "split"), &json!({})).await).await, ErrorCode::Conflict);
    assert_eq!(staff.post(&path(second, "resolve"), &json!({ "text": "Готово" })).await.status(), 200);
    assert_eq!(merge(first, json!({ "into": second })).await, ErrorCode::Conflict);
}

async fn a_major_incident_tells_everybody_from_the_first_press_to_the_last_word(collector: TestCollector) {
    let (one, two, three) = (collector.enrol().await, collector.enrol().await, collector.enrol().await);
    let staff = collector.sign_in().await;
    let number = one.report(&mail()).await.ticket.number;
    let other = two.report(&mail()).await.ticket.number;
    let body = json!({
        "title": { "en": "Mail is down", "ru": "Почта не работает" }, "keywords": ["почта"],
        "next_news_at": "2030-01-01T11:00:00Z",
    });
    let answer = staff.post(&format!("/api/v1/tickets/{number}/major-incident"), &body).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.json::<Value>().await.unwrap()["summary"]["major"], true);
    let open: Vec<Notice> = staff.get("/api/v1/notices").await;
    assert_eq!((open[0].ticket, open[0].origin, open[0].affected), (Some(number), NoticeOrigin::Staff, 1));
    assert_eq!(staff.post(&format!("/api/v1/tickets/{other}/merge"), &json!({ "into": number })).await.status(), 200);

    let known = &events(&two).await.events[0];
    let EventKind::Known { major, title, next_news_at } = &known.kind else { panic!("{known:?}") };
    assert_eq!((*major, title.ru.as_str(), next_news_at.is_some()), (number, "Почта не работает", true));
    assert_eq!(known.ticket.number, number);

    // A later press is told at once; whether it is the same is for its user to say.
    let late = three.report(&mail()).await;
    let notice = late.notice.expect("what is known");
    assert_eq!((notice.ticket, notice.affected), (Some(number), 2));
    let joined = say(&three, late.report_id, FollowUpKind::MeToo { notice: notice.id }).await;
    assert_eq!((joined.ticket.number, joined.joined), (number, true));

    let reply = json!({ "text": "Чиним, осталось полчаса" });
    assert_eq!(staff.post(&format!("/api/v1/tickets/{number}/replies"), &reply).await.status(), 200);
    let done = json!({ "text": "Починили" });
    let resolved = staff.post(&format!("/api/v1/tickets/{number}/resolve"), &done).await;
    assert_eq!(resolved.json::<Value>().await.unwrap()["summary"]["people"], 3);
    for device in [&one, &two, &three] {
        let page = events(device).await;
        let last: Vec<_> = page.events.iter().rev().take(2).map(|event| &event.kind).collect();
        assert!(matches!(last[0], EventKind::Resolved { text, .. } if text == "Починили"), "{page:?}");
        assert!(matches!(last[1], EventKind::Reply { .. }), "{page:?}");
        assert_eq!(page.events.last().unwrap().ticket.status, TicketStatus::Resolved);
    }
    assert!(staff.get::<Vec<Notice>>("/api/v1/notices").await.is_empty());
    assert!(three.report(&mail()).await.notice.is_none(), "no longer known");
    assert_eq!(staff.post(&format!("/api/v1/tickets/{number}/reopen"), &json!({})).await.status(), 200);
    assert_eq!(staff.get::<Vec<Notice>>("/api/v1/notices").await[0].id, notice.id);
    assert!(matches!(events(&two).await.events.last().unwrap().kind, EventKind::Reopened { .. }));
}

async fn a_user_answers_a_notice_and_takes_it_back(collector: TestCollector) {
    let (one, two, staff) = (collector.enrol().await, collector.enrol().await, collector.sign_in().await);
    let number = one.report(&mail()).await.ticket.number;
    let body = json!({ "title": { "en": "Mail is down", "ru": "Почта не работает" } });
    assert_eq!(staff.post(&format!("/api/v1/tickets/{number}/major-incident"), &body).await.status(), 200);
    let receipt = two.report(&mail()).await;
    let own = receipt.ticket.number;
    let notice = receipt.notice.expect("what is known").id;
    let people = async || {
        let ticket: Value = staff.get(&format!("/api/v1/tickets/{number}")).await;
        let open: Vec<Notice> = staff.get("/api/v1/notices").await;
        (ticket["summary"]["people"].as_u64().unwrap(), open[0].affected)
    };
    let joined = say(&two, receipt.report_id, FollowUpKind::MeToo { notice }).await;
    assert_eq!((joined.ticket.number, people().await), (number, (2, 2)));
    assert_eq!(joined.notice.map(|notice| notice.affected), Some(2), "the user is told that they count");
    let back = say(&two, receipt.report_id, FollowUpKind::AnswerTakenBack { notice }).await;
    assert_eq!((back.ticket.number, back.notice.is_some(), people().await), (own, true, (1, 2)));
    let left = say(&two, receipt.report_id, FollowUpKind::NotThis { notice }).await;
    assert_eq!((left.ticket.number, left.notice.is_none(), people().await), (own, true, (1, 1)));
    let again = two.report(&mail()).await;
    assert!(again.notice.is_none(), "nor is it told of with a later press");
    let asked = say(&two, receipt.report_id, FollowUpKind::AnswerTakenBack { notice }).await;
    assert_eq!((asked.ticket.number, asked.notice.is_some(), people().await), (own, true, (1, 2)));
    let joined = say(&two, receipt.report_id, FollowUpKind::MeToo { notice }).await;
    assert_eq!((joined.ticket.number, people().await), (number, (2, 2)));
    let ticket: Value = staff.get(&format!("/api/v1/tickets/{own}")).await;
    let told = ticket["timeline"].as_array().unwrap().iter().map(|entry| entry["kind"].as_str().unwrap());
    let told: Vec<&str> = told.filter(|kind| *kind != "verdict_refined").collect();
    let answers = ["merged", "answer_taken_back", "not_this", "joined", "answer_taken_back", "merged"];
    assert_eq!(told, [&["opened"][..], &answers].concat());
    let nobody = FollowUp {
        id: Uuid::now_v7(),
        at: chrono::Utc::now(),
        kind: FollowUpKind::AnswerTakenBack { notice: Uuid::now_v7() },
    };
    let path = format!("/api/v1/reports/{}/follow-ups", receipt.report_id);
    let refused = two.request(Method::POST, &path).json(&nobody).send().await.unwrap();
    assert_eq!(code(refused).await, ErrorCode::NotFound);
}

/// What a ticket's newest verdict says of how many people have the same.
async fn people(staff: &TestStaff<'_>, number: i64) -> Value {
    let shown: Value = staff.get(&format!("/api/v1/tickets/{number}")).await;
    let parts = shown["reports"][0]["verdict"]["priority_parts"].as_array().unwrap();
    parts.iter().find(|part| part["kind"] == "people").unwrap()["level"].clone()
}

async fn how_pressing_a_major_incident_is_follows_its_people(collector: TestCollector) {
    let staff = collector.sign_in().await;
    let mut numbers = Vec::new();
    for _ in 0..10 {
        numbers.push(collector.enrol().await.report(&mail()).await.ticket.number);
    }
    let (root, members) = (numbers[0], &numbers[1..]);
    let act = async |number: i64, verb: &str, body: Value| {
        assert_eq!(staff.post(&format!("/api/v1/tickets/{number}/{verb}"), &body).await.status(), 200, "{verb}");
    };
    act(root, "major-incident", json!({ "title": { "en": "Mail is down", "ru": "Почта не работает" } })).await;
    assert_eq!(people(&staff, root).await, "low");
    for (member, expected) in members.iter().zip(std::iter::repeat_n("medium", 8).chain(["high"])) {
        act(*member, "merge", json!({ "into": root })).await;
        assert_eq!(people(&staff, root).await, expected, "with INC-{member}");
    }
    act(members[0], "split", json!({})).await;
    assert_eq!((people(&staff, root).await, people(&staff, members[0]).await), (json!("medium"), json!("low")));
    act(members[0], "major-incident", json!({ "title": { "en": "Calendar", "ru": "Календарь" } })).await;
    for member in &members[1..] {
        act(*member, "merge", json!({ "into": members[0] })).await;
    }
    assert_eq!((people(&staff, root).await, people(&staff, members[0]).await), (json!("low"), json!("medium")));
}

async fn a_member_opened_again_after_its_major_incident_is_judged_alone(collector: TestCollector) {
    let staff = collector.sign_in().await;
    let (mut sent, mut devices) = (Vec::new(), Vec::new());
    for _ in 0..4 {
        let device = collector.enrol().await;
        sent.push(device.report(&mail()).await);
        devices.push(device);
    }
    let root = sent[0].ticket.number;
    let act = async |number: i64, verb: &str, body: Value| {
        assert_eq!(staff.post(&format!("/api/v1/tickets/{number}/{verb}"), &body).await.status(), 200, "{verb}");
    };
    act(root, "major-incident", json!({ "title": { "en": "Mail is down", "ru": "Почта не работает" } })).await;
    let notice: Notice = staff.get::<Vec<Notice>>("/api/v1/notices").await.remove(0);
    for n in 1..4 {
        let joined = say(&devices[n], sent[n].report_id, FollowUpKind::MeToo { notice: notice.id }).await;
        assert_eq!(joined.ticket.number, root);
        assert_eq!(people(&staff, sent[n].ticket.number).await, "medium", "one of {}", n + 1);
    }
    act(root, "resolve", json!({ "text": "Починили" })).await;

    let (by_staff, by_user) = (sent[1].ticket.number, sent[2].ticket.number);
    act(by_staff, "reopen", json!({})).await;
    let text = "у меня почта всё ещё не открывается".to_owned();
    let again = say(&devices[2], sent[2].report_id, FollowUpKind::Text { text }).await;
    assert_eq!((again.ticket.number, again.ticket.status), (by_user, TicketStatus::New));
    let mut open = numbers(&staff, "").await;
    open.sort_unstable();
    assert_eq!(open, [by_staff, by_user], "each is seen by itself");
    for number in [by_staff, by_user] {
        assert_eq!(people(&staff, number).await, "low", "INC-{number}");
    }
    assert_eq!(numbers(&staff, "?view=resolved").await, [root]);
}

async fn a_major_incident_that_makes_no_sense_is_refused(collector: TestCollector) {
    let (device, staff) = (collector.enrol().await, collector.sign_in().await);
    let number = device.report(&mail()).await.ticket.number;
    let path = format!("/api/v1/tickets/{number}/major-incident");
    let sound = json!({ "title": { "en": "Mail is down", "ru": "Почта не работает" } });
    for (key, value) in [
        ("title", json!({ "en": "Mail is down" })),
        ("title", json!({ "en": "", "ru": "Почта" })),
        ("keywords", json!(vec!["x"; 33])),
        ("keywords", json!([""])),
        ("next_news_at", json!("soon")),
        ("extra", json!(1)),
    ] {
        let mut wrong = sound.clone();
        wrong[key] = value;
        assert_eq!(code(staff.post(&path, &wrong).await).await, ErrorCode::InvalidRequest, "{wrong}");
    }
    assert_eq!(code(staff.post("/api/v1/tickets/999/major-incident", &sound).await).await, ErrorCode::NotFound);
    assert_eq!(staff.post(&path, &sound).await.status(), 200);
    assert_eq!(code(staff.post(&path, &sound).await).await, ErrorCode::Conflict, "it is one already");
    assert_eq!(staff.get::<Vec<Notice>>("/api/v1/notices").await.len(), 1);
}
