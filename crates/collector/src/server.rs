use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    middleware,
    response::{IntoResponse, Response},
    routing::get,
};
use report::ErrorCode;
use tokio::net::TcpListener;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer,
        predicate::{DefaultPredicate, NotForContentType, Predicate},
    },
};
use tracing::Instrument;

use crate::{
    app::{App, AppState},
    console,
    error::ApiError,
    jobs, learning,
    metrics::{self, Metrics},
    openapi, request_log, routes, screens,
};

/// Why serving ended before it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// A listener failed.
    #[error("listening failed: {0}")]
    Listener(#[from] std::io::Error),
    /// Requests were still under way when the time for stopping was over.
    #[error("requests were still under way after {0:?}; they were cut off")]
    CutOff(Duration),
}

/// Sockets to serve on. They arrive bound, so that who starts a collector knows its ports.
#[derive(Debug)]
pub struct Listeners {
    /// API and console.
    pub api: TcpListener,
    /// Prometheus metrics.
    pub metrics: Option<TcpListener>,
}

/// Everything that is answered, as one router.
pub fn router(app: &AppState) -> Router {
    let text = NotForContentType::const_new("image/").and(NotForContentType::const_new("application/octet-stream"));
    Router::new()
        .merge(routes::router(app))
        .route("/api/openapi.json", get(show_openapi))
        .route("/healthz", get(show_health))
        .method_not_allowed_fallback(async || ApiError::new(ErrorCode::MethodNotAllowed))
        .fallback(console::fallback)
        .layer(CompressionLayer::new().compress_when(DefaultPredicate::new().and(text)))
        .layer(CatchPanicLayer::custom(answer_panic))
        .layer(middleware::from_fn_with_state(app.clone(), request_log::log))
        .with_state(app.clone())
}

/// Serves until `shutdown` ends: then nothing new is accepted, requests under way are finished, live streams are closed
/// and the store is flushed.
///
/// # Errors
/// [`ServeError`].
pub async fn serve(
    app: App,
    listeners: Listeners,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), ServeError> {
    let app: AppState = Arc::new(app);
    let stop_timeout = app.config.limits.stop_timeout.0;
    let service = router(&app).into_make_service_with_connect_info::<SocketAddr>();
    let api = axum::serve(listeners.api, service).with_graceful_shutdown(app.stopping.clone().cancelled_owned());
    let mut api = tokio::spawn(api.into_future().in_current_span());
    let keeper = tokio::spawn(Metrics::keep(app.clone()));
    let mut reader = tokio::spawn(screens::run(app.clone()).in_current_span());
    let mut grouping = tokio::spawn(jobs::grouping::run(app.clone()).in_current_span());
    let learning = tokio::spawn(learning::run(app.clone()).in_current_span());
    let exporter = listeners.metrics.map(|listener| {
        let router = metrics::router(app.clone());
        tokio::spawn(axum::serve(listener, router).into_future())
    });

    let ended = tokio::select! {
        () = shutdown => None,
        ended = &mut api => Some(ended),
    };
    app.stopping.cancel();
    let outcome = match ended {
        Some(ended) => joined(ended),
        None => match tokio::time::timeout(stop_timeout, &mut api).await {
            Ok(ended) => joined(ended),
            Err(_) => {
                api.abort();
                Err(ServeError::CutOff(stop_timeout))
            }
        },
    };
    // It ends by itself when told to stop; a recogniser under way is killed and its screen given back.
    if tokio::time::timeout(stop_timeout, &mut reader).await.is_err() {
        reader.abort();
    }
    // It puts down what it knows before the store closes.
    if tokio::time::timeout(stop_timeout, &mut grouping).await.is_err() {
        grouping.abort();
    }
    keeper.abort();
    // What it was learning is learned again; nothing of it is kept by halves.
    learning.abort();
    if let Some(exporter) = exporter {
        exporter.abort();
    }
    app.store.close().await;
    outcome
}

fn joined(ended: Result<std::io::Result<()>, tokio::task::JoinError>) -> Result<(), ServeError> {
    match ended {
        Ok(served) => Ok(served?),
        Err(error) => Err(ServeError::Listener(std::io::Error::other(error))),
    }
}

async fn show_openapi() -> Response {
    match openapi::text() {
        Ok(text) => ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], text).into_response(),
        Err(error) => ApiError::internal(error).into_response(),
    }
}

async fn show_health(State(app): State<AppState>) -> Response {
    let state = |says: &str| Json(serde_json::json!({ "status": says }));
    if app.stopping.is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, state("stopping")).into_response();
    }
    // A balancer asks every few seconds and gives up soon; so do we.
    match tokio::time::timeout(Duration::from_secs(2), app.store.ping()).await {
        Ok(Ok(())) => (StatusCode::OK, state("ok")).into_response(),
        Ok(Err(error)) => {
            tracing::error!(%error, "the store does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, state("store unavailable")).into_response()
        }
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, state("store slow")).into_response(),
    }
}

fn answer_panic(panic: Box<dyn std::any::Any + Send>) -> Response {
    let says = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    ApiError::internal(format!("a handler panicked: {}", says.unwrap_or("without words"))).into_response()
}
