//! `GET /api/v1/tickets?view=&category=&q=&cursor=`

use axum::{Json, extract::State};
use report::{Category, ErrorCode};
use serde::Deserialize;
use store::{StoreError, TicketQuery};
use utoipa::IntoParams;

use crate::{app::AppState, auth::CallingStaff, error::ApiError, extract::Query, limits, wire};

/// Which tickets.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Which view of the queue.
    #[serde(default)]
    #[param(required = false, inline)]
    view: wire::TicketView,
    /// Tickets merged into this one, whatever their state, instead of a view; those are in no view.
    merged_into: Option<i64>,
    /// Of which category; all when absent.
    category: Option<Category>,
    /// Words to look for in texts, names and findings; a number or `INC-7` finds that ticket.
    #[param(max_length = 200)]
    q: Option<String>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Read a page of the queue
#[utoipa::path(
    get, path = "/api/v1/tickets", operation_id = "listTickets", tag = "tickets", params(Request),
    responses((status = 200, description = "most pressing first, then oldest", body = wire::TicketPage)),
)]
pub async fn handler(
    State(app): State<AppState>,
    CallingStaff { staff, .. }: CallingStaff,
    Query(request): Query<Request>,
) -> Result<Json<wire::TicketPage>, ApiError> {
    let q = request.q.filter(|q| !q.trim().is_empty());
    if q.as_ref().is_some_and(|q| q.chars().count() > limits::SEARCH_CHARS || q.contains('\0')) {
        let detail = format!("q: has more than {} characters, or NUL", limits::SEARCH_CHARS);
        return Err(ApiError::with_detail(ErrorCode::InvalidRequest, detail));
    }
    let scope = app.store.in_organisation(staff.organisation_id);
    let query = TicketQuery {
        view: request.view.into(),
        merged_into: request.merged_into,
        category: request.category,
        q,
        cursor: request.cursor,
        limit: limits::TICKETS_PER_PAGE,
        staff_id: staff.id,
    };
    let page = scope.list_tickets(&query).await.map_err(|error| match error {
        StoreError::NotFound => ApiError::with_detail(ErrorCode::InvalidRequest, "cursor: is not one of ours"),
        other => other.into(),
    })?;
    let counts = scope.count_tickets(staff.id).await?;
    Ok(Json(wire::TicketPage {
        tickets: page.items.into_iter().map(Into::into).collect(),
        next: page.next,
        counts: counts.into(),
    }))
}
