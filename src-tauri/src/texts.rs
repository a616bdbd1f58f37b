//! Every text the tray itself says, in both languages: menu, tooltip, notifications, command line.
//! To add one: a constant (or a function, where a value stands inside).

use agent::{AgentProblem, PressStage};
use report::{ErrorCode, Language, TicketStatus};

/// A text in both languages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text {
    en: &'static str,
    ru: &'static str,
}

impl Text {
    const fn new(en: &'static str, ru: &'static str) -> Self {
        Self { en, ru }
    }

    /// The text in `language`.
    pub fn get(self, language: Language) -> &'static str {
        match language {
            Language::En => self.en,
            Language::Ru => self.ru,
        }
    }
}

/// First entry of the menu.
pub const REPORT: Text = Text::new("Report a problem", "Сообщить о проблеме");
/// Entry that shows the window.
pub const OPEN_WINDOW: Text = Text::new("Open window", "Открыть окно");
/// Entry that is ticked while the app starts with the desktop.
pub const AUTOSTART: Text = Text::new("Start at sign-in", "Запускать при входе в систему");
/// Last entry.
pub const QUIT: Text = Text::new("Quit", "Выйти");

/// Tooltip, by state.
pub const IDLE: Text = Text::new("One click reports a problem", "Одно нажатие — и обращение отправлено");
/// Tooltip while a report is made or sent.
pub const SENDING: Text = Text::new("Sending your report…", "Отправляем ваше обращение…");
/// Tooltip while a report waits.
pub const WAITING: Text = Text::new(
    "Your report is saved here and will be sent when the connection is back",
    "Обращение сохранено и уйдёт, когда появится связь",
);
/// Tooltip while there is an unread answer.
pub const ANSWERED: Text = Text::new("There is an answer for you", "Вам ответили");

/// Title of the notification about a report kept for later.
pub const SAVED_TITLE: Text = Text::new("Your report is saved", "Обращение сохранено");
/// Its body.
pub const SAVED_BODY: Text = Text::new(
    "There is no connection to the support desk right now. It will be sent by itself; you need not do anything.",
    "Связи со службой поддержки сейчас нет. Обращение уйдёт само, ничего делать не нужно.",
);
/// Title of the notification that stands in for a window that does not come up.
pub const RECEIVED_TITLE: Text = Text::new("Your report is on its way", "Обращение отправляется");
/// Its body before there is a number.
pub const RECEIVED_BODY: Text = Text::new(
    "It is saved on this computer. The number will follow.",
    "Оно сохранено на этом компьютере. Номер сообщим.",
);
/// Title where a press was not taken at all.
pub const PRESS_FAILED: Text = Text::new("The report could not be made", "Не удалось создать обращение");
/// Body where a press was not taken at all.
pub const PRESS_FAILED_BODY: Text =
    Text::new("Please call the support desk.", "Пожалуйста, позвоните в службу поддержки.");

/// `INC-42`, as people read a ticket's number.
pub fn number(number: i64) -> String {
    format!("INC-{number}")
}

/// Where a ticket stands.
pub fn ticket_status(status: TicketStatus) -> Text {
    match status {
        TicketStatus::New => Text::new("registered", "зарегистрировано"),
        TicketStatus::InProgress => Text::new("in progress", "в работе"),
        TicketStatus::WaitingForUser => Text::new("waiting for your answer", "ждёт вашего ответа"),
        TicketStatus::Resolved => Text::new("resolved", "решено"),
        TicketStatus::Withdrawn => Text::new("taken back", "отозвано"),
    }
}

/// How far a press without a ticket is.
pub fn stage(stage: PressStage) -> Text {
    match stage {
        PressStage::Captured | PressStage::Diagnosing => Text::new("being prepared", "готовится"),
        PressStage::Saved => Text::new("saved", "сохранено"),
        PressStage::Sending => Text::new("being sent", "отправляется"),
        PressStage::WaitingForNetwork => Text::new("waiting for a connection", "ждёт связи"),
        PressStage::Answered => Text::new("received", "получено"),
        PressStage::Refused => Text::new("refused", "отклонено"),
        PressStage::Withdrawn => Text::new("taken back", "отозвано"),
    }
}

/// What stops or limits the agent, as a line of the menu and the body of a notification.
pub fn problem(problem: AgentProblem) -> Text {
    match problem {
        AgentProblem::NotSaved => Text::new(
            "The disk is full: your report is kept in memory only. Free some space and do not switch off.",
            "Диск заполнен: обращение хранится только в памяти. Освободите место и не выключайте компьютер.",
        ),
        AgentProblem::DeviceRevoked => Text::new(
            "This computer is no longer allowed to send reports. Ask your IT department.",
            "Этому компьютеру больше не разрешено отправлять обращения. Обратитесь в ИТ-отдел.",
        ),
        AgentProblem::UnknownDevice => Text::new(
            "The support desk does not know this computer. Ask your IT department.",
            "Служба поддержки не знает этот компьютер. Обратитесь в ИТ-отдел.",
        ),
        AgentProblem::InvalidEnrolmentToken => Text::new(
            "The enrolment token is no longer valid. Ask your IT department.",
            "Токен регистрации больше не действует. Обратитесь в ИТ-отдел.",
        ),
        AgentProblem::NoCollector => {
            Text::new("No address of a support desk is set.", "Адрес службы поддержки не задан.")
        }
        AgentProblem::NotEnrolled => {
            Text::new("This computer is not enrolled yet.", "Этот компьютер ещё не зарегистрирован.")
        }
        AgentProblem::KeyStoreLocked => Text::new(
            "The system's key store is locked. Unlock it to send what waits.",
            "Хранилище ключей системы заблокировано. Разблокируйте его, чтобы отправить ожидающее.",
        ),
        AgentProblem::CollectorNotTrusted => Text::new(
            "The support desk's certificate is not trusted here. Ask your IT department.",
            "Сертификат службы поддержки не является доверенным. Обратитесь в ИТ-отдел.",
        ),
        AgentProblem::OutboxFull => {
            Text::new("Little room is left: some pictures were not kept.", "Мало места: часть снимков не сохранена.")
        }
    }
}

/// The first menu entry with its hotkey.
pub fn report_with_hotkey(language: Language, keys: &str) -> String {
    format!("{} ({keys})", REPORT.get(language))
}

/// Menu line where the hotkey is not to be had.
pub fn hotkey_unavailable(language: Language, keys: &str) -> String {
    match language {
        Language::En => format!("The hotkey {keys} is not available"),
        Language::Ru => format!("Сочетание {keys} недоступно"),
    }
}

/// Title of a notification about a ticket.
pub fn replied(language: Language, ticket: i64, by: &str) -> String {
    match language {
        Language::En => format!("{}: {by} replied", number(ticket)),
        Language::Ru => format!("{}: вам ответили ({by})", number(ticket)),
    }
}

/// Title of a notification about a question.
pub fn asked(language: Language, ticket: i64, by: &str) -> String {
    match language {
        Language::En => format!("{}: {by} has a question for you", number(ticket)),
        Language::Ru => format!("{}: вопрос к вам ({by})", number(ticket)),
    }
}

/// Title of a notification about the end of a ticket.
pub fn resolved(language: Language, ticket: i64) -> String {
    match language {
        Language::En => format!("{} is resolved", number(ticket)),
        Language::Ru => format!("{} решено", number(ticket)),
    }
}

/// Title of a notification that a ticket belongs to something already known.
pub fn known(language: Language, ticket: i64) -> String {
    match language {
        Language::En => format!("{}: we know, we are on it", number(ticket)),
        Language::Ru => format!("{}: мы знаем и уже чиним", number(ticket)),
    }
}

/// Title of a notification that what was known is over.
pub fn over(language: Language, ticket: i64) -> String {
    match language {
        Language::En => format!("{}: this should work again", number(ticket)),
        Language::Ru => format!("{}: должно снова работать", number(ticket)),
    }
}

/// Title of the notification that a ticket has a number, where no window says so.
pub fn registered(language: Language, ticket: i64) -> String {
    match language {
        Language::En => format!("Your report is registered: {}", number(ticket)),
        Language::Ru => format!("Обращение зарегистрировано: {}", number(ticket)),
    }
}

/// The collector refused the report for good.
pub fn refused(language: Language, code: ErrorCode) -> String {
    match language {
        Language::En => format!("The support desk refused the report ({code}). Please call them."),
        Language::Ru => format!("Служба поддержки не приняла обращение ({code}). Пожалуйста, позвоните."),
    }
}

/// The command line, where no display answers.
#[cfg(target_os = "linux")]
pub const NO_DISPLAY: &str = "\
redbutton: no display answers, so there is no tray to sit in.\n\
Нет доступного дисплея, поэтому значку в трее негде появиться.\n\
\n\
  redbutton report --text \"…\"    reports a problem without a display / сообщить о проблеме без дисплея\n\
  redbutton --help               everything else / остальное";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_of_a_ticket_reads_differently_in_both_languages() {
        for language in [Language::En, Language::Ru] {
            let said: std::collections::HashSet<_> =
                TicketStatus::ALL.iter().map(|status| ticket_status(*status).get(language)).collect();
            assert_eq!(said.len(), TicketStatus::ALL.len());
        }
    }
}
