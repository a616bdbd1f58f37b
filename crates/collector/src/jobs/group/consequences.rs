//! What follows from a proposal by itself, without a person.

use chrono::{DateTime, Utc};
use report::NoticeOrigin;
use store::{Incident, IncidentState, NewMajor, Scope, Standing, StoreError};
use triage::incidents::IncidentId;
use uuid::Uuid;

use super::Group;
use crate::{app::App, ingest};

impl Group {
    /// What follows from a proposal by itself: accepted where that is wished and it is sure; joined by what came later
    /// and has everything its reports share.
    pub(super) async fn act_on(
        &self,
        app: &App,
        incident: &Incident,
        joined: &[(IncidentId, Vec<u64>)],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let Some(work) = &self.work else { return Ok(()) };
        let Some(id) = work.id_of(&incident.detector_key) else { return Ok(()) };
        match (incident.state, incident.accepted_as) {
            // One that was accepted before and taken back is for people to decide.
            (IncidentState::Open, None) if app.config.triage.automatic_incidents => {
                let certain = work.detector.incident(id).is_some_and(|found| found.is_certain);
                let mut standing = self.scope.standing_of(&incident.body.members).await?;
                // Who said that theirs is another does not stand for the others.
                standing.retain(|one| one.major || !one.alone);
                if certain && let Some(number) = Standing::root(&standing) {
                    accept(app, &self.scope, incident, number, now).await?;
                }
            }
            (IncidentState::Accepted, Some(major)) => {
                let new: Vec<i64> = joined
                    .iter()
                    .filter(|(joined, _)| *joined == id)
                    .flat_map(|(_, members)| members.iter().filter_map(|seq| i64::try_from(*seq).ok()))
                    .collect();
                // By what its notice names, which is what was accepted: the detector's key may have become wider since.
                let notices = self.scope.open_notices(now).await?;
                let open = notices.iter().find(|notice| notice.ticket == Some(major));
                let Some(open) = open.filter(|open| !open.factors.is_empty()) else { return Ok(()) };
                let mut grew = false;
                for number in self.scope.tickets_of_entries(&new).await? {
                    let factors = self.scope.factors_of_ticket(number).await?;
                    if number != major && open.factors.iter().all(|factor| factors.contains(factor)) {
                        grew |= self.scope.join_major(number, major, now).await?;
                    }
                }
                if grew {
                    ingest::recount(app, &self.scope, major).await?;
                }
            }
            _ => {}
        }
        Ok(())
    }
}

async fn accept(
    app: &App,
    scope: &Scope,
    incident: &Incident,
    number: i64,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let new = NewMajor {
        number,
        members: incident.body.members.clone(),
        notice_id: Uuid::now_v7(),
        title: incident.body.title.clone(),
        category: Some(incident.body.category),
        keywords: Vec::new(),
        factors: incident.body.key.clone(),
        origin: NoticeOrigin::Detector,
        next_news_at: None,
        incident: Some(incident.id),
        staff_id: None,
    };
    match scope.make_major(&new, now).await {
        // Staff were faster, with the ticket or with the proposal.
        Err(StoreError::Conflict(_)) => Ok(()),
        made => {
            made?;
            ingest::recount(app, scope, number).await
        }
    }
}
