//! What changed, as it changes. The store's announcements only wake a stream up; what is told is read from the
//! database, so nothing is missed or told twice when announcements are lost, or made by another collector.

use std::collections::VecDeque;

use futures_util::{Stream, stream};
use store::{Backend, Change, OrganisationId, Scope, StoreError};
use tokio::sync::broadcast::{Receiver, error::RecvError};
use uuid::Uuid;

use crate::{app::AppState, limits};

/// Most changes read at once.
const BATCH: u64 = 200;

/// One thing a live stream tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// From here on nothing is missed.
    Ready {
        /// Position of the newest change so far.
        seq: i64,
    },
    /// A ticket changed.
    Changed {
        /// Which.
        number: i64,
        /// Position of the change; absent where more of the same change follows.
        seq: Option<i64>,
    },
    /// A proposed incident changed.
    Incident {
        /// Which.
        id: Uuid,
        /// Position of the change.
        seq: i64,
    },
}

/// What a change tells. Only its last part has the position: a stream that breaks off before has it told again.
fn news(change: Change) -> impl Iterator<Item = News> {
    let touched = change.touched.map(|number| News::Changed { number, seq: None });
    let own = match change.incident {
        Some(id) => News::Incident { id, seq: change.seq },
        None => News::Changed { number: change.number, seq: Some(change.seq) },
    };
    touched.into_iter().chain([own])
}

struct Follower {
    app: AppState,
    scope: Scope,
    announced: Receiver<Change>,
    seq: i64,
    ready: bool,
    waiting: VecDeque<News>,
}

/// Changes of an organisation after `last`, or from now on. Endless, unless the database fails.
pub async fn changes(
    app: AppState,
    organisation: OrganisationId,
    last: Option<i64>,
) -> Result<impl Stream<Item = News> + use<>, StoreError> {
    // Subscribed before the position is read: a change between the two is announced, not lost.
    let announced = app.store.subscribe();
    let scope = app.store.in_organisation(organisation);
    let newest = scope.last_change().await?;
    // A position from before a restore may lie in the future.
    let seq = last.filter(|last| *last <= newest).unwrap_or(newest);
    let follower = Follower { app, scope, announced, seq, ready: false, waiting: VecDeque::new() };
    Ok(stream::unfold(follower, |mut follower| async move {
        let news = follower.next().await?;
        Some((news, follower))
    }))
}

impl Follower {
    async fn next(&mut self) -> Option<News> {
        if !self.ready {
            self.ready = true;
            return Some(News::Ready { seq: self.seq });
        }
        loop {
            if let Some(news) = self.waiting.pop_front() {
                return Some(news);
            }
            match self.scope.changes_since(self.seq, BATCH).await {
                Ok(changes) if changes.is_empty() => self.wait().await?,
                Ok(changes) => {
                    self.seq = changes.last().map_or(self.seq, |change| change.seq);
                    self.waiting.extend(changes.into_iter().flat_map(news));
                }
                Err(error) => {
                    // The browser comes back by itself and resumes.
                    tracing::warn!(%error, "a live stream ends");
                    return None;
                }
            }
        }
    }

    /// Until something may have changed.
    async fn wait(&mut self) -> Option<()> {
        let own = self.scope.organisation_id();
        let announced = async {
            loop {
                match self.announced.recv().await {
                    Ok(change) if change.organisation_id != own => {}
                    Ok(_) | Err(RecvError::Lagged(_)) => return Some(()),
                    Err(RecvError::Closed) => return None,
                }
            }
        };
        match self.app.store.backend() {
            Backend::Sqlite => announced.await,
            Backend::Postgres => tokio::select! {
                woken = announced => woken,
                () = tokio::time::sleep(limits::STREAM_POLL) => Some(()),
            },
        }
    }
}
