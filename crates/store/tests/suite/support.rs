//! What the store's tests start from.

use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, Duration, TimeZone, Utc};
use report::*;
use sha2::{Digest, Sha256};
use store::testing::{Fresh, fresh};
use store::*;
use uuid::Uuid;

/// Makes each function a test on SQLite and on PostgreSQL.
#[macro_export]
macro_rules! on_both_databases {
    ($($test:ident)+) => {
        mod sqlite { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] async fn $test() {
            super::$test($crate::support::World::new(store::Backend::Sqlite).await.unwrap()).await;
        })+ }
        mod postgres { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] async fn $test() {
            if let Some(world) = $crate::support::World::new(store::Backend::Postgres).await {
                super::$test(world).await;
            }
        })+ }
    };
}

/// A fresh store with one organisation, one device and two members of staff.
pub struct World {
    pub fresh: Fresh,
    pub store: Store,
    pub scope: Scope,
    pub device: Uuid,
    pub anna: Uuid,
    pub boris: Uuid,
}

impl World {
    pub async fn new(backend: Backend) -> Option<Arc<Self>> {
        let fresh = fresh(backend)?;
        let store = Store::open(&fresh.options).await.unwrap();
        let scope = organisation(&store, "North").await;
        let device = device(&scope, "PC-1").await;
        let anna = person(&scope, "anna").await;
        let boris = person(&scope, "boris").await;
        Some(Arc::new(Self { fresh, store, scope, device, anna, boris }))
    }

    /// A report of the device, seconds after noon.
    pub fn report(&self, seconds: i64, signature: &str) -> Sent {
        Sent::new(self.device, at(seconds), signature)
    }
}

pub fn at(seconds: i64) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, 2, 12, 0, 0).unwrap() + Duration::seconds(seconds)
}

pub fn hash(of: impl AsRef<[u8]>) -> [u8; 32] {
    Sha256::digest(of).into()
}

pub async fn organisation(store: &Store, name: &str) -> Scope {
    let id = OrganisationId(Uuid::now_v7());
    store.create_organisation(id, name, at(0)).await.unwrap();
    store.in_organisation(id)
}

pub async fn token(scope: &Scope, value: &str, expires_at: Option<DateTime<Utc>>, max_uses: Option<u32>) -> Uuid {
    let id = Uuid::now_v7();
    let new = NewEnrolmentToken { id, token_hash: hash(value), label: value.to_owned(), expires_at, max_uses };
    scope.create_enrolment_token(&new, at(0)).await.unwrap();
    id
}

pub fn info(hostname: &str) -> DeviceInfo {
    DeviceInfo { hostname: hostname.to_owned(), os: OsFamily::Windows, agent_version: "0.1.0".to_owned() }
}

pub async fn device(scope: &Scope, hostname: &str) -> Uuid {
    let value = Uuid::now_v7().to_string();
    token(scope, &value, None, Some(1)).await;
    let id = Uuid::now_v7();
    let enrolled = enrol(scope_store(scope), &value, id, hostname).await;
    assert!(matches!(enrolled, Enrolled::Enrolled { .. }));
    id
}

pub async fn enrol(store: &Store, token: &str, id: Uuid, hostname: &str) -> Enrolled {
    store.enrol_device(hash(token), &info(hostname), id, hash(id.as_bytes()), at(0)).await.unwrap()
}

fn scope_store(scope: &Scope) -> &Store {
    scope.store()
}

pub async fn person(scope: &Scope, login: &str) -> Uuid {
    let id = Uuid::now_v7();
    let login = format!("{login}@{}", scope.organisation_id());
    let new = NewStaff {
        id,
        name: login[..1].to_uppercase() + login[1..].split('@').next().unwrap(),
        login,
        role: Role::FirstLine,
        language: Language::Ru,
        password_hash: Some("$argon2id$…".to_owned()),
    };
    scope.create_staff(&new, at(0)).await.unwrap();
    id
}

/// A report with its verdict, as the collector would hand it over.
#[derive(Clone)]
pub struct Sent {
    pub report: Report,
    pub verdict: Verdict,
    pub notice: Option<Notice>,
    /// What is concluded of it as a member of the notice's incident, which it fits for certain.
    pub as_member: Option<Verdict>,
    pub device: Uuid,
    pub received_at: DateTime<Utc>,
    pub join_after: DateTime<Utc>,
}

impl Sent {
    pub fn new(device: Uuid, received_at: DateTime<Utc>, signature: &str) -> Self {
        Self {
            report: Report {
                schema: SCHEMA_VERSION,
                id: Uuid::now_v7(),
                pressed_at: received_at,
                agent: AgentInfo { version: "0.1.0".to_owned(), os: OsFamily::Windows },
                hostname: "PC-1".to_owned(),
                user: Some("ivanov".to_owned()),
                language: Language::Ru,
                text: Some("Не открывается почта".to_owned()),
                facts: Vec::new(),
                attachments: Vec::new(),
                omissions: Vec::new(),
            },
            verdict: verdict(Category::Email, Priority::P3, signature),
            notice: None,
            as_member: None,
            device,
            received_at,
            join_after: received_at - Duration::hours(4),
        }
    }

    pub fn with_pictures(mut self, count: u8) -> Self {
        self.report.attachments = (0..count)
            .map(|n| AttachmentPlan {
                n,
                kind: AttachmentKind::Screenshot,
                media_type: MediaType::Webp,
                bytes: 3,
                sha256: hex(&hash([n; 3])),
                size: Some((1920, 1080)),
                monitor: Some("HDMI-1".to_owned()),
            })
            .collect();
        self
    }

    pub async fn ingest(&self, scope: &Scope) -> Result<Ingested, StoreError> {
        let body = serde_json::to_vec(&self.report).unwrap();
        scope
            .ingest_report(NewReport {
                report: &self.report,
                content_hash: hash(&body),
                body: Bytes::from(body),
                device_id: self.device,
                verdict: &self.verdict,
                notice: self.notice.as_ref(),
                as_member: self.as_member.as_ref(),
                received_at: self.received_at,
                join_after: self.join_after,
            })
            .await
    }

    /// Ingests it and expects it to be new.
    pub async fn store(&self, scope: &Scope) -> ReceiptRow {
        match self.ingest(scope).await.unwrap() {
            Ingested::Stored(row) => row,
            other => panic!("expected it to be new: {other:?}"),
        }
    }
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub fn verdict(category: Category, priority: Priority, signature: &str) -> Verdict {
    let finding = Finding {
        rule: "email.server_unreachable".to_owned(),
        says: LocalText::new("The mail server does not answer", "Почтовый сервер не отвечает"),
        severity: Severity::Critical,
        evidence: Vec::new(),
    };
    Verdict {
        priority_parts: vec![],
        owner: None,
        sources: vec![],
        category: Judged::new(category, 0.75, vec![finding.rule.clone()]),
        impact: Judged::new(Level::Medium, 0.5, Vec::new()),
        urgency: Judged::new(Level::Medium, 0.5, Vec::new()),
        priority: Judged::new(priority, 0.5, Vec::new()),
        team: Judged::new("mail".to_owned(), 0.5, Vec::new()),
        cause: None,
        findings: vec![finding],
        against: Vec::new(),
        abstention: None,
        signature: signature.to_owned(),
        triage_version: "1".to_owned(),
    }
}

pub fn follow_up(kind: FollowUpKind) -> FollowUp {
    FollowUp { id: Uuid::now_v7(), at: at(1), kind }
}

pub fn queue(view: TicketView, staff_id: Uuid) -> TicketQuery {
    TicketQuery { view, merged_into: None, category: None, q: None, cursor: None, limit: 50, staff_id }
}
