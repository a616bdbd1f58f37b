//! The routing table: every endpoint with its method, its path, who may and how large its body may be. Authorisation is
//! here and nowhere else; the OpenAPI document is made from these rows.

use std::time::Duration;

use axum::{Router, http::Method, middleware, routing::MethodRouter};
use utoipa::openapi::{Paths, RefOr, Schema};

use crate::{
    app::AppState,
    body::BodyLimit,
    config::LimitsSection,
    endpoints::{alerts, attachments, enrolments, events, incidents, notices, reports, session, tickets, triage},
    gate::{self, ALL_ROLES, Gate, LEADS, Who},
    limits,
};

/// An endpoint.
pub struct Route {
    /// Its method.
    pub method: Method,
    /// Its path, with `{names}`.
    pub path: &'static str,
    /// Who may.
    pub who: Who,
    body: BodyLimit,
    timeout: Duration,
    handler: MethodRouter<AppState>,
    /// Its part of the OpenAPI document.
    pub(crate) paths: Paths,
    /// Schemas its part names.
    pub(crate) schemas: Vec<(String, RefOr<Schema>)>,
}

macro_rules! row {
    ($method:ident $path:literal, $who:expr, $body:expr, $($handler:ident)::+) => {{
        let (schemas, paths, handler) = utoipa_axum::routes!($($handler)::+);
        Route { method: Method::$method, path: $path, who: $who, body: $body.0, timeout: $body.1, handler, paths, schemas }
    }};
}

/// Every endpoint under `/api/v1`.
#[rustfmt::skip] // a table reads by its columns
pub fn table(set: &LimitsSection) -> Vec<Route> {
    let none = (BodyLimit(limits::JSON_BYTES), set.request_timeout.0);
    let json = none;
    let report = (BodyLimit(set.report.0), set.request_timeout.0);
    let alerts = (BodyLimit(limits::ALERTS_BYTES), set.request_timeout.0);
    let rules = (BodyLimit(limits::RULES_BODY_BYTES), set.request_timeout.0);
    let upload = (BodyLimit(set.attachment.0), set.upload_timeout.0);
    let (anyone, visitor, device, staff) = (Who::Anyone, Who::Visitor, Who::Device, Who::Staff(ALL_ROLES));
    let leads = Who::Staff(LEADS);
    vec![
        row!(POST   "/api/v1/enrolments",                     anyone,  json,   enrolments::create::handler),
        row!(POST   "/api/v1/reports",                        device,  report, reports::create::handler),
        row!(GET    "/api/v1/reports/{id}/receipt",           device,  none,   reports::receipt::handler),
        row!(POST   "/api/v1/reports/{id}/follow-ups",        device,  json,   reports::follow_up::handler),
        row!(PUT    "/api/v1/reports/{id}/attachments/{n}",   device,  upload, attachments::upload::handler),
        row!(GET    "/api/v1/reports/{id}/attachments/{n}",   staff,   none,   attachments::download::handler),
        row!(GET    "/api/v1/events",                         device,  none,   events::list::handler),
        row!(POST   "/api/v1/session",                        visitor, json,   session::sign_in::handler),
        row!(GET    "/api/v1/session",                        staff,   none,   session::show::handler),
        row!(DELETE "/api/v1/session",                        staff,   none,   session::sign_out::handler),
        row!(GET    "/api/v1/tickets",                        staff,   none,   tickets::list::handler),
        row!(GET    "/api/v1/tickets/stream",                 staff,   none,   tickets::stream::handler),
        row!(GET    "/api/v1/tickets/{number}",               staff,   none,   tickets::show::handler),
        row!(POST   "/api/v1/tickets/{number}/take",          staff,   json,   tickets::take::handler),
        row!(POST   "/api/v1/tickets/{number}/release",       staff,   none,   tickets::release::handler),
        row!(POST   "/api/v1/tickets/{number}/replies",       staff,   json,   tickets::reply::handler),
        row!(POST   "/api/v1/tickets/{number}/resolve",       staff,   json,   tickets::resolve::handler),
        row!(POST   "/api/v1/tickets/{number}/reopen",        staff,   none,   tickets::reopen::handler),
        row!(POST   "/api/v1/tickets/{number}/category",      staff,   json,   tickets::category::handler),
        row!(POST   "/api/v1/tickets/{number}/merge",         staff,   json,   tickets::merge::handler),
        row!(POST   "/api/v1/tickets/{number}/split",         staff,   none,   tickets::split::handler),
        row!(POST   "/api/v1/tickets/{number}/major-incident", staff,  json,   tickets::major_incident::handler),
        row!(POST   "/api/v1/tickets/{number}/major-incident/undo", staff, none, tickets::take_back_major::handler),
        row!(GET    "/api/v1/tickets/{number}/similar",       staff,   none,   tickets::similar::handler),
        row!(GET    "/api/v1/incidents",                      staff,   none,   incidents::list::handler),
        row!(POST   "/api/v1/incidents/{id}/accept",          staff,   json,   incidents::accept::handler),
        row!(POST   "/api/v1/incidents/{id}/dismiss",         staff,   none,   incidents::dismiss::handler),
        row!(POST   "/api/v1/alerts",                         Who::Monitoring, alerts, alerts::receive::handler),
        row!(GET    "/api/v1/notices",                        staff,   none,   notices::list::handler),
        row!(POST   "/api/v1/notices",                        staff,   json,   notices::create::handler),
        row!(POST   "/api/v1/notices/{id}/close",             staff,   none,   notices::close::handler),
        row!(GET    "/api/v1/triage/sites",                   staff,   none,   triage::sites::handler),
        row!(GET    "/api/v1/triage/quality",                 leads,   none,   triage::quality::handler),
        row!(GET    "/api/v1/triage/models",                  leads,   none,   triage::models::handler),
        row!(POST   "/api/v1/triage/models/{version}/activate", leads, none,   triage::activate_model::handler),
        row!(GET    "/api/v1/triage/rules",                   leads,   none,   triage::rules::handler),
        row!(POST   "/api/v1/triage/rules/check",             leads,   rules,  triage::check_rules::handler),
        row!(POST   "/api/v1/triage/rules",                   leads,   rules,  triage::publish_rules::handler),
        row!(POST   "/api/v1/triage/rules/{version}/activate", leads,  none,   triage::activate_rules::handler),
    ]
}

/// The table as a router, each row behind its gate.
pub fn router(app: &AppState) -> Router<AppState> {
    table(&app.config.limits).into_iter().fold(Router::new(), |router, route| {
        let gate = Gate { who: route.who, body: route.body, timeout: route.timeout };
        let guard = middleware::from_fn_with_state((app.clone(), gate), gate::guard);
        router.route(route.path, route.handler.layer(guard))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_documented_under_its_own_method_and_path() {
        for route in table(&LimitsSection::default()) {
            let item = route.paths.paths.get(route.path);
            let item = item.unwrap_or_else(|| panic!("{} {} is documented elsewhere", route.method, route.path));
            let operation = match route.method {
                Method::GET => &item.get,
                Method::POST => &item.post,
                Method::PUT => &item.put,
                Method::DELETE => &item.delete,
                ref other => panic!("{other} is not expected here"),
            };
            assert!(operation.is_some(), "{} {} is documented with another method", route.method, route.path);
            assert_eq!(route.paths.paths.len(), 1);
        }
    }
}
