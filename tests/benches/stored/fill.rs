//! Makes a database look as if it had taken many reports: copies of one real report with numbers, ids and times of their
//! own, two years of them.

use std::path::Path;

use anyhow::{Context as _, ensure};
use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection, DbBackend, Statement};

/// The span over which stored reports are spread, in milliseconds.
const SPAN_MS: u64 = 730 * 24 * 60 * 60 * 1_000;

/// Copies the newest ticket of a stopped collector's database `copies` times.
pub async fn fill(database: &Path, copies: u64) -> anyhow::Result<()> {
    let db = Database::connect(format!("sqlite://{}", database.display())).await?;
    db.execute_unprepared("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA cache_size = -400000").await?;
    let base = number(&db, "SELECT max(number) FROM ticket").await?;
    // Ids of reports are their place as 16 bytes; a UUIDv7 of our days starts otherwise.
    let id = "unhex(printf('%032x', n.i))";
    let text = "printf('00000000-0000-0000-0000-%012x', n.i)";
    // The last one came just now, as the one with the highest number does.
    let ago = format!("(({copies} - n.i) * {})", SPAN_MS / copies.max(1));
    let ticket = format!("({base} + n.i)");
    // Tables of one row a report, and ticket_factor with some.
    let sets: [(&str, Vec<(&str, String)>); 5] = [
        (
            "ticket",
            vec![
                ("number", ticket.clone()),
                // Troubles of their own; all of one kind would be one ticket.
                ("signature", "printf('%s|%d', t.signature, n.i)".to_owned()),
                ("opened_at", format!("t.opened_at - {ago}")),
                ("last_report_at", format!("t.last_report_at - {ago}")),
                ("updated_at", format!("t.updated_at - {ago}")),
            ],
        ),
        (
            "report",
            vec![
                ("id", id.to_owned()),
                ("ticket_number", ticket.clone()),
                ("received_at", format!("t.received_at - {ago}")),
            ],
        ),
        ("report_body", vec![("report_id", id.to_owned())]),
        (
            "ticket_factor",
            vec![("report_id", id.to_owned()), ("ticket_number", ticket.clone()), ("at", format!("t.at - {ago}"))],
        ),
        (
            "ticket_event",
            vec![
                ("number", ticket.clone()),
                ("at", format!("t.at - {ago}")),
                ("kind", format!("json_set(t.kind, '$.report_id', {text})")),
            ],
        ),
    ];
    for (table, changes) in sets {
        let template = match table {
            "ticket" => format!("SELECT * FROM ticket WHERE number = {base}"),
            "report_body" => format!(
                "SELECT b.* FROM report_body b JOIN report r ON r.id = b.report_id WHERE r.ticket_number = {base}"
            ),
            "ticket_event" => format!("SELECT * FROM ticket_event WHERE number = {base} ORDER BY seq LIMIT 1"),
            _ => format!("SELECT * FROM {table} WHERE ticket_number = {base}"),
        };
        copy(&db, table, &template, &changes, copies).await.with_context(|| format!("filling {table}"))?;
    }
    let next = base + i64::try_from(copies)? + 1;
    db.execute_unprepared(&format!("UPDATE organisation SET next_ticket = {next}")).await?;
    // The grouping has read all that.
    let read = db
        .execute_unprepared("UPDATE detector_state SET cursor = (SELECT max(seq) FROM ticket_event)")
        .await?
        .rows_affected();
    ensure!(read == 1, "the grouping kept nothing");
    db.close().await?;
    Ok(())
}

/// Inserts `copies` of each row of `template`, columns changed as told; `t` is the row, `n.i` the copy from 1.
async fn copy(
    db: &DatabaseConnection,
    table: &str,
    template: &str,
    changes: &[(&str, String)],
    copies: u64,
) -> anyhow::Result<()> {
    let info = format!("SELECT name FROM pragma_table_info('{table}')");
    let columns: Vec<String> = db
        .query_all_raw(Statement::from_string(DbBackend::Sqlite, info))
        .await?
        .iter()
        .map(|row| row.try_get("", "name"))
        .collect::<Result<_, _>>()?;
    // A position of its own is given by the database.
    let columns: Vec<&str> = columns.iter().map(String::as_str).filter(|name| *name != "seq").collect();
    let values: Vec<String> = columns
        .iter()
        .map(|name| {
            let changed = changes.iter().find(|(column, _)| column == name);
            changed.map_or_else(|| format!("t.{name}"), |(_, value)| value.clone())
        })
        .collect();
    let filled = format!(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {copies}) \
         INSERT INTO {table} ({}) SELECT {} FROM n, ({template}) t",
        columns.join(", "),
        values.join(", ")
    );
    let rows = db.execute_unprepared(&filled).await?.rows_affected();
    ensure!(rows >= copies, "{rows} rows of {copies}");
    Ok(())
}

async fn number(db: &DatabaseConnection, sql: &str) -> anyhow::Result<i64> {
    let row = db.query_one_raw(Statement::from_string(DbBackend::Sqlite, sql)).await?.context("no row")?;
    Ok(row.try_get_by_index(0)?)
}
