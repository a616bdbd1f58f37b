//! Sends reports, so many at a time, and says how long each took.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::ensure;
use futures_util::future::try_join_all;
use report::DeviceCredentials;
use reqwest::{Client, RequestBuilder, header};

use crate::payload::Payloads;

/// Where reports go.
pub struct Load {
    http: Client,
    url: String,
    /// Devices that take turns; none on the floor, which asks nobody who they are.
    devices: Vec<DeviceCredentials>,
}

/// One run.
#[derive(Default)]
pub struct Measured {
    /// From sending a report to its receipt.
    pub receipts: Vec<Duration>,
    /// From sending a report to the answer to its picture.
    pub wholes: Vec<Duration>,
    /// The whole run.
    pub took: Duration,
    /// CPU time the server spent meanwhile.
    pub cpu: Duration,
    /// Bytes on the disk that came to it.
    pub disk: u64,
}

impl Load {
    /// On the floor.
    pub fn on_floor(url: &str) -> Self {
        Self { http: client(), url: url.to_owned(), devices: Vec::new() }
    }

    /// On a collector, from `devices` devices enrolled with `token`.
    pub async fn on_collector(url: &str, token: &str, devices: usize) -> anyhow::Result<Self> {
        let mut load = Self::on_floor(url);
        for n in 0..devices {
            let device =
                serde_json::json!({ "hostname": format!("desk-{n}"), "os": "linux", "agent_version": "0.1.0" });
            let body = serde_json::json!({ "token": token, "device": device });
            let answer = load.http.post(format!("{url}/api/v1/enrolments")).json(&body).send().await?;
            load.devices.push(answer.error_for_status()?.json().await?);
        }
        Ok(load)
    }

    /// Sends `reports`, `concurrency` at a time.
    pub async fn run(&self, payloads: &Payloads, reports: usize, concurrency: usize) -> anyhow::Result<Measured> {
        // Made before the clock starts: the sender's work is not the server's.
        let bodies: Vec<_> = (0..reports).map(|_| payloads.next()).collect();
        let next = Arc::new(AtomicUsize::new(0));
        let started = Instant::now();
        let senders = (0..concurrency).map(|_| {
            let (bodies, next) = (&bodies, Arc::clone(&next));
            async move {
                let mut measured = Measured::default();
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    let Some(payload) = bodies.get(n) else { return Ok::<_, anyhow::Error>(measured) };
                    let started = Instant::now();
                    let sent = self.sign(n, self.http.post(format!("{}/api/v1/reports", self.url)));
                    let sent = sent.header(header::CONTENT_TYPE, "application/json").body(payload.body.clone());
                    let answer = sent.send().await?;
                    ensure!(answer.status() == 201, "a report was answered with {}", answer.status());
                    answer.bytes().await?;
                    measured.receipts.push(started.elapsed());
                    let path = format!("{}/api/v1/reports/{}/attachments/0", self.url, payload.id);
                    let sent = self.sign(n, self.http.put(path)).header(header::CONTENT_TYPE, "image/png");
                    let answer = sent.body(payload.picture.clone()).send().await?;
                    ensure!(answer.status() == 204, "a picture was answered with {}", answer.status());
                    measured.wholes.push(started.elapsed());
                }
            }
        });
        let mut all = Measured::default();
        for one in try_join_all(senders).await? {
            all.receipts.extend(one.receipts);
            all.wholes.extend(one.wholes);
        }
        all.took = started.elapsed();
        Ok(all)
    }

    fn sign(&self, n: usize, request: RequestBuilder) -> RequestBuilder {
        match self.devices.get(n % self.devices.len().max(1)) {
            Some(device) => request.bearer_auth(format!("{}.{}", device.device_id, device.secret)),
            None => request,
        }
    }
}

fn client() -> Client {
    // Fails when it is set already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy().build().unwrap_or_default()
}
