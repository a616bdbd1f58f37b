//! "We know": a notice that fits a report, and none that does not.

mod reports;

use chrono::{DateTime, Duration, Utc};
use report::{Category, Dimension, Factor, LocalText, Notice, NoticeKind, Report};
use reports::{SHIPPED, report};
use serde_json::{Value, json};
use triage::{Fit, Input, NOTICE_LEAD, match_notice};
use uuid::Uuid;

fn now() -> DateTime<Utc> {
    "2026-03-02T09:00:00Z".parse().expect("a moment")
}

fn notice(n: u128, category: Category, keywords: &[&str]) -> Notice {
    Notice {
        id: Uuid::from_u128(n),
        kind: NoticeKind::MajorIncident,
        title: LocalText::new("Mail is down", "Почта не работает"),
        category,
        keywords: keywords.iter().map(|k| (*k).to_owned()).collect(),
        factors: vec![],
        ticket: None,
        origin: report::NoticeOrigin::Staff,
        starts_at: now() - Duration::hours(1),
        ends_at: None,
        next_news_at: None,
        affected: 0,
    }
}

fn matched(text: &str, facts: &Value, notices: &[Notice]) -> Option<u128> {
    matched_of(now(), text, facts, notices)
}

fn matched_of(pressed_at: DateTime<Utc>, text: &str, facts: &Value, notices: &[Notice]) -> Option<u128> {
    let report = Report { pressed_at, ..report(Some(text), facts) };
    let input = Input::new(&report);
    let verdict = SHIPPED.verdict(&input);
    let factors = triage::factors(&verdict, &report, None);
    match_notice(&verdict, &factors, &input, notices, now()).map(|(n, _)| n.id.as_u128())
}

#[test]
fn a_notice_of_the_whole_category_fits() {
    let notices = [notice(1, Category::Printing, &[]), notice(2, Category::Email, &[])];
    assert_eq!(matched("не приходит почта", &Value::Null, &notices), Some(2));
    assert_eq!(matched("монитор не включается", &Value::Null, &notices), None);
}

#[test]
fn keywords_are_found_in_any_case_and_in_facts() {
    let notices = [notice(1, Category::Storage, &["бухгалтерия"])];
    assert_eq!(matched("не открывается папка Бухгалтерии", &Value::Null, &notices), Some(1));
    assert_eq!(matched("не открывается папка кадров", &Value::Null, &notices), None);
    let gateway = [notice(3, Category::Network, &["10.2.0.1"])];
    let facts = json!({ "network": { "gateway": { "address": "10.2.0.1", "ok": false }, "broken_rung": "gateway" } });
    assert_eq!(matched("инет отвалился", &facts, &gateway), Some(3));
}

#[test]
fn only_notices_that_run_now_fit() {
    let mut ended = notice(1, Category::Email, &[]);
    ended.ends_at = Some(now());
    let mut ahead = notice(2, Category::Email, &[]);
    ahead.starts_at = now() + Duration::minutes(1);
    assert_eq!(matched("почта не ходит", &Value::Null, &[ended, ahead]), None);
}

#[test]
fn a_press_that_waited_in_an_outbox_fits_what_was_known_of_its_own_time() {
    let incident = notice(1, Category::Email, &[]);
    let begins = incident.starts_at;
    let maintenance = Notice { kind: NoticeKind::Maintenance, ..incident.clone() };
    let fits = |pressed_at, notice: &Notice| {
        let fit = matched_of(pressed_at, "почта не ходит", &Value::Null, std::slice::from_ref(notice));
        fit.is_some()
    };
    let moment = Duration::milliseconds(1);
    assert!(fits(begins - NOTICE_LEAD, &incident), "a failure is felt before it is known");
    assert!(!fits(begins - NOTICE_LEAD - moment, &incident), "what was wrong so long ago was something else");
    assert!(
        fits(begins, &maintenance) && !fits(begins - moment, &maintenance),
        "what is planned is felt while it is done"
    );
    let day = Duration::hours(24);
    assert!(fits(now() + day, &incident) && fits(now() + day, &maintenance), "a clock that is ahead presses now");
    let over = Notice { ends_at: Some(now()), ..maintenance };
    assert!(!fits(now() - moment, &over), "what is over is told to nobody");
}

#[test]
fn an_incident_goes_before_maintenance_and_a_keyword_before_none() {
    let mut maintenance = notice(1, Category::Email, &["почта"]);
    maintenance.kind = NoticeKind::Maintenance;
    let wide = notice(2, Category::Email, &[]);
    let narrow = notice(3, Category::Email, &["почта"]);
    assert_eq!(matched("почта не ходит", &Value::Null, &[maintenance.clone(), wide.clone()]), Some(2));
    assert_eq!(matched("почта не ходит", &Value::Null, &[maintenance, narrow, wide]), Some(3));
}

#[test]
fn a_report_whose_own_network_is_down_is_not_told_that_the_whole_mail_is() {
    let facts = json!({ "network": { "gateway": { "address": "10.2.0.1", "ok": false }, "broken_rung": "gateway" } });
    assert_eq!(matched("почта не ходит", &facts, &[notice(1, Category::Email, &[])]), None);
}

#[test]
fn a_notice_whose_factors_the_report_has_fits_certainly_and_others_do_not_by_category() {
    let mut gateway = notice(1, Category::Network, &[]);
    gateway.kind = NoticeKind::Maintenance;
    gateway.factors = vec![
        Factor { dimension: Dimension::Rung, value: "gateway".into() },
        Factor { dimension: Dimension::Gateway, value: "10.2.0.1".into() },
    ];
    let whole = notice(2, Category::Network, &[]);
    let facts = |address: &str| json!({ "network": { "gateway": { "address": address, "ok": false }, "broken_rung": "gateway" } });
    let fit = |address: &str, notices: &[Notice]| {
        let report = report(Some("инет отвалился"), &facts(address));
        let input = Input::new(&report);
        let verdict = SHIPPED.verdict(&input);
        let factors = triage::factors(&verdict, &report, None);
        match_notice(&verdict, &factors, &input, notices, now()).map(|(n, fit)| (n.id.as_u128(), fit))
    };
    let both = [whole, gateway.clone()];
    assert_eq!(fit("10.2.0.1", &both), Some((1, Fit::Certain)));
    assert_eq!(fit("10.3.0.1", &both), Some((2, Fit::Likely)));
    assert_eq!(fit("10.3.0.1", &[gateway]), None);
}

fn factor(dimension: Dimension, value: &str) -> Factor {
    Factor { dimension, value: value.into() }
}

fn fit_at(site: &str, text: &str, notice: &Notice) -> Option<Fit> {
    let report = report(Some(text), &Value::Null);
    let input = Input::new(&report);
    let verdict = SHIPPED.verdict(&input);
    let factors = triage::factors(&verdict, &report, Some(site));
    match_notice(&verdict, &factors, &input, [notice], now()).map(|(_, fit)| fit)
}

#[test]
fn a_notice_of_a_site_fits_what_it_is_about_there_and_nowhere_else() {
    let mut mail = notice(1, Category::Email, &[]);
    mail.factors = vec![factor(Dimension::Site, "north")];
    assert_eq!(fit_at("north", "не приходит почта", &mail), Some(Fit::Certain));
    assert_eq!(fit_at("south", "не приходит почта", &mail), None);
    assert_eq!(fit_at("north", "принтер жуёт бумагу", &mail), None, "not everything that breaks there is the mail");
}

#[test]
fn a_keyword_said_at_another_site_is_not_this_trouble() {
    let mut mail = notice(1, Category::Email, &["outlook"]);
    mail.factors = vec![factor(Dimension::Site, "north"), factor(Dimension::Application, "outlook")];
    assert_eq!(fit_at("north", "outlook не отправляет письма", &mail), Some(Fit::Likely));
    assert_eq!(fit_at("south", "outlook не отправляет письма", &mail), None);
}
