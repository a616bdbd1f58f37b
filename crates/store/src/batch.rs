//! Several statements of one write sent to the database as one: a statement costs a way to the database's thread or over
//! the network, whatever it does. SQLite takes them one after the other in one text; PostgreSQL takes them as parts of one
//! `WITH`, where none sees what the others do. So no statement of a batch may read what another one writes.

use sea_orm::sea_query::{
    Alias, CommonTableExpression, InsertStatement, SubQueryStatement, UpdateStatement, WithClause,
};
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement, StatementBuilder};

use crate::StoreError;
use crate::write::Tx;

/// A statement of a batch.
pub(crate) enum Part {
    Insert(InsertStatement),
    Update(UpdateStatement),
}

impl Part {
    fn build(&self, backend: DbBackend) -> Statement {
        match self {
            Self::Insert(statement) => StatementBuilder::build(statement, &backend),
            Self::Update(statement) => StatementBuilder::build(statement, &backend),
        }
    }
}

impl From<InsertStatement> for Part {
    fn from(statement: InsertStatement) -> Self {
        Self::Insert(statement)
    }
}

impl From<UpdateStatement> for Part {
    fn from(statement: UpdateStatement) -> Self {
        Self::Update(statement)
    }
}

impl From<Part> for SubQueryStatement {
    fn from(part: Part) -> Self {
        match part {
            Part::Insert(statement) => statement.into(),
            Part::Update(statement) => statement.into(),
        }
    }
}

/// Runs `parts` and then `last`; returns the rows `last` returns.
pub(crate) async fn run(tx: &Tx<'_>, parts: Vec<Part>, last: InsertStatement) -> Result<Vec<QueryResult>, StoreError> {
    let backend = tx.db.get_database_backend();
    let statement = match backend {
        DbBackend::Postgres => {
            let mut with = WithClause::new();
            for (place, part) in parts.into_iter().enumerate() {
                let mut named = CommonTableExpression::new();
                named.table_name(Alias::new(format!("part_{place}"))).query(part);
                with.cte(named);
            }
            StatementBuilder::build(&last.with(with), &backend)
        }
        _ => {
            let mut text = String::new();
            let mut values = Vec::new();
            for part in parts.into_iter().chain([last.into()]) {
                let built = part.build(backend);
                if !text.is_empty() {
                    text.push_str("; ");
                }
                text.push_str(&built.sql);
                values.extend(built.values.into_iter().flat_map(|values| values.0));
            }
            Statement::from_sql_and_values(backend, text, values)
        }
    };
    Ok(tx.db.query_all_raw(statement).await?)
}
