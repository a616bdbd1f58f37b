//! What the command line says, in both languages, in one table.

use report::{ErrorCode, LocalText, TicketStatus};

use crate::seal::KeyPlace;
use crate::state::{AgentProblem, PressStage};

fn text(en: &str, ru: &str) -> LocalText {
    LocalText::new(en, ru)
}

/// The report has its answer.
pub(super) fn registered(number: i64, joined: bool) -> LocalText {
    match joined {
        false => text(&format!("Registered: INC-{number}"), &format!("Обращение зарегистрировано: INC-{number}")),
        true => text(
            &format!("Added to your open ticket INC-{number}"),
            &format!("Добавлено к вашему открытому обращению INC-{number}"),
        ),
    }
}

/// The report is durable, but not delivered.
pub(super) fn saved() -> LocalText {
    text(
        "Saved on this computer. It will be sent as soon as the support service can be reached.",
        "Обращение сохранено на этом компьютере и будет отправлено, как только появится связь со службой поддержки.",
    )
}

/// The report is neither durable nor delivered.
pub(super) fn not_saved() -> LocalText {
    text(
        "NOT saved: there is no room on the disk, and the support service cannot be reached. Please call it.",
        "Обращение НЕ сохранено: на диске нет места, а связи со службой поддержки нет. Пожалуйста, позвоните.",
    )
}

/// The collector refused the report for good.
pub(super) fn refused(code: Option<ErrorCode>) -> LocalText {
    let code = code.map_or("-", ErrorCode::as_str);
    text(
        &format!("The support service refused the report ({code}). It is kept on this computer for IT."),
        &format!(
            "Служба поддержки не приняла обращение ({code}). Оно сохранено на этом компьютере для ИТ-специалистов."
        ),
    )
}

/// The press was taken back meanwhile.
pub(super) fn withdrawn() -> LocalText {
    text("The report was withdrawn.", "Обращение отозвано.")
}

/// A sentence that is too long.
pub(super) fn text_too_long() -> LocalText {
    text(
        &format!("The text is longer than {} characters.", report::MAX_TEXT_CHARS),
        &format!("Текст длиннее {} символов.", report::MAX_TEXT_CHARS),
    )
}

/// There is no such probe.
pub(super) fn no_such_probe(name: &str, known: &str) -> LocalText {
    text(&format!("There is no probe {name}. There are: {known}"), &format!("Проверки {name} нет. Есть: {known}"))
}

/// The device has its credentials.
pub(super) fn enrolled(organisation: &str) -> LocalText {
    text(
        &format!("This computer is enrolled with {organisation}."),
        &format!("Компьютер зарегистрирован: {organisation}."),
    )
}

/// The device has no credentials.
pub(super) fn not_enrolled() -> LocalText {
    text("This computer is not enrolled.", "Компьютер не зарегистрирован.")
}

/// Which of address and token is missing.
pub(super) fn enrol_needs() -> LocalText {
    text(
        "An enrolment needs the collector's address (--collector) and a token (--token), or both by policy.",
        "Для регистрации нужны адрес сборщика (--collector) и токен (--token) либо то и другое в политике.",
    )
}

/// How much waits.
pub(super) fn waiting(count: usize) -> LocalText {
    text(&format!("Waiting to be sent: {count}"), &format!("Ожидают отправки: {count}"))
}

/// How much is set aside.
pub(super) fn set_aside(count: u32) -> LocalText {
    text(&format!("Set aside: {count}"), &format!("Отложено: {count}"))
}

/// What protects the outbox.
pub(super) fn protection(place: KeyPlace) -> LocalText {
    match place {
        KeyPlace::KeyStore => text(
            "The outbox is encrypted; its key is in the key store of the system.",
            "Очередь зашифрована, ключ лежит в хранилище ключей системы.",
        ),
        KeyPlace::File => text(
            "The outbox is encrypted, but not protected by a key store: its key is a file only this user may read.",
            "Очередь зашифрована, но не защищена хранилищем ключей: ключ лежит в файле, доступном только этому пользователю.",
        ),
    }
}

/// Who delivers.
pub(super) fn delivering(elsewhere: bool) -> LocalText {
    match elsewhere {
        true => text("The agent is running.", "Агент работает."),
        false => text(
            "The agent is not running; what waits is sent when it runs.",
            "Агент не запущен; отправка начнётся после запуска.",
        ),
    }
}

/// The outbox is empty.
pub(super) fn outbox_empty() -> LocalText {
    text("Nothing waits to be sent.", "Отправлять нечего.")
}

/// Pictures of a report.
pub(super) fn pictures(count: usize) -> LocalText {
    text(&format!("pictures: {count}"), &format!("снимков: {count}"))
}

/// Something already known that concerns the person.
pub(super) fn we_know(title: &LocalText, affected: u32) -> LocalText {
    text(
        &format!("We know: {} (affected: {affected}).", title.en),
        &format!("Мы уже знаем: {} (затронуто: {affected}).", title.ru),
    )
}

/// Where a report is.
pub(super) fn stage(stage: PressStage) -> LocalText {
    match stage {
        PressStage::Captured | PressStage::Diagnosing => text("being made", "готовится"),
        PressStage::Saved => text("saved", "сохранено"),
        PressStage::Sending => text("being sent", "отправляется"),
        PressStage::WaitingForNetwork => text("waiting for the network", "ждёт связи"),
        PressStage::Answered => text("delivered", "доставлено"),
        PressStage::Refused => text("refused", "не принято"),
        PressStage::Withdrawn => text("withdrawn", "отозвано"),
    }
}

/// Where a ticket is.
pub(super) fn ticket(status: TicketStatus) -> LocalText {
    match status {
        TicketStatus::New => text("new", "новое"),
        TicketStatus::InProgress => text("in progress", "в работе"),
        TicketStatus::WaitingForUser => text("waiting for your answer", "ждёт вашего ответа"),
        TicketStatus::Resolved => text("resolved", "решено"),
        TicketStatus::Withdrawn => text("withdrawn", "отозвано"),
    }
}

/// What stops or limits the agent.
pub(super) fn problem(problem: AgentProblem) -> LocalText {
    match problem {
        AgentProblem::NotSaved => text(
            "There is no room on the disk: a report is kept in memory only.",
            "На диске нет места: обращение хранится только в памяти.",
        ),
        AgentProblem::DeviceRevoked => {
            text("IT has revoked this computer.", "ИТ-отдел отозвал регистрацию этого компьютера.")
        }
        AgentProblem::UnknownDevice => text(
            "The collector does not know this computer. Enrol it again.",
            "Сборщик не знает этот компьютер. Зарегистрируйте его заново.",
        ),
        AgentProblem::InvalidEnrolmentToken => text(
            "The enrolment token is unknown, expired or used up. Ask IT for a new one.",
            "Токен регистрации неизвестен, истёк или израсходован. Попросите в ИТ-отделе новый.",
        ),
        AgentProblem::NoCollector => text("No collector is configured.", "Адрес сборщика не задан."),
        AgentProblem::NotEnrolled => text("This computer is not enrolled yet.", "Компьютер ещё не зарегистрирован."),
        AgentProblem::KeyStoreLocked => text(
            "The key store of the system does not open, so what it protects cannot be read now.",
            "Хранилище ключей системы не открывается, поэтому защищённое им сейчас не прочитать.",
        ),
        AgentProblem::CollectorNotTrusted => text(
            "The certificate of the collector is not trusted by this computer.",
            "Этот компьютер не доверяет сертификату сборщика.",
        ),
        AgentProblem::OutboxFull => {
            text("The outbox was full and pictures were left out.", "Очередь была заполнена, снимки не вошли.")
        }
    }
}
