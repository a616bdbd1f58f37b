//! A support desk that takes down what reaches it: the wire of docs/api.md for one device, without triage or store, so
//! that a test can hold its answers back and count what came.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, Path, State},
    http::StatusCode,
    routing::{get, post, put},
};
use chrono::Utc;
use report::{
    Category, DeviceCredentials, EventPage, FollowUp, Judged, Level, LocalText, Priority, Receipt, Report, TicketRef,
    TicketStatus, Verdict,
};
use tokio::sync::watch;
use uuid::Uuid;

/// What reached the desk.
#[derive(Default)]
struct Taken {
    reports: Vec<Report>,
    /// How often a report's body arrived, by id; more than once is allowed, but it is one report.
    arrivals: HashMap<Uuid, u32>,
    attachments: Vec<(Uuid, u8, usize)>,
    follow_ups: Vec<(Uuid, FollowUp)>,
}

/// The running desk.
pub struct Desk {
    url: String,
    shared: Arc<Shared>,
}

struct Shared {
    taken: Mutex<Taken>,
    open: watch::Sender<bool>,
}

impl Desk {
    /// Starts on a free port of this machine.
    pub async fn start() -> anyhow::Result<Self> {
        let shared = Arc::new(Shared { taken: Mutex::default(), open: watch::Sender::new(true) });
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let routes = Router::new()
            .route("/api/v1/enrolments", post(enrol))
            .route("/api/v1/reports", post(take))
            .route("/api/v1/reports/{id}/attachments/{n}", put(attach))
            .route("/api/v1/reports/{id}/follow-ups", post(follow_up))
            .route("/api/v1/reports/{id}/receipt", get(receipt_of))
            .route("/api/v1/events", get(events))
            .layer(DefaultBodyLimit::max(32 * 1024 * 1024))
            .with_state(Arc::clone(&shared));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Ok(Self { url, shared })
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Lets reports arrive but holds their answers back, until [`Self::answer`].
    pub fn hold(&self) {
        self.shared.open.send_replace(false);
    }

    /// Answers again, what is held back too.
    pub fn answer(&self) {
        self.shared.open.send_replace(true);
    }

    /// The reports taken, each once.
    pub fn reports(&self) -> Vec<Report> {
        self.taken().reports.clone()
    }

    /// How often bodies of reports arrived, held back ones too.
    pub fn arrivals(&self) -> u32 {
        self.taken().arrivals.values().sum()
    }

    /// Lengths of the pictures taken.
    pub fn attachments(&self) -> Vec<usize> {
        self.taken().attachments.iter().map(|(_, _, bytes)| *bytes).collect()
    }

    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.shared.taken()
    }
}

impl Shared {
    fn taken(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn receipt(&self, id: Uuid) -> Option<Receipt> {
        let taken = self.taken();
        let at = taken.reports.iter().position(|report| report.id == id)?;
        let has = |n: u8| taken.attachments.iter().any(|(of, which, _)| *of == id && *which == n);
        let awaited = taken.reports[at].attachments.iter().map(|plan| plan.n).filter(|n| !has(*n)).collect();
        let gone = taken.follow_ups.iter().any(|(of, f)| *of == id && f.kind == report::FollowUpKind::Withdraw);
        let status = if gone { TicketStatus::Withdrawn } else { TicketStatus::New };
        Some(Receipt {
            report_id: id,
            received_at: Utc::now(),
            ticket: TicketRef { number: 1_001 + at as i64, status },
            joined: false,
            says: LocalText::new(
                "It looks like the network: the gateway 10.2.0.1 does not answer. Check that the cable is plugged in.",
                "Похоже на сеть: шлюз 10.2.0.1 не отвечает. Проверьте, подключён ли кабель.",
            ),
            verdict: verdict(),
            notice: None,
            awaited,
        })
    }
}

async fn enrol() -> (StatusCode, Json<DeviceCredentials>) {
    let credentials = DeviceCredentials {
        device_id: Uuid::now_v7(),
        secret: "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3I".into(),
        organisation: "Example Ltd".into(),
    };
    (StatusCode::CREATED, Json(credentials))
}

async fn take(State(desk): State<Arc<Shared>>, Json(report): Json<Report>) -> (StatusCode, Json<Option<Receipt>>) {
    let id = report.id;
    *desk.taken().arrivals.entry(id).or_default() += 1;
    // Only a stopped desk drops the sender.
    let _ = desk.open.subscribe().wait_for(|open| *open).await;
    let is_new = {
        let mut taken = desk.taken();
        let is_new = taken.reports.iter().all(|known| known.id != id);
        if is_new {
            taken.reports.push(report);
        }
        is_new
    };
    (if is_new { StatusCode::CREATED } else { StatusCode::OK }, Json(desk.receipt(id)))
}

async fn attach(State(desk): State<Arc<Shared>>, Path((id, n)): Path<(Uuid, u8)>, body: Bytes) -> StatusCode {
    desk.taken().attachments.push((id, n, body.len()));
    StatusCode::NO_CONTENT
}

async fn follow_up(
    State(desk): State<Arc<Shared>>,
    Path(id): Path<Uuid>,
    Json(follow_up): Json<FollowUp>,
) -> Json<Option<Receipt>> {
    desk.taken().follow_ups.push((id, follow_up));
    Json(desk.receipt(id))
}

async fn receipt_of(State(desk): State<Arc<Shared>>, Path(id): Path<Uuid>) -> Json<Option<Receipt>> {
    Json(desk.receipt(id))
}

async fn events() -> Json<EventPage> {
    Json(EventPage { events: Vec::new(), next: 0 })
}

fn verdict() -> Verdict {
    Verdict {
        priority_parts: vec![],
        owner: None,
        sources: vec![],
        category: Judged::new(Category::Network, 0.9, Vec::new()),
        impact: Judged::new(Level::Low, 0.9, Vec::new()),
        urgency: Judged::new(Level::Medium, 0.9, Vec::new()),
        priority: Judged::new(Priority::P4, 0.9, Vec::new()),
        team: Judged::new("network".into(), 0.9, Vec::new()),
        cause: None,
        findings: Vec::new(),
        against: Vec::new(),
        abstention: None,
        signature: "network.gateway_unreachable".into(),
        triage_version: "1".into(),
    }
}
