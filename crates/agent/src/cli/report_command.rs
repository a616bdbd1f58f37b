//! `report`: a press without a button.

use std::process::ExitCode;
use std::time::Duration;

use report::{Language, MAX_TEXT_CHARS};

use super::words;
use crate::state::{AgentProblem, PressStage, PressView};
use crate::{Engine, Flags, PressInput};

/// Saved, but the collector does not have it yet.
const SAVED_ONLY: u8 = 3;

pub(super) struct Asked {
    pub text: Option<String>,
    pub no_screenshot: bool,
    pub wait: Duration,
    pub json: bool,
}

pub(super) fn run(flags: Flags, asked: Asked) -> anyhow::Result<ExitCode> {
    let (paths, policy, language) = super::surroundings(flags)?;
    if asked.text.as_ref().is_some_and(|text| text.chars().count() > MAX_TEXT_CHARS) {
        anyhow::bail!("{}", words::text_too_long().get(language));
    }
    super::runtime()?.block_on(async {
        let engine = Engine::start(paths, policy)?;
        let input = PressInput { text: asked.text, pressed_at: None, without_screenshot: asked.no_screenshot };
        let id = engine.press(input).await?.0;
        // Whatever happens, the report is durable before this command ends.
        let mut states = engine.subscribe();
        let is_written = |view: &PressView| !matches!(view.stage, PressStage::Captured | PressStage::Diagnosing);
        let find = |engine: &Engine| engine.find_press(id);
        while !find(&engine).is_some_and(|view| is_written(&view)) {
            if engine.subscribe().borrow().problem == Some(AgentProblem::NotSaved) {
                break;
            }
            states.changed().await?;
        }
        let answered = async {
            while find(&engine).is_some_and(|view| view.stage.is_under_way()) {
                if states.changed().await.is_err() {
                    break;
                }
            }
            // Pictures follow; the ticket shows that they are coming, but this process is what sends them.
            while engine.delivers() && find(&engine).is_some_and(|view| awaits_pictures(&view)) {
                if states.changed().await.is_err() {
                    break;
                }
            }
        };
        drop(tokio::time::timeout(asked.wait, answered).await);
        let view = find(&engine).ok_or_else(|| anyhow::anyhow!("the report is gone"))?;
        let problem = states.borrow().problem;
        engine.shutdown().await;
        if asked.json {
            super::print_json(&view)?;
        } else {
            say(&view, problem, language);
        }
        Ok(match view.stage {
            PressStage::Answered => ExitCode::SUCCESS,
            _ if problem == Some(AgentProblem::NotSaved) => ExitCode::FAILURE,
            stage if stage.is_under_way() => ExitCode::from(SAVED_ONLY),
            _ => ExitCode::FAILURE,
        })
    })
}

fn awaits_pictures(view: &PressView) -> bool {
    let dropped = view.omissions.iter().filter(|omission| omission.item.starts_with("screenshot:")).count();
    let dropped = u32::try_from(dropped).unwrap_or(u32::MAX);
    view.stage == PressStage::Answered && view.pictures_sent.saturating_add(dropped) < view.pictures_total
}

fn say(view: &PressView, problem: Option<AgentProblem>, language: Language) {
    match (&view.receipt, view.stage) {
        (_, PressStage::Refused) => println!("{}", words::refused(view.refusal).get(language)),
        (_, PressStage::Withdrawn) => println!("{}", words::withdrawn().get(language)),
        (Some(receipt), _) => {
            println!("{}", words::registered(receipt.ticket.number, receipt.joined).get(language));
            println!("{}", receipt.says.get(language));
            if let Some(notice) = &receipt.notice {
                println!("{}", words::we_know(&notice.title, notice.affected).get(language));
            }
        }
        (None, _) if problem == Some(AgentProblem::NotSaved) => println!("{}", words::not_saved().get(language)),
        (None, _) => {
            println!("{}", words::saved().get(language));
            if let Some(problem) = problem {
                println!("{}", words::problem(problem).get(language));
            }
        }
    }
}
