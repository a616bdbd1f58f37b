//! `POST /api/v1/tickets/{number}/major-incident`

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use report::{LocalText, NoticeOrigin};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    app::AppState,
    auth::CallingStaff,
    error::ApiError,
    extract::{JsonBody, Path, require_keywords, require_title},
    ingest, limits, wire,
};

/// What users are told.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MajorIncident)]
pub struct Request {
    /// What is wrong, for users.
    title: LocalText,
    /// Words of which one must stand in a report for the notice to fit; empty fits the whole category.
    #[serde(default)]
    #[schema(max_items = 32)]
    keywords: Vec<String>,
    /// When there will be news, if promised.
    next_news_at: Option<DateTime<Utc>>,
}

/// Make a ticket a major incident
///
/// It gets an open notice with its category and with what its reports, and those merged into it, share. Users of reports
/// that fit are told from now on.
#[utoipa::path(
    post, path = "/api/v1/tickets/{number}/major-incident", operation_id = "makeMajorIncident", tag = "tickets",
    params(("number" = i64, Path, description = "its number")), request_body = Request,
    responses((status = 200, description = "the ticket as it stands now", body = wire::Ticket)),
)]
pub async fn handler(
    State(app): State<AppState>,
    CallingStaff { staff, .. }: CallingStaff,
    Path(number): Path<i64>,
    JsonBody(request): JsonBody<Request>,
) -> Result<Json<wire::Ticket>, ApiError> {
    require_title(&request.title)?;
    require_keywords(&request.keywords)?;
    let scope = app.store.in_organisation(staff.organisation_id);
    let numbers = scope.members_of(number, limits::MEMBERS_COMPARED).await?;
    let new = store::NewMajor {
        number,
        members: Vec::new(),
        notice_id: Uuid::now_v7(),
        title: request.title,
        category: None,
        keywords: request.keywords,
        factors: scope.factors_shared_by(&[&[number], &*numbers].concat()).await?,
        origin: NoticeOrigin::Staff,
        next_news_at: request.next_news_at,
        incident: None,
        staff_id: Some(staff.id),
    };
    scope.make_major(&new, app.clock.now()).await?;
    ingest::recount(&app, &scope, number).await?;
    wire::Ticket::read(&scope, number).await.map(Json)
}
