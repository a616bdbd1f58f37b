//! `POST /api/v1/incidents/{id}/accept`

use axum::{Json, extract::State};
use chrono::{DateTime, Utc};
use report::{ErrorCode, LocalText, NoticeOrigin};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    app::AppState,
    auth::CallingStaff,
    error::ApiError,
    extract::{JsonBody, Path, require_title},
    ingest, wire,
};

/// What becomes of a proposed incident.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AcceptIncident)]
pub struct Request {
    /// What is wrong, for users.
    title: LocalText,
    /// Those of the proposal's members that belong to it. One that is a major incident takes the others in; else the first
    /// that is open becomes it.
    #[schema(min_items = 1)]
    members: Vec<i64>,
    /// When there will be news, if promised.
    next_news_at: Option<DateTime<Utc>>,
}

/// Make a proposed incident a major incident
///
/// The first member that is still open stands for all; the others are merged into it and their users are told that it is
/// known. Its notice tells whoever reports the same from now on. Where a member is a major incident already, it takes the
/// others in, and its notice stays as it is. Members closed or merged elsewhere meanwhile stay as they are.
#[utoipa::path(
    post, path = "/api/v1/incidents/{id}/accept", operation_id = "acceptIncident", tag = "incidents",
    params(("id" = Uuid, Path, description = "the proposal")), request_body = Request,
    responses((status = 200, description = "the major incident", body = wire::Ticket)),
)]
pub async fn handler(
    State(app): State<AppState>,
    CallingStaff { staff, .. }: CallingStaff,
    Path(id): Path<Uuid>,
    JsonBody(request): JsonBody<Request>,
) -> Result<Json<wire::Ticket>, ApiError> {
    require_title(&request.title)?;
    let scope = app.store.in_organisation(staff.organisation_id);
    let incident = scope.find_incident(id).await?.ok_or_else(|| ApiError::new(ErrorCode::NotFound))?;
    if request.members.is_empty() {
        return Err(ApiError::with_detail(ErrorCode::InvalidRequest, "members: is empty"));
    }
    if let Some(foreign) = request.members.iter().find(|number| !incident.body.members.contains(number)) {
        let detail = format!("members: {foreign} is not of this incident");
        return Err(ApiError::with_detail(ErrorCode::InvalidRequest, detail));
    }
    let Some(number) = store::Standing::root(&scope.standing_of(&request.members).await?) else {
        return Err(ApiError::with_detail(ErrorCode::Conflict, "every member was closed or merged meanwhile"));
    };
    let new = store::NewMajor {
        number,
        members: request.members,
        notice_id: Uuid::now_v7(),
        title: request.title,
        category: Some(incident.body.category),
        keywords: Vec::new(),
        factors: incident.body.key,
        origin: NoticeOrigin::Detector,
        next_news_at: request.next_news_at,
        incident: Some(id),
        staff_id: Some(staff.id),
    };
    scope.make_major(&new, app.clock.now()).await?;
    ingest::recount(&app, &scope, number).await?;
    wire::Ticket::read(&scope, number).await.map(Json)
}
