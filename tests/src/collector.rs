//! A collector inside the test process, on a port of its own and a fresh database: SQLite, or PostgreSQL where Debian's
//! package is installed.

use std::{
    path::Path,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicI64, Ordering},
    },
};

use chrono::{DateTime, TimeDelta, Utc};
use collector::{
    App, Clock, Config, Listeners,
    auth::{Passwords, Token},
};
use report::{DeviceCredentials, ErrorBody, ErrorCode, Language, Receipt, Report};
use reqwest::{Client, Method, RequestBuilder, Response, header};
use serde::de::DeserializeOwned;
use store::{Backend, NewEnrolmentToken, NewStaff, Organisation, Role, Scope, Store, testing::Fresh};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};
use triage::Classifier;
use uuid::Uuid;

/// Password of everybody made by [`TestCollector::sign_in_as`].
pub const PASSWORD: &str = "correct horse battery";

/// A running collector; it stops when dropped.
pub struct TestCollector {
    /// `http://` and its address.
    pub url: String,
    /// Its store, to look behind the API.
    pub store: Store,
    /// The organisation everybody belongs to.
    pub organisation: Organisation,
    /// Makes requests.
    pub http: Client,
    offset_ms: Arc<AtomicI64>,
    fresh: Fresh,
    stop: Option<oneshot::Sender<()>>,
    serving: Option<JoinHandle<Result<(), collector::ServeError>>>,
}

/// What is kept, to prove that a refusal kept nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// Position of the newest change of any ticket.
    pub last_change: i64,
    /// Tickets, open or resolved.
    pub tickets: u32,
    /// Files under the folder of attachments, unfinished ones included.
    pub files: usize,
}

impl TestCollector {
    /// On SQLite, with the default settings but no rate limit.
    pub async fn start() -> Self {
        Self::start_on(Backend::Sqlite).await.expect("SQLite is always there")
    }

    /// On a kind of database; `None` where PostgreSQL is not installed.
    pub async fn start_on(backend: Backend) -> Option<Self> {
        Self::start_with(backend, |_| {}).await
    }

    /// With other settings.
    pub async fn start_with(backend: Backend, change: impl FnOnce(&mut Config)) -> Option<Self> {
        let fresh = store::testing::fresh(backend)?;
        let store = Store::open(&fresh.options).await.expect("a fresh store opens");
        let mut config = Config::in_folder(fresh.folder());
        config.limits.device_requests_per_minute = 0;
        // What a busy machine takes is no answer to what a test asks.
        let patience = format!("{}s", crate::PATIENCE.as_secs());
        config.limits.request_timeout = patience.parse().expect("a time");
        config.limits.upload_timeout = patience.parse().expect("a time");
        config.limits.stop_timeout = patience.parse().expect("a time");
        change(&mut config);
        let organisation = collector::default_organisation(&store, Utc::now()).await.expect("an organisation is made");
        let api = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", api.local_addr().expect("its address"));
        let offset_ms = Arc::new(AtomicI64::new(0));
        let shared = Arc::clone(&offset_ms);
        let clock = Clock::from_fn(move || Utc::now() + TimeDelta::milliseconds(shared.load(Ordering::Relaxed)));
        let classifier = Classifier::shipped().expect("the rules compile");
        let app = App::new(config, store.clone(), classifier, clock);
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(collector::serve(app, Listeners { api, metrics: None }, async {
            // A dropped sender stops it as well.
            let _ = stopped.await;
        }));
        let (stop, serving) = (Some(stop), Some(serving));
        Some(Self { url, store, organisation, http: http_client(), offset_ms, fresh, stop, serving })
    }

    /// What time it is for the collector.
    pub fn now(&self) -> DateTime<Utc> {
        Utc::now() + TimeDelta::milliseconds(self.offset_ms.load(Ordering::Relaxed))
    }

    /// Lets time pass for the collector.
    pub fn advance(&self, by: TimeDelta) {
        self.offset_ms.fetch_add(by.num_milliseconds(), Ordering::Relaxed);
    }

    /// The store as the organisation sees it.
    pub fn scope(&self) -> Scope {
        self.store.in_organisation(self.organisation.id)
    }

    /// Makes an enrolment token.
    pub async fn token(&self, max_uses: Option<u32>, expires_at: Option<DateTime<Utc>>) -> String {
        let token = Token::generate(&mut rand::rng());
        let new = NewEnrolmentToken {
            id: Uuid::now_v7(),
            token_hash: token.hash().bytes(),
            label: String::new(),
            expires_at,
            max_uses,
        };
        self.scope().create_enrolment_token(&new, self.now()).await.expect("a token is made");
        token.reveal()
    }

    /// Enrols a device through the API.
    pub async fn enrol(&self) -> TestDevice<'_> {
        let device = serde_json::json!({ "hostname": "desk-17", "os": "linux", "agent_version": "0.1.0" });
        let body = serde_json::json!({ "token": self.token(None, None).await, "device": device });
        let answer = self.http.post(format!("{}/api/v1/enrolments", self.url)).json(&body).send().await;
        let answer = answer.expect("an answer");
        assert_eq!(answer.status(), 201);
        TestDevice { collector: self, credentials: answer.json().await.expect("credentials") }
    }

    /// Makes a member of the first line and signs them in through the API.
    pub async fn sign_in(&self) -> TestStaff<'_> {
        self.sign_in_as("anna", Role::FirstLine).await
    }

    /// Makes a member of staff and signs them in through the API.
    pub async fn sign_in_as(&self, login: &str, role: Role) -> TestStaff<'_> {
        self.add_staff(login, role).await;
        let answer = self.try_sign_in(login, PASSWORD).await;
        assert_eq!(answer.status(), 200);
        let cookie = answer.headers()[header::SET_COOKIE].to_str().expect("text").split(';').next().map(str::to_owned);
        TestStaff { collector: self, cookie: cookie.expect("a cookie") }
    }

    /// Makes a member of staff.
    pub async fn add_staff(&self, login: &str, role: Role) -> store::Staff {
        // One hash for all: Argon2 is slow by intent.
        static HASH: OnceLock<String> = OnceLock::new();
        if HASH.get().is_none() {
            let made = Passwords::default().hash(PASSWORD.to_owned()).await.expect("a hash");
            let _ = HASH.set(made);
        }
        let new = NewStaff {
            id: Uuid::now_v7(),
            login: login.to_owned(),
            name: format!("{login} (staff)"),
            role,
            language: Language::En,
            password_hash: HASH.get().cloned(),
        };
        self.scope().create_staff(&new, self.now()).await.expect("staff is made")
    }

    /// Tries to sign in as a browser on the console's page would.
    pub async fn try_sign_in(&self, login: &str, password: &str) -> Response {
        let body = serde_json::json!({ "login": login, "password": password });
        let request = self.http.post(format!("{}/api/v1/session", self.url)).header(header::ORIGIN, &self.url);
        request.json(&body).send().await.expect("an answer")
    }

    /// What is kept now.
    pub async fn kept(&self) -> Kept {
        let scope = self.scope();
        let counts = scope.count_tickets(Uuid::nil()).await.expect("counts");
        Kept {
            last_change: scope.last_change().await.expect("a position"),
            tickets: counts.open + counts.resolved,
            files: count_files(&self.fresh.folder().join("blobs")),
        }
    }

    /// Stops it as a signal would and waits for its end.
    pub async fn stop(mut self) -> Result<(), collector::ServeError> {
        drop(self.stop.take());
        self.serving.take().expect("stopped once").await.expect("no panic")
    }
}

impl Drop for TestCollector {
    fn drop(&mut self) {
        if let Some(serving) = self.serving.take() {
            serving.abort();
        }
    }
}

/// An enrolled device.
pub struct TestDevice<'a> {
    collector: &'a TestCollector,
    /// What it got when it enrolled.
    pub credentials: DeviceCredentials,
}

impl TestDevice<'_> {
    /// A request with its credentials.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let DeviceCredentials { device_id, secret, .. } = &self.credentials;
        let request = self.collector.http.request(method, format!("{}{path}", self.collector.url));
        request.bearer_auth(format!("{device_id}.{secret}"))
    }

    /// Sends bytes as a report.
    pub async fn send_body(&self, body: impl Into<reqwest::Body>) -> Response {
        let request = self.request(Method::POST, "/api/v1/reports").header(header::CONTENT_TYPE, "application/json");
        request.body(body).send().await.expect("an answer")
    }

    /// Sends a report.
    pub async fn send(&self, report: &Report) -> Response {
        self.send_body(serde_json::to_vec(report).expect("JSON")).await
    }

    /// Sends a report that is taken.
    pub async fn report(&self, report: &Report) -> Receipt {
        let answer = self.send(report).await;
        assert_eq!(answer.status(), 201);
        answer.json().await.expect("a receipt")
    }

    /// Sends an attachment.
    pub async fn upload(&self, report_id: Uuid, n: u8, media_type: &str, bytes: impl Into<reqwest::Body>) -> Response {
        let request = self.request(Method::PUT, &format!("/api/v1/reports/{report_id}/attachments/{n}"));
        request.header(header::CONTENT_TYPE, media_type).body(bytes).send().await.expect("an answer")
    }
}

/// Somebody who is signed in.
pub struct TestStaff<'a> {
    collector: &'a TestCollector,
    /// `name=value` of the session's cookie.
    pub cookie: String,
}

impl TestStaff<'_> {
    /// A request as the console's page makes it.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.collector.http.request(method, format!("{}{path}", self.collector.url));
        request.header(header::COOKIE, &self.cookie).header(header::ORIGIN, &self.collector.url)
    }

    /// Reads something that is there.
    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> T {
        let answer = self.request(Method::GET, path).send().await.expect("an answer");
        assert_eq!(answer.status(), 200, "{path}");
        answer.json().await.expect("JSON")
    }

    /// Sends JSON.
    pub async fn post(&self, path: &str, body: &serde_json::Value) -> Response {
        self.request(Method::POST, path).json(body).send().await.expect("an answer")
    }
}

/// The code of a refusal; its status must be the code's.
pub async fn code(answer: Response) -> ErrorCode {
    let status = answer.status().as_u16();
    let body: ErrorBody = answer.json().await.expect("a refusal with a code");
    assert_eq!(status, body.code.http_status(), "{body:?}");
    body.code
}

/// A client that needs no certificates.
pub fn http_client() -> Client {
    // Fails when another test was first, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder().no_proxy().build().expect("a client")
}

fn count_files(folder: &Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    entries.flatten().map(|e| if e.path().is_dir() { count_files(&e.path()) } else { 1 }).sum()
}

/// Runs each of the named functions, which take a [`TestCollector`], on both databases.
#[macro_export]
macro_rules! on_both_databases {
    ($($name:ident),+ $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test]
            async fn $name() {
                super::$name($crate::collector::TestCollector::start().await).await;
            })+
        }
        mod on_postgres {
            $(#[tokio::test]
            async fn $name() {
                if let Some(collector) = $crate::collector::TestCollector::start_on(store::Backend::Postgres).await {
                    super::$name(collector).await;
                }
            })+
        }
    };
}
