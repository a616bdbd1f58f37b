//! The shape of the database, as a list that only grows: an entry that was released is never changed, because databases
//! out there were made by it. `schema_version` records what was applied; both databases apply a list in one transaction.

use sea_orm::sea_query::{
    ColumnDef, Index, IndexCreateStatement, IntoIden, IntoTableRef, Query, Table, TableAlterStatement,
    TableCreateStatement, UpdateStatement,
};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DeriveIden, SqliteTransactionMode, TransactionOptions,
    TransactionTrait,
};

use crate::tables::{
    attachment, correction, detector_state, device, device_event, enrolment_token, follow_up, incident,
    monitoring_token, notice, notice_refusal, organisation, report, report_body, rule_set, screen_text, session, staff,
    text_model, ticket, ticket_event, ticket_factor,
};
use crate::{Backend, StoreError};

/// Key of the advisory lock under which PostgreSQL's collectors migrate one at a time ("redbutt" in ASCII).
const ADVISORY_LOCK: i64 = 0x0072_6564_6275_7474;

/// One statement of a migration.
pub(crate) enum Step {
    Table(TableCreateStatement),
    /// A table of small rows that are found by their whole key: SQLite keeps them in the index of the key (`WITHOUT ROWID`), not
    /// beside it.
    TableInOrderOfKey(TableCreateStatement),
    Index(IndexCreateStatement),
    /// One column added to a table: SQLite takes one at a time.
    Alter(TableAlterStatement),
    /// Values of new columns in rows that were there before.
    Fill(UpdateStatement),
}

struct Migration {
    version: i64,
    name: &'static str,
    steps: fn() -> Vec<Vec<Step>>,
}

const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 1,
        name: "organisations, devices, staff, reports, tickets, notices",
        steps: || {
            vec![
                organisation::create(),
                device::create(),
                enrolment_token::create(),
                staff::create(),
                session::create(),
                ticket::create(),
                report::create(),
                report_body::create(),
                attachment::create(),
                follow_up::create(),
                ticket_event::create(),
                device_event::create(),
                notice::create(),
            ]
        },
    },
    Migration {
        version: 2,
        name: "rules and text models of organisations, corrections, text on screens, major incidents, monitoring",
        steps: || {
            vec![
                rule_set::create(),
                text_model::create(),
                correction::create(),
                ticket::add_what_triage_said(),
                report::add_order_of_arrival(),
                screen_text::create(),
                ticket::add_members(),
                ticket_event::add_touched(),
                notice::add_factors(),
                notice_refusal::create(),
                ticket_factor::create(),
                incident::create(),
                detector_state::create(),
                monitoring_token::create(),
            ]
        },
    },
];

/// The version this program writes.
pub(crate) fn newest() -> i64 {
    MIGRATIONS.last().map_or(0, |migration| migration.version)
}

#[derive(DeriveIden)]
enum SchemaVersion {
    Table,
    Version,
    Name,
}

/// A table with its columns; keys and constraints are added by the caller.
pub(crate) fn table(name: impl IntoTableRef, columns: impl IntoIterator<Item = ColumnDef>) -> TableCreateStatement {
    let mut table = Table::create();
    table.table(name);
    for mut column in columns {
        table.col(&mut column);
    }
    table
}

/// A plain index over columns, in their order.
pub(crate) fn index<C: IntoIden>(
    name: &str,
    table: impl IntoTableRef,
    columns: impl IntoIterator<Item = C>,
) -> IndexCreateStatement {
    let mut index = Index::create();
    index.name(name).table(table);
    for column in columns {
        index.col(column.into_iden());
    }
    index
}

/// One more column. SQLite adds one at a time; a column that is not null needs a default.
pub(crate) fn add_column(table: impl IntoTableRef, mut column: ColumnDef) -> Step {
    let mut alter = Table::alter();
    alter.table(table).add_column(&mut column);
    Step::Alter(alter)
}

/// Columns to be added to a table that is there.
pub(crate) fn add_columns<T: IntoTableRef + Clone>(
    name: T,
    columns: impl IntoIterator<Item = ColumnDef>,
) -> impl Iterator<Item = Step> {
    columns.into_iter().map(move |column| add_column(name.clone(), column))
}

/// Brings the database to the newest version.
pub(crate) async fn apply(db: &DatabaseConnection, backend: Backend) -> Result<(), StoreError> {
    apply_up_to(db, backend, newest()).await
}

async fn apply_up_to(db: &DatabaseConnection, backend: Backend, wanted: i64) -> Result<(), StoreError> {
    let options =
        TransactionOptions { sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate), ..Default::default() };
    let tx = db.begin_with_options(options).await?;
    if backend == Backend::Postgres {
        tx.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({ADVISORY_LOCK})")).await?;
    }
    let found = version(&tx).await?;
    let known = newest();
    if found > known {
        return Err(StoreError::NewerDatabase { found, known });
    }
    for migration in MIGRATIONS.iter().filter(|migration| (found + 1..=wanted).contains(&migration.version)) {
        tracing::info!(version = migration.version, name = migration.name, "migrating the database");
        for step in (migration.steps)().into_iter().flatten() {
            match step {
                Step::TableInOrderOfKey(mut table) if backend == Backend::Sqlite => {
                    tx.execute(table.extra("WITHOUT ROWID")).await?
                }
                Step::Table(table) | Step::TableInOrderOfKey(table) => tx.execute(&table).await?,
                Step::Index(index) => tx.execute(&index).await?,
                Step::Alter(alter) => tx.execute(&alter).await?,
                Step::Fill(update) => tx.execute(&update).await?,
            };
        }
        let record = Query::insert()
            .into_table(SchemaVersion::Table)
            .columns([SchemaVersion::Version, SchemaVersion::Name])
            .values_panic([migration.version.into(), migration.name.into()])
            .to_owned();
        tx.execute(&record).await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn version(tx: &DatabaseTransaction) -> Result<i64, StoreError> {
    let record = Table::create()
        .table(SchemaVersion::Table)
        .if_not_exists()
        .col(ColumnDef::new(SchemaVersion::Version).big_integer().not_null().primary_key())
        .col(ColumnDef::new(SchemaVersion::Name).text().not_null())
        .to_owned();
    tx.execute(&record).await?;
    let newest = Query::select()
        .column(SchemaVersion::Version)
        .from(SchemaVersion::Table)
        .order_by(SchemaVersion::Version, sea_orm::Order::Desc)
        .limit(1)
        .to_owned();
    match tx.query_one(&newest).await? {
        Some(row) => Ok(row.try_get("", "version")?),
        None => Ok(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_grow_by_one() {
        for (place, migration) in MIGRATIONS.iter().enumerate() {
            assert_eq!(migration.version, i64::try_from(place).unwrap() + 1, "{}", migration.name);
        }
    }
}

#[cfg(all(test, feature = "testing"))]
#[expect(clippy::unwrap_used, reason = "a test that cannot go on ends here")]
mod upgrades {
    use uuid::Uuid;

    use super::*;
    use crate::testing::fresh;
    use crate::{OrganisationId, Store};

    const HEAD: &str = "00000000-0000-0000-0000-00000000000";

    /// An id as the statement of either database takes it.
    fn id(backend: Backend, n: u8) -> String {
        match backend {
            Backend::Postgres => format!("'{HEAD}{n}'"),
            Backend::Sqlite => format!("x'{}0{n}'", "00".repeat(15)),
        }
    }

    fn bytes(backend: Backend) -> &'static str {
        if backend == Backend::Postgres { "'\\x00'" } else { "x'00'" }
    }

    /// What version 1 left behind is there with version 2, and its notice knows whom it affects.
    async fn a_database_of_version_1_is_brought_up_to_date_on(backend: Backend) {
        let Some(fresh) = fresh(backend) else { return };
        let address = match backend {
            Backend::Sqlite => format!("{}?mode=rwc", fresh.options.database_url),
            Backend::Postgres => fresh.options.database_url.clone(),
        };
        let db = sea_orm::Database::connect(address).await.unwrap();
        apply_up_to(&db, backend, 1).await.unwrap();
        let (org, first, second, notice) = (id(backend, 1), id(backend, 2), id(backend, 3), id(backend, 4));
        let (none, no) = (bytes(backend), if backend == Backend::Postgres { "false" } else { "0" });
        let mut rows = vec![format!("INSERT INTO organisation VALUES ({org}, 'North', 2, 0)")];
        for device in [&first, &second] {
            rows.push(format!(
                "INSERT INTO device VALUES ({device}, {org}, 'PC', 'linux', '1', {none}, 0, NULL, NULL)"
            ));
        }
        rows.push(format!(
            "INSERT INTO ticket VALUES ({org}, 1, 'new', 0, 3, 'email', 'messaging', NULL, NULL, 0.5, NULL, 'PC', NULL, \
             {first}, 's', NULL, 0, 0, 0, NULL, 1, 0, 'pc')"
        ));
        rows.push(format!(
            "INSERT INTO notice VALUES ({notice}, {org}, 'major_incident', 'Mail', 'Почта', 'email', '[]', 0, NULL, NULL, \
             NULL, 0, NULL)"
        ));
        for (report, device, withdrawn) in
            [(5, &first, "NULL"), (6, &first, "NULL"), (7, &second, "NULL"), (8, &second, "9")]
        {
            let report = id(backend, report);
            rows.push(format!(
                "INSERT INTO report VALUES ({report}, {org}, {device}, 1, {none}, 0, {no}, {withdrawn}, {notice}, NULL, '{{}}')"
            ));
        }
        for row in rows {
            db.execute_unprepared(&row).await.unwrap();
        }
        db.close().await.unwrap();

        let store = Store::open(&fresh.options).await.unwrap();
        let scope = store.in_organisation(OrganisationId(Uuid::from_u128(1)));
        let open = scope.list_open_notices(chrono::DateTime::UNIX_EPOCH).await.unwrap();
        assert_eq!((open.len(), open[0].affected, open[0].origin), (1, 2, ::report::NoticeOrigin::Staff));
        let ticket = scope.find_ticket_summary(1).await.unwrap().unwrap();
        assert_eq!((ticket.major, ticket.merged_into, ticket.members, ticket.people), (false, None, 0, 1));
    }

    #[tokio::test]
    async fn a_database_of_version_1_is_brought_up_to_date_on_sqlite() {
        a_database_of_version_1_is_brought_up_to_date_on(Backend::Sqlite).await;
    }

    #[tokio::test]
    async fn a_database_of_version_1_is_brought_up_to_date_on_postgres() {
        a_database_of_version_1_is_brought_up_to_date_on(Backend::Postgres).await;
    }
}
