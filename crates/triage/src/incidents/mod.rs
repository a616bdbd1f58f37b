//! Mass incidents in the stream of reports: many people, one cause.
//!
//! Each report has factors (site, gateway, category, program, code…). A key is two or three of them. For every key of a
//! report that comes, the last minutes to hours are tested for a change of the key's rate against what is usual at this
//! hour of the week ([`Background`](background::Background)): the likelihood ratio of a burst laid over it, in which a
//! report that agrees with the key but for one factor counts for less ([`Scan`](scan::Scan)). Reports that probably belong to
//! the best burst become an incident or join the one most of them are in; a report is in one incident at most.
//!
//! Pure and deterministic: ids, times and people come from outside. Cost and memory are bounded by [`Settings`].

mod arrival;
mod background;
mod detector;
mod incident;
mod key;
mod lessons;
mod open;
mod pairs;
mod scan;
mod settings;
mod shared_factor;
mod snapshot;
mod teach;
mod title;

pub use arrival::Arrival;
pub use detector::{Detector, Outcome};
pub use incident::{Incident, IncidentId};
pub(crate) use key::{is_place, is_trouble};
pub use settings::Settings;
pub use shared_factor::SharedFactor;
pub use snapshot::{Snapshot, SnapshotError};
