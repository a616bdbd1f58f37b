use clap::Subcommand;
use serde::Serialize;
use uuid::Uuid;

use super::{choose_organisation, columns, minute, open_store};
use crate::{cli::Output, clock::Clock, config::Config};

/// What to do with devices.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List devices by host name.
    List {
        /// Whose [default: the only one].
        #[arg(long, value_name = "NAME")]
        organisation: Option<String>,
    },
    /// Refuse a device from now on; its reports stay.
    Revoke {
        /// Its id, as `list` shows it.
        id: Uuid,
        /// Whose [default: the only one].
        #[arg(long, value_name = "NAME")]
        organisation: Option<String>,
    },
}

#[derive(Serialize)]
struct Row {
    id: Uuid,
    hostname: String,
    os: report::OsFamily,
    agent_version: String,
    enrolled_at: chrono::DateTime<chrono::Utc>,
    revoked_at: Option<chrono::DateTime<chrono::Utc>>,
}

const PAGE: u64 = 500;

pub(crate) async fn run(output: Output, config: &Config, command: Command) -> anyhow::Result<()> {
    let store = open_store(config).await?;
    match command {
        Command::List { organisation } => {
            let (_, scope) = choose_organisation(&store, organisation.as_deref()).await?;
            let mut rows: Vec<Row> = Vec::new();
            loop {
                let after = rows.last().map(|row| (row.hostname.as_str(), row.id));
                let page = scope.list_devices(after, PAGE).await?;
                let complete = (page.len() as u64) < PAGE;
                rows.extend(page.into_iter().map(|device| Row {
                    id: device.id,
                    hostname: device.info.hostname,
                    os: device.info.os,
                    agent_version: device.info.agent_version,
                    enrolled_at: device.enrolled_at,
                    revoked_at: device.revoked_at,
                }));
                if complete {
                    break;
                }
            }
            output.print(&rows, || {
                let cells = rows.iter().map(|row| {
                    let state = if row.revoked_at.is_some() { "revoked" } else { "enrolled" };
                    let system = format!("{:?}", row.os).to_lowercase();
                    vec![
                        row.id.to_string(),
                        row.hostname.clone(),
                        system,
                        row.agent_version.clone(),
                        minute(row.enrolled_at),
                        state.to_owned(),
                    ]
                });
                columns(&["ID", "HOST", "SYSTEM", "AGENT", "ENROLLED", "STATE"], &cells.collect::<Vec<_>>())
            })?;
        }
        Command::Revoke { id, organisation } => {
            let (_, scope) = choose_organisation(&store, organisation.as_deref()).await?;
            scope.revoke_device(id, Clock::system().now()).await?;
            output.print(&serde_json::json!({ "revoked": id }), || format!("Device {id} is refused from now on."))?;
        }
    }
    store.close().await;
    Ok(())
}
