//! The collector is killed again and again while it groups the reports of a mass incident: one incident comes of it, everybody
//! is in it once, and the detector knows what it would know had it never died.

use std::path::Path;

use anyhow::{Context as _, ensure};
use bytes::Bytes;
use chrono::{TimeDelta, Utc};
use report::{DeviceCredentials, Receipt, Report};
use reqwest::Client;
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use store::{
    GroupingStep, IncidentChange, LoggedWhat, NewReport, Scope, Store, StoreOptions, TicketSummary, TimelineKind,
};
use tests::{
    PATIENCE,
    collector_process::CollectorProcess,
    desktop::until,
    reports::{self, fact},
};
use triage::{
    Classifier, Input,
    incidents::{Detector, Incident, Settings, Snapshot},
};
use uuid::Uuid;

const DEVICES: usize = 30;
/// Reports between two kills.
const BETWEEN: usize = 3;

/// What the collector keeps of a detector.
#[derive(Deserialize)]
struct Kept {
    detector: Snapshot,
}

/// When the collector is killed, after it has answered a report.
#[derive(Clone, Copy)]
enum Killed {
    /// At once: the grouping may have read it, and kept nothing.
    AtOnce,
    /// As soon as its factors are kept: what follows from them may not be done.
    WhenRead,
    /// As soon as an incident is proposed that it is in: it may not have joined it.
    WhenProposed,
}

async fn open(data_dir: &Path) -> anyhow::Result<(Store, Scope)> {
    let database = format!("sqlite://{}", data_dir.join("redbutton.db").display());
    let store = Store::open(&StoreOptions::new(database, data_dir.join("blobs"))).await?;
    let organisation = store.list_organisations().await?.into_iter().next().context("no organisation")?;
    let scope = store.in_organisation(organisation.id);
    Ok((store, scope))
}

async fn enrol(http: &Client, url: &str, token: &str) -> anyhow::Result<DeviceCredentials> {
    let device = json!({ "hostname": "desk-17", "os": "linux", "agent_version": "0.1.0" });
    let enrol = http.post(format!("{url}/api/v1/enrolments")).json(&json!({ "token": token, "device": device }));
    Ok(enrol.send().await?.error_for_status()?.json().await?)
}

/// Three weeks of everyday troubles, as they would have been taken in.
async fn everyday(scope: &Scope, devices: &[DeviceCredentials]) -> anyhow::Result<()> {
    let classifier = Classifier::shipped()?;
    let troubles = ["не печатает принтер", "забыл пароль", "excel завис", "монитор не включается", "не приходит почта"];
    let first = Utc::now() - TimeDelta::days(22);
    for day in 0..22 {
        for (n, device) in devices.iter().enumerate() {
            let at = first + TimeDelta::hours(24 * day + 3 * i64::try_from(n)?);
            let text = troubles[(usize::try_from(day)? + n) % troubles.len()];
            let ok = json!({ "gateway": { "address": format!("10.{n}.0.1"), "ok": true } });
            let facts = vec![fact("network", ok)];
            let report = Report { text: Some(text.into()), facts, ..reports::pressed_at(at) };
            let body = serde_json::to_vec(&report)?;
            let new = NewReport {
                report: &report,
                content_hash: Sha256::digest(&body).into(),
                body: body.into(),
                device_id: device.device_id,
                verdict: &classifier.verdict(&Input::new(&report)),
                notice: None,
                as_member: None,
                received_at: at,
                join_after: at - TimeDelta::hours(4),
            };
            scope.ingest_report(new).await?;
        }
    }
    Ok(())
}

async fn press(http: &Client, url: &str, device: &DeviceCredentials) -> anyhow::Result<Uuid> {
    let data = json!({ "gateway": { "address": "10.2.0.1", "ok": false }, "broken_rung": "gateway" });
    let report =
        Report { text: Some("нет сети".into()), facts: vec![fact("network", data)], ..reports::sample() };
    send(http, url, device, &report).await
}

async fn send(http: &Client, url: &str, device: &DeviceCredentials, report: &Report) -> anyhow::Result<Uuid> {
    let bearer = format!("{}.{}", device.device_id, device.secret);
    let sent = http.post(format!("{url}/api/v1/reports")).bearer_auth(bearer).json(report).send().await?;
    let receipt: Receipt = sent.error_for_status()?.json().await?;
    Ok(receipt.report_id)
}

/// The ticket of a report.
async fn ticket(scope: &Scope, report: Uuid) -> anyhow::Result<TicketSummary> {
    let stored = scope.find_report(report).await?.context("the report is gone")?;
    scope.find_ticket_summary(stored.ticket_number).await?.context("the ticket is gone")
}

/// Waits for the point at which the collector is to be killed.
async fn reached(scope: &Scope, killed: Killed, number: i64) -> anyhow::Result<()> {
    until("the grouping has come so far", PATIENCE, async || {
        let there = match killed {
            Killed::AtOnce => true,
            Killed::WhenRead => !scope.factors_of_ticket(number).await?.is_empty(),
            Killed::WhenProposed => {
                let log = scope.log_since(0, 100_000).await?;
                let mut found = Vec::new();
                for entry in log {
                    if let LoggedWhat::Incident(id, _) = entry.what {
                        found.extend(scope.find_incident(id).await?);
                    }
                }
                found.iter().any(|incident| incident.body.members.contains(&number))
            }
        };
        Ok(there.then_some(()))
    })
    .await
}

/// The major incident that all these reports are in, once they are.
async fn all_in_one(scope: &Scope, reports: &[Uuid]) -> anyhow::Result<i64> {
    until("everybody is in one major incident", PATIENCE, async || {
        let mut roots = std::collections::BTreeSet::new();
        for &report in reports {
            let ticket = ticket(scope, report).await?;
            roots.insert(if ticket.major { Some(ticket.number) } else { ticket.merged_into });
        }
        Ok(match roots.into_iter().collect::<Vec<_>>()[..] {
            [Some(only)] => Some(only),
            _ => None,
        })
    })
    .await
}

/// What the detector knew when its collector stopped, and how much of the log it had read.
async fn knowledge(scope: &Scope) -> anyhow::Result<(Vec<Incident>, i64)> {
    let now = Utc::now();
    let state = scope.hold_grouping(Uuid::now_v7(), now, now).await?.context("somebody has the grouping")?;
    let kept: Kept = serde_json::from_slice(&state.snapshot.context("no snapshot")?)?;
    Ok((Detector::restore(Settings::default(), kept.detector)?.open(), state.cursor))
}

/// Has the next collector read the log from its beginning, with a detector that knows nothing.
async fn forget(scope: &Scope) -> anyhow::Result<()> {
    let (holder, now) = (Uuid::now_v7(), Utc::now());
    scope.hold_grouping(holder, now, now + TimeDelta::minutes(1)).await?.context("somebody has the grouping")?;
    let nothing = GroupingStep { state: Some((Bytes::from_static(b"nothing"), 0)), ..GroupingStep::default() };
    scope.keep_grouping(holder, &nothing, now).await?.context("it is ours")?;
    scope.release_grouping(holder).await?;
    Ok(())
}

/// Stops it when it has read all of the log: one that is stopped right after a step has not read what that step wrote.
fn rest(collector: &mut CollectorProcess) -> anyhow::Result<()> {
    collector.stop()?;
    collector.start_again()?;
    collector.stop()
}

#[tokio::test]
async fn a_collector_killed_while_it_groups_finds_one_incident_with_everybody_in_it_once() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let data_dir = folder.path().join("collector");
    let settings = ["triage.automatic_incidents=true", "limits.device_requests_per_minute=0"];
    let mut collector = CollectorProcess::start(&data_dir, &settings)?;
    let _ = rustls::crypto::ring::default_provider().install_default();
    // No connection outlives its collector.
    let http = Client::builder().no_proxy().pool_max_idle_per_host(0).build()?;
    let token = collector.token()?;
    let mut devices = Vec::new();
    for _ in 0..DEVICES + 4 {
        devices.push(enrol(&http, &collector.url(), &token).await?);
    }
    let others = devices.split_off(DEVICES);
    collector.stop()?;
    let (store, scope) = open(&data_dir).await?;
    everyday(&scope, &others).await?;
    // The time that has passed for it would be later than those troubles.
    forget(&scope).await?;
    collector.start_again()?;

    let mut pressed = Vec::new();
    let points = [Killed::WhenRead, Killed::AtOnce, Killed::WhenProposed];
    for (n, group) in devices.chunks(BETWEEN).enumerate() {
        for device in group {
            pressed.push(press(&http, &collector.url(), device).await?);
        }
        let number = ticket(&scope, *pressed.last().context("nobody pressed")?).await?.number;
        // Three reports are no incident yet.
        let killed = if n < points.len() { Killed::WhenRead } else { points[n % points.len()] };
        reached(&scope, killed, number).await?;
        collector.kill()?;
        collector.start_again()?;
    }
    let major = all_in_one(&scope, &pressed).await?;
    rest(&mut collector)?;

    let mut numbers = std::collections::BTreeSet::new();
    for &report in &pressed {
        let ticket = ticket(&scope, report).await?;
        ensure!(ticket.reports == 1, "ticket {} has {} reports", ticket.number, ticket.reports);
        numbers.insert(ticket.number);
    }
    ensure!(numbers.len() == DEVICES, "{DEVICES} presses opened tickets {numbers:?}");
    let root = scope.find_ticket_summary(major).await?.context("the major incident is gone")?;
    ensure!((root.people as usize, root.members as usize) == (DEVICES, DEVICES - 1), "{root:?}");
    let notices = scope.list_open_notices(Utc::now()).await?;
    ensure!(notices.len() == 1 && notices[0].affected as usize == DEVICES, "{notices:?}");
    let log = scope.log_since(0, 100_000).await?;
    let told = |wanted: &dyn Fn(&LoggedWhat) -> bool| log.iter().filter(|entry| wanted(&entry.what)).count();
    let incident = |change| told(&move |what| matches!(what, LoggedWhat::Incident(_, told) if *told == change));
    ensure!(incident(IncidentChange::Raised) == 1, "proposed {} times", incident(IncidentChange::Raised));
    ensure!(incident(IncidentChange::Accepted) == 1, "accepted {} times", incident(IncidentChange::Accepted));
    for &number in &numbers {
        let merged = told(&|what| matches!(what, LoggedWhat::Ticket(of, TimelineKind::Merged { .. }) if *of == number));
        ensure!(merged == usize::from(number != major), "ticket {number} was merged {merged} times");
    }

    // One that reads the whole log in one life, from its beginning.
    let killed = knowledge(&scope).await?;
    ensure!(killed.1 == scope.last_change().await?, "it had read all");
    forget(&scope).await?;
    collector.start_again()?;
    // It proposes nothing, since everybody is dealt with. What comes last is read last.
    let report = Report { text: Some("нужен доступ к папке".into()), ..reports::sample() };
    let last = send(&http, &collector.url(), &others[0], &report).await?;
    reached(&scope, Killed::WhenRead, ticket(&scope, last).await?.number).await?;
    let log = scope.log_since(killed.1, 1_000).await?;
    ensure!(log.iter().all(|entry| !matches!(entry.what, LoggedWhat::Incident(..))), "proposed again");
    rest(&mut collector)?;
    let whole = knowledge(&scope).await?.0;
    let of = |incidents: &[Incident]| {
        let one = |incident: &Incident| (incident.key.clone(), incident.members.clone(), incident.people);
        incidents.iter().map(one).collect::<Vec<_>>()
    };
    ensure!(of(&killed.0) == of(&whole), "killed: {:?}\nnever killed: {whole:?}", killed.0);
    ensure!(killed.0.len() == 1 && killed.0[0].people == DEVICES, "{:?}", killed.0);
    store.close().await;
    Ok(())
}
