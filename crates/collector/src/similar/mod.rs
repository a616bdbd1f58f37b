//! Open tickets of others that may have the same cause as one ticket, with the reason in words.
//!
//! What is read does not grow with what is stored: of each factor the newest tickets that have it, up to a limit from which
//! on it tells little; then the most promising of all these, until enough are found.

mod found;
mod telling;
mod words;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use report::ErrorCode;
use store::{FactorTickets, Scope, TicketSummary};
use triage::Classifier;

use self::{
    found::{Found, WORDS_WEIGHT},
    telling::Telling,
    words::{ALIKE_FROM, Words},
};
use crate::{error::ApiError, limits, wire};

/// At most [`limits::SIMILAR_TICKETS`], most alike first.
pub async fn to(
    scope: &Scope,
    classifier: &Classifier,
    number: i64,
    now: DateTime<Utc>,
) -> Result<Vec<wire::Similar>, ApiError> {
    let own = scope.find_ticket_summary(number).await?.ok_or_else(|| ApiError::new(ErrorCode::NotFound))?;
    let since = now - limits::SIMILAR_WITHIN;
    let factors = scope.factors_of_ticket(number).await?;
    let mut tellings: Vec<Telling> = factors.into_iter().filter_map(|factor| Telling::of(classifier, factor)).collect();
    let factors: Vec<_> = tellings.iter().map(|telling| telling.factor.clone()).collect();
    let having = scope.tickets_with(&factors, since, limits::SIMILAR_COUNTED).await?;
    weigh(&mut tellings, &having);
    let mut found: BTreeMap<i64, Found<'_>> = BTreeMap::new();
    for (telling, having) in tellings.iter().zip(&having) {
        for ticket in &having.tickets {
            found.entry(*ticket).or_default().shared.push(telling);
        }
    }
    if let Some(words) = own.text.as_deref().map(Words::of) {
        for (ticket, theirs) in scope.newest_open_tickets(since, limits::SIMILAR_TEXTS).await? {
            let alike = theirs.map_or(0.0, |theirs| words.alike(&Words::of(&theirs)));
            if alike >= ALIKE_FROM {
                found.entry(ticket).or_default().words = WORDS_WEIGHT * alike;
            }
        }
    }
    found.remove(&number);
    // Of what so many have, not all who have it were read.
    let by_many: Vec<&Telling> =
        tellings.iter().zip(&having).filter(|(_, having)| is_by_many(having)).map(|(telling, _)| telling).collect();
    let best = best(scope, &own, candidates(found, &by_many), &by_many).await?;
    let similar = best.into_iter().map(|(_, found, ticket)| wire::Similar {
        ticket: ticket.into(),
        says: found.says(classifier),
        shared: found.shared.into_iter().map(|telling| telling.factor.clone()).collect(),
    });
    Ok(similar.collect())
}

/// Lets what many have weigh less, down to half: what nearly everybody has tells little.
fn weigh(tellings: &mut [Telling], having: &[FactorTickets]) {
    let most = having.iter().map(|one| one.tickets.len()).max().unwrap_or(0).max(limits::SIMILAR_USUAL_TICKETS);
    for (telling, having) in tellings.iter_mut().zip(having) {
        telling.weight *= 1.0 - 0.5 * having.tickets.len() as f64 / most as f64;
    }
}

fn is_by_many(having: &FactorTickets) -> bool {
    having.tickets.len() as u64 >= limits::SIMILAR_COUNTED
}

/// A ticket that may be suggested.
struct Candidate<'a> {
    ticket: i64,
    found: Found<'a>,
    /// Its score, should it have everything that many have.
    at_most: f64,
}

/// Tickets that may be a reason to be suggested, the most promising and then the newest first.
fn candidates<'a>(found: BTreeMap<i64, Found<'a>>, by_many: &[&'a Telling]) -> Vec<Candidate<'a>> {
    let mut candidates: Vec<Candidate<'a>> = found
        .into_iter()
        .filter_map(|(ticket, found)| {
            let mut all = found.clone();
            all.shared.extend(by_many);
            all.is_reason().then(|| Candidate { ticket, at_most: all.score(), found })
        })
        .collect();
    candidates.sort_by(|a, b| b.at_most.total_cmp(&a.at_most).then(b.ticket.cmp(&a.ticket)));
    candidates.truncate(limits::SIMILAR_LOOKED_AT);
    candidates
}

/// The best of the candidates that are open and another device's, most alike and then newest first. Looks at some after the
/// other, until none of the rest can be better.
async fn best<'a>(
    scope: &Scope,
    own: &TicketSummary,
    mut candidates: Vec<Candidate<'a>>,
    by_many: &[&'a Telling],
) -> Result<Vec<(f64, Found<'a>, TicketSummary)>, ApiError> {
    let is_of_others = |one: &TicketSummary| {
        one.status.is_open()
            && one.merged_into.is_none()
            && one.device_id != own.device_id
            && own.merged_into != Some(one.number)
    };
    let mut best: Vec<(f64, Found<'a>, TicketSummary)> = Vec::new();
    for some in candidates.chunks_mut(limits::SIMILAR_TICKETS * 4) {
        let worst = best.get(limits::SIMILAR_TICKETS - 1).map_or(0.0, |(score, ..)| *score);
        if worst >= some[0].at_most {
            break;
        }
        let numbers: Vec<i64> = some.iter().map(|one| one.ticket).collect();
        if !by_many.is_empty() {
            let factors = scope.factors_of_tickets(&numbers).await?;
            for one in some.iter_mut() {
                let theirs = factors.get(&one.ticket).map_or(&[][..], Vec::as_slice);
                let missing = by_many.iter().filter(|telling| theirs.contains(&telling.factor));
                let missing: Vec<_> = missing.filter(|telling| !one.found.shared.contains(telling)).collect();
                one.found.shared.extend(missing);
                one.found.shared.sort_by(|a, b| a.factor.cmp(&b.factor));
            }
        }
        let mut summaries: BTreeMap<i64, TicketSummary> =
            scope.find_ticket_summaries(&numbers).await?.into_iter().map(|one| (one.number, one)).collect();
        for one in some.iter_mut().filter(|one| one.found.is_reason()) {
            if let Some(ticket) = summaries.remove(&one.ticket).filter(is_of_others) {
                best.push((one.found.score(), std::mem::take(&mut one.found), ticket));
            }
        }
        best.sort_by(|(a, _, x), (b, _, y)| b.total_cmp(a).then(y.number.cmp(&x.number)));
        best.truncate(limits::SIMILAR_TICKETS);
    }
    Ok(best)
}
