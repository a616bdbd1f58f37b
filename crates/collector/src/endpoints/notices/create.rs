//! `POST /api/v1/notices`

use axum::{Json, extract::State, http::StatusCode};
use chrono::{DateTime, Utc};
use report::{Category, Dimension, ErrorCode, Factor, LocalText, Notice, NoticeKind, NoticeOrigin};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    app::AppState,
    auth::CallingStaff,
    error::ApiError,
    extract::{JsonBody, require_keywords, require_title},
};

/// A notice to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewNotice)]
pub struct Request {
    /// What it is.
    kind: NoticeKind,
    /// What is wrong or planned, for users.
    title: LocalText,
    /// Category of the reports it concerns.
    category: Category,
    /// Words of which one must stand in a report; empty matches the whole category.
    #[serde(default)]
    #[schema(max_items = 32)]
    keywords: Vec<String>,
    /// Key of the site whose reports alone it concerns (`GET /api/v1/triage/sites`); everybody's when absent.
    site: Option<String>,
    /// Since when; now when absent.
    starts_at: Option<DateTime<Utc>>,
    /// When it ends, if known.
    ends_at: Option<DateTime<Utc>>,
    /// When there will be news, if promised.
    next_news_at: Option<DateTime<Utc>>,
}

/// Tell users what is known already
#[utoipa::path(
    post, path = "/api/v1/notices", operation_id = "createNotice", tag = "notices", request_body = Request,
    responses((status = 201, description = "reports that match it are told from now on", body = Notice)),
)]
pub async fn handler(
    State(app): State<AppState>,
    CallingStaff { staff, .. }: CallingStaff,
    JsonBody(request): JsonBody<Request>,
) -> Result<(StatusCode, Json<Notice>), ApiError> {
    let now = app.clock.now();
    let starts_at = request.starts_at.unwrap_or(now);
    require_title(&request.title)?;
    require_keywords(&request.keywords)?;
    if request.ends_at.is_some_and(|end| end <= starts_at) {
        return Err(ApiError::with_detail(ErrorCode::InvalidRequest, "ends_at: is not after starts_at"));
    }
    let scope = app.store.in_organisation(staff.organisation_id);
    let mut factors = Vec::new();
    if let Some(site) = request.site {
        let active = app.classifiers.of(&scope, now).await;
        if active.classifier.sites().all(|(key, _)| key != site) {
            return Err(ApiError::with_detail(ErrorCode::InvalidRequest, "site: is not named in the rules"));
        }
        factors.push(Factor { dimension: Dimension::Site, value: site });
    }
    let new = store::NewNotice {
        id: Uuid::now_v7(),
        kind: request.kind,
        title: request.title,
        category: request.category,
        keywords: request.keywords,
        factors,
        ticket: None,
        origin: NoticeOrigin::Staff,
        external_key: None,
        starts_at,
        ends_at: request.ends_at,
        next_news_at: request.next_news_at,
        created_by: Some(staff.id),
    };
    let notice = scope.create_notice(&new, now).await?;
    Ok((StatusCode::CREATED, Json(notice)))
}
