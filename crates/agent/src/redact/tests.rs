use report::Privacy;
use serde_json::json;

use super::*;

fn redacted(text: &str) -> String {
    Redactor::new().unwrap().text(text).unwrap()
}

/// Rule, text as written, text as it leaves.
const TAKEN_OUT: &[(&str, &str, &str)] = &[
    (
        "private key",
        "ключ -----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY----- вот",
        "ключ [private key] вот",
    ),
    ("private key", "cut off: -----BEGIN PRIVATE KEY-----\nMIIEow", "cut off: [private key]"),
    ("authorization header", "Authorization: Bearer abc.def-ghi", "Authorization: Bearer [secret]"),
    ("authorization header", "сервер прислал authorization=Zm9vOmJhcg==", "сервер прислал authorization=[secret]"),
    ("bearer token", "sent bearer 0f8fad5bd9cb469f and got 401", "sent bearer [secret] and got 401"),
    ("bearer token", "в журнале Bearer 0f8fad5bd9cb469f", "в журнале Bearer [secret]"),
    ("JSON web token", "got eyJhbGciOiJI.eyJzdWIiOiIx.SflKxwRJ back", "got [secret] back"),
    ("JSON web token", "вернулся eyJhbGciOiJI.eyJzdWIiOiIx.SflKxwRJ", "вернулся [secret]"),
    ("token with a known prefix", "push fails with ghp_0123456789abcdefABCD", "push fails with [secret]"),
    ("token with a known prefix", "не принимает glpat-0123456789abcdefAB", "не принимает [secret]"),
    ("URL credentials", "git clone https://ivan:s3cret@git.example/x", "git clone https://[secret]@git.example/x"),
    (
        "URL credentials",
        "диск ftp://anna:pw@files.example не открывается",
        "диск ftp://[secret]@files.example не открывается",
    ),
    ("URL query", "fails at https://crm.example/a?id=7&key=abc now", "fails at https://crm.example/a?[query] now"),
    ("URL query", "не грузится https://crm.example/a#t=abc", "не грузится https://crm.example/a?[query]"),
    ("secret after = or :", "password=Qwerty123 does not work", "password=[secret] does not work"),
    ("secret after = or :", "Пароль: Qwerty123 не подходит", "Пароль: [secret] не подходит"),
    ("secret after = or :", "пароль — лошадь, не пускает", "пароль — [secret], не пускает"),
    (
        "secret after = or :",
        "DB_PASSWORD='abc d' client_secret = xyz",
        "DB_PASSWORD='[secret] d' client_secret = [secret]",
    ),
    ("secret after = or :", "ПИН-код: 4821", "ПИН-код: [secret]"),
    ("secret after its word", "my password Qwerty123 is refused", "my password [secret] is refused"),
    ("secret after its word", "the password is Qwerty123!", "the password is [secret]"),
    ("secret after its word", "ввожу пароль Лето2026! и не пускает", "ввожу пароль [secret] и не пускает"),
    ("e-mail address", "mail from anna.petrova+x@firma.example bounced", "mail from [email] bounced"),
    ("e-mail address", "не уходит на иван@почта.рф, помогите", "не уходит на [email], помогите"),
    ("SNILS", "СНИЛС 112-233-445 95 не находит", "СНИЛС [id] не находит"),
    ("SNILS", "my SNILS is 112-233-445 95.", "my SNILS is [id]."),
    ("payment card", "card 4111 1111 1111 1111 declined", "card [card] declined"),
    ("payment card", "карта 2200-1234-5678-9019 не проходит", "карта [card] не проходит"),
    ("international telephone", "call +44 20 7946 0958 please", "call [phone] please"),
    ("international telephone", "перезвоните +7 (912) 345-67-89", "перезвоните [phone]"),
    ("Russian telephone", "мой номер 8 912 345 67 89, Анна", "мой номер [phone], Анна"),
    ("Russian telephone", "number 89123456789 for news", "number [phone] for news"),
    ("Russian telephone", "8-800-555-35-35", "[phone]"),
    ("telephone with an area code", "desk (495) 123-45-67", "desk [phone]"),
    ("telephone with an area code", "каб. 12, (3412) 45-67-89", "каб. 12, [phone]"),
    ("telephone after its word", "тел. 45-67-89", "тел. [phone]"),
    ("telephone after its word", "phone: 555-0147", "phone: [phone]"),
    (
        "home folder of Windows",
        r"C:\Users\Иван Петров\AppData\x.log не читается",
        r"C:\Users\[user]\AppData\x.log не читается",
    ),
    ("home folder of Windows", r"cannot open c:\\users\\ivanov\\a.txt", r"cannot open c:\\users\\[user]\\a.txt"),
    ("home folder of Windows at the end", r"profile C:\Users\ivanov is broken", r"profile C:\Users\[user] is broken"),
    ("home folder of Windows at the end", r"профиль C:\Users\ivanov сломан", r"профиль C:\Users\[user] сломан"),
    ("home folder", "disk full at /home/anna/Downloads", "disk full at /home/[user]/Downloads"),
    ("home folder", "нет места в /Users/anna", "нет места в /Users/[user]"),
];

#[test]
fn every_rule_takes_out_what_it_is_for_in_russian_and_english() {
    for (rule, text, expected) in TAKEN_OUT {
        assert_eq!(redacted(text), *expected, "{rule}");
    }
    for rule in RULES {
        let examples = TAKEN_OUT.iter().filter(|(name, ..)| *name == rule.name);
        assert!(examples.count() >= 2, "{} needs an example in each language", rule.name);
    }
}

#[test]
fn what_support_needs_stays() {
    for text in [
        "error 0x80070005 and 0xC0000142",
        "ошибка 0x80070005 при обновлении",
        "HRESULT -2147024891",
        "Windows 10.0.19045.3803, KB5034441",
        "Outlook 16.0.17328.20162 does not start",
        "gateway 192.168.1.1, 10.2.0.15/24, fe80::1ff:fe23:4567:890a",
        "127.0.0.1:8080",
        "2026-11-22T08:41:00Z and 22.11.2026 08:41",
        "mac 00-1A-2B-3C-4D-5E",
        "id 018f3a3e-7a4e-7c2b-8d15-4f6a2b3c4d5e",
        "event 7031 from Service Control Manager 41 times",
        "17179869184 bytes, 8589934592 free",
        "INC-1042, ticket 100500",
        "password expired, error 0x80070056",
        "пароль не подходит после обновления",
        "забыл пароль от почты",
        "my password is not accepted",
        "не работает с 8 утра, каб. 312",
        r"C:\Users\Public\Desktop and C:\Windows\System32\drivers",
        "https://mail.example/owa answers 503",
        "Basic authentication failed",
        "SN 4CE0460D0G, 1234567890123456",
        "port 5432, pid 33333, 3.5 GHz, 1920x1080",
        "S-1-5-21-1004336348-1177238915-682003330-512",
    ] {
        assert_eq!(redacted(text), text);
    }
}

#[test]
fn redacting_twice_changes_nothing() {
    for (rule, text, _) in TAKEN_OUT {
        let once = redacted(text);
        assert_eq!(redacted(&once), once, "{rule}");
    }
}

#[test]
fn a_text_too_long_to_look_at_is_refused() {
    let redactor = Redactor::new().unwrap();
    assert_eq!(redactor.text(&"я".repeat(MAX_BYTES)), Err(RedactionError));
}

fn fact(data: serde_json::Value) -> Fact {
    Fact { probe: "events".into(), outcome: FactOutcome::Ok { data }, took_ms: 3, privacy: Privacy::Personal }
}

#[test]
fn every_text_of_a_fact_is_redacted_and_numbers_stay() {
    let redactor = Redactor::new().unwrap();
    let data = json!({"events": [{"text": "mail to anna@firma.example failed", "count": 89123456789_u64}],
        "/home/anna/x": 1, "admin_password": "anything", "password": "", "token_count": "7"});
    let Fact { outcome: FactOutcome::Ok { data }, .. } = redactor.fact(fact(data)) else { panic!("lost its data") };
    assert_eq!(
        data,
        json!({"events": [{"text": "mail to [email] failed", "count": 89123456789_u64}],
            "/home/[user]/x": 1, "admin_password": "[secret]", "password": "", "token_count": "7"})
    );
}

#[test]
fn a_detail_of_an_unavailable_fact_is_redacted() {
    let given = Fact {
        outcome: FactOutcome::Unavailable { reason: Unavailable::Failed, detail: Some("open /home/anna/.x".into()) },
        ..fact(json!(null))
    };
    let redacted = Redactor::new().unwrap().fact(given);
    assert_eq!(
        redacted.outcome,
        FactOutcome::Unavailable { reason: Unavailable::Failed, detail: Some("open /home/[user]/.x".into()) }
    );
}

#[test]
fn a_fact_that_cannot_be_redacted_keeps_its_name_and_loses_its_data() {
    let redactor = Redactor::new().unwrap();
    let mut deep = json!("x");
    for _ in 0..MAX_DEPTH + 2 {
        deep = json!([deep]);
    }
    for data in [deep, json!({"text": "x".repeat(MAX_BYTES + 1)}), json!(vec!["x".repeat(MAX_BYTES); 40])] {
        let redacted = redactor.fact(fact(data));
        assert_eq!(redacted.probe, "events");
        assert_eq!(redacted.outcome, FactOutcome::Unavailable { reason: Unavailable::RedactionFailed, detail: None });
    }
}

/// A megabyte of hostile text must not stop the press.
#[test]
fn hostile_text_takes_linear_time() {
    let redactor = Redactor::new().unwrap();
    for pattern in ["a@", "8 9", "-----BEGIN PRIVATE KEY-----", "C:\\Users\\", "password=", "http://x?"] {
        let text = pattern.repeat(MAX_BYTES / pattern.len());
        let started = std::time::Instant::now();
        drop(redactor.text(&text));
        // Linear is a fraction of a second, quadratic is hours: a busy machine does not make one look like the other.
        assert!(started.elapsed() < std::time::Duration::from_secs(120), "{pattern}: {:?}", started.elapsed());
    }
}
