//! Every probe, asked on the machine the tests run on.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use chrono::Utc;
use diagnostics::{Context, PROBES, diagnose, probe, render};
use report::{Fact, FactOutcome, Language, Privacy, Unavailable};

/// As much as a press gives all probes together.
const DEADLINE: Duration = Duration::from_secs(3);

/// Ends a test that hangs; measures nothing. A machine that builds at the same time misses boxes of 200 ms for a while.
const PATIENCE: Duration = Duration::from_secs(300);

/// Runs of a probe in flight are counted for the whole process, and tests beside each other would be refused theirs.
fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a probe tells as soon as it is not too late.
fn told(name: &str, context: &Arc<Context>) -> serde_json::Value {
    let give_up = Instant::now() + PATIENCE;
    loop {
        let fact = diagnose(&[*probe(name).expect("there is such a probe")], Arc::clone(context), DEADLINE).remove(0);
        if reason(&fact) != Some(Unavailable::TimedOut) {
            return fact.data().unwrap_or_else(|| panic!("{fact:?}")).clone();
        }
        assert!(Instant::now() < give_up, "always late: {fact:?}");
    }
}

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
    let _alone = alone();
    let mut late: HashSet<&str> = PROBES.iter().map(|probe| probe.name).collect();
    let give_up = Instant::now() + PATIENCE;
    while !late.is_empty() {
        assert!(Instant::now() < give_up, "always late: {late:?}");
        let facts = diagnose(PROBES, context(), DEADLINE);
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
    }
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
    let _alone = alone();
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
    let _alone = alone();
    let context = context();
    let data = |name: &str| told(name, &context);
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
    let _alone = alone();
    // Taken for as long as the test runs, so that nobody else listens there once the collector is gone.
    let any = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
    let kept = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    kept.set_reuse_address(true).unwrap();
    kept.bind(&any.into()).unwrap();
    let address = kept.local_addr().unwrap().as_socket().unwrap();
    let listener = std::net::TcpListener::bind(address).unwrap();
    let gone = Arc::new(AtomicBool::new(false));
    let is_gone = Arc::clone(&gone);
    let collector = std::thread::spawn(move || {
        while let Ok((mut stream, _)) = listener.accept() {
            if is_gone.load(Ordering::SeqCst) {
                return;
            }
            let _ = stream.read(&mut [0; 1024]);
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        }
    });
    let url = format!("http://{address}");
    let context = Arc::new(Context { internet_check: None, collector_url: Some(url), ..Context::new(Utc::now()) });
    let network = told("network", &context);
    assert_eq!(network["collector"]["ok"], true, "{network:#}");
    assert!(network["broken_rung"].is_null(), "{network:#}");

    gone.store(true, Ordering::SeqCst);
    drop(std::net::TcpStream::connect(address).unwrap());
    collector.join().unwrap();
    let network = told("network", &context);
    assert_eq!(network["collector"]["ok"], false, "{network:#}");
    assert_eq!(network["collector"]["error"], "refused", "{network:#}");
    assert!(network["broken_rung"].is_string(), "{network:#}");
}
