use anyhow::Context;
use clap::Subcommand;
use store::Scope;

use super::{choose_organisation, columns, minute, open_store};
use crate::{cli::Output, clock::Clock, config::Config, error::ApiError, learning, limits, quality, wire};

/// What to do about how reports are judged.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show how right triage is: accuracy, calibration, confusion, drift.
    Report {
        /// Tickets opened in the last so many days.
        #[arg(long, value_name = "N", default_value_t = quality::DEFAULT_DAYS,
              value_parser = clap::value_parser!(u32).range(1..=i64::from(limits::QUALITY_DAYS)))]
        days: u32,
        /// Whose [default: the only one].
        #[arg(long, value_name = "NAME")]
        organisation: Option<String>,
    },
    /// Have the text model learn from the corrections now.
    Learn {
        /// Whose [default: the only one].
        #[arg(long, value_name = "NAME")]
        organisation: Option<String>,
    },
}

pub(crate) async fn run(output: Output, config: &Config, command: Command) -> anyhow::Result<()> {
    let store = open_store(config).await?;
    match command {
        Command::Report { days, organisation } => {
            let (organisation, scope) = choose_organisation(&store, organisation.as_deref()).await?;
            report(output, &scope, &organisation.name, days).await?;
        }
        Command::Learn { organisation } => {
            let (_, scope) = choose_organisation(&store, organisation.as_deref()).await?;
            learn(output, &scope).await?;
        }
    }
    store.close().await;
    Ok(())
}

async fn learn(output: Output, scope: &Scope) -> anyhow::Result<()> {
    let version = learning::learn(scope, None, Clock::system().now()).await?;
    let version = version.context("a running collector learned at the same time; see `triage report`")?;
    let failed = |error: ApiError| anyhow::anyhow!(error.causes().unwrap_or_else(|| error.code().to_string()));
    let all = wire::ModelVersion::list(scope).await.map_err(failed)?;
    let learned = all.into_iter().find(|known| known.version == version).context("what was learned is gone")?;
    output.print(&learned, || {
        let stands = match learned.state {
            wire::ModelState::Active => "active: reports are judged by it",
            wire::ModelState::Available => "not active, because an older one was chosen; activate it in the console",
            wire::ModelState::Refused => "refused",
        };
        let reason = learned.reason.as_ref().map_or_else(String::new, |reason| format!("\n{}", reason.en));
        format!("{}\n{stands}{reason}", model(&learned))
    })
}

async fn report(output: Output, scope: &Scope, organisation: &str, days: u32) -> anyhow::Result<()> {
    let found = quality::measure(scope, days, Clock::system().now()).await;
    let found = found.map_err(|error| anyhow::anyhow!(error.causes().unwrap_or_else(|| error.code().to_string())))?;
    output.print(&found, || in_words(&found, organisation, days))
}

fn in_words(found: &wire::Quality, organisation: &str, days: u32) -> String {
    let mut text = format!(
        "Triage of {organisation} over {days} days: {} tickets, {} of a known truth, {} corrected, {} abstentions\n\n\
         accuracy           {}\n  where it answers {}\ncalibration error  {}\ntext model         {}\n",
        found.tickets,
        found.known,
        found.corrected,
        found.abstained,
        percent(found.accuracy),
        percent(found.answered_accuracy),
        number(found.ece),
        model(&found.model),
    );
    let mut table = |title: &str, head: &[&str], rows: Vec<Vec<String>>| {
        if !rows.is_empty() {
            text.push_str(&format!("\n{title}\n{}\n", columns(head, &rows)));
        }
    };
    let steps = found.calibration.iter().map(|step| {
        let range = format!("{:.1}–{:.1}", step.from, step.to);
        vec![range, step.count.to_string(), percent(Some(step.said)), percent(Some(step.right))]
    });
    table("Calibration", &["CONFIDENCE", "TICKETS", "SAID", "RIGHT"], steps.collect());
    let categories = found.categories.iter().map(|of| {
        let name = of.category.as_str().to_owned();
        vec![name, of.count.to_string(), percent(of.precision), percent(of.recall), number(of.f1)]
    });
    table("Categories", &["CATEGORY", "TICKETS", "PRECISION", "RECALL", "F1"], categories.collect());
    let mistaken = found.confusion.iter().filter(|cell| cell.said != cell.was).take(MISTAKES);
    let mistaken =
        mistaken.map(|cell| vec![cell.said.as_str().to_owned(), cell.was.as_str().to_owned(), cell.count.to_string()]);
    table("Most frequent mistakes", &["SAID", "WAS", "TICKETS"], mistaken.collect());
    let weeks = found.drift.iter().map(|week| {
        let day = week.week_of.format("%Y-%m-%d").to_string();
        vec![day, week.tickets.to_string(), percent(week.accuracy), percent(week.mean_confidence), number(week.psi)]
    });
    table("Drift", &["WEEK OF", "TICKETS", "ACCURACY", "CONFIDENCE", "PSI"], weeks.collect());
    text
}

/// Most mistakes shown to people; scripts get all.
const MISTAKES: usize = 10;

fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| "–".to_owned(), |share| format!("{:.1} %", share * 100.0))
}

fn number(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.3}"))
}

fn model(version: &wire::ModelVersion) -> String {
    let scores =
        format!("held-out accuracy {:.3}, macro-F1 {:.3}", version.held_out_accuracy, version.held_out_macro_f1);
    match version.created_at {
        None => format!("shipped, {scores}"),
        Some(at) => {
            let learned = version.corrections;
            format!("version {} of {}, from {learned} corrections, {scores}", version.version, minute(at))
        }
    }
}
