//! What is asked beside the reports, over and over, takes the same effort with few rows stored and with thirty times as many.
//!
//! The databases are asked how much they do for the very statements that were sent: SQLite how many steps of its machine,
//! PostgreSQL how many rows it looks at (`EXPLAIN ANALYZE`).

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{DateTime, Utc};
use report::{Dimension, Factor};
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, Statement, TransactionTrait};
use serde_json::Value;
use store::{Backend, GroupingStep, ReportFactors, Scope, Store};
use uuid::Uuid;

use crate::statements::Counted;
use crate::support::{Sent, at, device, organisation};

/// Rows, at first and in the end; the limits that are asked for are below both.
const ROWS: [i64; 2] = [700, 21_000];
/// What is asked for at most.
const LIMIT: u64 = 100;

/// A database that tells how much it does.
struct Watched {
    db: DatabaseConnection,
    backend: Backend,
    steps: Arc<AtomicU64>,
}

impl Watched {
    async fn open(counted: &Counted, backend: Backend) -> Self {
        let mut how = ConnectOptions::new(counted.fresh.options.database_url.clone());
        how.max_connections(1);
        let db = Database::connect(how).await.unwrap();
        let steps = Arc::new(AtomicU64::new(0));
        match backend {
            Backend::Sqlite => {
                let counts = Arc::clone(&steps);
                let mut connection = db.get_sqlite_connection_pool().acquire().await.unwrap();
                let mut handle = connection.lock_handle().await.unwrap();
                handle.set_progress_handler(1, move || {
                    counts.fetch_add(1, Ordering::Relaxed);
                    true
                });
            }
            // Rows below point at none in other tables.
            Backend::Postgres => {
                db.execute_unprepared("SET session_replication_role = replica").await.unwrap();
            }
        }
        db.execute_unprepared(if backend == Backend::Sqlite { "PRAGMA foreign_keys = OFF" } else { "SELECT 1" })
            .await
            .unwrap();
        Self { db, backend, steps }
    }

    /// Makes rows of the newest one of a table, the first by `order`, until there are `rows`; columns change as told, `n.i`
    /// counts from 1.
    async fn fill(&self, (table, order): (&str, &str), rows: i64, changes: &[(&str, &str)]) {
        let columns = match self.backend {
            Backend::Sqlite => format!("SELECT name FROM pragma_table_info('{table}')"),
            Backend::Postgres => {
                format!("SELECT column_name::text AS name FROM information_schema.columns WHERE table_name = '{table}'")
            }
        };
        let columns = self.db.query_all_raw(Statement::from_string(self.db.get_database_backend(), columns)).await;
        let columns: Vec<String> =
            columns.unwrap().iter().map(|row| row.try_get::<String>("", "name").unwrap()).collect();
        let values: Vec<String> = columns
            .iter()
            .map(|name| {
                let changed = changes.iter().find(|(column, _)| column == name);
                changed.map_or_else(|| format!("t.{name}"), |(_, value)| (*value).to_owned())
            })
            .collect();
        let filled = format!(
            "WITH RECURSIVE n(i) AS (SELECT (SELECT count(*) FROM {table}) UNION ALL SELECT i + 1 FROM n WHERE i < {rows} - 1) \
             INSERT INTO {table} ({}) SELECT {} FROM n, (SELECT * FROM {table} ORDER BY {order} LIMIT 1) AS t",
            columns.join(", "),
            values.join(", ")
        );
        self.db.execute_unprepared(&filled).await.unwrap();
        if self.backend == Backend::Postgres {
            self.db.execute_unprepared(&format!("VACUUM ANALYZE {table}")).await.unwrap();
        }
    }

    /// How much these statements take. What they change is undone.
    async fn effort(&self, statements: Vec<Statement>) -> u64 {
        let tx = self.db.begin().await.unwrap();
        let mut effort = 0;
        for statement in statements {
            if self.backend == Backend::Sqlite {
                self.steps.store(0, Ordering::Relaxed);
                tx.query_all_raw(statement).await.unwrap();
                effort += self.steps.load(Ordering::Relaxed);
                continue;
            }
            let sql = format!("EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {}", statement.sql);
            let values = statement.values.map(|values| values.0).unwrap_or_default();
            let explain = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
            let plan: Value = tx.query_one_raw(explain).await.unwrap().unwrap().try_get("", "QUERY PLAN").unwrap();
            effort += rows_looked_at(&plan[0]["Plan"]);
        }
        tx.rollback().await.unwrap();
        effort
    }
}

fn rows_looked_at(node: &Value) -> u64 {
    let number = |name: &str| node[name].as_f64().unwrap_or(0.0);
    let scans = node["Node Type"].as_str().is_some_and(|kind| kind.contains("Scan"));
    let rows = number("Actual Rows") + number("Rows Removed by Filter") + number("Rows Removed by Index Recheck");
    let own = if scans { (rows * number("Actual Loops")).round() as u64 } else { 0 };
    own + node["Plans"].as_array().into_iter().flatten().map(rows_looked_at).sum::<u64>()
}

/// A report with a factor and a picture, to be multiplied.
async fn first(scope: &Scope) -> Factor {
    let factor = Factor { dimension: Dimension::Gateway, value: "10.2.0.1".to_owned() };
    let device = device(scope, "PC-1").await;
    let sent = Sent::new(device, at(0), "s").with_pictures(1);
    let row = sent.store(scope).await;
    scope.attachment_stored(row.report_id, 0, at(0)).await.unwrap();
    let holder = Uuid::now_v7();
    scope.hold_grouping(holder, at(0), at(100)).await.unwrap().unwrap();
    let factors = vec![factor.clone()];
    let of = ReportFactors { report_id: row.report_id, ticket_number: row.ticket.number, at: at(0), factors };
    let step = GroupingStep { factors: vec![of], ..GroupingStep::default() };
    scope.keep_grouping(holder, &step, at(0)).await.unwrap().unwrap();
    factor
}

async fn look_for_similar(scope: &Scope, factor: &Factor, since: DateTime<Utc>) {
    let found = scope.tickets_with(std::slice::from_ref(factor), since, LIMIT).await.unwrap();
    assert_eq!(found[0].tickets.len() as u64, LIMIT);
    let found = scope.newest_open_tickets(since, LIMIT).await.unwrap();
    assert_eq!(found.len() as u64, LIMIT);
    scope.find_ticket_summaries(&[1, 2, 3]).await.unwrap();
    scope.factors_of_tickets(&[1, 2, 3]).await.unwrap();
}

async fn take_a_screen(store: &Store) {
    assert!(store.claim_screen(at(10), at(70), at(-1_000_000)).await.unwrap().is_some());
}

async fn it_stays_the_same_however_much_is_stored_on(backend: Backend) {
    let Some(counted) = Counted::open(backend).await else { return };
    let scope = organisation(&counted.store, "North").await;
    let factor = first(&scope).await;
    let watched = Watched::open(&counted, backend).await;
    let id = match backend {
        Backend::Sqlite => "unhex(printf('%032x', n.i))",
        Backend::Postgres => "lpad(to_hex(n.i), 32, '0')::uuid",
    };
    let mut efforts = Vec::new();
    for rows in ROWS {
        let (number, moment) = ("t.number + n.i", "t.opened_at - n.i");
        watched.fill(("ticket", "opened_at DESC"), rows, &[("number", number), ("opened_at", moment)]).await;
        let (number, moment) = ("t.ticket_number + n.i", "t.at - n.i");
        watched
            .fill(("ticket_factor", "at DESC"), rows, &[("ticket_number", number), ("report_id", id), ("at", moment)])
            .await;
        // As many of one moment as of different ones.
        let moment = "t.stored_at - (n.i + 1) / 2";
        let waits = ("state", "'waiting'");
        watched.fill(("screen_text", "stored_at DESC"), rows, &[("report_id", id), ("stored_at", moment), waits]).await;
        counted.taken();
        look_for_similar(&scope, &factor, at(-1_000_000)).await;
        let similar = watched.effort(counted.taken()).await;
        take_a_screen(&counted.store).await;
        efforts.push((similar, watched.effort(counted.taken()).await));
    }
    let [few, many] = efforts[..] else { panic!("{efforts:?}") };
    assert!(few.0 > LIMIT && few.1 > 0, "nothing was measured: {few:?}");
    // A tree that is a level deeper, a page that is read along.
    let at_most = |effort: u64| effort + effort / 10 + 5;
    assert!(many.0 <= at_most(few.0), "similar tickets: {} with few, {} with many", few.0, many.0);
    assert!(many.1 <= at_most(few.1), "a screen: {} with few, {} with many", few.1, many.1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_stays_the_same_however_much_is_stored_on_sqlite() {
    it_stays_the_same_however_much_is_stored_on(Backend::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_stays_the_same_however_much_is_stored_on_postgres() {
    it_stays_the_same_however_much_is_stored_on(Backend::Postgres).await;
}
