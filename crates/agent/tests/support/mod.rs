//! A collector that does as it is told, and parts of an engine that need no machine.

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use agent::{
    AgentState, CaptureError, Chance, Clock, Engine, EnrolmentToken, FactSource, Flags, NoKeyStore, Parts, Paths,
    Policy, Question, Rectangle, Screen, ScreenSource, Shot, World,
};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use chrono::{DateTime, Utc};
use report::{
    Abstention, Category, DeviceCredentials, ErrorBody, ErrorCode, Event, EventPage, Fact, FactOutcome, FollowUp,
    Judged, Level, LocalText, Notice, Priority, Privacy, Receipt, Report, TicketRef, TicketStatus, Verdict,
};
use tokio::net::{TcpListener, TcpSocket};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// What the collector does with one request instead of serving it.
#[derive(Debug, Clone)]
pub enum Trouble {
    /// Refuses with a code.
    Refuse(ErrorCode),
    /// Refuses with a code and a `Retry-After` in seconds.
    RefuseFor(ErrorCode, u64),
    /// Serves it, but the answer gets lost.
    LoseAnswer,
    /// Answers like a captive portal.
    Portal,
}

/// What the collector has seen.
#[derive(Default)]
pub struct Seen {
    pub reports: BTreeMap<Uuid, String>,
    pub pictures: BTreeMap<(Uuid, u8), Vec<u8>>,
    pub follow_ups: Vec<(Uuid, FollowUp)>,
    pub trouble: VecDeque<Trouble>,
    pub events: Vec<Event>,
    /// What it knows already and tells in each receipt.
    pub notice: Option<Notice>,
    pub arrivals: Vec<std::time::Instant>,
    pub requests: u32,
    pub authorization: Option<String>,
    pub earliest_date: Option<DateTime<Utc>>,
}

/// Ends a test that hangs; measures nothing.
pub const PATIENCE: Duration = Duration::from_secs(300);

/// A collector on a port of its own.
#[derive(Clone)]
pub struct Collector {
    pub seen: Arc<Mutex<Seen>>,
    pub address: SocketAddr,
    /// Never listens: it keeps the port, so that nobody else gets it during an outage.
    port: Arc<TcpSocket>,
    stop: CancellationToken,
    stopped: CancellationToken,
}

impl Collector {
    pub async fn start() -> Self {
        let port = TcpSocket::new_v4().unwrap();
        port.set_reuseaddr(true).unwrap();
        port.bind(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        Self::on(Arc::new(port), Arc::default()).await
    }

    /// The same collector, after an outage.
    pub async fn restart(&self) -> Self {
        Self::on(Arc::clone(&self.port), Arc::clone(&self.seen)).await
    }

    async fn on(port: Arc<TcpSocket>, seen: Arc<Mutex<Seen>>) -> Self {
        let address = port.local_addr().unwrap();
        let listener = TcpListener::bind(address).await.unwrap();
        let (stop, stopped) = (CancellationToken::new(), CancellationToken::new());
        let app = Router::new()
            .route("/api/v1/enrolments", post(enrol))
            .route("/api/v1/reports", post(report))
            .route("/api/v1/reports/{id}/attachments/{n}", put(attachment))
            .route("/api/v1/reports/{id}/follow-ups", post(follow_up))
            .route("/api/v1/events", get(events))
            .with_state(Arc::clone(&seen));
        let (asked, at_end) = (stop.clone(), stopped.clone().drop_guard());
        tokio::spawn(async move {
            axum::serve(listener, app).with_graceful_shutdown(asked.cancelled_owned()).await.unwrap();
            drop(at_end);
        });
        Self { seen, address, port, stop, stopped }
    }

    /// Returns when nothing is answered any more, on connections that were kept open either.
    pub async fn stop(&self) {
        self.stop.cancel();
        tokio::time::timeout(PATIENCE, self.stopped.cancelled()).await.expect("the last connection closes");
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn will(&self, trouble: impl IntoIterator<Item = Trouble>) {
        self.seen.lock().unwrap().trouble.extend(trouble);
    }

    pub fn count(&self) -> (usize, usize, usize) {
        let seen = self.seen.lock().unwrap();
        (seen.reports.len(), seen.pictures.len(), seen.follow_ups.len())
    }
}

type Shared = State<Arc<Mutex<Seen>>>;

fn refuse(code: ErrorCode, retry_after: Option<u64>) -> Response {
    let status = StatusCode::from_u16(code.http_status()).unwrap();
    let mut response = (status, axum::Json(ErrorBody { code, detail: None })).into_response();
    if let Some(seconds) = retry_after {
        response.headers_mut().insert("retry-after", seconds.into());
    }
    response
}

/// Does what it is told to, or lets the request be served.
fn trouble(seen: &mut Seen) -> (Option<Response>, bool) {
    match seen.trouble.pop_front() {
        None => (None, false),
        Some(Trouble::Refuse(code)) => (Some(refuse(code, None)), false),
        Some(Trouble::RefuseFor(code, seconds)) => (Some(refuse(code, Some(seconds))), false),
        Some(Trouble::LoseAnswer) => (None, true),
        Some(Trouble::Portal) => (Some((StatusCode::OK, "<html>Please sign in</html>").into_response()), false),
    }
}

/// An answer that breaks off, as when the connection does.
fn lost() -> Response {
    let broken = futures_util::stream::once(async { Err::<Bytes, _>(std::io::Error::other("broken")) });
    axum::body::Body::from_stream(broken).into_response()
}

async fn enrol(State(seen): Shared, body: Bytes) -> Response {
    let mut seen = seen.lock().unwrap();
    if let (Some(response), _) = trouble(&mut seen) {
        return response;
    }
    let request: report::EnrolmentRequest = serde_json::from_slice(&body).unwrap();
    if request.token != "welcome" {
        return refuse(ErrorCode::InvalidEnrolmentToken, None);
    }
    let credentials =
        DeviceCredentials { device_id: Uuid::from_u128(7), secret: "s3cr3t".into(), organisation: "Firma".into() };
    (StatusCode::CREATED, axum::Json(credentials)).into_response()
}

async fn report(State(seen): Shared, headers: HeaderMap, body: Bytes) -> Response {
    let mut seen = seen.lock().unwrap();
    seen.requests += 1;
    seen.arrivals.push(std::time::Instant::now());
    seen.authorization = headers.get("authorization").map(|value| value.to_str().unwrap().to_owned());
    let (response, lose) = trouble(&mut seen);
    if let Some(response) = response {
        return response;
    }
    let text = String::from_utf8(body.to_vec()).unwrap();
    let report: Report = serde_json::from_str(&text).unwrap();
    if seen.earliest_date.is_some_and(|earliest| report.pressed_at < earliest) {
        return refuse(ErrorCode::ClockSkew, None);
    }
    if seen.reports.get(&report.id).is_some_and(|before| *before != text) {
        return refuse(ErrorCode::IdReused, None);
    }
    let id = report.id;
    seen.reports.insert(id, text);
    if lose { lost() } else { (StatusCode::CREATED, axum::Json(receipt(&seen, id))).into_response() }
}

async fn attachment(State(seen): Shared, Path((id, n)): Path<(Uuid, u8)>, body: Bytes) -> Response {
    let mut seen = seen.lock().unwrap();
    if let (Some(response), _) = trouble(&mut seen) {
        return response;
    }
    seen.pictures.insert((id, n), body.to_vec());
    StatusCode::NO_CONTENT.into_response()
}

async fn follow_up(State(seen): Shared, Path(id): Path<Uuid>, axum::Json(added): axum::Json<FollowUp>) -> Response {
    let mut seen = seen.lock().unwrap();
    if let (Some(response), _) = trouble(&mut seen) {
        return response;
    }
    if !seen.follow_ups.iter().any(|(_, known)| known.id == added.id) {
        seen.follow_ups.push((id, added));
    }
    axum::Json(receipt(&seen, id)).into_response()
}

#[derive(serde::Deserialize)]
struct After {
    after: i64,
}

async fn events(State(seen): Shared, Query(After { after }): Query<After>) -> axum::Json<EventPage> {
    let seen = seen.lock().unwrap();
    let events: Vec<Event> = seen.events.iter().filter(|event| event.seq > after).cloned().collect();
    let next = events.last().map_or(after, |event| event.seq);
    axum::Json(EventPage { events, next })
}

fn receipt(seen: &Seen, id: Uuid) -> Receipt {
    let report: Report = serde_json::from_str(&seen.reports[&id]).unwrap();
    let number = i64::try_from(seen.reports.keys().position(|known| *known == id).unwrap()).unwrap() + 1;
    let says = LocalText::new("Somebody will look at it.", "Кто-нибудь посмотрит.");
    let verdict = Verdict {
        priority_parts: vec![],
        owner: None,
        sources: vec![],
        category: Judged::new(Category::Other, 0.2, vec![]),
        impact: Judged::new(Level::Low, 0.5, vec![]),
        urgency: Judged::new(Level::Low, 0.5, vec![]),
        priority: Judged::new(Priority::P4, 0.5, vec![]),
        team: Judged::new("first-line".into(), 0.5, vec![]),
        cause: None,
        findings: vec![],
        against: vec![],
        abstention: Some(Abstention { candidates: vec![], question: LocalText::default() }),
        signature: "s".into(),
        triage_version: "t".into(),
    };
    let awaited = report.attachments.iter().map(|plan| plan.n).filter(|n| !seen.pictures.contains_key(&(id, *n)));
    Receipt {
        report_id: id,
        received_at: Utc::now(),
        ticket: TicketRef { number, status: TicketStatus::New },
        joined: false,
        says,
        verdict,
        notice: seen.notice.clone(),
        awaited: awaited.collect(),
    }
}

/// Two small monitors, one with a private window on it.
pub struct Screens;

impl ScreenSource for Screens {
    fn capture(&self, private_windows: &[String]) -> Result<Vec<Screen>, CaptureError> {
        let shot = |private| Shot { width: 64, height: 32, rgba: vec![200; 64 * 32 * 4], private };
        let private = match private_windows.is_empty() {
            true => vec![],
            false => vec![Rectangle { x: 0, y: 0, width: 64, height: 16 }],
        };
        Ok(vec![
            Screen { monitor: "DP-1".into(), shot: Ok(shot(private)) },
            Screen { monitor: "DP-2".into(), shot: Ok(shot(vec![])) },
            Screen { monitor: "DP-3".into(), shot: Err(CaptureError::PrivateWindowsUnknown("no list".into())) },
        ])
    }
}

/// One fact that says too much.
pub struct Facts;

impl FactSource for Facts {
    fn ask(&self, _question: &Question) -> Vec<Fact> {
        let data = serde_json::json!({"text": "mail to anna@firma.example failed with 0x80070005"});
        vec![Fact { probe: "events".into(), outcome: FactOutcome::Ok { data }, took_ms: 1, privacy: Privacy::Personal }]
    }
}

/// No jitter: every wait is as short as it can be.
pub struct Luck;

impl Chance for Luck {
    fn id(&self) -> Uuid {
        Uuid::now_v7()
    }
    fn unit(&self) -> f64 {
        0.0
    }
}

/// A clock that can be wrong by so many seconds.
#[derive(Default)]
pub struct WrongBy(pub AtomicU64);

impl Clock for WrongBy {
    fn now(&self) -> DateTime<Utc> {
        Utc::now() - Duration::from_secs(self.0.load(Ordering::Relaxed))
    }
}

pub fn parts() -> Parts {
    Parts {
        world: World { clock: Arc::new(WrongBy::default()), chance: Arc::new(Luck) },
        key_store: Arc::new(NoKeyStore),
        key_store_patience: Duration::from_secs(2),
        screens: Arc::new(Screens),
        facts: Arc::new(Facts),
    }
}

pub fn policy(paths: &Paths, collector: &Collector) -> Policy {
    let flags = Flags {
        collector_url: Some(Some(collector.url())),
        enrolment_token: Some(Some(EnrolmentToken::new("welcome".into()))),
        follow_interval_s: Some(1),
        press_debounce_ms: Some(0),
        language: Some(Some(report::Language::Ru)),
        ..Flags::default()
    };
    Policy::load(paths, flags).unwrap()
}

/// Waits for a condition of the state.
pub async fn until(engine: &Engine, what: &str, condition: impl Fn(&AgentState) -> bool) -> AgentState {
    let mut states = engine.subscribe();
    let waited = tokio::time::timeout(PATIENCE, states.wait_for(|state| condition(state))).await;
    match waited {
        Ok(state) => state.unwrap().clone(),
        Err(_) => panic!("never: {what}; at last {:#?}", *engine.subscribe().borrow()),
    }
}
