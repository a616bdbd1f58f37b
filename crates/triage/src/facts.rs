use std::collections::BTreeMap;

use report::Report;
use serde_json::Value;

/// Probes whose data rules may read; a rule that names another is refused.
pub(crate) const KNOWN_PROBES: &[&str] =
    &["foreground", "events", "network", "wifi", "disks", "load", "boot", "clock", "os", "power", "session"];

/// The data of each probe that answered, by its name.
#[derive(Debug)]
pub(crate) struct Facts<'a>(BTreeMap<&'a str, &'a Value>);

impl<'a> Facts<'a> {
    /// Reads a report's facts. Of two with one name the one that sorts first as text counts, whatever their order.
    pub(crate) fn of(report: &'a Report) -> Self {
        let mut facts = BTreeMap::new();
        for fact in &report.facts {
            let Some(data) = fact.data() else { continue };
            facts
                .entry(fact.probe.as_str())
                .and_modify(|kept: &mut &Value| {
                    let [new, old] = [data.to_string(), kept.to_string()];
                    if new < old {
                        *kept = data;
                    }
                })
                .or_insert(data);
        }
        Self(facts)
    }

    /// The data of one probe.
    pub(crate) fn get(&self, probe: &str) -> Option<&'a Value> {
        self.0.get(probe).copied()
    }

    /// A value by its JSON pointer (RFC 6901); `null` counts as absent.
    pub(crate) fn pointer(&self, probe: &str, pointer: &str) -> Option<&'a Value> {
        self.get(probe)?.pointer(pointer).filter(|value| !value.is_null())
    }
}
