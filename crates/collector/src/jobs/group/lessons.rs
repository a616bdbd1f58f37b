//! What people decide teaches the detector.

use store::{Actor, IncidentChange, Logged, LoggedWhat, Scope, StoreError, TimelineKind};

use super::work::{Findings, Work};
use crate::limits;

impl Work {
    /// Learns from an entry, where it is a person's decision.
    pub(super) async fn learn(
        &mut self,
        scope: &Scope,
        entry: &Logged,
        findings: &mut Findings,
    ) -> Result<(), StoreError> {
        match &entry.what {
            LoggedWhat::Incident(incident, change @ (IncidentChange::Accepted | IncidentChange::Dismissed)) => {
                let found = scope.find_incident(*incident).await?;
                let Some(id) = found.and_then(|found| self.id_of(&found.detector_key)) else { return Ok(()) };
                findings.taught = true;
                if *change == IncidentChange::Dismissed {
                    if let Some(found) = self.detector.incident(id) {
                        let until = entry.at + limits::GROUPING_MUTED;
                        self.detector.mute(found.key, until.timestamp());
                    }
                    findings.take(self.detector.dismiss(id).into_iter().collect());
                } else {
                    self.detector.confirm(id);
                }
            }
            LoggedWhat::Incident(incident, IncidentChange::TakenBack) => {
                let found = scope.find_incident(*incident).await?;
                let Some(id) = found.and_then(|found| self.id_of(&found.detector_key)) else { return Ok(()) };
                findings.taught |= self.detector.doubt(id);
            }
            LoggedWhat::Ticket(number, TimelineKind::Split { .. }) => {
                let entries = positions(scope, *number).await?;
                let Some(id) = entries.iter().find_map(|entry| self.detector.incident_of(*entry)) else {
                    return Ok(());
                };
                match entry.actor {
                    Actor::Staff(_) => {
                        findings.taught = true;
                        self.detector.split(id, &entries);
                        findings.changed.insert(id);
                    }
                    // A user knows of their own trouble, and of no others'.
                    Actor::User => {
                        findings.changed.insert(id);
                        findings.take(self.detector.leave(&entries));
                    }
                    Actor::Collector => {}
                }
            }
            LoggedWhat::Ticket(number, TimelineKind::Merged { into }) if matches!(entry.actor, Actor::Staff(_)) => {
                let (theirs, own) = (positions(scope, *into).await?, positions(scope, *number).await?);
                let of = |entries: &[u64]| entries.iter().find_map(|entry| self.detector.incident_of(*entry));
                if let (Some(into), Some(from)) = (of(&theirs), of(&own))
                    && into != from
                {
                    findings.taught = true;
                    findings.changed.insert(from);
                    findings.take(self.detector.hand_over(&own, into));
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// Positions of a ticket's reports in the log, by which the detector knows them.
async fn positions(scope: &Scope, number: i64) -> Result<Vec<u64>, StoreError> {
    Ok(scope.entries_of_ticket(number).await?.into_iter().filter_map(|seq| u64::try_from(seq).ok()).collect())
}
