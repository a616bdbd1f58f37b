//! Alerts of monitoring as notices: what it already knows, users are told.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use report::{Category, Dimension, ErrorCode, Factor, LocalText, NoticeKind, NoticeOrigin};
use store::{AlertOutcome, NewNotice, Scope};
use uuid::Uuid;

use crate::{
    error::ApiError,
    limits,
    wire::{Alert, AlertStatus, Alerts, AlertsTaken},
};

/// Version of Alertmanager's data we read.
const VERSION: &str = "4";
/// The label that makes an alert known to users.
const CATEGORY: &str = "redbutton_category";
/// Labels that say what the reports of those concerned have.
const FACTORS: &[(&str, Dimension)] = &[
    ("redbutton_site", Dimension::Site),
    ("redbutton_subnet", Dimension::Subnet),
    ("redbutton_gateway", Dimension::Gateway),
    ("redbutton_application", Dimension::Application),
    ("redbutton_service", Dimension::Service),
    ("redbutton_code", Dimension::Code),
];

/// What one alert asks for.
enum Step {
    Open(Box<NewNotice>),
    Close(String),
    Nothing,
}

/// Opens, changes and closes notices as the alerts say. One that cannot be read keeps nothing from those beside it:
/// Alertmanager does not send again what was refused, and an end that is not heard leaves its notice standing. So the rest
/// is done first, and then the answer says what was wrong, which monitoring's own log and metrics show.
///
/// # Errors
/// `unsupported_schema`; `invalid_request` with the path of the first misfit, after the rest was done.
pub async fn take(scope: &Scope, alerts: &Alerts, now: DateTime<Utc>) -> Result<AlertsTaken, ApiError> {
    if alerts.version != VERSION {
        let detail = format!("version: this collector reads {VERSION}");
        return Err(ApiError::with_detail(ErrorCode::UnsupportedSchema, detail));
    }
    let mut taken = AlertsTaken::default();
    let mut misfit = None;
    let mut firing = 0;
    for (n, alert) in alerts.alerts.iter().enumerate() {
        let asked = step(n, alert, &alerts.group_key, now).and_then(|step| {
            let opens = matches!(step, Step::Open(_));
            firing += usize::from(opens);
            if opens && firing > limits::ALERTS { Err(too_many()) } else { Ok(step) }
        });
        let count = match asked {
            Ok(Step::Open(new)) => match scope.alert_firing(&new, now).await? {
                AlertOutcome::Opened(_) => &mut taken.opened,
                AlertOutcome::Changed(_) => &mut taken.changed,
                AlertOutcome::Same(_) => &mut taken.same,
                AlertOutcome::Over(_) => &mut taken.ignored,
            },
            Ok(Step::Close(key)) => match scope.alert_resolved(&key, now).await? {
                true => &mut taken.closed,
                false => &mut taken.ignored,
            },
            Ok(Step::Nothing) => &mut taken.ignored,
            Err(error) => {
                misfit.get_or_insert(error);
                continue;
            }
        };
        *count += 1;
    }
    misfit.map_or(Ok(taken), Err)
}

fn too_many() -> ApiError {
    invalid("alerts", &format!("more than {} fire", limits::ALERTS))
}

fn invalid(path: &str, problem: &str) -> ApiError {
    ApiError::with_detail(ErrorCode::InvalidRequest, format!("{path}: {problem}"))
}

fn step(n: usize, alert: &Alert, group_key: &str, now: DateTime<Utc>) -> Result<Step, ApiError> {
    let Some(category) = alert.labels.get(CATEGORY) else { return Ok(Step::Nothing) };
    let key = match alert.fingerprint.trim() {
        "" => group_key.trim(),
        fingerprint => fingerprint,
    };
    if key.is_empty() || key.chars().count() > limits::ALERT_KEY_CHARS || key.contains('\0') {
        return Err(invalid(&format!("alerts[{n}].fingerprint"), "does not identify the alert"));
    }
    if alert.status == AlertStatus::Resolved {
        return Ok(Step::Close(key.to_owned()));
    }
    let Some(category) = Category::KNOWN.iter().copied().find(|known| known.as_str() == category) else {
        return Err(invalid(&format!("alerts[{n}].labels.{CATEGORY}"), "is no category"));
    };
    Ok(Step::Open(Box::new(NewNotice {
        id: Uuid::now_v7(),
        kind: NoticeKind::MajorIncident,
        title: title(n, alert)?,
        category,
        keywords: keywords(n, &alert.annotations)?,
        factors: factors(n, &alert.labels)?,
        ticket: None,
        origin: NoticeOrigin::Monitoring,
        external_key: Some(key.to_owned()),
        // Its clock may be ahead of ours; a notice that has not begun would fit nothing.
        starts_at: alert.starts_at.min(now),
        // An end that is never told must not leave users waiting for good.
        ends_at: Some(now + limits::ALERT_HEARD),
        next_news_at: None,
        created_by: None,
    })))
}

/// What users read; the language that is missing gets the other's words, and without either the alert's name.
fn title(n: usize, alert: &Alert) -> Result<LocalText, ApiError> {
    let annotation = |name: &str| alert.annotations.get(name).map(|text| text.trim()).filter(|text| !text.is_empty());
    let en = annotation("summary_en").or_else(|| annotation("summary"));
    let ru = annotation("summary_ru");
    let name = alert.labels.get("alertname").map(|name| name.trim()).filter(|name| !name.is_empty());
    let (Some(one), other) = (en.or(ru).or(name), ru.or(en).or(name)) else {
        return Err(invalid(&format!("alerts[{n}].annotations.summary"), "is missing"));
    };
    let cut = |text: &str| text.replace('\0', "").chars().take(limits::NAME_CHARS).collect::<String>();
    Ok(LocalText::new(cut(one), cut(other.unwrap_or(one))))
}

fn keywords(n: usize, annotations: &BTreeMap<String, String>) -> Result<Vec<String>, ApiError> {
    let path = || format!("alerts[{n}].annotations.redbutton_keywords");
    let Some(list) = annotations.get("redbutton_keywords") else { return Ok(Vec::new()) };
    let words: Vec<String> =
        list.split(',').map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect();
    if words.len() > limits::NOTICE_KEYWORDS {
        return Err(invalid(&path(), &format!("more than {}", limits::NOTICE_KEYWORDS)));
    }
    if words.iter().any(|word| word.chars().count() > limits::NAME_CHARS || word.contains('\0')) {
        return Err(invalid(&path(), "has a word that is too long, or NUL"));
    }
    Ok(words)
}

fn factors(n: usize, labels: &BTreeMap<String, String>) -> Result<Vec<Factor>, ApiError> {
    let mut factors = Vec::new();
    for (label, dimension) in FACTORS {
        let Some(value) = labels.get(*label).map(|value| value.trim()).filter(|value| !value.is_empty()) else {
            continue;
        };
        if value.chars().count() > limits::NAME_CHARS || value.contains('\0') {
            return Err(invalid(&format!("alerts[{n}].labels.{label}"), "is too long, or has NUL"));
        }
        factors.push(Factor { dimension: *dimension, value: value.to_owned() });
    }
    Ok(factors)
}
