//! A collector with so many stored reports, and what it costs.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use report::{DeviceCredentials, Receipt, Report};
use reqwest::{Client, header};
use serde::Serialize;
use serde_json::{Value, json};
use tempfile::TempDir;
use tests::{collector::http_client, collector_process::CollectorProcess, reports};

use crate::fill::fill;

/// Devices that take turns.
const DEVICES: usize = 40;
/// A collector that has used no CPU for so long has nothing left to do.
const RESTS_FOR: Duration = Duration::from_millis(600);
/// How long that may take to come.
const GROUPING_PATIENCE: Duration = Duration::from_secs(60);
const SETTINGS: [&str; 2] = ["limits.device_requests_per_minute=0", "screens.enabled=false"];

/// A collector and its devices.
pub struct Side {
    stored: u64,
    collector: CollectorProcess,
    http: Client,
    devices: Vec<DeviceCredentials>,
    cookie: String,
    receipts: Vec<Duration>,
    similar: Vec<Duration>,
    cpu: Duration,
    sent: usize,
    folder: TempDir,
}

/// What was measured.
#[derive(Debug, Serialize)]
pub struct Figures {
    pub stored: u64,
    pub cpu_ms_per_report: f64,
    pub receipt_p50_ms: f64,
    pub receipt_p99_ms: f64,
    pub similar_p50_ms: f64,
    pub database_bytes: u64,
}

impl Side {
    /// A collector that has `stored` reports.
    pub async fn with(stored: u64) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut collector = CollectorProcess::start(folder.path(), &SETTINGS)?;
        let token = collector.token()?;
        let sign_in = collector.staff("anna", "Anna", "en")?;
        let http = http_client();
        let mut side = Self {
            stored,
            http,
            devices: Vec::new(),
            cookie: String::new(),
            receipts: Vec::new(),
            similar: Vec::new(),
            cpu: Duration::ZERO,
            sent: 0,
            collector: {
                collector.stop()?;
                collector.start_again()?;
                collector
            },
            folder,
        };
        for n in 0..=DEVICES {
            let device = json!({ "hostname": format!("desk-{n}"), "os": "windows", "agent_version": "0.1.0" });
            let body = json!({ "token": token, "device": device });
            let url = format!("{}/api/v1/enrolments", side.collector.url());
            let answer = side.http.post(url).json(&body).send().await?.error_for_status()?;
            side.devices.push(answer.json().await?);
        }
        // The template, of a device that sends nothing else.
        let template = side.devices.pop().context("a device")?;
        side.report(&template, &report(0)).await?;
        side.collector.stop()?;
        fill(&side.database()?, stored).await?;
        side.collector.start_again()?;
        let url = format!("{}/api/v1/session", side.collector.url());
        let body = json!({ "login": sign_in.login, "password": sign_in.password });
        let answer = side.http.post(&url).header("Sec-Fetch-Site", "same-origin").json(&body).send().await?;
        let answer = answer.error_for_status()?;
        let cookie = answer.headers().get(header::SET_COOKIE).context("no cookie")?.to_str()?;
        side.cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        Ok(side)
    }

    /// Sends reports one after the other, then waits until they are grouped, and asks for tickets like theirs.
    pub async fn send(&mut self, reports: usize) -> anyhow::Result<()> {
        let before = self.cpu_now()?;
        let mut last = 0;
        for _ in 0..reports {
            let device = self.devices[self.sent % self.devices.len()].clone();
            let report = report(self.sent);
            self.sent += 1;
            let began = Instant::now();
            last = self.report(&device, &report).await?.ticket.number;
            self.receipts.push(began.elapsed());
        }
        // The grouping comes after the receipts: it is done when the collector rests.
        let began = Instant::now();
        loop {
            let before = self.cpu_now()?;
            tokio::time::sleep(RESTS_FOR).await;
            if self.cpu_now()? == before {
                break;
            }
            ensure!(began.elapsed() < GROUPING_PATIENCE, "the grouping does not come to an end");
        }
        self.cpu += self.cpu_now()? - before;
        for _ in 0..20 {
            let began = Instant::now();
            self.similar(last).await?;
            self.similar.push(began.elapsed());
        }
        Ok(())
    }

    /// Forgets what was measured so far.
    pub fn forget(&mut self) {
        self.receipts.clear();
        self.similar.clear();
        self.cpu = Duration::ZERO;
    }

    /// What was measured since.
    pub fn figures(&mut self) -> anyhow::Result<Figures> {
        self.receipts.sort_unstable();
        self.similar.sort_unstable();
        let ms = |duration: Duration| duration.as_secs_f64() * 1e3;
        let at = |all: &[Duration], share: f64| {
            ms(all.get((all.len().saturating_sub(1) as f64 * share) as usize).copied().unwrap_or_default())
        };
        Ok(Figures {
            stored: self.stored,
            cpu_ms_per_report: ms(self.cpu) / self.receipts.len().max(1) as f64,
            receipt_p50_ms: at(&self.receipts, 0.5),
            receipt_p99_ms: at(&self.receipts, 0.99),
            similar_p50_ms: at(&self.similar, 0.5),
            database_bytes: std::fs::metadata(self.database()?)?.len(),
        })
    }

    async fn report(&self, device: &DeviceCredentials, report: &Report) -> anyhow::Result<Receipt> {
        let url = format!("{}/api/v1/reports", self.collector.url());
        let secret = format!("{}.{}", device.device_id, device.secret);
        let answer = self.http.post(url).bearer_auth(secret).json(report).send().await?.error_for_status()?;
        Ok(answer.json().await?)
    }

    async fn similar(&self, number: i64) -> anyhow::Result<Vec<Value>> {
        let url = format!("{}/api/v1/tickets/{number}/similar", self.collector.url());
        let answer = self.http.get(url).header(header::COOKIE, &self.cookie).send().await?.error_for_status()?;
        Ok(answer.json().await?)
    }

    fn database(&self) -> anyhow::Result<PathBuf> {
        let files = std::fs::read_dir(self.folder.path())?.filter_map(Result::ok).map(|entry| entry.path());
        files
            .filter(|path| path.extension().is_some_and(|end| end == "db" || end == "sqlite"))
            .max()
            .context("no database")
    }

    fn cpu_now(&self) -> anyhow::Result<Duration> {
        let pid = self.collector.pid().context("not running")?;
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
        // SAFETY: takes a number and gives one.
        let ticks_per_second = unsafe { libc::sysconf(libc::_SC_CLK_TCK) };
        // The name in brackets may hold anything; fields are counted after it (proc_pid_stat(5)): utime and stime.
        let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
        let ticks: u64 =
            fields.get(11..13).unwrap_or_default().iter().filter_map(|field| field.parse::<u64>().ok()).sum();
        Ok(Duration::from_secs_f64(ticks as f64 / ticks_per_second as f64))
    }
}

/// A report with a sentence and facts, so that all of triage has something to do.
fn report(n: usize) -> Report {
    let mut report = reports::sample();
    let gateway = format!("10.{}.0.1", n % 7);
    let troubles = ["нет интернета на третьем этаже", "сеть отвалилась у всех", "no network since the morning"];
    report.text = Some(troubles[n % troubles.len()].to_owned());
    report.facts = vec![
        reports::fact("uptime", json!({ "uptime_s": 86_400 + n })),
        reports::fact(
            "network",
            json!({ "gateway": { "address": gateway, "ok": false, "rtt_ms": null }, "broken_rung": "gateway" }),
        ),
    ];
    report
}
