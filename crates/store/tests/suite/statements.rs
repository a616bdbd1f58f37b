//! What a report costs the database: few statements, however much is stored and known already.

use std::sync::{Arc, Mutex};

use report::{LocalText, NoticeOrigin};
use sea_orm::Statement;
use store::testing::{Fresh, fresh};
use store::{Backend, NewMajor, Store};
use uuid::Uuid;

use crate::support::{Sent, at, device, organisation};

/// A store whose statements are taken down.
pub struct Counted {
    pub store: Store,
    pub fresh: Fresh,
    statements: Arc<Mutex<Vec<Statement>>>,
    /// PostgreSQL takes the organisation's lock with one more.
    lock: usize,
}

impl Counted {
    pub async fn open(backend: Backend) -> Option<Self> {
        let mut fresh = fresh(backend)?;
        let statements = Arc::new(Mutex::new(Vec::new()));
        fresh.options.statements = Some(Arc::clone(&statements));
        let store = Store::open(&fresh.options).await.unwrap();
        Some(Self { store, fresh, statements, lock: usize::from(backend == Backend::Postgres) })
    }

    /// The statements since it was asked last.
    pub fn taken(&self) -> Vec<Statement> {
        std::mem::take(&mut self.statements.lock().unwrap())
    }

    async fn cost<T>(&self, work: impl Future<Output = T>) -> (T, usize) {
        self.taken();
        let done = work.await;
        (done, self.taken().len())
    }
}

async fn a_report_takes_two_statements_on(backend: Backend) {
    let Some(counted) = Counted::open(backend).await else { return };
    let scope = organisation(&counted.store, "North").await;
    let (first, second) = (device(&scope, "PC-1").await, device(&scope, "PC-2").await);
    let own = 2 + counted.lock;

    let (row, cost) = counted.cost(Sent::new(first, at(0), "s").with_pictures(2).store(&scope)).await;
    assert_eq!(cost, own, "one that opens a ticket");
    let (_, cost) = counted.cost(Sent::new(first, at(1), "s").with_pictures(1).store(&scope)).await;
    assert_eq!(cost, own, "one that joins it");
    let (_, cost) = counted.cost(scope.attachment_stored(row.report_id, 0, at(2))).await;
    assert_eq!(cost, own, "a picture");

    let new = NewMajor {
        number: row.ticket.number,
        members: Vec::new(),
        notice_id: Uuid::now_v7(),
        title: LocalText::new("Mail is down", "Почта не работает"),
        category: None,
        keywords: Vec::new(),
        factors: Vec::new(),
        origin: NoticeOrigin::Staff,
        next_news_at: None,
        incident: None,
        staff_id: None,
    };
    let notice = scope.make_major(&new, at(3)).await.unwrap();
    for n in 0..20 {
        let mut known = Sent::new(second, at(4 + n), &format!("s{n}"));
        known.notice = Some(notice.clone());
        known.as_member = Some(known.verdict.clone());
        let (row, cost) = counted.cost(known.store(&scope)).await;
        assert_eq!(row.ticket.number, new.number);
        assert_eq!(cost, own, "one of a major incident with {n} members");
    }
}

async fn open_notices_are_read_once_and_again_after_a_change_on(backend: Backend) {
    let Some(counted) = Counted::open(backend).await else { return };
    let scope = organisation(&counted.store, "North").await;
    let (notices, cost) = counted.cost(scope.open_notices(at(0))).await;
    assert_eq!((notices.unwrap().len(), cost), (0, 1));
    let made = scope.create_notice(&crate::isolation::notice(), at(0)).await.unwrap();
    let (notices, cost) = counted.cost(scope.open_notices(at(1))).await;
    assert_eq!((notices.unwrap()[0].id, cost), (made.id, 1), "seen at once");
    scope.close_notice(made.id, at(2)).await.unwrap();
    assert!(scope.open_notices(at(2)).await.unwrap().is_empty(), "gone at once");
    let south = organisation(&counted.store, "South").await;
    let theirs = store::NewNotice { id: Uuid::now_v7(), ..crate::isolation::notice() };
    south.create_notice(&theirs, at(3)).await.unwrap();
    assert!(scope.open_notices(at(3)).await.unwrap().is_empty(), "each organisation has its own");
    assert_eq!(south.open_notices(at(3)).await.unwrap().len(), 1);
}

macro_rules! on_both {
    ($($name:ident => $test:ident),+ $(,)?) => {
        mod sqlite { $(#[tokio::test] async fn $name() { super::$test(store::Backend::Sqlite).await; })+ }
        mod postgres { $(#[tokio::test] async fn $name() { super::$test(store::Backend::Postgres).await; })+ }
    };
}

on_both! {
    a_report_takes_two_statements => a_report_takes_two_statements_on,
    open_notices_are_read_once_and_again_after_a_change => open_notices_are_read_once_and_again_after_a_change_on,
}
