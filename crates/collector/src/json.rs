//! Reading JSON that a stranger wrote: counted, flat enough, UTF-8, and with a path in the refusal.

use report::ErrorCode;
use serde::de::DeserializeOwned;

use crate::{error::ApiError, limits};

/// Checks that `body` is UTF-8 and nested no deeper than [`limits::JSON_DEPTH`], before anything is built from it.
pub fn check_text(body: &[u8]) -> Result<&str, ApiError> {
    let text = std::str::from_utf8(body).map_err(|error| {
        ApiError::with_detail(ErrorCode::MalformedJson, format!("not UTF-8 at byte {}", error.valid_up_to()))
    })?;
    if depth(body) > limits::JSON_DEPTH {
        let detail = format!("nested deeper than {}", limits::JSON_DEPTH);
        return Err(ApiError::with_detail(ErrorCode::MalformedJson, detail));
    }
    Ok(text)
}

/// Reads a value of `T`; a well-formed text that does not fit is refused with `misfit` and the path of the misfit.
pub fn parse<T: DeserializeOwned>(text: &str, misfit: ErrorCode) -> Result<T, ApiError> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        refusal(error.inner(), &path, misfit)
    })?;
    deserializer.end().map_err(|error| refusal(&error, ".", misfit))?;
    Ok(value)
}

fn refusal(error: &serde_json::Error, path: &str, misfit: ErrorCode) -> ApiError {
    let place = format!("line {} column {}", error.line(), error.column());
    let path = if is_of_a_schema(path) { path } else { "(elsewhere)" };
    match error.classify() {
        // serde's own message repeats values, which may be what a person wrote: only its kind is told.
        serde_json::error::Category::Data => {
            ApiError::with_detail(misfit, format!("{path}: {} ({place})", kind_of_misfit(&error.to_string())))
        }
        _ => ApiError::with_detail(ErrorCode::MalformedJson, place),
    }
}

/// Whether a path is made of names as schemas have them. The name of an unknown field stands in the path, too, and may
/// be anything.
fn is_of_a_schema(path: &str) -> bool {
    path.len() <= 200
        && path.bytes().all(|b| matches!(b, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'.' | b'[' | b']'))
}

/// The part of serde's message that names schema words alone.
fn kind_of_misfit(message: &str) -> String {
    let message = message.split(" at line ").next().unwrap_or_default();
    for kind in ["missing field", "duplicate field"] {
        if message.starts_with(kind) {
            return message.to_owned();
        }
    }
    for (kind, says) in [("unknown field", "unknown field"), ("unknown variant", "unknown variant")] {
        if message.starts_with(kind) {
            return says.to_owned();
        }
    }
    match message.split_once("expected ") {
        Some((_, expected)) => format!("expected {expected}"),
        None => "does not fit".to_owned(),
    }
}

/// Deepest nesting of arrays and objects outside of strings. Not a parser: on text that is not JSON the answer
/// means nothing, and the parser refuses it afterwards.
fn depth(body: &[u8]) -> usize {
    let (mut depth, mut deepest, mut in_string, mut escaped) = (0_usize, 0, false, false);
    for byte in body {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => in_string = false,
                _ => {}
            }
            continue;
        }
        match byte {
            b'"' => in_string = true,
            b'[' | b'{' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        #[expect(dead_code, reason = "only its reading is tested")]
        inner: Vec<Inner>,
    }

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[expect(dead_code, reason = "only its reading is tested")]
        n: u8,
    }

    fn refused(text: &str) -> (ErrorCode, String) {
        let error = parse::<Outer>(text, ErrorCode::InvalidReport).unwrap_err();
        (error.code(), error.detail().unwrap_or_default().to_owned())
    }

    #[test]
    fn a_misfit_is_named_by_its_path() {
        let (code, detail) = refused(r#"{"inner":[{"n":1},{"n":"secret words"}]}"#);
        assert_eq!(code, ErrorCode::InvalidReport);
        assert!(detail.starts_with("inner[1].n: expected u8"), "{detail}");
        assert!(!detail.contains("secret"), "{detail}");
    }

    #[test]
    fn an_unknown_field_is_refused_without_repeating_it() {
        let (code, detail) = refused(r#"{"inner":[],"password hunter2":1}"#);
        assert_eq!(code, ErrorCode::InvalidReport);
        assert!(detail.contains("unknown field") && !detail.contains("hunter2"), "{detail}");
        let (_, detail) = refused(r#"{"inner":[],"clipboard":1}"#);
        assert!(detail.starts_with("clipboard: unknown field"), "{detail}");
    }

    #[test]
    fn what_is_not_json_is_malformed() {
        for text in ["", "{", "nonsense", r#"{"inner":[]} x"#, "{'inner':[]}"] {
            assert_eq!(refused(text).0, ErrorCode::MalformedJson, "{text:?}");
        }
    }

    #[test]
    fn nesting_is_counted_outside_of_strings() {
        assert_eq!(depth(br#"{"a":[1,{"b":"[[[\"[["}]}"#), 3);
        let at = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
        assert!(check_text(at(limits::JSON_DEPTH).as_bytes()).is_ok());
        assert_eq!(check_text(at(limits::JSON_DEPTH + 1).as_bytes()).unwrap_err().code(), ErrorCode::MalformedJson);
    }

    #[test]
    fn what_is_not_utf8_is_malformed() {
        assert_eq!(check_text(b"{\"a\":\"\xff\"}").unwrap_err().code(), ErrorCode::MalformedJson);
    }
}
