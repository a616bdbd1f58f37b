//! `GET /api/v1/triage/sites`

use axum::{Json, extract::State};
use report::LocalText;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{app::AppState, auth::CallingStaff};

/// A site.
#[derive(Debug, Serialize, ToSchema)]
pub struct Site {
    /// What factors and notices call it.
    #[schema(example = "hq")]
    key: String,
    /// What people call it.
    name: LocalText,
}

/// Read the sites that the organisation's rules name
#[utoipa::path(
    get, path = "/api/v1/triage/sites", operation_id = "listSites", tag = "triage",
    responses((status = 200, description = "in the order of the rules", body = Vec<Site>)),
)]
pub async fn handler(State(app): State<AppState>, CallingStaff { staff, .. }: CallingStaff) -> Json<Vec<Site>> {
    let scope = app.store.in_organisation(staff.organisation_id);
    let active = app.classifiers.of(&scope, app.clock.now()).await;
    let site = |(key, name): (&str, &LocalText)| Site { key: key.to_owned(), name: name.clone() };
    Json(active.classifier.sites().map(site).collect())
}
