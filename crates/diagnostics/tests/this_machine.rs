//! Every probe, asked on the machine the tests run on.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::Utc;
use diagnostics::{Context, PROBES, diagnose, probe, render};
use report::{Fact, FactOutcome, Language, Privacy, Unavailable};

/// As much as a press gives all probes together.
const DEADLINE: Duration = Duration::from_secs(3);

fn context() -> Arc<Context> {
    // Nobody outside is asked by a test.
    Arc::new(Context { internet_check: None, ..Context::new(Utc::now()) })
}

fn reason(fact: &Fact) -> Option<Unavailable> {
    match &fact.outcome {
        FactOutcome::Ok { .. } => None,
        FactOutcome::Unavailable { reason, .. } => Some(*reason),
    }
}

#[test]
fn every_probe_answers_within_its_box_and_serialises() {
    // A machine that builds at the same time may miss a box of 200 ms; three times in a row it may not.
    let mut late: HashSet<&str> = PROBES.iter().map(|probe| probe.name).collect();
    for _ in 0..3 {
        let started = Instant::now();
        let facts = diagnose(PROBES, context(), DEADLINE);
        let took = started.elapsed();
        assert!(took < DEADLINE + Duration::from_secs(2), "{took:?}");
        assert_eq!(
            facts.iter().map(|fact| fact.probe.as_str()).collect::<Vec<_>>(),
            PROBES.iter().map(|probe| probe.name).collect::<Vec<_>>()
        );
        for fact in &facts {
            assert_ne!(reason(fact), Some(Unavailable::Panicked), "{fact:?}");
            assert_ne!(reason(fact), Some(Unavailable::NotSupported), "{fact:?}");
            let text = serde_json::to_string(fact).unwrap();
            assert_eq!(&serde_json::from_str::<Fact>(&text).unwrap(), fact);
            assert!(text.len() < 64 * 1024, "{} has {} bytes", fact.probe, text.len());
            for language in [Language::En, Language::Ru] {
                assert!(render::fact(fact, language).starts_with(&fact.probe));
            }
            if reason(fact) != Some(Unavailable::TimedOut) {
                late.remove(fact.probe.as_str());
            }
        }
        if late.is_empty() {
            return;
        }
    }
    panic!("three times late: {late:?}");
}

#[test]
fn names_are_unique_and_boxes_within_the_press() {
    let names: HashSet<_> = PROBES.iter().map(|probe| probe.name).collect();
    assert_eq!(names.len(), PROBES.len());
    for one in PROBES {
        assert!(one.time_box <= DEADLINE, "{}", one.name);
        assert_eq!(probe(one.name).unwrap().name, one.name);
    }
    assert!(probe("no such probe").is_none());
}

#[test]
fn with_technical_facts_alone_allowed_nothing_personal_is_asked() {
    let context =
        Arc::new(Context { max_privacy: Privacy::Technical, internet_check: None, ..Context::new(Utc::now()) });
    for fact in diagnose(PROBES, context, DEADLINE) {
        if fact.privacy > Privacy::Technical {
            assert_eq!(reason(&fact), Some(Unavailable::OffByPolicy), "{}", fact.probe);
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn what_every_linux_has_is_told() {
    let mut facts = diagnose(PROBES, context(), DEADLINE);
    for _ in 0..2 {
        if facts.iter().all(|fact| reason(fact) != Some(Unavailable::TimedOut)) {
            break;
        }
        facts = diagnose(PROBES, context(), DEADLINE);
    }
    let data = |name: &str| facts.iter().find(|fact| fact.probe == name).unwrap().data().unwrap();
    let load = data("load");
    assert!(load["memory_total_bytes"].as_u64().unwrap() > 0);
    assert!(load["memory_available_bytes"].as_u64() <= load["memory_total_bytes"].as_u64());
    assert!((0.0..=100.0).contains(&load["cpu_percent"].as_f64().unwrap()));
    assert!(!load["top_memory"].as_array().unwrap().is_empty());
    let disks = data("disks");
    let root = disks["volumes"].as_array().unwrap().iter().find(|volume| volume["mount"] == "/");
    if let Some(root) = root {
        assert!(root["free_bytes"].as_u64() <= root["total_bytes"].as_u64());
    }
    assert!(data("boot")["uptime_s"].as_u64().unwrap() > 0);
    assert_eq!(data("os")["family"], "linux");
    assert!(!data("session")["user"].as_str().unwrap().is_empty());
}

#[test]
fn a_collector_that_answers_means_no_broken_rung_and_one_that_is_gone_means_its_own() {
    use std::io::{Read, Write};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        // One answer; then the listener goes.
        if let Ok((mut stream, _)) = listener.accept() {
            let _ = stream.read(&mut [0; 1024]);
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        }
    });
    let context = Arc::new(Context { internet_check: None, collector_url: Some(url), ..Context::new(Utc::now()) });
    let probes = [*probe("network").unwrap()];
    let facts = diagnose(&probes, Arc::clone(&context), Duration::from_secs(30));
    let network = facts[0].data().unwrap();
    assert_eq!(network["collector"]["ok"], true, "{network:#}");
    assert!(network["broken_rung"].is_null(), "{network:#}");

    let facts = diagnose(&probes, context, Duration::from_secs(30));
    let network = facts[0].data().unwrap();
    assert_eq!(network["collector"]["ok"], false, "{network:#}");
    assert_eq!(network["collector"]["error"], "refused", "{network:#}");
    assert!(network["broken_rung"].is_string(), "{network:#}");
}
