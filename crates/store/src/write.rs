//! How writes reach the database: in lanes, committed in groups.
//!
//! A lane is one task with one transaction at a time. It takes a write, runs it, takes the next one that has arrived
//! meanwhile, and commits when nothing waits any more: one fsync for all of them. An answer is given after the commit
//! only. The first write of a group needs no savepoint (if it fails the transaction is empty), every other one has its
//! own, so one that fails or panics takes nobody with it. If the commit fails, all of the group get the error.
//!
//! SQLite takes one writer, so it has one lane. On PostgreSQL an organisation always has the same lane, and a group is of
//! one organisation: its writers take that organisation's row lock (see [`Tx::lock_organisation`]), and a group that
//! held two such locks could deadlock with another process's group.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use sea_orm::sea_query::LockType;
use sea_orm::{
    ColumnTrait, ConnectOptions, DatabaseConnection, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};
use tokio::sync::{broadcast, mpsc, oneshot};
use uuid::Uuid;

use crate::notice_cache::NoticeCache;
use crate::tables::organisation;
use crate::{Backend, Change, OrganisationId, StoreError};

/// Most writes of one commit: bounds how long the first of them waits for the last.
const MAX_GROUP: usize = 64;
/// Most writes waiting in a lane before callers wait to get in.
const MAX_QUEUED: usize = 1024;

/// What a write sees of the database.
pub(crate) struct Tx<'a> {
    /// The transaction, or the write's savepoint in it.
    pub(crate) db: &'a DatabaseTransaction,
    backend: Backend,
    changes: Mutex<Changes>,
}

/// What writes changed, to be told once it is committed.
#[derive(Default)]
struct Changes {
    tickets: Vec<Change>,
    notices: Vec<OrganisationId>,
}

impl<'a> Tx<'a> {
    fn new(db: &'a DatabaseTransaction, backend: Backend) -> Self {
        Self { db, backend, changes: Mutex::default() }
    }

    /// Has notices of this organisation read anew once it is committed.
    pub(crate) fn notices_changed(&self, organisation: OrganisationId) {
        self.changes.lock().unwrap_or_else(std::sync::PoisonError::into_inner).notices.push(organisation);
    }

    /// Announces a change to subscribers once it is committed.
    pub(crate) fn changed(&self, change: Change) {
        self.changes.lock().unwrap_or_else(std::sync::PoisonError::into_inner).tickets.push(change);
    }

    /// Waits until no other process writes to tickets of this organisation, up to the end of the transaction. Every
    /// write that appends events begins with it: so positions become visible in their order (a reader that asks for
    /// "after 7" never misses a 6 committed late), two presses cannot open two tickets, and no two locks can cross.
    pub(crate) async fn lock_organisation(&self, id: OrganisationId) -> Result<(), StoreError> {
        if self.backend == Backend::Postgres {
            organisation::Entity::find()
                .select_only()
                .column(organisation::Column::Id)
                .filter(organisation::Column::Id.eq(id.0))
                // NO KEY: foreign keys to the row do not wait for it.
                .lock(LockType::NoKeyUpdate)
                .into_tuple::<Uuid>()
                .one(self.db)
                .await?;
        }
        Ok(())
    }
}

/// A write: a function over its input, which may be run again when it was rolled back.
pub(crate) type WriteFn<I, T> = for<'a> fn(&'a Tx<'a>, &'a I) -> BoxFuture<'a, Result<T, StoreError>>;

trait Job: Send {
    fn group(&self) -> Uuid;
    /// Runs the write and keeps its result; returns how it went.
    fn run<'a>(&'a mut self, tx: &'a Tx<'a>) -> BoxFuture<'a, Result<(), StoreError>>;
    fn fail(&mut self, error: StoreError);
    /// Tells the caller: the write's own result, or the error of the commit.
    fn finish(self: Box<Self>, commit: Result<(), StoreError>);
}

struct Write<I, T> {
    group: Uuid,
    input: I,
    write: WriteFn<I, T>,
    result: Option<Result<T, StoreError>>,
    reply: oneshot::Sender<Result<T, StoreError>>,
}

impl<I: Send + Sync, T: Send> Job for Write<I, T> {
    fn group(&self) -> Uuid {
        self.group
    }

    fn run<'a>(&'a mut self, tx: &'a Tx<'a>) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(async move {
            let result = (self.write)(tx, &self.input).await;
            let outcome = result.as_ref().map(|_| ()).map_err(Clone::clone);
            self.result = Some(result);
            outcome
        })
    }

    fn fail(&mut self, error: StoreError) {
        self.result = Some(Err(error));
    }

    fn finish(self: Box<Self>, commit: Result<(), StoreError>) {
        let answer = match (self.result, commit) {
            (Some(Err(own)), _) => Err(own),
            (_, Err(commit)) => Err(commit),
            (Some(Ok(value)), Ok(())) => Ok(value),
            (None, Ok(())) => Err(StoreError::Closed),
        };
        // The caller may have gone away; the write stands all the same.
        let _ = self.reply.send(answer);
    }
}

enum Message {
    Job(Box<dyn Job>),
    Stop(oneshot::Sender<()>),
}

/// The ways into the database for writes.
pub(crate) struct Lanes {
    lanes: Vec<mpsc::Sender<Message>>,
}

/// How a lane connects.
#[derive(Clone)]
pub(crate) struct Connector {
    /// SQLite's single writing connection, or PostgreSQL's pool.
    pub(crate) db: DatabaseConnection,
    /// How to connect again, where the connection is the lane's own.
    pub(crate) options: ConnectOptions,
    /// Kind of database.
    pub(crate) backend: Backend,
}

impl Lanes {
    pub(crate) fn start(
        connector: Connector,
        count: usize,
        changes: &broadcast::Sender<Change>,
        notices: &Arc<NoticeCache>,
    ) -> Self {
        let lanes = (0..count.max(1))
            .map(|_| {
                let (sender, receiver) = mpsc::channel(MAX_QUEUED);
                let lane = Lane {
                    connector: connector.clone(),
                    receiver,
                    next: None,
                    changes: changes.clone(),
                    notices: Arc::clone(notices),
                };
                tokio::spawn(lane.run());
                sender
            })
            .collect();
        Self { lanes }
    }

    /// Runs a write and waits until it is durable. Writes of one organisation run one after the other.
    pub(crate) async fn write<I, T>(
        &self,
        organisation: Option<OrganisationId>,
        input: I,
        write: WriteFn<I, T>,
    ) -> Result<T, StoreError>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
    {
        let group = organisation.map_or(Uuid::nil(), |id| id.0);
        let lane = &self.lanes[usize::try_from(group.as_u128() % self.lanes.len() as u128).unwrap_or(0)];
        let (reply, answer) = oneshot::channel();
        let job = Box::new(Write { group, input, write, result: None, reply });
        lane.send(Message::Job(job)).await.map_err(|_| StoreError::Closed)?;
        answer.await.unwrap_or(Err(StoreError::Closed))
    }

    /// Finishes what waits, then refuses everything.
    pub(crate) async fn stop(&self) {
        for lane in &self.lanes {
            let (done, stopped) = oneshot::channel();
            if lane.send(Message::Stop(done)).await.is_ok() {
                let _ = stopped.await;
            }
        }
    }
}

struct Lane {
    connector: Connector,
    receiver: mpsc::Receiver<Message>,
    /// A job of another group, taken from the queue but not begun.
    next: Option<Box<dyn Job>>,
    changes: broadcast::Sender<Change>,
    notices: Arc<NoticeCache>,
}

/// Writes of the open transaction.
struct Group {
    jobs: Vec<Box<dyn Job>>,
    changes: Changes,
}

/// How one write went.
enum Ran {
    /// Its rows are in the transaction.
    Kept,
    /// It left nothing in the transaction.
    RolledBack,
    /// The transaction cannot be relied on.
    Lost(StoreError),
}

impl Lane {
    async fn run(mut self) {
        let mut stopping = Vec::new();
        loop {
            let job = match self.next.take() {
                Some(job) => job,
                None => match self.receiver.recv().await {
                    Some(Message::Job(job)) => job,
                    Some(Message::Stop(done)) => {
                        self.receiver.close();
                        stopping.push(done);
                        continue;
                    }
                    None => break,
                },
            };
            self.commit_group(job, &mut stopping).await;
        }
        for done in stopping {
            let _ = done.send(());
        }
    }

    /// Runs `first` and what waits behind it in one transaction.
    async fn commit_group(&mut self, first: Box<dyn Job>, stopping: &mut Vec<oneshot::Sender<()>>) {
        let begin = TransactionOptions {
            // Taking the write lock at once: a lock taken later can fail half-way (SQLITE_BUSY_SNAPSHOT).
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..Default::default()
        };
        let transaction = match self.connector.db.begin_with_options(begin).await {
            Ok(transaction) => transaction,
            Err(error) => {
                first.finish(Err(error.into()));
                self.reconnect().await;
                return;
            }
        };
        let group_id = first.group();
        let mut group = Group { jobs: Vec::new(), changes: Changes::default() };
        let mut job = Some(first);
        while let Some(mut current) = job.take() {
            match self.run_one(&transaction, current.as_mut(), &mut group).await {
                Ran::Kept => group.jobs.push(current),
                Ran::RolledBack if group.jobs.is_empty() => {
                    // It ran without a savepoint: end the transaction, which holds nothing else.
                    current.finish(Ok(()));
                    if let Err(error) = transaction.rollback().await {
                        tracing::warn!(%error, "rolling a failed write back failed");
                        self.reconnect().await;
                    }
                    return;
                }
                Ran::RolledBack => current.finish(Ok(())),
                Ran::Lost(error) => {
                    drop(transaction);
                    current.finish(Err(error.clone()));
                    for job in group.jobs {
                        job.finish(Err(error.clone()));
                    }
                    self.reconnect().await;
                    return;
                }
            }
            if group.jobs.len() < MAX_GROUP {
                job = self.waiting(group_id, stopping);
            }
        }
        self.commit(transaction, group).await;
    }

    async fn commit(&mut self, transaction: DatabaseTransaction, group: Group) {
        let outcome = transaction.commit().await.map_err(StoreError::of_commit);
        let failed = outcome.is_err();
        if let Err(error) = &outcome {
            tracing::error!(%error, writes = group.jobs.len(), "a commit failed");
        } else {
            // Before anybody hears that it is done.
            for organisation in group.changes.notices {
                self.notices.forget(organisation);
            }
            for change in group.changes.tickets {
                // Nobody may be listening.
                let _ = self.changes.send(change);
            }
        }
        for job in group.jobs {
            job.finish(outcome.clone());
        }
        if failed {
            self.reconnect().await;
        }
    }

    /// The next write of the same group, if one waits.
    fn waiting(&mut self, group: Uuid, stopping: &mut Vec<oneshot::Sender<()>>) -> Option<Box<dyn Job>> {
        loop {
            match self.receiver.try_recv().ok()? {
                Message::Job(job) if self.connector.backend == Backend::Sqlite || job.group() == group => {
                    return Some(job);
                }
                Message::Job(job) => {
                    self.next = Some(job);
                    return None;
                }
                Message::Stop(done) => {
                    self.receiver.close();
                    stopping.push(done);
                }
            }
        }
    }

    async fn run_one(&mut self, transaction: &DatabaseTransaction, job: &mut dyn Job, group: &mut Group) -> Ran {
        let mut tries_left = 1;
        loop {
            // PostgreSQL's always have one: there another try may help, and it needs a place to start from.
            let alone = group.jobs.is_empty() && self.connector.backend == Backend::Sqlite;
            let savepoint = match alone {
                true => None,
                false => match transaction.begin().await {
                    Ok(savepoint) => Some(savepoint),
                    Err(error) => return Ran::Lost(error.into()),
                },
            };
            let tx = Tx::new(savepoint.as_ref().unwrap_or(transaction), self.connector.backend);
            let outcome = match AssertUnwindSafe(job.run(&tx)).catch_unwind().await {
                Ok(outcome) => outcome,
                Err(_) => {
                    job.fail(StoreError::Panicked);
                    Err(StoreError::Panicked)
                }
            };
            let changes = tx.changes.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
            let Err(error) = outcome else {
                if let Some(savepoint) = savepoint
                    && let Err(error) = savepoint.commit().await
                {
                    return Ran::Lost(error.into());
                }
                group.changes.tickets.extend(changes.tickets);
                group.changes.notices.extend(changes.notices);
                return Ran::Kept;
            };
            let had_savepoint = savepoint.is_some();
            if let Some(savepoint) = savepoint
                // SQLite may have rolled the whole transaction back by itself (SQLITE_FULL, SQLITE_IOERR): then this fails.
                && let Err(rollback) = savepoint.rollback().await
            {
                tracing::warn!(%error, %rollback, "a transaction was lost with a failed write");
                return Ran::Lost(error);
            }
            if had_savepoint && tries_left > 0 && error.is_worth_another_try() {
                tries_left -= 1;
                continue;
            }
            return Ran::RolledBack;
        }
    }

    /// Leaves the connection whose transaction went wrong: sqlx counts nested transactions by itself, and after SQLite
    /// rolled back on its own the count is no longer true. PostgreSQL's pool discards broken connections itself.
    async fn reconnect(&mut self) {
        if self.connector.backend == Backend::Postgres {
            return;
        }
        match sea_orm::Database::connect(self.connector.options.clone()).await {
            Ok(db) => {
                let old = std::mem::replace(&mut self.connector.db, db);
                let _ = old.close().await;
            }
            Err(error) => tracing::error!(%error, "connecting to the database again failed"),
        }
    }
}

#[cfg(all(test, feature = "testing"))]
#[expect(clippy::unwrap_used, reason = "a test that cannot go on ends here")]
mod tests {
    use sea_orm::{ActiveModelTrait, ConnectionTrait};

    use super::*;
    use crate::Store;
    use crate::testing::fresh;

    async fn name_organisation(store: &Store, name: &'static str, then: &'static str) -> Result<(), StoreError> {
        let input = (Uuid::now_v7(), name, then);
        store
            .write(None, input, |tx, (id, name, then)| {
                Box::pin(async move {
                    let row = organisation::Model { id: *id, name: (*name).to_owned(), next_ticket: 1, created_at: 0 };
                    organisation::Entity::insert(organisation::ActiveModel::from(row).reset_all())
                        .exec_without_returning(tx.db)
                        .await?;
                    match *then {
                        "panic" => panic!("a bug in a write"),
                        // The database refuses the statement; on PostgreSQL that also spoils the transaction.
                        "fail" => tx.db.execute_unprepared("SELECT nonsense FROM nowhere").await.map(drop)?,
                        _ => {}
                    }
                    Ok(())
                })
            })
            .await
    }

    async fn each_write_stands_alone_on(backend: Backend) {
        let Some(fresh) = fresh(backend) else { return };
        let store = Store::open(&fresh.options).await.unwrap();
        for round in 0..3 {
            let names = ["a", "b", "c", "d", "e", "f"].map(|name| &*format!("{name}{round}").leak());
            let (a, b, c, d, e, f) = tokio::join!(
                name_organisation(&store, names[0], if round == 0 { "panic" } else { "" }),
                name_organisation(&store, names[1], ""),
                name_organisation(&store, names[2], "panic"),
                name_organisation(&store, names[3], "fail"),
                name_organisation(&store, names[4], ""),
                name_organisation(&store, names[1], ""),
            );
            assert_eq!(a.is_err(), round == 0);
            assert!(b.is_ok() && e.is_ok(), "{b:?} {e:?}");
            assert!(matches!(c, Err(StoreError::Panicked)), "{c:?}");
            assert!(matches!(d, Err(StoreError::Database(_))), "{d:?}");
            assert!(f.unwrap_err().is_duplicate());
            let there: Vec<String> =
                store.list_organisations().await.unwrap().into_iter().map(|one| one.name).collect();
            for (name, expected) in [(names[0], round > 0), (names[1], true), (names[2], false), (names[3], false)] {
                assert_eq!(there.iter().any(|one| one == name), expected, "{name}");
            }
        }
    }

    #[tokio::test]
    async fn a_panicking_or_failing_write_takes_nobody_with_it_on_sqlite() {
        each_write_stands_alone_on(Backend::Sqlite).await;
    }

    #[tokio::test]
    async fn a_panicking_or_failing_write_takes_nobody_with_it_on_postgres() {
        each_write_stands_alone_on(Backend::Postgres).await;
    }
}
