use report::{Dimension, LocalText};

/// A title for users of what does not work, and where, from the values an incident's members share.
pub(super) fn title<'a>(value: impl Fn(Dimension) -> Option<&'a str>) -> LocalText {
    let what = if let Some(service) = value(Dimension::Service) {
        LocalText::new(format!("{service} cannot be reached"), format!("Недоступна служба «{service}»"))
    } else if let Some(program) = value(Dimension::Application) {
        LocalText::new(format!("Problems with {program}"), format!("Проблемы с программой {program}"))
    } else {
        let (en, ru) = value(Dimension::Category).and_then(of_category).unwrap_or(GENERAL);
        LocalText::new(en, ru)
    };
    match value(Dimension::Site) {
        Some(site) => LocalText::new(format!("{} at {site}", what.en), format!("{} на площадке {site}", what.ru)),
        None => what,
    }
}

const GENERAL: (&str, &str) = ("Many people report the same problem", "Многие сообщают об одной и той же проблеме");

fn of_category(category: &str) -> Option<(&'static str, &'static str)> {
    Some(match category {
        "network" => ("The network does not work properly", "Перебои в работе сети"),
        "access" => ("Problems signing in", "Проблемы со входом и доступом"),
        "email" => ("Mail does not work properly", "Перебои в работе почты"),
        "printing" => ("Problems with printing", "Проблемы с печатью"),
        "hardware" => ("Equipment does not work properly", "Неполадки оборудования"),
        "performance" => ("Computers are slow", "Компьютеры работают медленно"),
        "application" => ("A program does not work properly", "Неполадки в работе программы"),
        "storage" => ("Files and shared folders are unavailable", "Недоступны файлы и общие папки"),
        "conferencing" => ("Problems with calls and meetings", "Проблемы со звонками и видеовстречами"),
        "security" => ("Security warnings", "Предупреждения безопасности"),
        "operating-system" => ("Problems with the operating system", "Неполадки операционной системы"),
        "request" => ("Many similar requests", "Много одинаковых запросов"),
        _ => return None,
    })
}
