//! The rules, one a line. `x` is what must not leave, `before` and `after` stay; `really` looks twice at `x` where a
//! pattern alone is too greedy. Patterns follow <https://docs.rs/regex>: no look-around, so neighbours are captured.

/// One thing that must not leave.
pub(super) struct Rule {
    /// What it is, for people who read this table and for the tests.
    #[cfg_attr(not(test), expect(dead_code, reason = "the tests name the rule by it"))]
    pub name: &'static str,
    /// How it looks.
    pub pattern: &'static str,
    /// What stands there afterwards.
    pub instead: &'static str,
    /// Whether what matched is really one.
    pub really: fn(&str) -> bool,
}

/// Names of JSON members whose text is a secret whatever it looks like.
pub(super) const SECRET_KEY: &str =
    r"(?i)(?:^|[_\-. ])(?:password|passwd|pwd|passphrase|secret|token|api_?key|private_?key|cookie|пароль)$";

const fn rule(name: &'static str, pattern: &'static str, instead: &'static str, really: fn(&str) -> bool) -> Rule {
    Rule { name, pattern, instead, really }
}

fn always(_: &str) -> bool {
    true
}

/// In order: the longest things first, so that a shorter rule does not eat a part of one.
#[rustfmt::skip]
pub(super) const RULES: &[Rule] = &[
    rule("private key", r"(?s)(?P<x>-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|\z))", "[private key]", always),
    rule("authorization header", r#"(?i)(?P<before>\b(?:proxy-)?authorization\s*[:=]\s*["']?(?:(?:basic|bearer|digest|negotiate|ntlm)\s+)?)(?P<x>[^\s"',;]{6,})"#, "[secret]", always),
    rule("bearer token", r"(?i)(?P<before>\b(?:bearer|basic|negotiate)\s+)(?P<x>[A-Za-z0-9._~+/=\-]{12,})", "[secret]", has_digit_or_capital),
    rule("JSON web token", r"(?P<x>\beyJ[A-Za-z0-9_-]{6,}\.[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]*)?)", "[secret]", always),
    rule("token with a known prefix", r"(?P<x>\b(?:gh[pousr]_|github_pat_|glpat-|xox[abprs]-|sk-|sk_live_|rk_live_|AKIA|ASIA|ya29\.|AQVN|y0_)[A-Za-z0-9_\-]{14,})", "[secret]", always),
    rule("URL credentials", r"(?i)(?P<before>\b[a-z][a-z0-9+.\-]{1,15}://)(?P<x>[^\s/@?#]{1,200}@)", "[secret]@", always),
    rule("URL query", r#"(?i)(?P<before>\b[a-z][a-z0-9+.\-]{1,15}://[^\s?#"'<>]+)(?P<x>[?#][^\s"'<>]+)"#, "?[query]", always),
    rule("secret after = or :", r#"(?i)(?P<before>\b(?:[a-z0-9]+[_\-])*(?:password|passwd|passphrase|pwd|pass|psw|secret|token|api[_\-]?key|access[_\-]?key|client[_\-]?secret|session[_\-]?id|cookie|otp|pin(?:[ \-]?code)?|пароль|пасс?ворд|секрет|токен|пин(?:[ \-]?код)?|код подтверждения|кодовое слово)["']?\s*[:=—–]\s*["']?)(?P<x>[^\s"',;)\]}]{3,})"#, "[secret]", not_a_placeholder),
    rule("secret after its word", r"(?i)(?P<before>\b(?:password|passwd|pwd|passphrase|пароль|пароля|паролем|пин-?код|pin code)\s+(?:is\s+)?)(?P<x>[^\s,;)]{4,})", "[secret]", looks_chosen),
    rule("e-mail address", r"(?i)(?P<x>[\p{L}0-9._%+\-]+@(?:[\p{L}0-9\-]+\.)+[\p{L}]{2,24})\b", "[email]", always),
    rule("SNILS", r"(?P<before>^|[^\w.\-])(?P<x>\d{3}-\d{3}-\d{3}[ \-]\d{2})(?P<after>[^\w\-]|$)", "[id]", always),
    rule("payment card", r"(?P<before>^|[^\w.,:\-+])(?P<x>[2-6]\d{3}(?:[ \-]?\d){9,15})(?P<after>[^\w\-]|$)", "[card]", is_card),
    rule("international telephone", r"(?P<before>^|[^\w+])(?P<x>\+[1-9]\d{0,2}[ \-.]?(?:\(\d{2,5}\)|\d{2,5})(?:[ \-.]?\d{2,4}){1,4})(?P<after>[^\w]|$)", "[phone]", is_telephone),
    rule("Russian telephone", r"(?P<before>^|[^\w.+\-:/\\])(?P<x>[78][ \-]?(?:\([3489]\d{2,4}\)|[3489]\d{2})[ \-]?\d{2,3}[ \-]?\d{2}[ \-]?\d{2})(?P<after>[^\w\-:/\\]|$)", "[phone]", is_telephone),
    rule("telephone with an area code", r"(?P<before>^|[^\w.+\-])(?P<x>\(\d{3,5}\)[ \-]?\d{2,3}[ \-]\d{2}[ \-]?\d{2})(?P<after>[^\w\-]|$)", "[phone]", is_telephone),
    rule("telephone after its word", r"(?i)(?P<before>\b(?:тел(?:ефон)?\.?|моб(?:ильный)?\.?|phone|tel|mobile|cell|call me (?:at|on)|звоните|перезвоните(?: на)?)[:\s]\s*)(?P<x>[+(]?\d[\d ()\-]{4,17}\d)", "[phone]", always),
    rule("home folder of Windows", r#"(?i)(?P<before>\b[a-z]:[\\/]{1,2}(?:users|documents and settings)[\\/]{1,2})(?P<x>[^\\/:*?"<>|\r\n]{1,64})(?P<after>[\\/])"#, "[user]", is_person),
    rule("home folder of Windows at the end", r#"(?i)(?P<before>\b[a-z]:[\\/]{1,2}(?:users|documents and settings)[\\/]{1,2})(?P<x>[^\s\\/:*?"<>|]{1,64})"#, "[user]", is_person),
    rule("home folder", r#"(?P<before>(?:^|[\s"'=:(,\[]|file://)/(?:home|Users|var/home|export/home)/)(?P<x>[^\s/:"'<>|,)\]]{1,64})"#, "[user]", is_person),
];

/// Words such as "Basic authentication" or "bearer" in prose are no tokens.
fn has_digit_or_capital(text: &str) -> bool {
    text.chars().any(|c| c.is_ascii_digit()) || text.chars().skip(1).any(|c| c.is_ascii_uppercase())
}

/// What redaction itself has put there.
fn not_a_placeholder(text: &str) -> bool {
    !text.starts_with('[')
}

/// A word after "password" without a sign between them is one only when it looks chosen: letters with digits or
/// signs, and no error code.
fn looks_chosen(text: &str) -> bool {
    let text = text.trim_end_matches(['.', '!', '?', ':', '»', '"']);
    let is_code = text.starts_with("0x") || text.starts_with("0X");
    let digits = text.chars().any(|c| c.is_ascii_digit());
    let signs = text.chars().any(|c| "!@#$%^&*_=+~".contains(c));
    !is_code && !text.starts_with('[') && text.chars().count() >= 4 && (digits || signs)
}

/// ISO/IEC 7812: 13 to 19 digits with a Luhn check digit.
fn is_card(text: &str) -> bool {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
    if !(13..=19).contains(&digits.len()) || digits.iter().all(|d| *d == digits[0]) {
        return false;
    }
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, &digit)| match place % 2 {
            0 => digit,
            _ if digit > 4 => digit * 2 - 9,
            _ => digit * 2,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// ITU-T E.164: at most 15 digits.
fn is_telephone(text: &str) -> bool {
    (7..=15).contains(&text.chars().filter(char::is_ascii_digit).count())
}

/// Folders beside those of people.
fn is_person(text: &str) -> bool {
    const NOT_PEOPLE: &[&str] =
        &["public", "default", "default user", "all users", "defaultapppool", "shared", "lost+found", "%username%"];
    !text.starts_with("[user") && !NOT_PEOPLE.contains(&text.to_lowercase().as_str())
}
