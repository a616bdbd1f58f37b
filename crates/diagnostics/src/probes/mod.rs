//! The probes, one file or folder each, and the one list of them.

mod boot;
mod clock;
mod disks;
mod events;
pub mod foreground;
mod load;
mod network;
mod os;
mod power;
mod session;
mod wifi;

use crate::Probe;

/// Every probe, in order of worth to the person who routes the ticket.
pub const PROBES: &[Probe] = &[
    foreground::PROBE,
    events::PROBE,
    network::PROBE,
    wifi::PROBE,
    disks::PROBE,
    load::PROBE,
    boot::PROBE,
    clock::PROBE,
    os::PROBE,
    power::PROBE,
    session::PROBE,
];

/// The probe of that name.
pub fn probe(name: &str) -> Option<&'static Probe> {
    PROBES.iter().find(|probe| probe.name == name)
}
