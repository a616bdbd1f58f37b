use std::net::SocketAddr;

use anyhow::Context;
use clap::Args;
use serde::Serialize;
use tokio::net::TcpListener;
use triage::Classifier;
use uuid::Uuid;

use super::open_store;
use crate::{
    app::App,
    cli::Output,
    clock::Clock,
    config::Config,
    organisations::default_organisation,
    server::{Listeners, serve},
};

/// Flags of `serve`.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Address of the API and the console (`server.listen`); port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// Address of Prometheus metrics (`server.metrics_listen`).
    #[arg(long, value_name = "ADDRESS")]
    metrics_listen: Option<SocketAddr>,
}

impl Arguments {
    /// As settings: flag, key, value.
    pub(crate) fn flags(&self) -> Vec<(String, String, String)> {
        let flag = |name: &str, key: &str, address: &SocketAddr| (name.to_owned(), key.to_owned(), address.to_string());
        let listen = self.listen.iter().map(|a| flag("--listen", "server.listen", a));
        let metrics = self.metrics_listen.iter().map(|a| flag("--metrics-listen", "server.metrics_listen", a));
        listen.chain(metrics).collect()
    }
}

#[derive(Serialize)]
struct Listening {
    address: String,
    metrics: Option<String>,
}

pub(crate) async fn run(output: Output, config: Config, _: Arguments) -> anyhow::Result<()> {
    let classifier = Classifier::shipped().context("reading the rules")?;
    let api = bind(config.server.listen).await?;
    let metrics = match config.server.metrics_listen {
        Some(address) => Some(bind(address).await?),
        None => None,
    };
    let store = open_store(&config).await?;
    let clock = Clock::system();
    let organisation = default_organisation(&store, clock.now()).await?;
    store.delete_expired_sessions(clock.now()).await?;

    let listening = Listening {
        address: format!("http://{}", api.local_addr()?),
        metrics: metrics.as_ref().map(TcpListener::local_addr).transpose()?.map(|a| format!("http://{a}/metrics")),
    };
    if store.in_organisation(organisation.id).list_staff().await?.is_empty() {
        let dir = config.storage.data_dir.display();
        output.say(&format!(
            "Nobody can sign in yet. Make the first member of staff with\n    \
             redbutton-collector --data-dir {dir} staff add LOGIN --role admin"
        ))?;
    }
    let shutdown = stop_signal()?;
    output.print(&listening, || match &listening.metrics {
        Some(metrics) => format!("listening on {} (metrics on {metrics})", listening.address),
        None => format!("listening on {}", listening.address),
    })?;
    tracing::info!(version = env!("CARGO_PKG_VERSION"), rules = classifier.version(), run = %Uuid::new_v4(), "started");
    serve(App::new(config, store, classifier, clock), Listeners { api, metrics }, shutdown).await?;
    tracing::info!("stopped");
    Ok(())
}

async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| format!("listening on {address}"))
}

/// Ends with the first SIGTERM or SIGINT (Ctrl+C on Windows). Handlers are set before this returns, so that a stop
/// right after the start is not lost.
#[cfg(unix)]
fn stop_signal() -> anyhow::Result<impl Future<Output = ()> + Send> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Ends with the first Ctrl+C, Ctrl+Break or shutdown of the system.
#[cfg(windows)]
fn stop_signal() -> anyhow::Result<impl Future<Output = ()> + Send> {
    use tokio::signal::windows;
    let (mut c, mut brk, mut down) = (windows::ctrl_c()?, windows::ctrl_break()?, windows::ctrl_shutdown()?);
    Ok(async move {
        tokio::select! {
            _ = c.recv() => {}
            _ = brk.recv() => {}
            _ = down.recv() => {}
        }
    })
}
