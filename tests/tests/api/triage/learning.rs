//! `/api/v1/triage/models`: corrections teach the text model, within bounds.

use std::time::Duration;

use report::{Category, ErrorCode, Report};
use serde_json::{Value, json};
use store::{Correction, Role};
use tests::{
    PATIENCE,
    collector::{TestCollector, TestStaff, code},
    on_both_databases, reports,
};
use triage::text_model;

on_both_databases!(
    a_batch_of_corrections_is_learned_and_may_be_gone_back_from,
    poisoned_corrections_are_refused_with_a_reason,
    a_model_of_another_release_is_left_out_and_learned_anew,
    who_went_back_to_a_model_of_another_release_is_taught_anew_once,
);

const MODELS: &str = "/api/v1/triage/models";

fn saying(text: &str) -> Report {
    Report { text: Some(text.to_owned()), ..reports::sample() }
}

/// The newest version, as soon as there is one that `is_it`.
async fn learned(staff: &TestStaff<'_>, is_it: impl Fn(&Value) -> bool) -> Value {
    let looking = async {
        loop {
            let models: Vec<Value> = staff.get(MODELS).await;
            if let Some(found) = models.into_iter().find(|model| model["version"] != 0 && is_it(model)) {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    match tokio::time::timeout(PATIENCE, looking).await {
        Ok(found) => found,
        Err(_) => panic!("no such model: {:?}", staff.get::<Vec<Value>>(MODELS).await),
    }
}

async fn a_batch_of_corrections_is_learned_and_may_be_gone_back_from(collector: TestCollector) {
    let lead = collector.sign_in_as("lead", Role::Lead).await;
    let before = collector.enrol().await.report(&saying("тарабумка")).await.verdict;
    for text in ["тарабумка молчит", "тарабумка мигает", "тарабумка не тянет", "тарабумка пищит", "опять тарабумка"]
    {
        // A device of its own each, so that none joins another's ticket.
        let number = collector.enrol().await.report(&saying(text)).await.ticket.number;
        let path = format!("/api/v1/tickets/{number}/category");
        assert_eq!(lead.post(&path, &json!({ "category": "hardware" })).await.status(), 200);
    }
    let model = learned(&lead, |_| true).await;
    assert_eq!(
        (&model["state"], &model["corrections"], &model["created_by"]),
        (&json!("active"), &json!(5), &Value::Null)
    );
    let figure = |name: &str| model[name].as_f64().unwrap();
    assert!(figure("held_out_accuracy") >= figure("shipped_accuracy") && figure("shipped_accuracy") > 0.5, "{model}");
    assert!(figure("held_out_macro_f1") >= figure("shipped_macro_f1"), "{model}");

    // The job puts it into service right after it is kept.
    let device = collector.enrol().await;
    let serving = async {
        loop {
            let verdict = device.report(&saying("тарабумка")).await.verdict;
            if verdict.triage_version != before.triage_version {
                return verdict;
            }
        }
    };
    let after = tokio::time::timeout(PATIENCE, serving).await.expect("it judges");
    let of_hardware = |verdict: &report::Verdict| {
        let guesses = verdict.abstention.iter().flat_map(|abstention| &abstention.candidates);
        let guess = guesses.filter(|guess| guess.category == Category::Hardware).map(|guess| guess.confidence);
        let said = (verdict.category.value == Category::Hardware).then_some(verdict.category.confidence);
        said.into_iter().chain(guess).fold(0.0, f32::max)
    };
    assert!(of_hardware(&after) > of_hardware(&before), "{before:?} {after:?}");

    let back: Vec<Value> = lead.post(&format!("{MODELS}/0/activate"), &json!({})).await.json().await.unwrap();
    let states: Vec<_> = back.iter().map(|model| (model["version"].clone(), model["state"].clone())).collect();
    assert_eq!(states, [(json!(1), json!("available")), (json!(0), json!("active"))]);
    assert_eq!(device.report(&saying("тарабумка")).await.verdict.triage_version, before.triage_version);
    assert_eq!(lead.post(&format!("{MODELS}/1/activate"), &json!({})).await.status(), 200);
    assert_eq!(device.report(&saying("тарабумка")).await.verdict.triage_version, after.triage_version);
}

async fn poisoned_corrections_are_refused_with_a_reason(collector: TestCollector) {
    let lead = collector.sign_in_as("lead", Role::Lead).await;
    let staff_id = collector.add_staff("prankster", Role::FirstLine).await.id;
    let wrong = |category: Category| if category == Category::Printing { Category::Email } else { Category::Printing };
    let phrases: Vec<_> =
        text_model::held_out().into_iter().filter(|phrase| phrase.category != Category::Other).collect();
    let mut numbers = Vec::new();
    for phrase in phrases.iter().step_by(phrases.len() / 160) {
        // A device of its own each, so that none joins another's ticket.
        let receipt = collector.enrol().await.report(&saying(phrase.text)).await;
        numbers.push((receipt.ticket.number, wrong(phrase.category)));
    }
    let (last, rest) = numbers.split_last().unwrap();
    for (number, category) in rest {
        let correction =
            Correction { number: *number, category: *category, team: None, usual_team: "network".to_owned(), staff_id };
        collector.scope().correct_ticket(&correction, collector.now()).await.unwrap();
    }
    // The last one is made where the collector sees it.
    let path = format!("/api/v1/tickets/{}/category", last.0);
    assert_eq!(lead.post(&path, &json!({ "category": last.1.as_str() })).await.status(), 200);
    // It may have looked while they were made, and learned of the first few.
    let model = learned(&lead, |model| model["corrections"] == numbers.len()).await;
    assert_eq!(model["state"], "refused", "{model}");
    let (en, ru) = (model["reason"]["en"].as_str().unwrap(), model["reason"]["ru"].as_str().unwrap());
    assert!(en.contains("kept aside") && ru.contains("отложенных"), "{model}");
    let worse = |of: &str| model[format!("held_out_{of}")].as_f64() < model[format!("shipped_{of}")].as_f64();
    assert!(worse("accuracy") || worse("macro_f1"), "{model}");
    let models: Vec<Value> = lead.get(MODELS).await;
    let judging = models.iter().find(|other| other["state"] == "active").unwrap();
    assert_ne!(judging["version"], model["version"], "another judges on");
    let version = &model["version"];
    let refused = lead.post(&format!("{MODELS}/{version}/activate"), &json!({})).await;
    assert_eq!(code(refused).await, ErrorCode::Conflict);
}

/// The version after `after`, as an earlier release would have learned it.
fn foreign(after: i64) -> store::NewTextModel {
    store::NewTextModel {
        after,
        overlay: Some(b"learned on a model nobody has any more".to_vec()),
        corrections: 3,
        learned_revision: 0,
        scores: store::ModelScores::default(),
        reason: None,
        created_by: None,
    }
}

async fn a_model_of_another_release_is_left_out_and_learned_anew(collector: TestCollector) {
    let lead = collector.sign_in_as("lead", Role::Lead).await;
    collector.scope().keep_text_model(&foreign(0), collector.now()).await.unwrap();
    // What this collector looked up a moment ago serves a little longer.
    collector.advance(chrono::TimeDelta::seconds(4));
    let device = collector.enrol().await;
    let receipt = device.report(&saying("не печатает принтер")).await;
    assert_eq!(receipt.verdict.category.value, Category::Printing, "a report never fails because of it");
    let path = format!("/api/v1/tickets/{}/category", receipt.ticket.number);
    assert_eq!(lead.post(&path, &json!({ "category": "printing", "team": "workplace" })).await.status(), 200);
    let anew = learned(&lead, |model| model["version"] == 2).await;
    assert_eq!((&anew["state"], &anew["corrections"]), (&json!("active"), &json!(1)));
}

async fn who_went_back_to_a_model_of_another_release_is_taught_anew_once(collector: TestCollector) {
    let lead = collector.sign_in_as("lead", Role::Lead).await;
    for after in [0, 1] {
        collector.scope().keep_text_model(&foreign(after), collector.now()).await.unwrap();
    }
    collector.scope().activate_text_model(1).await.unwrap();
    collector.advance(chrono::TimeDelta::seconds(4));
    let correct = async || {
        let number = collector.enrol().await.report(&saying("не печатает принтер")).await.ticket.number;
        let path = format!("/api/v1/tickets/{number}/category");
        let correction = json!({ "category": "printing", "team": "workplace" });
        assert_eq!(lead.post(&path, &correction).await.status(), 200);
    };
    correct().await;
    let anew = learned(&lead, |model| model["version"] == 3).await;
    assert_eq!((&anew["state"], &anew["corrections"]), (&json!("available"), &json!(1)), "staff chose the other");
    // Each wakes it. Four wait for a fifth, as always.
    for _ in 0..5 {
        correct().await;
    }
    let batch = learned(&lead, |model| model["corrections"] == 6).await;
    assert_eq!(batch["version"], 4, "nothing was learned in between");
}
