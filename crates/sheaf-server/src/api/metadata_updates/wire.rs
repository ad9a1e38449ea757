//! Bulk updates on the wire.

use serde::Serialize;
use sheaf_app::metadata_updates as app;
use sheaf_model::{MetadataUpdateId, MetadataUpdateSource, MetadataUpdateState};
use utoipa::ToSchema;

use crate::wire::{Ref, Time};

/// A change of the metadata of many assets. `done = updated + unchanged + refused`.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MetadataUpdate {
    #[schema(value_type = String)]
    id: MetadataUpdateId,
    #[schema(value_type = State)]
    state: MetadataUpdateState,
    #[schema(value_type = Source)]
    source: MetadataUpdateSource,
    /// What said which assets to change, its relative times made absolute.
    query: Option<String>,
    /// Rows, or assets.
    total: Option<i64>,
    /// Durable.
    done: i64,
    updated: i64,
    /// Were as the patch wants them.
    unchanged: i64,
    /// See the report.
    refused: i64,
    /// Why it failed.
    message: Option<String>,
    created_at: Time,
    created_by: Ref,
    finished_at: Option<Time>,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = MetadataUpdateState)]
#[expect(dead_code, reason = "describes `sheaf_model::MetadataUpdateState` in the document")]
pub(crate) enum State {
    Running,
    Done,
    Failed,
    Cancelled,
    /// The server ended while it ran: send it again.
    Interrupted,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = MetadataUpdateSource)]
#[expect(dead_code, reason = "describes `sheaf_model::MetadataUpdateSource` in the document")]
pub(crate) enum Source {
    Jsonl,
    Csv,
    Query,
    Assets,
}

impl From<app::MetadataUpdate> for MetadataUpdate {
    fn from(update: app::MetadataUpdate) -> Self {
        Self {
            id: update.id,
            state: update.state,
            source: update.source,
            query: update.query,
            total: update.total,
            done: update.counts.done,
            updated: update.counts.updated,
            unchanged: update.counts.unchanged,
            refused: update.counts.refused,
            message: update.message,
            created_at: update.created.into(),
            created_by: Ref { id: update.created_by.id.to_string(), name: update.created_by.name },
            finished_at: update.finished.map(Time),
        }
    }
}

/// Something that was refused.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MetadataUpdateProblem {
    /// Of the file: the record after the header of a CSV, the line of a JSONL; of a list of assets the place; from 1.
    row: Option<i64>,
    #[schema(examples("unknown_ref"))]
    code: String,
    message: String,
    /// What to do about it.
    hint: Option<String>,
}

impl From<app::ReportLine> for MetadataUpdateProblem {
    fn from(line: app::ReportLine) -> Self {
        Self { row: line.row, code: line.code, message: line.message, hint: line.hint }
    }
}
