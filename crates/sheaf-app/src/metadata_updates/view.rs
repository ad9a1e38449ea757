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
    /// `running` was asked of the desk before the row was read.
    pub(super) fn of(running: &HashSet<MetadataUpdateId>, row: MetadataUpdateRow) -> Self {
        let lost = row.state == MetadataUpdateState::Running && !running.contains(&row.id);
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
