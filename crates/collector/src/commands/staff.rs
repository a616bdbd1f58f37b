use std::io::Read;

use anyhow::{Context, bail};
use clap::{Subcommand, ValueEnum};
use report::Language;
use serde::Serialize;
use store::{NewStaff, Role, Scope, Staff};
use uuid::Uuid;

use super::{choose_organisation, columns, minute, open_store};
use crate::{
    auth::{Passwords, generate_password},
    cli::Output,
    clock::Clock,
    config::Config,
    limits,
};

/// What to do with staff.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Add a member of staff. Their password is made and shown once, unless it comes from standard input.
    Add {
        /// What they sign in with.
        login: String,
        /// Their name, as users see it [default: the login].
        #[arg(long)]
        name: Option<String>,
        /// What they may do.
        #[arg(long, value_enum, default_value_t = RoleName::FirstLine)]
        role: RoleName,
        /// The language they read.
        #[arg(long, value_enum, default_value_t = LanguageName::En)]
        language: LanguageName,
        /// Read the password from standard input, its first line.
        #[arg(long)]
        password_stdin: bool,
        /// Where they work [default: the only one].
        #[arg(long, value_name = "NAME")]
        organisation: Option<String>,
    },
    /// List staff.
    List {
        /// Where they work [default: the only one].
        #[arg(long, value_name = "NAME")]
        organisation: Option<String>,
    },
    /// Refuse somebody from now on, and sign them out.
    Disable {
        /// Their login.
        login: String,
    },
    /// Give somebody a new password, and sign them out.
    ResetPassword {
        /// Their login.
        login: String,
        /// Read the password from standard input, its first line.
        #[arg(long)]
        password_stdin: bool,
    },
}

/// Roles as flags.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum RoleName {
    /// Works the queue.
    #[value(name = "first_line")]
    FirstLine,
    /// Works what is routed to a team.
    #[value(name = "second_line")]
    SecondLine,
    /// Sees figures and notices too.
    Lead,
    /// Everything.
    Admin,
}

/// Languages as flags.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum LanguageName {
    /// English.
    En,
    /// Russian.
    Ru,
}

#[derive(Serialize)]
struct Row {
    id: Uuid,
    login: String,
    name: String,
    role: Role,
    created_at: chrono::DateTime<chrono::Utc>,
    disabled_at: Option<chrono::DateTime<chrono::Utc>>,
}

pub(crate) async fn run(output: Output, config: &Config, command: Command) -> anyhow::Result<()> {
    let store = open_store(config).await?;
    let now = Clock::system().now();
    match command {
        Command::Add { login, name, role, language, password_stdin, organisation } => {
            let login = checked_login(&login)?;
            let (organisation, scope) = choose_organisation(&store, organisation.as_deref()).await?;
            let (password, shown) = password(password_stdin)?;
            let new = NewStaff {
                id: Uuid::now_v7(),
                name: name.unwrap_or_else(|| login.clone()),
                login,
                role: role.into(),
                language: language.into(),
                password_hash: Some(Passwords::default().hash(password).await?),
            };
            let staff = scope.create_staff(&new, now).await.with_context(|| format!("adding {}", new.login))?;
            let value = serde_json::json!({ "id": staff.id, "login": staff.login, "password": shown });
            output.print(&value, || match &shown {
                Some(password) => format!(
                    "{} may sign in to {} with the password (shown once):\n\n    {password}",
                    staff.login, organisation.name
                ),
                None => format!("{} may sign in to {}.", staff.login, organisation.name),
            })?;
        }
        Command::List { organisation } => {
            let (_, scope) = choose_organisation(&store, organisation.as_deref()).await?;
            list(output, &scope).await?;
        }
        Command::Disable { login } => {
            let staff = find(&store, &login).await?;
            store.in_organisation(staff.organisation_id).disable_staff(staff.id, now).await?;
            output.print(&serde_json::json!({ "disabled": staff.login }), || {
                format!("{} is refused from now on.", staff.login)
            })?;
        }
        Command::ResetPassword { login, password_stdin } => {
            let staff = find(&store, &login).await?;
            let (password, shown) = password(password_stdin)?;
            let hash = Passwords::default().hash(password).await?;
            store.in_organisation(staff.organisation_id).set_password_hash(staff.id, &hash).await?;
            output.print(&serde_json::json!({ "login": staff.login, "password": shown }), || match &shown {
                Some(password) => format!("New password of {} (shown once):\n\n    {password}", staff.login),
                None => format!("{} has the new password.", staff.login),
            })?;
        }
    }
    store.close().await;
    Ok(())
}

async fn list(output: Output, scope: &Scope) -> anyhow::Result<()> {
    let rows: Vec<Row> = scope
        .list_staff()
        .await?
        .into_iter()
        .map(|Staff { id, login, name, role, created_at, disabled_at, .. }| Row {
            id,
            login,
            name,
            role,
            created_at,
            disabled_at,
        })
        .collect();
    output.print(&rows, || {
        let cells = rows.iter().map(|row| {
            let state = if row.disabled_at.is_some() { "disabled" } else { "active" };
            let role = RoleName::from(row.role).to_possible_value().map_or(String::new(), |v| v.get_name().to_owned());
            vec![row.login.clone(), row.name.clone(), role, state.to_owned(), minute(row.created_at)]
        });
        columns(&["LOGIN", "NAME", "ROLE", "STATE", "SINCE"], &cells.collect::<Vec<_>>())
    })
}

async fn find(store: &store::Store, login: &str) -> anyhow::Result<Staff> {
    store.staff_by_login(login).await?.with_context(|| format!("nobody has the login `{login}`"))
}

fn checked_login(login: &str) -> anyhow::Result<String> {
    let sound =
        !login.is_empty() && login.chars().count() <= limits::NAME_CHARS && !login.chars().any(char::is_whitespace);
    if sound { Ok(login.to_owned()) } else { bail!("a login is one word of at most {} characters", limits::NAME_CHARS) }
}

/// The password, and what to show of it: one that was typed is known already.
fn password(from_stdin: bool) -> anyhow::Result<(String, Option<String>)> {
    if !from_stdin {
        let made = generate_password(&mut rand::rng());
        return Ok((made.clone(), Some(made)));
    }
    let mut text = String::new();
    std::io::stdin()
        .take(limits::PASSWORD_MAX_BYTES as u64 * 2)
        .read_to_string(&mut text)
        .context("reading the password")?;
    Ok((text.lines().next().unwrap_or_default().to_owned(), None))
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::FirstLine => Self::FirstLine,
            RoleName::SecondLine => Self::SecondLine,
            RoleName::Lead => Self::Lead,
            RoleName::Admin => Self::Admin,
        }
    }
}

impl From<Role> for RoleName {
    fn from(role: Role) -> Self {
        match role {
            Role::FirstLine => Self::FirstLine,
            Role::SecondLine => Self::SecondLine,
            Role::Lead => Self::Lead,
            Role::Admin => Self::Admin,
        }
    }
}

impl From<LanguageName> for Language {
    fn from(name: LanguageName) -> Self {
        match name {
            LanguageName::En => Self::En,
            LanguageName::Ru => Self::Ru,
        }
    }
}
