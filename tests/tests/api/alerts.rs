//! `POST /api/v1/alerts`

use collector::auth::Token;
use report::{
    Category, ErrorCode, Event, EventKind, EventPage, FollowUp, FollowUpKind, Level, Notice, NoticeOrigin,
    PriorityPartKind, Receipt, Report,
};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use store::Role;
use tests::{
    collector::{TestCollector, TestDevice, code},
    on_both_databases, reports,
};
use uuid::Uuid;

on_both_databases!(
    an_alert_opens_a_notice_that_users_are_told_and_closes_it_again,
    the_first_me_too_to_an_alert_is_the_ticket_of_all_and_everybody_hears_its_end,
    staff_read_names_where_monitoring_gave_keys,
    the_people_of_an_alert_still_count_when_more_is_known,
    alerts_that_concern_no_user_are_ignored,
    what_is_no_alert_is_refused_with_its_path,
    a_misfit_keeps_nothing_from_the_alerts_beside_it,
    as_many_alerts_as_the_limit_are_taken_and_ends_beyond_it,
    a_token_of_monitoring_does_nothing_else,
);

/// Makes a token for monitoring.
async fn token(collector: &TestCollector) -> String {
    let token = Token::generate(&mut rand::rng());
    let (id, hash) = (Uuid::now_v7(), token.hash().bytes());
    collector.scope().create_monitoring_token(id, hash, "alertmanager", collector.now()).await.unwrap();
    token.reveal()
}

async fn send(collector: &TestCollector, token: &str, body: &Value) -> Response {
    let request = collector.http.post(format!("{}/api/v1/alerts", collector.url)).bearer_auth(token);
    request.json(body).send().await.unwrap()
}

async fn staff_read_names_where_monitoring_gave_keys(collector: TestCollector) {
    let (lead, token) = (collector.sign_in_as("lena", Role::Lead).await, token(&collector).await);
    assert_eq!(send(&collector, &token, &payload("firing")).await.status(), 200);
    let concerns = async || {
        let open: Value = lead.get("/api/v1/notices").await;
        open[0]["concerns"].clone()
    };
    assert_eq!(concerns().await, json!([{ "en": "site north", "ru": "площадка north" }]), "no rule names it");

    let toml = r#"
        [[site]]
        key = "north"
        name = { en = "Northern warehouse", ru = "Северный склад" }
        subnets = ["10.7.0.0/16"]
    "#;
    assert_eq!(lead.post("/api/v1/triage/rules", &json!({ "toml": toml })).await.status(), 201);
    let named = json!([{ "en": "site Northern warehouse", "ru": "площадка Северный склад" }]);
    assert_eq!(concerns().await, named);
}

/// What Alertmanager 0.27 sends, with one alert of a mail server and one that is about itself.
fn payload(status: &str) -> Value {
    json!({
        "receiver": "redbutton",
        "status": status,
        "alerts": [
            {
                "status": status,
                "labels": {
                    "alertname": "MailDown", "instance": "mail.example.org:25", "job": "blackbox", "severity": "page",
                    "redbutton_category": "email", "redbutton_site": "north"
                },
                "annotations": {
                    "description": "Probe of mail.example.org:25 fails for 5 minutes.",
                    "summary": "Mail is down", "summary_ru": "Почта не работает",
                    "redbutton_keywords": "почта, outlook"
                },
                "startsAt": "2026-03-02T09:14:07.512Z",
                "endsAt": if status == "firing" { "0001-01-01T00:00:00Z" } else { "2026-03-02T09:50:07.512Z" },
                "generatorURL": "http://prometheus:9090/graph?g0.expr=probe_success+%3D%3D+0&g0.tab=1",
                "fingerprint": "7e1b0a34c1b6f0d2"
            },
            {
                "status": status,
                "labels": { "alertname": "Watchdog", "severity": "none" },
                "annotations": { "summary": "An alert that should always be firing" },
                "startsAt": "2026-03-01T00:00:00Z",
                "endsAt": "0001-01-01T00:00:00Z",
                "generatorURL": "http://prometheus:9090/graph?g0.expr=vector%281%29&g0.tab=1",
                "fingerprint": "e1749ff2a5fa1c5b"
            }
        ],
        "groupLabels": { "alertname": "MailDown" },
        "commonLabels": { "severity": "page" },
        "commonAnnotations": {},
        "externalURL": "http://alertmanager:9093",
        "version": "4",
        "groupKey": "{}:{alertname=\"MailDown\"}",
        "truncatedAlerts": 0
    })
}

async fn an_alert_opens_a_notice_that_users_are_told_and_closes_it_again(collector: TestCollector) {
    let (device, staff, token) = (collector.enrol().await, collector.sign_in().await, token(&collector).await);
    let taken = async |body: Value| {
        let answer = send(&collector, &token, &body).await;
        assert_eq!(answer.status(), 200);
        answer.json::<Value>().await.unwrap()
    };
    let none = json!({ "opened": 0, "changed": 0, "same": 0, "closed": 0, "ignored": 1 });
    let only = |field: &str| {
        let mut expected = none.clone();
        expected[field] = json!(1);
        expected
    };
    assert_eq!(taken(payload("firing")).await, only("opened"));
    assert_eq!(taken(payload("firing")).await, only("same"), "Alertmanager repeats itself every few hours");
    let open: Vec<Notice> = staff.get("/api/v1/notices").await;
    assert_eq!(open.len(), 1);
    assert_eq!((open[0].category, open[0].origin), (Category::Email, NoticeOrigin::Monitoring));
    assert_eq!((open[0].title.en.as_str(), open[0].title.ru.as_str()), ("Mail is down", "Почта не работает"));
    assert_eq!(open[0].keywords, ["почта", "outlook"]);
    assert_eq!(serde_json::to_value(&open[0].factors).unwrap(), json!([{ "dimension": "site", "value": "north" }]));

    let mail = || Report { text: Some("не открывается почта outlook".into()), ..reports::sample() };
    assert_eq!(device.report(&mail()).await.notice.expect("what is known").id, open[0].id);

    let mut worse = payload("firing");
    worse["alerts"][0]["annotations"]["summary"] = json!("Mail and calendar are down");
    assert_eq!(taken(worse).await, only("changed"));
    let changed: Vec<Notice> = staff.get("/api/v1/notices").await;
    assert_eq!((changed[0].id, changed[0].title.en.as_str()), (open[0].id, "Mail and calendar are down"));
    assert_eq!(changed[0].affected, 1, "who is affected stays counted");

    let heard = changed[0].ends_at.expect("it does not stand for good where its end is never told");
    assert!(heard > collector.now() + collector::limits::ALERT_HEARD - chrono::TimeDelta::minutes(10));
    assert!(heard <= collector.now() + collector::limits::ALERT_HEARD);

    assert_eq!(taken(payload("resolved")).await, only("closed"));
    assert!(staff.get::<Vec<Notice>>("/api/v1/notices").await.is_empty());
    assert!(device.report(&mail()).await.notice.is_none());
    let again = taken(payload("resolved")).await;
    assert_eq!(again, json!({ "opened": 0, "changed": 0, "same": 0, "closed": 0, "ignored": 2 }));
}

async fn the_first_me_too_to_an_alert_is_the_ticket_of_all_and_everybody_hears_its_end(collector: TestCollector) {
    let (staff, token) = (collector.sign_in().await, token(&collector).await);
    let devices = [collector.enrol().await, collector.enrol().await, collector.enrol().await];
    assert_eq!(send(&collector, &token, &payload("firing")).await.status(), 200);
    let mail = || Report { text: Some("не открывается почта outlook".into()), ..reports::sample() };
    let mut tickets = Vec::new();
    for (device, says) in devices.iter().zip([true, true, false]) {
        let mut receipt = device.report(&mail()).await;
        if says {
            let kind = FollowUpKind::MeToo { notice: receipt.notice.expect("what is known").id };
            let follow_up = FollowUp { id: Uuid::now_v7(), at: chrono::Utc::now(), kind };
            let path = format!("/api/v1/reports/{}/follow-ups", receipt.report_id);
            let answer = device.request(Method::POST, &path).json(&follow_up).send().await.unwrap();
            receipt = answer.json::<Receipt>().await.unwrap();
        }
        tickets.push(receipt.ticket.number);
    }
    assert_eq!((tickets[1], tickets[2] == tickets[0]), (tickets[0], false));
    let summary = async || staff.get::<Value>(&format!("/api/v1/tickets/{}", tickets[0])).await["summary"].clone();
    assert_eq!((&summary().await["major"], &summary().await["people"]), (&json!(true), &json!(2)));
    let open: Vec<Notice> = staff.get("/api/v1/notices").await;
    assert_eq!((open[0].ticket, open[0].affected), (Some(tickets[0]), 3));

    assert_eq!(send(&collector, &token, &payload("resolved")).await.status(), 200);
    for device in &devices {
        let page: EventPage = device.request(Method::GET, "/api/v1/events").send().await.unwrap().json().await.unwrap();
        let over =
            matches!(&page.events[..], [Event { kind: EventKind::Over { notice, .. }, .. }] if *notice == open[0].id);
        assert!(over, "{page:?}");
    }
    let ticket: Value = staff.get(&format!("/api/v1/tickets/{}", tickets[0])).await;
    let last = ticket["timeline"].as_array().unwrap().last().unwrap();
    assert_eq!((&last["kind"], &last["title"]["ru"]), (&json!("alert_over"), &json!("Почта не работает")));
    assert_eq!(ticket["summary"]["status"], "new", "whether it works is for staff to find out");
}

async fn the_people_of_an_alert_still_count_when_more_is_known(collector: TestCollector) {
    let token = token(&collector).await;
    let mut alert = payload("firing");
    alert["alerts"][0]["labels"]["redbutton_service"] = json!("mail.example.org");
    alert["alerts"][0]["labels"].as_object_mut().unwrap().remove("redbutton_site");
    assert_eq!(send(&collector, &token, &alert).await.status(), 200);
    let silent = json!({ "services": [{ "name": "mail.example.org", "ok": false, "error": "timed_out" }] });
    let cut_off = || Report {
        text: Some("не открывается почта".into()),
        facts: vec![reports::fact("network", silent.clone())],
        ..reports::sample()
    };
    let mut pressed = Vec::new();
    for _ in 0..12 {
        let device = collector.enrol().await;
        pressed.push((device.report(&cut_off()).await, device));
    }
    let say = async |(receipt, device): &(Receipt, TestDevice<'_>), kind: FollowUpKind| -> Receipt {
        let follow_up = FollowUp { id: Uuid::now_v7(), at: chrono::Utc::now(), kind };
        let path = format!("/api/v1/reports/{}/follow-ups", receipt.report_id);
        device.request(Method::POST, &path).json(&follow_up).send().await.unwrap().json().await.unwrap()
    };
    let told = || FollowUpKind::Text { text: "и календарь тоже".into() };
    for one in [&pressed[0], &pressed[11]] {
        let refined = say(one, told()).await.verdict;
        let people = refined.priority_parts.iter().find(|part| part.kind == PriorityPartKind::People).unwrap();
        assert_eq!(people.level, Level::High, "twelve are many: {}", people.says.en);
    }
    // Who says that it is another trouble is alone with it, now and with the next sentence.
    let notice = pressed[5].0.notice.as_ref().expect("what is known").id;
    for kind in [FollowUpKind::NotThis { notice }, told()] {
        let alone = say(&pressed[5], kind).await.verdict;
        let people = alone.priority_parts.iter().find(|part| part.kind == PriorityPartKind::People).unwrap();
        assert_eq!(people.says.en, "One person, as far as is known");
    }
}

async fn alerts_that_concern_no_user_are_ignored(collector: TestCollector) {
    let (staff, token) = (collector.sign_in().await, token(&collector).await);
    let mut body = payload("firing");
    body["alerts"].as_array_mut().unwrap().remove(0);
    assert_eq!(send(&collector, &token, &body).await.status(), 200);
    body["alerts"] = json!([]);
    assert_eq!(send(&collector, &token, &body).await.status(), 200);
    assert!(staff.get::<Vec<Notice>>("/api/v1/notices").await.is_empty());
}

async fn what_is_no_alert_is_refused_with_its_path(collector: TestCollector) {
    let (staff, token) = (collector.sign_in().await, token(&collector).await);
    let wrong = [
        ("/version", json!("3"), ErrorCode::UnsupportedSchema, "version"),
        ("/version", json!(4), ErrorCode::InvalidRequest, "version"),
        ("/alerts", json!({}), ErrorCode::InvalidRequest, "alerts"),
        ("/alerts/1/status", json!("pending"), ErrorCode::InvalidRequest, "alerts[1].status"),
        ("/alerts/0/startsAt", json!("yesterday"), ErrorCode::InvalidRequest, "alerts[0]"),
        ("/alerts/0/labels/redbutton_category", json!("weather"), ErrorCode::InvalidRequest, "redbutton_category"),
        ("/alerts/0/labels/redbutton_site", json!("x".repeat(300)), ErrorCode::InvalidRequest, "redbutton_site"),
        (
            "/alerts/0/annotations/redbutton_keywords",
            json!("x,".repeat(40) + "x"),
            ErrorCode::InvalidRequest,
            "keywords",
        ),
    ];
    for (pointer, value, expected, path) in wrong {
        let mut body = payload("firing");
        *body.pointer_mut(pointer).unwrap() = value;
        let answer = send(&collector, &token, &body).await;
        assert_eq!(answer.status().as_u16(), expected.http_status(), "{pointer}");
        let refusal: Value = answer.json().await.unwrap();
        assert_eq!(refusal["code"], expected.as_str(), "{pointer}");
        assert!(refusal["detail"].as_str().unwrap().contains(path), "{pointer}: {refusal}");
    }
    let mut silent = payload("firing");
    silent["alerts"][0]["annotations"] = json!({});
    silent["alerts"][0]["labels"].as_object_mut().unwrap().remove("alertname");
    assert_eq!(code(send(&collector, &token, &silent).await).await, ErrorCode::InvalidRequest);
    let request = collector.http.post(format!("{}/api/v1/alerts", collector.url)).bearer_auth(&token);
    let broken = request.header("content-type", "application/json").body("{\"version\":").send().await.unwrap();
    assert_eq!(code(broken).await, ErrorCode::MalformedJson);
    assert!(staff.get::<Vec<Notice>>("/api/v1/notices").await.is_empty(), "none of these opened anything");
}

async fn a_misfit_keeps_nothing_from_the_alerts_beside_it(collector: TestCollector) {
    let (staff, token) = (collector.sign_in().await, token(&collector).await);
    let named = |n: usize, status: &str| {
        let mut alert = payload(status)["alerts"][0].clone();
        alert["fingerprint"] = json!(format!("{n:016x}"));
        alert
    };
    let sent = async |alerts: Vec<Value>| {
        let body = json!({ "alerts": alerts, "version": "4", "groupKey": "{}:{}" });
        send(&collector, &token, &body).await
    };
    assert_eq!(sent(vec![named(1, "firing")]).await.status(), 200);
    let mut misspelt = named(2, "firing");
    misspelt["labels"]["redbutton_category"] = json!("emial");
    let answer = sent(vec![misspelt, named(1, "resolved"), named(3, "firing")]).await;
    assert_eq!(answer.status().as_u16(), ErrorCode::InvalidRequest.http_status(), "monitoring hears of it");
    let refusal: Value = answer.json().await.unwrap();
    assert_eq!(refusal["detail"], "alerts[0].labels.redbutton_category: is no category");
    let open: Vec<Notice> = staff.get("/api/v1/notices").await;
    assert_eq!(open.len(), 1, "the first is over, the third is open");
}

async fn as_many_alerts_as_the_limit_are_taken_and_ends_beyond_it(collector: TestCollector) {
    let (staff, token) = (collector.sign_in().await, token(&collector).await);
    let alert = |n: usize, status: &str| {
        json!({
            "status": status, "startsAt": "2026-03-02T09:14:07Z", "fingerprint": format!("{n:016x}"),
            "labels": { "alertname": "Down", "redbutton_category": "email" },
        })
    };
    let sent = async |alerts: Vec<Value>| {
        let body = json!({ "alerts": alerts, "version": "4", "groupKey": "{}:{}" });
        send(&collector, &token, &body).await
    };
    let limit = collector::limits::ALERTS;
    let mut many: Vec<Value> = (0..limit).map(|n| alert(n, "firing")).collect();
    many.extend(
        (0..limit).map(
            |n| json!({ "status": "firing", "startsAt": "2026-03-02T09:14:07Z", "labels": { "n": n.to_string() } }),
        ),
    );
    assert_eq!(sent(many.clone()).await.status(), 200, "those that concern no user are not counted");
    many.push(alert(limit, "firing"));
    many.push(alert(0, "resolved"));
    assert_eq!(code(sent(many).await).await, ErrorCode::InvalidRequest);
    let open: Vec<Notice> = staff.get("/api/v1/notices").await;
    assert_eq!(open.len(), limit - 1, "one more was refused, one ended");
}

async fn a_token_of_monitoring_does_nothing_else(collector: TestCollector) {
    let token = token(&collector).await;
    for path in ["/api/v1/tickets", "/api/v1/notices", "/api/v1/events"] {
        let answer = collector.http.get(format!("{}{path}", collector.url)).bearer_auth(&token).send().await.unwrap();
        assert_eq!(code(answer).await, ErrorCode::Unauthenticated, "{path}");
    }
    let id = collector.scope().list_monitoring_tokens().await.unwrap()[0].id;
    collector.scope().revoke_monitoring_token(id, collector.now()).await.unwrap();
    let answer = send(&collector, &token, &payload("firing")).await;
    assert_eq!(code(answer).await, ErrorCode::Unauthenticated, "revoked");
}
