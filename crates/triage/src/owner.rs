//! Where a fault lies along the way from the device to the service.

use report::{Category, Judged, LocalText, Owner, Severity};

use crate::fire::Fired;
use crate::flaw::Flaw;
use crate::rule::OwnerClaim;
use crate::template::Template;
use crate::words::WordLists;

/// How sure a finding that is broken, worrying, or only worth knowing makes of its owner.
const BY_SEVERITY: [(Severity, f32); 3] =
    [(Severity::Critical, 0.9), (Severity::Warning, 0.65), (Severity::Info, 0.45)];
/// What is left of that where another finding points elsewhere and neither follows from the other.
const CONTESTED: f32 = 0.75;

/// Words of `owner` in a rule's file.
const FIXED: [(&str, Owner); 7] = [
    ("device", Owner::Device),
    ("wi_fi", Owner::WiFi),
    ("lan", Owner::Lan),
    ("dns", Owner::Dns),
    ("proxy", Owner::Proxy),
    ("vpn", Owner::Vpn),
    ("provider", Owner::Provider),
];

impl OwnerClaim {
    /// Reads `wi_fi` or `service:{it:/name}`.
    pub(crate) fn parse(text: &str, lists: &WordLists, has_it: bool) -> Result<Self, Flaw> {
        if let Some(name) = text.strip_prefix("service:") {
            return Template::parse(name, lists, has_it).map(Self::Service);
        }
        let known = FIXED.iter().find(|(word, _)| *word == text);
        known.map(|(_, owner)| Self::Fixed(owner.clone())).ok_or_else(|| {
            let words: Vec<&str> = FIXED.iter().map(|(word, _)| *word).collect();
            Flaw::UnknownOwner { text: text.to_owned(), known: words.join(", ") }
        })
    }
}

/// The owner the findings behind a category tell, `None` where they tell none.
///
/// What is broken counts before what is only worrying. A rung that broke explains those above it, so of several the
/// one nearest the device counts; the device itself only where nothing on the way is broken. An abstention has an owner only where something is broken outright.
pub(crate) fn owner(fired: &[Fired<'_>], category: Category) -> Option<Judged<Owner>> {
    let claims: Vec<(&Fired<'_>, &Owner)> = fired
        .iter()
        .filter(|f| f.supports(category) || (category == Category::Other && f.finding.severity == Severity::Critical))
        .filter_map(|f| f.owner.as_ref().map(|owner| (f, owner)))
        .collect();
    let (_, owner) =
        claims.iter().min_by_key(|(f, owner)| (std::cmp::Reverse(f.finding.severity), rung(owner), &f.finding.rule))?;
    let behind: Vec<&Fired<'_>> = claims.iter().filter(|(_, other)| other == owner).map(|(f, _)| *f).collect();
    let worst = behind.iter().map(|f| f.finding.severity).max()?;
    let base = BY_SEVERITY.iter().find(|(severity, _)| *severity == worst).map_or(0.0, |(_, base)| *base);
    let contested =
        claims.iter().any(|(_, other)| other != owner && (rung(other) == rung(owner) || **other == Owner::Device));
    let confidence = if contested { base * CONTESTED } else { base };
    let evidence = behind.into_iter().map(|f| f.finding.rule.clone()).collect();
    Some(Judged::new((*owner).clone(), confidence, evidence))
}

/// Order on the way out, nearest first; the device last, since it is to blame only where the way is free.
fn rung(owner: &Owner) -> u8 {
    match owner {
        Owner::WiFi => 0,
        Owner::Lan => 1,
        Owner::Dns => 2,
        Owner::Proxy => 3,
        Owner::Vpn => 4,
        Owner::Provider => 5,
        Owner::Service { .. } => 6,
        Owner::Device => 7,
    }
}

/// An owner as people call it: "the internet provider", «интернет-провайдер».
pub fn owner_words(owner: &Owner) -> LocalText {
    let (en, ru) = match owner {
        Owner::Device => ("this computer", "этот компьютер"),
        Owner::WiFi => ("Wi-Fi", "Wi-Fi"),
        Owner::Lan => ("the local network", "локальная сеть"),
        Owner::Dns => ("name lookup (DNS)", "поиск адресов по именам (DNS)"),
        Owner::Proxy => ("the proxy", "прокси-сервер"),
        Owner::Vpn => ("the VPN", "VPN"),
        Owner::Provider => ("the internet provider", "интернет-провайдер"),
        Owner::Service { name } => {
            return LocalText::new(format!("the service \"{name}\""), format!("служба «{name}»"));
        }
    };
    LocalText::new(en, ru)
}

/// The owner as a sentence for the user; none for the device, which nobody likes to be blamed for.
pub(crate) fn owner_sentence(owner: &Owner) -> Option<LocalText> {
    let (en, ru) = match owner {
        Owner::Device => return None,
        Owner::WiFi => ("The fault is on the Wi-Fi link.", "Сбой на участке Wi-Fi."),
        Owner::Lan => (
            "The fault is in the local network, not in your computer.",
            "Сбой в локальной сети, а не в вашем компьютере.",
        ),
        Owner::Dns => (
            "The fault is in how the network finds servers by name, not in your computer.",
            "Сеть не находит серверы по именам; дело не в вашем компьютере.",
        ),
        Owner::Proxy => (
            "The fault is on the company's way out to the internet, not in your computer.",
            "Сбой на корпоративном выходе в интернет, а не в вашем компьютере.",
        ),
        Owner::Vpn => ("The fault is on the way through the VPN.", "Сбой на пути через VPN."),
        Owner::Provider => (
            "The fault is on the internet provider's side, not in your computer.",
            "Сбой на стороне интернет-провайдера, а не в вашем компьютере.",
        ),
        Owner::Service { name } => {
            return Some(LocalText::new(
                format!("The fault is in the service \"{name}\", not in your computer."),
                format!("Сбой в службе «{name}», а не в вашем компьютере."),
            ));
        }
    };
    Some(LocalText::new(en, ru))
}
