//! The menu: what it says follows from the state alone, so it is rebuilt only when that changes.

use agent::{AgentState, PressView};
use report::Language;
use tauri::{
    AppHandle,
    menu::{CheckMenuItem, Menu, MenuItem, PredefinedMenuItem},
};
use uuid::Uuid;

use crate::{hotkey::Hotkey, texts};

/// Most tickets the menu lists; the window has the rest.
const MAX_TICKETS: usize = 5;

/// What an entry does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Files an incident.
    Report,
    /// Shows the window.
    OpenWindow,
    /// Turns starting with the desktop on or off.
    Autostart,
    /// Ends the app.
    Quit,
}

impl Action {
    const ALL: [Self; 4] = [Self::Report, Self::OpenWindow, Self::Autostart, Self::Quit];

    fn id(self) -> &'static str {
        match self {
            Self::Report => "report",
            Self::OpenWindow => "open_window",
            Self::Autostart => "autostart",
            Self::Quit => "quit",
        }
    }

    /// The action behind a menu id; a ticket's entry opens the window.
    pub fn of_id(id: &str) -> Option<Self> {
        if id.starts_with(TICKET) {
            return Some(Self::OpenWindow);
        }
        Self::ALL.into_iter().find(|action| action.id() == id)
    }
}

/// Ids of tickets' entries are this and the report's id.
const TICKET: &str = "ticket:";

/// Whether the app starts with the desktop, and who decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Autostart {
    /// Whether it does.
    pub on: bool,
    /// Whether IT decides; the entry is then only shown.
    pub by_policy: bool,
}

/// What the menu says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MenuModel {
    language: Language,
    report: String,
    /// Things to know, not to click.
    remarks: Vec<String>,
    tickets: Vec<(Uuid, String)>,
    autostart: Autostart,
}

impl MenuModel {
    /// What the menu says in `state`.
    pub fn new(state: &AgentState, language: Language, hotkey: &Hotkey, autostart: Autostart) -> Self {
        let mut remarks: Vec<String> =
            state.problem.iter().map(|problem| texts::problem(*problem).get(language).to_owned()).collect();
        let report = match hotkey {
            Hotkey::On(keys) => texts::report_with_hotkey(language, keys),
            Hotkey::Off => texts::REPORT.get(language).to_owned(),
            Hotkey::Unavailable(keys) => {
                remarks.push(texts::hotkey_unavailable(language, keys));
                texts::REPORT.get(language).to_owned()
            }
        };
        let tickets =
            state.presses.iter().take(MAX_TICKETS).map(|press| (press.report_id, line(press, language))).collect();
        Self { language, report, remarks, tickets, autostart }
    }

    /// The menu itself.
    ///
    /// # Errors
    /// Fails where the toolkit does.
    pub fn build(&self, app: &AppHandle) -> tauri::Result<Menu<tauri::Wry>> {
        // An ampersand marks a mnemonic; in a name or a text it is doubled.
        let item = |id: &str, text: &str, enabled: bool| {
            MenuItem::with_id(app, id, text.replace('&', "&&"), enabled, None::<&str>)
        };
        let menu = Menu::new(app)?;
        menu.append(&item(Action::Report.id(), &self.report, true)?)?;
        if !self.tickets.is_empty() {
            menu.append(&PredefinedMenuItem::separator(app)?)?;
            for (report, line) in &self.tickets {
                menu.append(&item(&format!("{TICKET}{report}"), line, true)?)?;
            }
        }
        menu.append(&PredefinedMenuItem::separator(app)?)?;
        for (at, remark) in self.remarks.iter().enumerate() {
            menu.append(&item(&format!("remark:{at}"), remark, false)?)?;
        }
        menu.append(&item(Action::OpenWindow.id(), texts::OPEN_WINDOW.get(self.language), true)?)?;
        menu.append(&CheckMenuItem::with_id(
            app,
            Action::Autostart.id(),
            texts::AUTOSTART.get(self.language),
            !self.autostart.by_policy,
            self.autostart.on,
            None::<&str>,
        )?)?;
        menu.append(&PredefinedMenuItem::separator(app)?)?;
        menu.append(&item(Action::Quit.id(), texts::QUIT.get(self.language), true)?)?;
        Ok(menu)
    }
}

/// One press as a line: its ticket and where it stands, or how far it is.
fn line(press: &PressView, language: Language) -> String {
    let ticket = press.events.last().map(|event| &event.ticket).or(press.receipt.as_ref().map(|r| &r.ticket));
    let unread = if press.unread { "● " } else { "" };
    match ticket {
        Some(ticket) if press.stage == agent::PressStage::Answered => {
            format!("{unread}{} — {}", texts::number(ticket.number), texts::ticket_status(ticket.status).get(language))
        }
        _ => {
            let at = press.pressed_at.with_timezone(&chrono::Local).format("%H:%M");
            format!("{unread}{at} — {}", texts::stage(press.stage).get(language))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::news::tests::{answered, press};

    const OFF: Autostart = Autostart { on: false, by_policy: false };

    #[test]
    fn reporting_comes_first_and_names_the_hotkey() {
        let state = AgentState::default();
        let model = MenuModel::new(&state, Language::Ru, &Hotkey::On("Ctrl+Alt+F9".into()), OFF);
        assert_eq!(model.report, "Сообщить о проблеме (Ctrl+Alt+F9)");
        assert!(model.remarks.is_empty());
    }

    #[test]
    fn a_hotkey_that_is_taken_is_said_and_nothing_else_changes() {
        let state = AgentState::default();
        let model = MenuModel::new(&state, Language::En, &Hotkey::Unavailable("Ctrl+Alt+F9".into()), OFF);
        assert_eq!(model.report, "Report a problem");
        assert_eq!(model.remarks, ["The hotkey Ctrl+Alt+F9 is not available"]);
    }

    #[test]
    fn the_last_five_tickets_are_listed_with_their_state() {
        let mut state = AgentState { presses: (1..=7).map(answered).collect(), ..AgentState::default() };
        state.presses[0].stage = agent::PressStage::WaitingForNetwork;
        let model = MenuModel::new(&state, Language::En, &Hotkey::Off, OFF);
        assert_eq!(model.tickets.len(), 5);
        assert!(model.tickets[0].1.ends_with("— waiting for a connection"));
        assert_eq!(model.tickets[1].1, "INC-2 — registered");
    }

    #[test]
    fn an_unread_answer_is_marked() {
        let mut unread = press();
        unread.unread = true;
        assert!(line(&unread, Language::En).starts_with('●'));
    }

    #[test]
    fn every_entry_leads_to_its_action() {
        for action in Action::ALL {
            assert_eq!(Action::of_id(action.id()), Some(action));
        }
        assert_eq!(Action::of_id(&format!("{TICKET}{}", Uuid::nil())), Some(Action::OpenWindow));
        assert_eq!(Action::of_id("remark:0"), None);
    }
}
