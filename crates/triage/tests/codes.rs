//! Error knowledge: every code is found however it is written, and what is no code is left alone.

mod reports;

use std::collections::{BTreeMap, HashSet};

use report::{Category, EvidenceRef};
use reports::{SHIPPED, report, verdict_on};
use serde_json::Value;
use triage::{Classifier, Input, ScreenText};

/// Codes found in a sentence, in their canonical form.
fn codes(text: &str) -> Vec<String> {
    let verdict = verdict_on(text);
    verdict.findings.iter().filter_map(|f| f.rule.strip_prefix("code.")).map(str::to_owned).collect()
}

fn on_screen(text: &str) -> Vec<String> {
    let silent = report(None, &Value::Null);
    let screens = [ScreenText { attachment: 1, text }];
    let verdict = SHIPPED.verdict(&Input { report: &silent, texts: &[], screen_texts: &screens, affected: None });
    verdict.findings.iter().filter_map(|f| f.rule.strip_prefix("code.")).map(str::to_owned).collect()
}

#[test]
fn one_code_is_known_by_all_its_spellings() {
    let spellings = [
        "0x80070005",
        "0X80070005",
        "80070005",
        "-2147024891",
        "2147942405",
        "8007_0005",
        "код 0x80070005",
        "HRESULT: 0x80070005",
        "ошибка 0X8007 0005",
        "ошибка 5",
        "Ошибка №5",
        "error 5",
        "Win32 error code 5",
        "WinError 5",
        "ошибка с кодом 5",
        "System error 5 has occurred.",
        "Системная ошибка 5.",
        "ERROR_ACCESS_DENIED",
        "error access denied ERROR ACCESS DENIED",
        "[WinError 5] Access is denied",
        "код ошибки: 0х80070005",
        "(0x80070005)",
        "0x80070005: отказано",
        "ошибка=0x80070005",
        "0x8007-\n0005",
        "0x80070\n005",
    ];
    for spelling in spellings {
        assert_eq!(codes(spelling), ["0x80070005"], "{spelling}");
    }
}

#[test]
fn what_ocr_does_to_codes_is_repaired() {
    let cases = [
        ("Ошибка 0х8ОО7ООО5", "0x80070005"),
        ("Код: Ox80070O05", "0x80070005"),
        ("Еrrоr 0xС0000OO5", "0xc0000005"),
        ("Operation failed with error 0xOOOOO11b", "0x0000011b"),
        ("Operation failed with error 0x0000Ol1b.", "0x0000011b"),
        ("Outlook: 0хB00CCC0E", "0x800ccc0e"),
        ("Outlook 0x8OOCCСОЕ", "0x800ccc0e"),
        ("ошибка 0хс000OO7В", "0xc000007b"),
        ("0x80O7O43", ""),
        ("ERR_NАМЕ_NOT_RESOLVED", "ERR_NAME_NOT_RESOLVED"),
        ("ERR_ NAME_N0T_RES0LVED", "ERR_NAME_NOT_RESOLVED"),
        ("Stop code: SYSTEM_THREAD_EXCEPTlON_NOT_HANDLED", "SYSTEM_THREAD_EXCEPTION_NOT_HANDLED"),
        ("Код остановки: SYSTEM THREAD EXCEPTION\nNOT HANDLED", "SYSTEM_THREAD_EXCEPTION_NOT_HANDLED"),
        ("КЕRNEL_SECURITY_\nСНЕСК_FAILURE", "KERNEL_SECURITY_CHECK_FAILURE"),
        ("Не обнаружeн ключ зaщиты прогpаммы!", "1C_NO_KEY"),
        ("DNS_PROBE_FlNISHED_NXD0MAIN", "ERR_NAME_NOT_RESOLVED"),
        ("0RA—12l54: TNS", "ORA-12154"),
        ("0xcOO0O142", "0xc0000142"),
    ];
    for (text, expected) in cases {
        let expected: Vec<&str> = Some(expected).into_iter().filter(|code| !code.is_empty()).collect();
        assert_eq!(on_screen(text), expected, "{text}");
    }
}

#[test]
fn phones_dates_sums_tax_numbers_tickets_and_addresses_are_no_codes() {
    let texts = [
        "перезвоните +7 800 700-05-05 или 8 (800) 555-35-35",
        "мой телефон 80070005 доб 502",
        "телефон 8-900-123-45-67, кабинет 502",
        "ИНН 2147942405, КПП 770701001",
        "инн 7707083893 ошибка в реквизитах",
        "договор 12154 от 12.05.2024",
        "заявка 1326 не закрыта, тикет 10060",
        "ticket 1603 still open, INC 80070005",
        "10.2.0.5 не пингуется, 192.168.5.3:8080 тоже",
        "счёт на 80 070 005,00 руб, ошибка в сумме 500 руб",
        "ошибка 5 раз за день",
        "5 ошибок в отчёте, 10 errors in the sheet",
        "ошибка 502 кабинет, печать",
        "вылетает с ошибкой 3 раза в час",
        "работает 50% времени, 1.5 ГБ, 12:05",
        "пришёл код подтверждения 1326",
        "в 503 кабинете не печатает",
        "почта 550 писем",
        "версия 10.0.19045, сборка 80070005",
        "заказ №1450 от 08.07.2025",
        "baseball cafebabe deadbeef feedface",
        "windows 10 22H2 build 19045, офис 2016",
        "адрес памяти 0x7ffd1234abcd и 0x0",
        "room 502, phone ext 403, floor 5",
        "error in row 500 of the report, page 404 of the manual",
        "цвет 0x00ff00, смещение 0x1234",
        "касса 5 ошибка чека",
    ];
    for text in texts {
        assert_eq!(codes(text), [""; 0], "{text}");
    }
}

#[test]
fn codes_inside_codes_are_one() {
    let cases = [
        ("ошибка 1326", "0x8007052e"),
        ("0x8007052E", "0x8007052e"),
        ("[WinError 10060]", "0x8007274c"),
        ("WSAETIMEDOUT", "0x8007274c"),
        ("0xD0000022", "0xc0000022"),
        ("-1073741819", "0xc0000005"),
        ("3221225477", "0xc0000005"),
        ("код возврата -1073741515", "0xc0000135"),
        ("ошибка 1603", "0x80070643"),
    ];
    for (text, expected) in cases {
        assert_eq!(codes(text), [expected], "{text}");
    }
}

#[test]
fn the_same_short_number_is_told_by_the_words_around() {
    let cases = [
        ("портал выдает ошибку 502", "HTTP 502"),
        ("502 Bad Gateway", "HTTP 502"),
        ("HTTP 403", "HTTP 403"),
        ("сайт пишет ошибка 503", "HTTP 503"),
        ("HTTP-404", "HTTP 404"),
        ("впн не подключается, ошибка 809", "RAS 809"),
        ("ошибка подключения 691", "RAS 691"),
        ("VPN 789", "RAS 789"),
        ("ошибка 868 vpn", "RAS 868"),
        ("письмо вернулось, ошибка 550 5.1.1", "SMTP 550"),
        ("сетевая папка: ошибка 53", "0x80070035"),
        ("sql server: ошибка 18456", "MSSQL 18456"),
        ("finder: error -36", "MAC -36"),
        ("FortiClient -7200", "FORTICLIENT_7200"),
        ("синий экран 0x7E", "SYSTEM_THREAD_EXCEPTION_NOT_HANDLED"),
        ("STOP: 0x0000007E", "SYSTEM_THREAD_EXCEPTION_NOT_HANDLED"),
        ("*** STOP: 0x000000D1 (0x00000000, 0x00000002)", "DRIVER_IRQL_NOT_LESS_OR_EQUAL"),
        ("Windows cannot print: operation failed with error 0x0000007e", "0x8007007e"),
        ("принтер hp ошибка 49.4C02", "HP 49"),
        ("мфу kyocera C6000", "KYOCERA C6000"),
        ("Outlook 0x800CCC0E", "0x800ccc0e"),
        ("Конфликт блокировок при выполнении транзакции: ...", "1C_LOCK_CONFLICT"),
        ("Неправильный путь к файлу 'C:/base'", "1C_WRONG_PATH"),
    ];
    for (text, expected) in cases {
        assert!(codes(text).contains(&expected.to_owned()), "{text}: {:?}", codes(text));
    }
}

#[test]
fn an_unknown_well_formed_code_is_taken_apart() {
    let says = |text: &str| {
        let verdict = verdict_on(text);
        let finding = verdict.findings.iter().find(|f| f.rule.starts_with("code.")).unwrap_or_else(|| panic!("{text}"));
        (finding.rule.clone(), finding.says.en.clone(), finding.says.ru.clone())
    };
    let (rule, en, ru) = says("ошибка 0x80071F3A");
    assert_eq!(rule, "code.0x80071f3a");
    assert!(en.contains("Win32 error 7994") && ru.contains("ошибка Win32 7994"), "{en} {ru}");
    assert!(says("0x8024f0f1").1.contains("Windows Update"));
    assert!(says("0xC0009999").1.contains("NTSTATUS"));
    assert_eq!(codes("0xdeadbeef 0x12345678 0x8fff0001"), [""; 0]);
}

#[test]
fn a_code_is_evidence_cause_and_signature() {
    let verdict = verdict_on("не печатает, ошибка 0х0000011B");
    let finding = verdict.findings.iter().find(|f| f.rule == "code.0x0000011b").expect("found");
    assert_eq!(finding.evidence, [EvidenceRef::Text { quote: "0х0000011B".into() }]);
    assert_eq!(verdict.category.value, Category::Printing);
    assert!(verdict.signature.contains("code=0x0000011b"), "{}", verdict.signature);
    let cause = verdict.cause.expect("told");
    assert_eq!(cause.evidence, ["code.0x0000011b"]);
    assert!(cause.value.staff_step.en.contains("update level"));
}

/// The tables of the shipped code files.
fn tables() -> Vec<(&'static str, toml::Table)> {
    let sources = Classifier::shipped_sources().iter().filter(|(name, _)| name.starts_with("codes/"));
    sources.map(|(name, text)| (*name, text.parse().unwrap_or_else(|e| panic!("{name}: {e}")))).collect()
}

fn strings(value: Option<&toml::Value>) -> Vec<String> {
    let items = value.and_then(toml::Value::as_array).into_iter().flatten();
    items.filter_map(|item| item.as_str()).map(str::to_owned).collect()
}

#[test]
fn every_code_is_unique_bilingual_and_found_in_sentences_of_both_languages() {
    let (mut names, mut wrong, mut count) = (HashSet::new(), Vec::new(), 0);
    for (file, table) in tables() {
        let common = table.get("code_defaults").and_then(|d| d.get("near"));
        for code in table.get("code").and_then(toml::Value::as_array).into_iter().flatten() {
            count += 1;
            let name = code["code"].as_str().unwrap().to_owned();
            let (en, ru) = (code["meaning"]["en"].as_str().unwrap(), code["meaning"]["ru"].as_str().unwrap());
            if !en.is_ascii()
                || !ru.chars().any(|c| ('а'..='я').contains(&c))
                || en.len() > 120
                || ru.chars().count() > 120
            {
                wrong.push(format!("{file}: {name}: \"{en}\" \"{ru}\""));
            }
            if !names.insert(name.to_lowercase()) {
                wrong.push(format!("{file}: {name} twice"));
            }
            let near = strings(code.get("near").or(common));
            let word = near.iter().map(|w| w.trim_end_matches('*')).find(|w| w.chars().count() > 2).unwrap_or("");
            let aliases = strings(code.get("aliases"));
            let is_number = |s: &str| s.trim_start_matches('-').chars().all(|c| c.is_ascii_digit());
            // `HP 13` and the like are names of groups; their aliases are what is written.
            let group = name.chars().count() < 8
                && name.contains(' ')
                && !near.is_empty()
                && !name.starts_with("HTTP")
                && !name.starts_with("RAS");
            for spelling in std::iter::once(&name).filter(|_| !group).chain(&aliases) {
                let lead = if is_number(spelling) || spelling.chars().count() < 9 { word } else { "" };
                // A name in words after "error" may be the longer name of another: ERROR_TOO_MANY_OPEN_FILES.
                let noun = if spelling.contains(|c: char| c.is_ascii_digit()) { "error" } else { "this" };
                let sentences = [
                    format!("{lead} вчера вышла ошибка {spelling} и всё"),
                    format!("{lead} yesterday it said {noun} {spelling} again"),
                    format!("{lead} {noun}: {}", spelling.to_lowercase()),
                    format!("{lead} ошибка {}, помогите", spelling.to_uppercase()),
                ];
                for sentence in sentences {
                    if !codes(&sentence).contains(&name) {
                        wrong.push(format!("{file}: {name} not in \"{sentence}\": {:?}", codes(&sentence)));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}\n{} in all", wrong.join("\n"), wrong.len());
    assert!(count >= 1_900, "{count}");
}

#[test]
fn at_least_four_hundred_codes_have_a_cause_in_both_languages() {
    let mut causes = BTreeMap::new();
    for (_, table) in tables() {
        for cause in table.get("code_cause").and_then(toml::Value::as_array).into_iter().flatten() {
            for code in strings(cause.get("codes")) {
                assert!(causes.insert(code.clone(), ()).is_none(), "{code} has two causes");
            }
        }
    }
    assert!(causes.len() >= 400, "{}", causes.len());
}

#[test]
fn every_rule_that_weighs_has_a_cause_with_a_step_for_staff() {
    let without: Vec<&str> =
        SHIPPED.rules().iter().filter(|r| r.weight >= 2.0 && !r.has_cause()).map(|r| r.id.as_str()).collect();
    assert!(without.is_empty(), "{without:?}");
}

#[test]
fn wrong_codes_are_refused_with_their_place() {
    let cases = [
        ("[[code]]\ncode = \"502\"\nseverity = \"info\"\nmeaning = { en = \"a\", ru = \"б\" }", 2, "near"),
        ("[[code]]\ncode = \"ABC\"\nseverity = \"info\"\nmeaning = { en = \"a\", ru = \"б\" }", 2, "near"),
        ("[[code]]\ncode = \"0x80070005\"\nmeaning = { en = \"a\", ru = \"б\" }", 2, "severity"),
        ("[[code]]\ncode = \"0x80070005\"\nseverity = \"info\"\nmeaning = { en = \"a\", ru = \"\" }", 2, "Russian"),
        (
            "[[code]]\ncode = \"0x80070005\"\nseverity = \"info\"\ncategory = \"access\"\nmeaning = { en = \"a\", ru = \"б\" }",
            2,
            "weight",
        ),
        (
            "[[code]]\ncode = \"0x80070005\"\nseverity = \"info\"\nweight = 1.0\nmeaning = { en = \"a\", ru = \"б\" }",
            2,
            "category",
        ),
        (
            "code = [\n  { code = \"0x80070005\", severity = \"info\", meaning = { en = \"a\", ru = \"б\" } },\n  { code = \"X_ONE\", aliases = [\"-2147024891\"], severity = \"info\", meaning = { en = \"a\", ru = \"б\" } },\n]",
            3,
            "another code",
        ),
        (
            "[[code_cause]]\ncodes = [\n  \"NOBODY\",\n]\nsays = { en = \"a\", ru = \"б\" }\nstaff_step = { en = \"a\", ru = \"б\" }",
            3,
            "no such code",
        ),
    ];
    for (toml, line, reason) in cases {
        let error = Classifier::from_toml(&[("own.toml", toml)]).expect_err(toml);
        assert!(error.reason.contains(reason), "{error}");
        assert_eq!(error.line, line, "{error}");
    }
}
