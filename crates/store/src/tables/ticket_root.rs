//! Which ticket of many may stand for the others.

use std::collections::HashMap;

use sea_orm::QuerySelect;
use sea_orm::entity::prelude::*;

use crate::tables::ticket::{Column, Entity, Queue};
use crate::{Scope, StoreError};

/// A ticket that is open and merged into no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Its number.
    pub number: i64,
    /// Whether it is a major incident.
    pub major: bool,
    /// Whether a person said that it is an incident of its own.
    pub alone: bool,
}

impl Scope {
    /// Those of these tickets that are open and merged into no other, in the order they were named.
    pub async fn standing_of(&self, numbers: &[i64]) -> Result<Vec<Standing>, StoreError> {
        let mut standing = Vec::new();
        for numbers in numbers.chunks(1_000) {
            let rows = Entity::find()
                .select_only()
                .columns([Column::Number, Column::Major, Column::NeverAutoMerge])
                .filter(Column::OrganisationId.eq(self.organisation.0))
                .filter(Column::Number.is_in(numbers.iter().copied()))
                .filter(Column::Queue.eq(Queue::Open as i32))
                .into_tuple::<(i64, bool, bool)>()
                .all(self.db())
                .await?;
            let found: HashMap<i64, Standing> =
                rows.into_iter().map(|(number, major, alone)| (number, Standing { number, major, alone })).collect();
            standing.extend(numbers.iter().filter_map(|number| found.get(number)).copied());
        }
        Ok(standing)
    }
}

impl Standing {
    /// Of those that belong together, the one that stands for the others: a major incident among them, else the first.
    pub fn root(of: &[Self]) -> Option<i64> {
        of.iter().find(|one| one.major).or(of.first()).map(|one| one.number)
    }
}
