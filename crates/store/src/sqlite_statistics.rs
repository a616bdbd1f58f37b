//! What SQLite is told of the rows behind its indexes. Without it, it takes any first column of an index for one that leads
//! to ten rows, an organisation's id too, and may walk over all that an organisation has stored to save a sort of three rows.
//! `ANALYZE` would count what is there now, nothing on the day of installation, and so let plans change under way. These
//! statistics are of a large installation, and the same everywhere.

use std::collections::BTreeSet;

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, SqliteTransactionMode, Statement, TransactionOptions,
    TransactionTrait,
};

use crate::StoreError;

/// Rows of a large table.
const ROWS: u64 = 1_000_000;
/// Rows that are alike in one of the columns that are not broad.
const FEW: u64 = 10;
/// Columns that have but a handful of values. Few installations serve many organisations.
const BROAD: [&str; 8] =
    ["organisation_id", "queue", "state", "active", "category", "said_category", "dimension", "closed_at"];
/// Values of each of them. More than one, or else reading on through everybody's rows would seem no worse than through those
/// of one organisation.
const VALUES: u64 = 4;

/// Table, index and what `sqlite_stat1` says of it.
type Line = (String, String, String);

/// Sets them where they are not set yet. Connections opened from now on plan by them, and so does this one.
pub(crate) async fn set(db: &DatabaseConnection) -> Result<(), StoreError> {
    let wanted = wanted(db).await?;
    if there(db).await? == wanted {
        return Ok(());
    }
    let options =
        TransactionOptions { sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate), ..Default::default() };
    let tx = db.begin_with_options(options).await?;
    // Makes the table, which cannot be made by hand.
    tx.execute_unprepared("ANALYZE organisation").await?;
    tx.execute_unprepared("DELETE FROM sqlite_stat1").await?;
    for (table, index, stat) in wanted {
        let values = [table.into(), index.into(), stat.into()];
        let insert = "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)";
        tx.execute_raw(Statement::from_sql_and_values(DbBackend::Sqlite, insert, values)).await?;
    }
    tx.commit().await?;
    db.execute_unprepared("ANALYZE sqlite_schema").await?;
    Ok(())
}

async fn lines(db: &DatabaseConnection, query: &str) -> Result<BTreeSet<Line>, StoreError> {
    let rows = db.query_all_raw(Statement::from_string(DbBackend::Sqlite, query)).await?;
    rows.iter().map(|row| Ok((row.try_get("", "tbl")?, row.try_get("", "idx")?, row.try_get("", "stat")?))).collect()
}

async fn there(db: &DatabaseConnection) -> Result<BTreeSet<Line>, StoreError> {
    if lines(db, "SELECT tbl_name AS tbl, name AS idx, '' AS stat FROM sqlite_schema WHERE name = 'sqlite_stat1'")
        .await?
        .is_empty()
    {
        return Ok(BTreeSet::new());
    }
    lines(db, "SELECT tbl, ifnull(idx, '') AS idx, stat FROM sqlite_stat1").await
}

async fn wanted(db: &DatabaseConnection) -> Result<BTreeSet<Line>, StoreError> {
    let indexes = "SELECT t.name AS tbl, i.name AS idx, \
         iif(i.\"unique\", 'unique ', '') || (SELECT group_concat(name, ' ') FROM pragma_index_info(i.name)) AS stat \
         FROM sqlite_schema t JOIN pragma_index_list(t.name) i WHERE t.type = 'table'";
    let indexes = lines(db, indexes).await?;
    Ok(indexes.into_iter().map(|(table, index, columns)| (table, index, statistics(&columns))).collect())
}

/// Rows of the index, then rows that are alike in its first column, in its first two, and so on.
fn statistics(columns: &str) -> String {
    let (is_unique, columns) = match columns.strip_prefix("unique ") {
        Some(columns) => (true, columns),
        None => (false, columns),
    };
    let mut alike = ROWS;
    let mut stat = ROWS.to_string();
    let count = columns.split(' ').count();
    for (place, column) in columns.split(' ').enumerate() {
        alike = match column {
            _ if is_unique && place + 1 == count => 1,
            broad if BROAD.contains(&broad) => (alike / VALUES).max(1),
            _ => alike.min(FEW),
        };
        stat.push_str(&format!(" {alike}"));
    }
    stat
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_organisation_narrows_little_and_a_whole_unique_key_leads_to_one_row() {
        assert_eq!(statistics("organisation_id ticket_number received_at"), "1000000 250000 10 10");
        assert_eq!(statistics("organisation_id queue category priority"), "1000000 250000 62500 15625 10");
        assert_eq!(statistics("unique organisation_id number"), "1000000 250000 1");
    }
}
