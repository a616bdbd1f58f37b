use report::{Dimension, Factor, LocalText};

/// A title for users of what does not work, and where, from the factors an incident's members share and what their values
/// are called. A network that is cut explains the services nobody reaches and the programs people have in front.
pub(super) fn title<'a>(
    shared: impl Fn(Dimension) -> Option<&'a Factor>,
    name: impl Fn(&Factor) -> LocalText,
) -> LocalText {
    let what = if let Some(cut) = shared(Dimension::Rung).and_then(|rung| of_rung(&rung.value)) {
        LocalText::new(cut.0, cut.1)
    } else if let Some(service) = shared(Dimension::Service).map(&name) {
        LocalText::new(format!("{} cannot be reached", service.en), format!("Недоступна служба «{}»", service.ru))
    } else if let Some(program) = shared(Dimension::Application).map(&name) {
        LocalText::new(format!("Problems with {}", program.en), format!("Проблемы с программой {}", program.ru))
    } else {
        let category = shared(Dimension::Category).and_then(|category| of_category(&category.value));
        let (en, ru) = category.unwrap_or(GENERAL);
        LocalText::new(en, ru)
    };
    match shared(Dimension::Site).map(&name) {
        Some(site) => LocalText::new(format!("{}: {}", what.en, site.en), format!("{}: {}", what.ru, site.ru)),
        None => what,
    }
}

fn of_rung(rung: &str) -> Option<(&'static str, &'static str)> {
    Some(match rung {
        "link" | "address" | "gateway" => ("No network connection", "Нет сети"),
        "dns" | "proxy" => ("Websites and services do not open", "Не открываются сайты и сервисы"),
        "internet" => ("No internet access", "Нет доступа в интернет"),
        _ => return None,
    })
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
