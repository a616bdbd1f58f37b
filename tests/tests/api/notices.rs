//! `/api/v1/notices`

use report::{Category, ErrorCode, FollowUp, FollowUpKind, Notice, Receipt, Report};
use reqwest::Method;
use serde_json::{Value, json};
use store::Role;
use tests::{
    collector::{TestCollector, code},
    on_both_databases, reports,
};
use uuid::Uuid;

on_both_databases!(
    a_user_is_told_what_is_known_until_it_is_closed,
    a_sentence_after_the_press_finds_what_is_known,
    what_is_planned_at_one_site_is_told_there_alone,
    a_notice_that_makes_no_sense_is_refused,
);

async fn a_user_is_told_what_is_known_until_it_is_closed(collector: TestCollector) {
    let (device, staff) = (collector.enrol().await, collector.sign_in().await);
    let new = json!({
        "kind": "major_incident", "category": "printing", "keywords": ["принтер"],
        "title": { "en": "Printing is down", "ru": "Печать не работает" },
    });
    let made = staff.post("/api/v1/notices", &new).await;
    assert_eq!(made.status(), 201);
    let made: Notice = made.json().await.unwrap();
    assert_eq!((made.category, made.affected), (Category::Printing, 0));

    let told = device.report(&reports::sample()).await;
    assert_eq!(told.notice.expect("what is known").id, made.id);
    let open: Vec<Notice> = staff.get("/api/v1/notices").await;
    assert_eq!((open.len(), open[0].affected), (1, 1));
    let other = Report { text: Some("не открывается почта outlook".into()), ..reports::sample() };
    assert!(device.report(&other).await.notice.is_none());

    let path = format!("/api/v1/notices/{}/close", made.id);
    assert_eq!(staff.request(Method::POST, &path).send().await.unwrap().status(), 204);
    assert!(device.report(&reports::sample()).await.notice.is_none());
    assert!(staff.get::<Vec<Notice>>("/api/v1/notices").await.is_empty());
}

async fn a_sentence_after_the_press_finds_what_is_known(collector: TestCollector) {
    let (device, staff) = (collector.enrol().await, collector.sign_in().await);
    let new = json!({
        "kind": "major_incident", "category": "email", "keywords": ["outlook"],
        "title": { "en": "Mail is down", "ru": "Почта не работает" },
    });
    let made: Notice = staff.post("/api/v1/notices", &new).await.json().await.unwrap();
    let pressed = device.report(&Report { text: None, ..reports::sample() }).await;
    assert!(pressed.notice.is_none(), "a press alone does not tell what it is about");
    let say = async |kind: FollowUpKind| {
        let follow_up = FollowUp { id: Uuid::now_v7(), at: chrono::Utc::now(), kind };
        let path = format!("/api/v1/reports/{}/follow-ups", pressed.report_id);
        let answer = device.request(Method::POST, &path).json(&follow_up).send().await.unwrap();
        answer.json::<Receipt>().await.unwrap().notice.map(|notice| notice.id)
    };
    let text = |text: &str| FollowUpKind::Text { text: text.into() };
    assert_eq!(say(text("сегодня с утра")).await, None);
    assert_eq!(say(text("не открывается почта outlook")).await, Some(made.id));
    let affected = async || staff.get::<Vec<Notice>>("/api/v1/notices").await[0].affected;
    assert_eq!(affected().await, 1);
    assert_eq!(say(FollowUpKind::NotThis { notice: made.id }).await, None);
    assert_eq!(say(text("почта outlook по-прежнему не открывается")).await, None, "they said that it is another");
    assert_eq!(affected().await, 0);
}

async fn what_is_planned_at_one_site_is_told_there_alone(collector: TestCollector) {
    let lead = collector.sign_in_as("lead", Role::Lead).await;
    let toml = "[[site]]\nkey = \"north\"\nname = { en = \"North\", ru = \"Север\" }\nsubnets = [\"10.2.0.0/16\"]\n\
                [[site]]\nkey = \"south\"\nname = { en = \"South\", ru = \"Юг\" }\nsubnets = [\"10.3.0.0/16\"]\n";
    assert_eq!(lead.post("/api/v1/triage/rules", &json!({ "toml": toml })).await.status(), 201);
    let staff = collector.sign_in().await;
    let sites: Value = staff.get("/api/v1/triage/sites").await;
    let named = |key: &str, en: &str, ru: &str| json!({ "key": key, "name": { "en": en, "ru": ru } });
    assert_eq!(sites, json!([named("north", "North", "Север"), named("south", "South", "Юг")]));
    let planned = json!({
        "kind": "maintenance", "category": "printing", "site": "north",
        "title": { "en": "Printers move", "ru": "Переезд принтеров" },
    });
    let made = staff.post("/api/v1/notices", &planned).await;
    assert_eq!(made.status(), 201);
    let made: Notice = made.json().await.unwrap();
    let known_at = async |gateway: &str, text: &str| {
        let facts = vec![reports::fact("network", json!({ "gateway": { "address": gateway, "ok": true } }))];
        let report = Report { text: Some(text.to_owned()), facts, ..reports::sample() };
        collector.enrol().await.report(&report).await.notice.map(|notice| notice.id)
    };
    assert_eq!(known_at("10.2.0.1", "принтер не печатает").await, Some(made.id));
    assert_eq!(known_at("10.3.0.1", "принтер не печатает").await, None);
    assert_eq!(known_at("10.2.0.1", "забыл пароль от компьютера").await, None, "there, but not this");
}

async fn a_notice_that_makes_no_sense_is_refused(collector: TestCollector) {
    let staff = collector.sign_in().await;
    let sound = json!({
        "kind": "maintenance", "category": "email", "starts_at": "2030-01-01T00:00:00Z",
        "title": { "en": "Mail moves", "ru": "Переезд почты" },
    });
    for (key, value) in [
        ("title", json!({ "en": "Mail moves", "ru": "" })),
        ("ends_at", json!("2029-01-01T00:00:00Z")),
        ("category", json!("weather")),
        ("keywords", json!(vec!["x"; 33])),
        ("site", json!("nowhere")),
        ("extra", json!(1)),
    ] {
        let mut wrong = sound.clone();
        wrong[key] = value;
        assert_eq!(code(staff.post("/api/v1/notices", &wrong).await).await, ErrorCode::InvalidRequest, "{key}");
    }
    assert!(staff.get::<Vec<Notice>>("/api/v1/notices").await.is_empty());
}
