//! A bulk update as the outside sees it.

use std::collections::HashSet;

use sheaf_model::{
    MetadataUpdateCounts, MetadataUpdateId, MetadataUpdateSource, MetadataUpdateState, Millis,
};
use sheaf_store::metadata_updates::MetadataUpdateRow;

use crate::uploads::Person;

#[derive(Debug, Clone)]
pub struct MetadataUpdate {
    pub id: MetadataUpdateId,
    pub state: MetadataUpdateState,
    pub source: MetadataUpdateSource,
    /// With its relative times as they were when it began.
    pub query: Option<String>,
    pub total: Option<i64>,
    pub counts: MetadataUpdateCounts,
    pub message: Option<String>,
    pub created: Millis,
    pub created_by: Person,
    pub finished: Option<Millis>,
}

impl MetadataUpdate {
    /// With the jobs that a node is at, as of the same snapshot: an update that runs by its row and that nobody is at was
    /// interrupted.
    pub(super) fn of(at_work: &HashSet<i64>, row: MetadataUpdateRow) -> Self {
        let lost = row.state == MetadataUpdateState::Running && !at_work.contains(&row.id.0);
        Self {
            id: row.id,
            state: if lost { MetadataUpdateState::Interrupted } else { row.state },
            source: row.source,
            query: row.query,
            total: row.total,
            counts: row.counts,
            message: row.message,
            created: row.created,
            created_by: Person { id: row.created_by, name: row.creator },
            finished: row.finished,
        }
    }
}
