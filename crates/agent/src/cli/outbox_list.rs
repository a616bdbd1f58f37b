//! `outbox list`

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Local, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::words;
use crate::engine::Parts;
use crate::outbox::Outbox;
use crate::seal::Keys;
use crate::{Flags, durable};

#[derive(Serialize)]
struct Listed {
    waiting: Vec<Waiting>,
    /// Names of files.
    set_aside: Vec<String>,
}

#[derive(Serialize)]
struct Waiting {
    report_id: Uuid,
    made_at: Option<DateTime<Utc>>,
    delivered: bool,
    pictures: usize,
    additions: usize,
}

pub(super) fn run(flags: Flags, json: bool) -> anyhow::Result<ExitCode> {
    let (paths, policy, language) = super::surroundings(flags)?;
    durable::make_private_folder(&paths.state)?;
    let keys = Keys::open(&paths.state, Arc::clone(&Parts::default().key_store), Duration::from_secs(2))?;
    let outbox = Outbox::open(&paths.state, keys, policy.outbox_max_bytes.value)?;
    let found = outbox.scan(|_| false)?;
    let additions_to = |id: Uuid| found.follow_ups.iter().filter(|added| added.report == id).count();
    let listed = Listed {
        waiting: found
            .items
            .iter()
            .map(|item| Waiting {
                report_id: item.id,
                made_at: made_at(item.id),
                delivered: item.body.is_none(),
                pictures: item.pictures.len(),
                additions: additions_to(item.id),
            })
            .collect(),
        set_aside: outbox.list_set_aside()?,
    };
    if json {
        super::print_json(&listed)?;
        return Ok(ExitCode::SUCCESS);
    }
    if listed.waiting.is_empty() {
        println!("{}", words::outbox_empty().get(language));
    }
    for item in &listed.waiting {
        let at =
            item.made_at.map_or_else(String::new, |at| at.with_timezone(&Local).format("%Y-%m-%d %H:%M").to_string());
        println!("{at}  {}  {}", item.report_id, words::pictures(item.pictures).get(language));
    }
    println!("{}", words::set_aside(outbox.count_set_aside()).get(language));
    for name in &listed.set_aside {
        println!("  {name}");
    }
    Ok(ExitCode::SUCCESS)
}

/// A UUIDv7 begins with the time it was made at (RFC 9562, section 5.7).
fn made_at(id: Uuid) -> Option<DateTime<Utc>> {
    let (seconds, nanoseconds) = id.get_timestamp()?.to_unix();
    DateTime::from_timestamp(i64::try_from(seconds).ok()?, nanoseconds)
}
