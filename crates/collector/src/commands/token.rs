use clap::Subcommand;
use serde::Serialize;
use store::{EnrolmentToken, MonitoringToken, NewEnrolmentToken, StoreError};
use uuid::Uuid;

use super::{choose_organisation, columns, minute, open_store};
use crate::{auth::Token, cli::Output, clock::Clock, config::Config, units::Span};

/// What to do with tokens: devices enrol with one, monitoring calls with one.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Make a token; it is shown once.
    #[command(visible_alias = "create")]
    New {
        /// For monitoring, which may tell of its alerts with it and nothing else.
        #[arg(long, conflicts_with_all = ["uses", "expires"])]
        monitoring: bool,
        /// What to call it, to know it again in the list.
        #[arg(long, default_value = "")]
        label: String,
        /// How many devices it may enrol [default: any number].
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
        uses: Option<u32>,
        /// For how long it works, e.g. `7d` [default: until revoked].
        #[arg(long, value_name = "TIME")]
        expires: Option<Span>,
        /// Whose devices it makes [default: the only one].
        #[arg(long, value_name = "NAME")]
        organisation: Option<String>,
    },
    /// List tokens.
    List {
        /// Whose [default: the only one].
        #[arg(long, value_name = "NAME")]
        organisation: Option<String>,
    },
    /// Refuse a token from now on; devices enrolled with it stay.
    Revoke {
        /// Its id, as `list` shows it.
        id: Uuid,
        /// Whose [default: the only one].
        #[arg(long, value_name = "NAME")]
        organisation: Option<String>,
    },
}

/// Who uses a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Purpose {
    Devices,
    Monitoring,
}

impl Purpose {
    fn as_str(self) -> &'static str {
        match self {
            Self::Devices => "devices",
            Self::Monitoring => "monitoring",
        }
    }
}

#[derive(Serialize)]
struct Made<'a> {
    id: Uuid,
    #[serde(rename = "for")]
    purpose: Purpose,
    token: &'a str,
    organisation: &'a str,
}

#[derive(Serialize)]
struct Row {
    id: Uuid,
    #[serde(rename = "for")]
    purpose: Purpose,
    label: String,
    state: &'static str,
    uses: Option<u32>,
    max_uses: Option<u32>,
    created_at: chrono::DateTime<chrono::Utc>,
    expires_at: Option<chrono::DateTime<chrono::Utc>>,
}

impl Row {
    fn of(token: EnrolmentToken, now: chrono::DateTime<chrono::Utc>) -> Self {
        let state = if token.revoked_at.is_some() {
            "revoked"
        } else if token.expires_at.is_some_and(|end| end <= now) {
            "expired"
        } else if token.max_uses.is_some_and(|max| token.uses >= max) {
            "used up"
        } else {
            "works"
        };
        let EnrolmentToken { id, label, uses, max_uses, created_at, expires_at, .. } = token;
        let (purpose, uses) = (Purpose::Devices, Some(uses));
        Self { id, purpose, label, state, uses, max_uses, created_at, expires_at }
    }

    fn of_monitoring(token: MonitoringToken) -> Self {
        Self {
            id: token.id,
            purpose: Purpose::Monitoring,
            label: token.label,
            state: if token.revoked_at.is_some() { "revoked" } else { "works" },
            uses: None,
            max_uses: None,
            created_at: token.created_at,
            expires_at: None,
        }
    }
}

pub(crate) async fn run(output: Output, config: &Config, command: Command) -> anyhow::Result<()> {
    let store = open_store(config).await?;
    let now = Clock::system().now();
    match command {
        Command::New { monitoring: true, label, organisation, .. } => {
            let (organisation, scope) = choose_organisation(&store, organisation.as_deref()).await?;
            let token = Token::generate(&mut rand::rng());
            let id = Uuid::now_v7();
            scope.create_monitoring_token(id, token.hash().bytes(), &label, now).await?;
            let text = token.reveal();
            let made = Made { id, purpose: Purpose::Monitoring, token: &text, organisation: &organisation.name };
            output.print(&made, || {
                format!(
                    "Token for monitoring of {} (shown once):\n\n    {text}\n\nRevoke it with: token revoke {id}",
                    organisation.name
                )
            })?;
        }
        Command::New { monitoring: false, label, uses, expires, organisation } => {
            let (organisation, scope) = choose_organisation(&store, organisation.as_deref()).await?;
            let token = Token::generate(&mut rand::rng());
            let new = NewEnrolmentToken {
                id: Uuid::now_v7(),
                token_hash: token.hash().bytes(),
                label,
                expires_at: expires.map(|span| now + span.as_delta()),
                max_uses: uses,
            };
            let made = scope.create_enrolment_token(&new, now).await?;
            let text = token.reveal();
            let purpose = Purpose::Devices;
            output.print(&Made { id: made.id, purpose, token: &text, organisation: &organisation.name }, || {
                format!(
                    "Token for devices of {} (shown once):\n\n    {text}\n\nRevoke it with: token revoke {}",
                    organisation.name, made.id
                )
            })?;
        }
        Command::List { organisation } => {
            let (_, scope) = choose_organisation(&store, organisation.as_deref()).await?;
            let devices = scope.list_enrolment_tokens().await?.into_iter().map(|t| Row::of(t, now));
            let monitoring = scope.list_monitoring_tokens().await?.into_iter().map(Row::of_monitoring);
            let rows: Vec<Row> = devices.chain(monitoring).collect();
            output.print(&rows, || {
                let cells = rows.iter().map(|row| {
                    let uses = row.uses.map_or("-".to_owned(), |uses| uses.to_string());
                    let max = row.max_uses.map_or("any".to_owned(), |max| max.to_string());
                    let until = row.expires_at.map_or("-".to_owned(), minute);
                    vec![
                        row.id.to_string(),
                        row.purpose.as_str().to_owned(),
                        row.state.to_owned(),
                        format!("{uses} of {max}"),
                        until,
                        row.label.clone(),
                    ]
                });
                columns(&["ID", "FOR", "STATE", "USES", "EXPIRES", "LABEL"], &cells.collect::<Vec<_>>())
            })?;
        }
        Command::Revoke { id, organisation } => {
            let (_, scope) = choose_organisation(&store, organisation.as_deref()).await?;
            match scope.revoke_enrolment_token(id, now).await {
                Err(StoreError::NotFound) => scope.revoke_monitoring_token(id, now).await?,
                revoked => revoked?,
            }
            output.print(&serde_json::json!({ "revoked": id }), || format!("Token {id} is refused from now on."))?;
        }
    }
    store.close().await;
    Ok(())
}
