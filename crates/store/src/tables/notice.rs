use chrono::{DateTime, Utc};
use report::{Category, LocalText, Notice, NoticeKind};
use uuid::Uuid;

use crate::{Scope, StoreError};

/// A notice to be made.
#[derive(Debug, Clone)]
pub struct NewNotice {
    /// Its id.
    pub id: Uuid,
    /// What it is.
    pub kind: NoticeKind,
    /// What is wrong or planned, for users.
    pub title: LocalText,
    /// Category of the reports it concerns.
    pub category: Category,
    /// Words of which one must stand in a report; empty matches the whole category.
    pub keywords: Vec<String>,
    /// Since when.
    pub starts_at: DateTime<Utc>,
    /// When it ends, if known.
    pub ends_at: Option<DateTime<Utc>>,
    /// When there will be news, if promised.
    pub next_news_at: Option<DateTime<Utc>>,
    /// Who made it.
    pub created_by: Option<Uuid>,
}

impl Scope {
    /// Notices that are neither closed nor over at `now`, newest first, each with the number of distinct devices whose
    /// reports matched it. Planned ones that have not begun are among them.
    pub async fn list_open_notices(&self, _now: DateTime<Utc>) -> Result<Vec<Notice>, StoreError> {
        pending!()
    }

    /// Makes a notice.
    pub async fn create_notice(&self, _new: &NewNotice, _now: DateTime<Utc>) -> Result<Notice, StoreError> {
        pending!()
    }

    /// Closes a notice. Repeatable.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn close_notice(&self, _id: Uuid, _now: DateTime<Utc>) -> Result<(), StoreError> {
        pending!()
    }
}
