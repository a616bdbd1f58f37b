//! What stands before every handler, as its row of the routing table says: who may, how much, how long.

use std::time::Duration;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use report::ErrorCode;
use store::Role;

use crate::{app::AppState, auth, body::BodyLimit, error::ApiError};

/// Who may send a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Everybody.
    Anyone,
    /// Everybody, but only from the console's own pages.
    Visitor,
    /// An enrolled device that was not revoked.
    Device,
    /// An organisation's monitoring.
    Monitoring,
    /// Staff who are signed in and have one of these roles.
    Staff(&'static [Role]),
}

/// Every role there is.
pub const ALL_ROLES: &[Role] = &[Role::FirstLine, Role::SecondLine, Role::Lead, Role::Admin];

/// Who answers for how the queue is worked.
pub const LEADS: &[Role] = &[Role::Lead, Role::Admin];

/// What a row of the routing table demands.
#[derive(Debug, Clone, Copy)]
pub struct Gate {
    /// Who may.
    pub who: Who,
    /// How large the body may be.
    pub body: BodyLimit,
    /// How long the answer may take to begin.
    pub timeout: Duration,
}

/// Lets a request through, or answers it.
pub async fn guard(State((app, gate)): State<(AppState, Gate)>, mut request: Request, next: Next) -> Response {
    request.extensions_mut().insert(gate.body);
    let answer = async {
        match admit(&app, gate.who, &mut request).await {
            Ok(()) => next.run(request).await,
            Err(error) => {
                // A refused sender is often still writing its report.
                crate::body::drain(request.into_body()).await;
                error.into_response()
            }
        }
    };
    match tokio::time::timeout(gate.timeout, answer).await {
        Ok(response) => response,
        Err(_) => ApiError::new(ErrorCode::Timeout).into_response(),
    }
}

async fn admit(app: &AppState, who: Who, request: &mut Request) -> Result<(), ApiError> {
    match who {
        Who::Anyone => {}
        Who::Visitor => auth::check_same_origin(request.headers(), &app.config.server)?,
        Who::Device => {
            let device = auth::authenticate_device(request.headers(), &app.store).await?;
            app.device_requests.take(device.id, app.clock.now()).map_err(ApiError::rate_limited)?;
            request.extensions_mut().insert(device);
        }
        Who::Monitoring => {
            let monitoring = auth::authenticate_monitoring(request.headers(), &app.store).await?;
            request.extensions_mut().insert(monitoring);
        }
        Who::Staff(roles) => {
            let calling = auth::authenticate_staff(request.headers(), &app.store, app.clock.now()).await?;
            if !request.method().is_safe() {
                auth::check_same_origin(request.headers(), &app.config.server)?;
            }
            if !roles.contains(&calling.staff.role) {
                return Err(ApiError::new(ErrorCode::Forbidden));
            }
            request.extensions_mut().insert(calling);
        }
    }
    Ok(())
}
