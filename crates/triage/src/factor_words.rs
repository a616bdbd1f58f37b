//! Factors as people call them.

use report::{Category, Dimension, Factor, LocalText};

use crate::Classifier;

impl Classifier {
    /// A factor with its kind: "gateway 10.2.0.1", «площадка Москва, Тверская».
    pub fn factor_words(&self, factor: &Factor) -> LocalText {
        let (en, ru) = kind(factor.dimension);
        let value = self.value_words(factor);
        // Sentences, and words of ours among those of others, stand in quotes.
        match factor.dimension {
            Dimension::Finding | Dimension::Category => {
                LocalText::new(format!("{en} \"{}\"", value.en), format!("{ru} «{}»", value.ru))
            }
            _ => LocalText::new(format!("{en} {}", value.en), format!("{ru} {}", value.ru)),
        }
    }

    /// A factor's value: a site by the name policy gives it, a program and a category by theirs, a finding by what its
    /// rule concludes; everything else as it is.
    pub fn value_words(&self, factor: &Factor) -> LocalText {
        let value = factor.value.as_str();
        let as_it_is = || LocalText::new(value, value);
        match factor.dimension {
            Dimension::Site => self.site_name(value).cloned().unwrap_or_else(as_it_is),
            Dimension::Category => {
                let known = Category::KNOWN.iter().find(|category| category.as_str() == value);
                known.map_or_else(as_it_is, |category| category_name(*category))
            }
            Dimension::Application => {
                let name = self.program_name(value).unwrap_or(value);
                LocalText::new(name, name)
            }
            Dimension::Version => {
                let (key, version) = value.split_once('@').unwrap_or((value, ""));
                let name = format!("{} {version}", self.program_name(key).unwrap_or(key));
                LocalText::new(name.trim(), name.trim())
            }
            Dimension::Rung => rung(value).map_or_else(as_it_is, |(en, ru)| LocalText::new(en, ru)),
            Dimension::Finding => self.finding_name(value).unwrap_or_else(as_it_is),
            Dimension::Code | Dimension::Gateway | Dimension::Service | Dimension::Subnet => as_it_is(),
        }
    }

    /// What a rule concludes, without the values of one report: its finding or, where that needs them, its cause; else its
    /// finding with an ellipsis for each value.
    fn finding_name(&self, rule: &str) -> Option<LocalText> {
        let rule = self.rules().iter().find(|one| one.id == rule)?;
        let of_cause = || {
            let [en, ru] = rule.compiled.cause.as_ref()?.says.each_ref().map(crate::template::Template::literal);
            Some(LocalText::new(en?.trim_end_matches('.'), ru?.trim_end_matches('.')))
        };
        let is_plain = !rule.says.en.contains('{') && !rule.says.ru.contains('{');
        let general = || LocalText::new(without_values(&rule.says.en), without_values(&rule.says.ru));
        Some(if is_plain { rule.says.clone() } else { of_cause().unwrap_or_else(general) })
    }
}

/// A text with an ellipsis for each value, and without what follows a colon or stands in brackets where that is a value alone.
fn without_values(text: &str) -> String {
    let mut parts = text.split('{');
    let mut general = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        general.push('…');
        general.push_str(part.split_once('}').map_or("", |(_, behind)| behind));
    }
    general.replace(" (…)", "").trim_end_matches(": …").to_owned()
}

/// What a kind of factor is called.
pub(crate) fn kind(dimension: Dimension) -> (&'static str, &'static str) {
    match dimension {
        Dimension::Site => ("site", "площадка"),
        Dimension::Subnet => ("subnet", "подсеть"),
        Dimension::Gateway => ("gateway", "шлюз"),
        Dimension::Category => ("category", "категория"),
        Dimension::Application => ("program", "программа"),
        Dimension::Version => ("version", "версия"),
        Dimension::Code => ("error code", "код ошибки"),
        Dimension::Rung => ("broken step of the network:", "сеть обрывается на ступени:"),
        Dimension::Service => ("unreachable service", "недоступная служба"),
        Dimension::Finding => ("finding", "признак"),
    }
}

fn category_name(category: Category) -> LocalText {
    let (en, ru) = match category {
        Category::Network => ("Network", "Сеть"),
        Category::Access => ("Access", "Доступ"),
        Category::Email => ("Email", "Почта"),
        Category::Printing => ("Printing", "Печать"),
        Category::Hardware => ("Hardware", "Оборудование"),
        Category::Performance => ("Performance", "Быстродействие"),
        Category::Application => ("Applications", "Программы"),
        Category::Storage => ("Files and shares", "Файлы и общие папки"),
        Category::Conferencing => ("Calls and meetings", "Звонки и встречи"),
        Category::Security => ("Security", "Безопасность"),
        Category::OperatingSystem => ("Operating system", "Операционная система"),
        Category::Request => ("Request", "Запрос"),
        Category::Other => ("Other", "Другое"),
    };
    LocalText::new(en, ru)
}

/// A step of the way out of the device, as the network probe names it.
fn rung(value: &str) -> Option<(&'static str, &'static str)> {
    Some(match value {
        "link" => ("cable or Wi-Fi", "кабель или Wi-Fi"),
        "address" => ("network address", "сетевой адрес"),
        "gateway" => ("gateway", "шлюз"),
        "dns" => ("name lookup (DNS)", "поиск адресов по именам (DNS)"),
        "proxy" => ("proxy", "прокси-сервер"),
        "captive_portal" => ("sign-in page of the network", "страница входа в сеть"),
        "internet" => ("internet", "интернет"),
        "service" => ("service", "служба"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn factor(dimension: Dimension, value: &str) -> Factor {
        Factor { dimension, value: value.to_owned() }
    }

    #[test]
    fn people_read_names_and_not_keys() {
        let own = r#"
            [[site]]
            key = "msk"
            name = { en = "Moscow", ru = "Москва, Тверская" }
            subnets = ["10.2.0.0/16"]
        "#;
        let classifier = Classifier::with_own(own).expect("rules of one's own");
        let says = |dimension, value| classifier.factor_words(&factor(dimension, value)).ru;
        assert_eq!(says(Dimension::Site, "msk"), "площадка Москва, Тверская");
        assert_eq!(says(Dimension::Site, "gone"), "площадка gone");
        assert_eq!(says(Dimension::Version, "outlook@16.0.1"), "версия Outlook 16.0.1");
        assert_eq!(says(Dimension::Application, "crmclient"), "программа crmclient");
        assert_eq!(says(Dimension::Finding, "network.gateway_unreachable"), "признак «Нет выхода из локальной сети»");
        assert_eq!(says(Dimension::Finding, "own.rule_that_is_gone"), "признак «own.rule_that_is_gone»");
        assert_eq!(says(Dimension::Category, "storage"), "категория «Файлы и общие папки»");
        assert_eq!(says(Dimension::Version, "chrome@131.0"), "версия chrome 131.0", "which browser matters");
        assert_eq!(says(Dimension::Gateway, "10.2.0.1"), "шлюз 10.2.0.1");
    }

    #[test]
    fn a_finding_that_is_nothing_without_its_values_keeps_its_words() {
        assert_eq!(without_values("The user mentions printing: {text:printer}"), "The user mentions printing");
        assert_eq!(without_values("{it:/name} does not answer ({it:/error})"), "… does not answer");
        let classifier = Classifier::shipped().expect("the rules compile");
        let told = |name: &LocalText| !name.en.contains('{') && name.en.chars().any(char::is_alphabetic);
        let names = classifier.rules().iter().map(|rule| classifier.finding_name(&rule.id));
        assert!(names.into_iter().all(|name| name.is_some_and(|name| told(&name))));
    }
}
