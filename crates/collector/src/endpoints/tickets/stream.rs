//! `GET /api/v1/tickets/stream`

use std::convert::Infallible;

use axum::{
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue},
    response::{
        IntoResponse, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use futures_util::{Stream, StreamExt};
use serde_json::json;

use crate::{app::AppState, auth::CallingStaff, error::ApiError, limits, live, wire};

/// Follow the queue live
///
/// Server-Sent Events: first `ready` `{seq}`, then `ticket` `{number, seq}` for every change of a ticket and `incident`
/// `{id, seq}` for every change of a proposed incident. `Last-Event-ID` resumes.
#[utoipa::path(
    get, path = "/api/v1/tickets/stream", operation_id = "streamTickets", tag = "tickets",
    responses((status = 200, description = "events `ticket` and `incident`", body = wire::QueueChange, content_type = "text/event-stream")),
)]
pub async fn handler(
    State(app): State<AppState>,
    CallingStaff { staff, .. }: CallingStaff,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()?.parse().ok());
    let changes = live::changes(app.clone(), staff.organisation_id, last).await?;
    let stopping = app.stopping.clone().cancelled_owned();
    let stream = changes.take_until(stopping).take_until(tokio::time::sleep(limits::STREAM_LIFETIME));
    let alive = KeepAlive::new().interval(limits::STREAM_KEEPALIVE);
    // Proxies that gather answers before they pass them on are asked not to.
    let unbuffered = [(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"))];
    Ok((unbuffered, Sse::new(events(stream)).keep_alive(alive)).into_response())
}

fn events(changes: impl Stream<Item = live::News>) -> impl Stream<Item = Result<Event, Infallible>> {
    changes.map(|news| {
        let event = match news {
            live::News::Ready { seq } => {
                Event::default().event("ready").id(seq.to_string()).data(json!({ "seq": seq }).to_string())
            }
            live::News::Changed { number, seq } => {
                told("ticket", seq, &wire::QueueChange::Ticket(wire::TicketChange { number, seq }))
            }
            live::News::Incident { id, seq } => {
                told("incident", Some(seq), &wire::QueueChange::Incident(wire::IncidentChange { id, seq }))
            }
        };
        Ok(event)
    })
}

fn told(name: &str, seq: Option<i64>, change: &wire::QueueChange) -> Event {
    let event = Event::default().event(name).data(json!(change).to_string());
    match seq {
        Some(seq) => event.id(seq.to_string()),
        None => event,
    }
}
