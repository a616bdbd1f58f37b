//! Prometheus metrics, on a listener of their own. No label carries anything about a person, a device or an organisation.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use axum::{Router, extract::State, http::header, response::IntoResponse, routing::get};
use metrics::{Counter, Gauge, Histogram, Key, KeyName, Label, Metadata, Recorder, Unit};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder};
use report::ErrorCode;

use crate::{
    app::{App, AppState},
    limits,
};

/// Seconds; around the promise of an answer within 300 ms.
const LATENCY_BUCKETS: &[f64] = &[0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0, 10.0];
const METADATA: Metadata<'static> = Metadata::new("collector", metrics::Level::INFO, None);

/// Every counter of a collector. Held by the collector itself, not by the process, so that several may run in one.
pub struct Metrics {
    /// Reports stored for the first time.
    pub reports_received: Counter,
    /// Those of them that joined an open ticket.
    pub reports_joined: Counter,
    /// Reports sent again and answered with their first receipt.
    pub reports_repeated: Counter,
    /// Seconds from the first byte of a report to its receipt.
    pub ingest_seconds: Histogram,
    /// Bytes of attachments stored.
    pub attachment_bytes: Counter,
    /// Screens whose text was read.
    pub screens_read: Counter,
    /// Screens that are tried no more.
    pub screens_failed: Counter,
    refused: HashMap<ErrorCode, Counter>,
    open_tickets: Gauge,
    refreshed: Mutex<Option<Instant>>,
    handle: PrometheusHandle,
}

impl Metrics {
    /// Counters at zero; every one is shown from the start, so that a rate can be computed from the first event.
    pub fn new() -> Self {
        let builder = PrometheusBuilder::new();
        let latency = Matcher::Full("redbutton_ingest_seconds".to_owned());
        let builder = match builder.set_buckets_for_metric(latency, LATENCY_BUCKETS) {
            Ok(builder) => builder,
            // Only an empty list of buckets is refused.
            Err(_) => PrometheusBuilder::new(),
        };
        let recorder = builder.build_recorder();
        let name = |name: &'static str, says: &'static str, unit: Option<Unit>| {
            recorder.describe_counter(KeyName::from(name), unit, says.into());
            Key::from_static_name(name)
        };
        let counter = |key: &Key| {
            let counter = recorder.register_counter(key, &METADATA);
            counter.increment(0);
            counter
        };
        let reports_received = counter(&name("redbutton_reports_received_total", "Reports stored.", None));
        let reports_joined =
            counter(&name("redbutton_reports_joined_total", "Reports that joined an open ticket.", None));
        let reports_repeated =
            counter(&name("redbutton_reports_repeated_total", "Reports that were here before.", None));
        let attachment_bytes = counter(&name("redbutton_attachment_bytes_total", "Bytes of attachments stored.", None));
        let screens_read = counter(&name("redbutton_screens_read_total", "Screens whose text was read.", None));
        let screens_failed = counter(&name("redbutton_screens_failed_total", "Screens that could not be read.", None));
        recorder.describe_counter("redbutton_refused_total".into(), None, "Requests refused, by error code.".into());
        let refused = ErrorCode::ALL
            .iter()
            .map(|code| {
                let labels = vec![Label::from_static_parts("code", code.as_str())];
                (*code, counter(&Key::from_parts("redbutton_refused_total", labels)))
            })
            .collect();
        recorder.describe_histogram(
            "redbutton_ingest_seconds".into(),
            None,
            "From a report's first byte to its receipt.".into(),
        );
        let ingest_seconds = recorder.register_histogram(&Key::from_static_name("redbutton_ingest_seconds"), &METADATA);
        recorder.describe_gauge("redbutton_open_tickets".into(), None, "Tickets that are open.".into());
        let open_tickets = recorder.register_gauge(&Key::from_static_name("redbutton_open_tickets"), &METADATA);
        build_info(&recorder);
        Self {
            reports_received,
            reports_joined,
            reports_repeated,
            ingest_seconds,
            attachment_bytes,
            screens_read,
            screens_failed,
            refused,
            open_tickets,
            refreshed: Mutex::default(),
            handle: recorder.handle(),
        }
    }

    /// A request was refused or failed.
    pub fn refused(&self, code: ErrorCode) {
        if let Some(counter) = self.refused.get(&code) {
            counter.increment(1);
        }
    }

    /// Whether gauges that cost a query are due.
    fn is_due(&self, now: Instant) -> bool {
        let mut refreshed = self.refreshed.lock().unwrap_or_else(PoisonError::into_inner);
        let due = refreshed.is_none_or(|at| now.duration_since(at) >= limits::GAUGE_REFRESH);
        if due {
            *refreshed = Some(now);
        }
        due
    }

    /// Forgets samples that are counted in, as the exporter asks for every few seconds.
    pub async fn keep(app: AppState) {
        let mut beat = tokio::time::interval(Duration::from_secs(5));
        loop {
            beat.tick().await;
            app.metrics.handle.run_upkeep();
        }
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

fn build_info(recorder: &PrometheusRecorder) {
    recorder.describe_gauge("redbutton_build_info".into(), None, "Always 1; its labels say what runs.".into());
    let labels = vec![Label::from_static_parts("version", env!("CARGO_PKG_VERSION"))];
    recorder.register_gauge(&Key::from_parts("redbutton_build_info", labels), &METADATA).set(1.0);
}

/// The pages of the metrics' own listener.
pub fn router(app: AppState) -> Router {
    Router::new().route("/metrics", get(show)).with_state(app)
}

async fn show(State(app): State<AppState>) -> impl IntoResponse {
    if app.metrics.is_due(Instant::now()) {
        match open_tickets(&app).await {
            Ok(open) => app.metrics.open_tickets.set(open),
            Err(error) => tracing::error!(%error, "open tickets could not be counted"),
        }
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], app.metrics.handle.render())
}

async fn open_tickets(app: &App) -> Result<f64, store::StoreError> {
    let mut open = 0.0;
    for organisation in app.store.list_organisations().await? {
        // Nobody holds tickets under this id; only the count of open ones is read.
        let counts = app.store.in_organisation(organisation.id).count_tickets(uuid::Uuid::nil()).await?;
        open += f64::from(counts.open);
    }
    Ok(open)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_is_counted_by_its_code_and_shown_from_the_start() {
        let metrics = Metrics::new();
        metrics.refused(ErrorCode::BodyTooLarge);
        metrics.ingest_seconds.record(0.04);
        let text = metrics.handle.render();
        assert!(text.contains("redbutton_refused_total{code=\"body_too_large\"} 1"), "{text}");
        assert!(text.contains("redbutton_refused_total{code=\"clock_skew\"} 0"), "{text}");
        assert!(text.contains("redbutton_ingest_seconds_bucket{le=\"0.05\"} 1"), "{text}");
        assert!(text.contains("redbutton_build_info{version="), "{text}");
    }
}
