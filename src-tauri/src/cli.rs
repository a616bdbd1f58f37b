//! The command line. Everything is the agent's; a report goes to the running tray app where there is one, so that one
//! process owns the outbox and the person sees the window.

use std::process::ExitCode;

use agent::{Paths, Policy, PressStage, PressView, cli::Command};
use report::Language;
use uuid::Uuid;

use crate::{
    instance::{self, HandedOver, Outcome},
    texts,
};

/// Exit code of a report that is saved but not yet with the collector; the agent's own command uses the same.
const SAVED_ONLY: u8 = 3;

/// Runs `command` to its end.
pub fn run(command: Command) -> ExitCode {
    if let Command::Report { text, no_screenshot, wait, json } = &command {
        let asked =
            HandedOver { reply: Uuid::now_v7(), text: text.clone(), without_screenshot: *no_screenshot, wait_s: *wait };
        match report_through_tray(asked) {
            Ok(Some(outcome)) => return print(&outcome, *json),
            Ok(None) => {}
            Err(error) => eprintln!("redbutton: the running app did not answer, reporting without it: {error:#}"),
        }
    }
    agent::cli::run(command)
}

/// `None` where no tray app runs.
fn report_through_tray(asked: HandedOver) -> anyhow::Result<Option<Outcome>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let (reply, wait_s) = (asked.reply, asked.wait_s);
        if !instance::hand_over(asked.into_arguments()?).await? {
            return Ok(None);
        }
        let file = instance::outcome_file(&Paths::of_this_user()?.state, reply);
        let outcome = instance::await_outcome(&file, wait_s).await;
        // It was taken, so it must not be made a second time.
        Ok(Some(outcome.unwrap_or(Outcome::Failed("the running app took the report but says nothing".into()))))
    })
}

/// Prints and answers as the agent's own `report` does.
fn print(outcome: &Outcome, json: bool) -> ExitCode {
    let press = match outcome {
        Outcome::Pressed(press) => press,
        Outcome::Failed(why) => {
            eprintln!("redbutton: {why}");
            return ExitCode::FAILURE;
        }
    };
    match serde_json::to_string_pretty(press) {
        Ok(whole) if json => println!("{whole}"),
        _ => println!("{}", says(press, language())),
    }
    match press.stage {
        PressStage::Answered => ExitCode::SUCCESS,
        stage if stage.is_under_way() => ExitCode::from(SAVED_ONLY),
        _ => ExitCode::FAILURE,
    }
}

fn language() -> Language {
    let policy = Paths::of_this_user().ok().and_then(|paths| Policy::load(&paths, agent::Flags::default()).ok());
    policy.unwrap_or_default().language_of_person()
}

/// The outcome in words: the number and what the collector says, or how far it is.
fn says(press: &PressView, language: Language) -> String {
    match (&press.receipt, press.refusal) {
        (Some(receipt), _) => {
            format!("{}\n{}", texts::registered(language, receipt.ticket.number), receipt.says.get(language))
        }
        (None, Some(code)) => texts::refused(language, code),
        (None, None) if press.stage == PressStage::WaitingForNetwork => {
            format!("{}\n{}", texts::SAVED_TITLE.get(language), texts::SAVED_BODY.get(language))
        }
        (None, None) => format!("{}: {}", press.report_id, texts::stage(press.stage).get(language)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::news::tests::{answered, press};

    #[test]
    fn the_number_comes_first() {
        assert!(says(&answered(42), Language::En).starts_with("Your report is registered: INC-42\n"));
    }

    #[test]
    fn a_saved_report_is_said_to_be_saved() {
        let press = PressView { stage: PressStage::WaitingForNetwork, ..press() };
        assert!(says(&press, Language::Ru).starts_with("Обращение сохранено"));
    }
}
