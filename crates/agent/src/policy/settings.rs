//! Every setting, once: its key, its type, its default, its limits.

use report::{Language, Privacy};
use toml::Value;

use super::{Origin, PolicyError, Setting, sources};
use crate::{EnrolmentToken, Paths};

/// Applications whose windows are painted over unless policy names others: they show secrets by purpose.
/// Matched as a part of the application's name or the window's title, without regard to case.
pub(crate) const PRIVATE_WINDOWS: &[&str] = &[
    "KeePass",
    "KeePassXC",
    "1Password",
    "Bitwarden",
    "LastPass",
    "Dashlane",
    "NordPass",
    "Proton Pass",
    "Enpass",
    "Keeper Password",
    "RoboForm",
    "Kaspersky Password Manager",
    "Passwork",
    "Seahorse",
    "KWalletManager",
    "Keychain Access",
    "Credential Manager",
    "Gcr-prompter",
    "Pinentry",
];

/// One of the company's own services, asked by the network probe.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceSetting {
    /// How people call it.
    pub name: String,
    /// Where it answers.
    pub url: String,
}

/// A setting as `policy explain` shows it.
#[derive(Debug, Clone, serde::Serialize)]
pub(crate) struct Explained {
    pub key: &'static str,
    pub value: serde_json::Value,
    pub origin: String,
    pub says: report::LocalText,
}

/// How a TOML value becomes a setting and is shown again.
trait SettingValue: Sized {
    fn from_toml(value: &Value) -> Result<Self, String>;
    fn show(&self) -> serde_json::Value;
}

macro_rules! settings {
    ($($key:ident: $type:ty = $default:expr, check $check:expr, $en:literal, $ru:literal;)+) => {
        /// The settings of one agent, each with its origin. Keys are the field names in every place they can come
        /// from; environment variables are `REDBUTTON_` + the key in capitals.
        #[derive(Debug, Clone, PartialEq)]
        pub struct Policy { $(#[doc = $en] pub $key: Setting<$type>,)+ }

        impl Default for Policy {
            fn default() -> Self {
                Self { $($key: Setting { value: $default, origin: Origin::Default },)+ }
            }
        }

        /// Values given on the command line; they win over every other place.
        #[derive(Debug, Clone, Default)]
        pub struct Flags { $(#[doc = $en] pub $key: Option<$type>,)+ }

        impl Policy {
            /// Every key.
            pub const KEYS: &'static [&'static str] = &[$(stringify!($key),)+];

            pub(super) fn set(&mut self, key: &str, value: &Value, origin: &Origin) -> Result<(), PolicyError> {
                let invalid = |reason: String| PolicyError::Invalid {
                    key: key.to_owned(),
                    value: if key == "enrolment_token" { "…".to_owned() } else { value.to_string() },
                    origin: origin.clone(),
                    reason,
                };
                match key {
                    $(stringify!($key) => {
                        let parsed = <$type as SettingValue>::from_toml(value).map_err(invalid)?;
                        let check: fn(&$type) -> Result<(), String> = $check;
                        check(&parsed).map_err(invalid)?;
                        self.$key = Setting { value: parsed, origin: origin.clone() };
                    })+
                    _ => return Err(PolicyError::UnknownKey { key: key.to_owned(), origin: origin.clone() }),
                }
                Ok(())
            }

            pub(super) fn set_flags(&mut self, flags: Flags) -> Result<(), PolicyError> {
                $(if let Some(value) = flags.$key {
                    let check: fn(&$type) -> Result<(), String> = $check;
                    check(&value).map_err(|reason| PolicyError::Invalid {
                        key: stringify!($key).to_owned(),
                        value: value.show().to_string(),
                        origin: Origin::Flag,
                        reason,
                    })?;
                    self.$key = Setting { value, origin: Origin::Flag };
                })+
                Ok(())
            }

            /// Puts back what `other` has for `keys`.
            pub(super) fn restore(&mut self, other: &Self, keys: &[String]) {
                $(if keys.iter().any(|key| key == stringify!($key)) {
                    self.$key = other.$key.clone();
                })+
            }

            /// Every setting with its origin; the token is not shown.
            pub(crate) fn explain(&self) -> Vec<Explained> {
                vec![$(Explained {
                    key: stringify!($key),
                    value: self.$key.value.show(),
                    origin: self.$key.origin.to_string(),
                    says: report::LocalText::new($en, $ru),
                },)+]
            }
        }
    };
}

settings! {
    collector_url: Option<String> = None, check check_url,
        "Address of the collector, https://….", "Адрес сборщика, https://….";
    enrolment_token: Option<EnrolmentToken> = None, check |_| Ok(()),
        "Token this device enrols with.", "Токен, с которым регистрируется устройство.";
    language: Option<Language> = None, check |_| Ok(()),
        "Language of texts, en or ru; that of the system if not given.", "Язык текстов, en или ru; если не задан, как в системе.";
    screenshots: bool = true, check |_| Ok(()),
        "Whether the screen is taken at a press.", "Снимать ли экран при нажатии.";
    private_windows: Vec<String> = PRIVATE_WINDOWS.iter().map(|&name| name.to_owned()).collect(), check check_names,
        "Applications whose windows are painted over.", "Приложения, окна которых закрашиваются на снимке.";
    max_privacy: Privacy = Privacy::Personal, check |_| Ok(()),
        "Most personal kind of fact that leaves the device: technical, personal or sensitive.",
        "Самый личный вид сведений, которые покидают устройство: technical, personal или sensitive.";
    services: Vec<ServiceSetting> = Vec::new(), check check_services,
        "The company's own services, asked by the network probe.", "Собственные сервисы компании, доступность которых проверяется.";
    internet_check: Option<String> = None, check check_internet,
        "An http:// address outside that tells the internet from a sign-in page; nobody outside is asked if not given.",
        "Адрес http:// во внешней сети, по которому интернет отличают от страницы входа; если не задан, вовне не обращаемся.";
    hotkey: String = "CmdOrCtrl+Alt+Shift+H".to_owned(), check |_| Ok(()),
        "Global hotkey; empty turns it off.", "Глобальное сочетание клавиш; пустое выключает его.";
    autostart: bool = true, check |_| Ok(()),
        "Whether the tray app starts with the desktop.", "Запускать ли приложение вместе с рабочим столом.";
    outbox_max_bytes: u64 = 200 * 1024 * 1024, check at_least::<{ 2 * 1024 * 1024 }>,
        "Most bytes the outbox keeps on disk; oldest pictures go first, never a report.",
        "Сколько байт на диске может занять очередь; первыми удаляются старые снимки и никогда — обращения.";
    follow_interval_s: u64 = 15, check at_least::<1>,
        "Seconds between questions for news while a ticket is open.", "Секунды между запросами новостей, пока обращение открыто.";
    press_debounce_ms: u64 = 2_000, check |_| Ok(()),
        "Presses closer than this are one.", "Нажатия ближе друг к другу, чем столько миллисекунд, считаются одним.";
    undo_window_s: u64 = 300, check |_| Ok(()),
        "Seconds Undo is offered after a press.", "Сколько секунд после нажатия предлагается отмена.";
    share_user: bool = true, check |_| Ok(()),
        "Whether the login of the person travels with the report.", "Передавать ли имя входа пользователя вместе с обращением.";
}

impl Policy {
    /// Reads the settings from every place they can come from.
    ///
    /// # Errors
    /// [`PolicyError`] names the key, its value, its origin and the reason; a file that is not there is no error.
    pub fn load(paths: &Paths, flags: Flags) -> Result<Self, PolicyError> {
        sources::load(paths, std::env::vars(), flags)
    }

    /// The language of texts: by policy, else that of the system.
    pub fn language_of_person(&self) -> Language {
        self.language.value.unwrap_or_else(crate::device::system_language)
    }
}

fn check_url(url: &Option<String>) -> Result<(), String> {
    let Some(url) = url else { return Ok(()) };
    let parsed = reqwest::Url::parse(url).map_err(|error| format!("not a URL: {error}"))?;
    let is_local = matches!(parsed.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    match parsed.scheme() {
        "https" => Ok(()),
        "http" if is_local => Ok(()),
        "http" => Err("must begin with https:// (http is taken for this machine alone)".to_owned()),
        _ => Err("must begin with https://".to_owned()),
    }
}

fn check_internet(url: &Option<String>) -> Result<(), String> {
    let Some(url) = url else { return Ok(()) };
    match reqwest::Url::parse(url) {
        Ok(parsed) if parsed.scheme() == "http" => Ok(()),
        Ok(_) => Err("must begin with http://: a sign-in page cannot answer for an https address".to_owned()),
        Err(error) => Err(format!("not a URL: {error}")),
    }
}

#[expect(clippy::ptr_arg, reason = "a check takes the setting's own type")]
fn check_names(names: &Vec<String>) -> Result<(), String> {
    match names.iter().any(|name| name.trim().is_empty()) {
        true => Err("an empty name would match every window".to_owned()),
        false => Ok(()),
    }
}

fn check_services(services: &Vec<ServiceSetting>) -> Result<(), String> {
    for service in services {
        reqwest::Url::parse(&service.url).map_err(|error| format!("{}: not a URL: {error}", service.name))?;
    }
    Ok(())
}

fn at_least<const LEAST: u64>(value: &u64) -> Result<(), String> {
    if *value >= LEAST { Ok(()) } else { Err(format!("must be at least {LEAST}")) }
}

impl SettingValue for bool {
    fn from_toml(value: &Value) -> Result<Self, String> {
        match value {
            Value::Boolean(value) => Ok(*value),
            Value::String(text) => match text.to_ascii_lowercase().as_str() {
                "true" | "1" | "yes" | "on" => Ok(true),
                "false" | "0" | "no" | "off" => Ok(false),
                _ => Err("must be true or false".to_owned()),
            },
            _ => Err("must be true or false".to_owned()),
        }
    }
    fn show(&self) -> serde_json::Value {
        (*self).into()
    }
}

impl SettingValue for u64 {
    fn from_toml(value: &Value) -> Result<Self, String> {
        match value {
            Value::Integer(value) => Self::try_from(*value).map_err(|_| "must not be negative".to_owned()),
            Value::String(text) => text.trim().parse().map_err(|_| "must be a whole number".to_owned()),
            _ => Err("must be a whole number".to_owned()),
        }
    }
    fn show(&self) -> serde_json::Value {
        (*self).into()
    }
}

impl SettingValue for String {
    fn from_toml(value: &Value) -> Result<Self, String> {
        value.as_str().map(|text| text.trim().to_owned()).ok_or_else(|| "must be text".to_owned())
    }
    fn show(&self) -> serde_json::Value {
        self.as_str().into()
    }
}

impl SettingValue for Option<String> {
    fn from_toml(value: &Value) -> Result<Self, String> {
        Ok(Some(String::from_toml(value)?).filter(|text| !text.is_empty()))
    }
    fn show(&self) -> serde_json::Value {
        self.clone().into()
    }
}

impl SettingValue for Option<EnrolmentToken> {
    fn from_toml(value: &Value) -> Result<Self, String> {
        Ok(<Option<String>>::from_toml(value)?.map(EnrolmentToken::new))
    }
    fn show(&self) -> serde_json::Value {
        self.as_ref().map(|_| "…").into()
    }
}

impl SettingValue for Option<Language> {
    fn from_toml(value: &Value) -> Result<Self, String> {
        match value.as_str() {
            Some("en") => Ok(Some(Language::En)),
            Some("ru") => Ok(Some(Language::Ru)),
            Some("") => Ok(None),
            _ => Err("must be \"en\" or \"ru\"".to_owned()),
        }
    }
    fn show(&self) -> serde_json::Value {
        match self {
            Some(Language::En) => "en".into(),
            Some(Language::Ru) => "ru".into(),
            None => serde_json::Value::Null,
        }
    }
}

impl SettingValue for Privacy {
    fn from_toml(value: &Value) -> Result<Self, String> {
        match value.as_str() {
            Some("technical") => Ok(Self::Technical),
            Some("personal") => Ok(Self::Personal),
            Some("sensitive") => Ok(Self::Sensitive),
            _ => Err("must be technical, personal or sensitive".to_owned()),
        }
    }
    fn show(&self) -> serde_json::Value {
        match self {
            Self::Technical => "technical",
            Self::Personal => "personal",
            Self::Sensitive => "sensitive",
        }
        .into()
    }
}

impl SettingValue for Vec<String> {
    fn from_toml(value: &Value) -> Result<Self, String> {
        match value {
            Value::Array(items) => items.iter().map(String::from_toml).collect(),
            Value::String(text) => {
                Ok(text.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect())
            }
            _ => Err("must be a list of texts".to_owned()),
        }
    }
    fn show(&self) -> serde_json::Value {
        self.clone().into()
    }
}

impl SettingValue for Vec<ServiceSetting> {
    fn from_toml(value: &Value) -> Result<Self, String> {
        let expected = "must be a list of {name, url}; in the environment name=url,name=url";
        match value {
            Value::Array(_) => value.clone().try_into().map_err(|_| expected.to_owned()),
            Value::String(text) => text
                .split(',')
                .map(str::trim)
                .filter(|item| !item.is_empty())
                .map(|item| {
                    let (name, url) = item.split_once('=').ok_or_else(|| expected.to_owned())?;
                    Ok(ServiceSetting { name: name.trim().to_owned(), url: url.trim().to_owned() })
                })
                .collect(),
            _ => Err(expected.to_owned()),
        }
    }
    fn show(&self) -> serde_json::Value {
        self.iter().map(|s| serde_json::json!({"name": s.name, "url": s.url})).collect::<Vec<_>>().into()
    }
}
