//! Tasks of the queue.

use serde::Serialize;
use serde_json::value::RawValue;
use sheaf_app::queue::TaskView;
use sheaf_model::{BatchId, LeaseId, Millis, ProjectId, TaskId};
use utoipa::ToSchema;

use super::{Asset, BatchKind, Media, Response, Time};

/// What an annotator gets.
#[derive(Debug, Serialize, ToSchema)]
pub struct Task {
    #[schema(value_type = String)]
    pub task_id: TaskId,
    /// Shown with every write on the task.
    #[schema(value_type = String)]
    pub lease_id: LeaseId,
    #[schema(value_type = i64)]
    pub lease_remaining_ms: Millis,
    /// How often to give a sign of life.
    #[schema(value_type = i64)]
    pub heartbeat_ms: Millis,
    pub project: TaskProject,
    pub batch: TaskBatch,
    pub asset: Asset,
    pub taxonomy_version: i64,
    /// What this person had saved.
    pub draft: Option<Draft>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct TaskProject {
    #[schema(value_type = String)]
    pub id: ProjectId,
    pub name: String,
    pub media: Media,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct TaskBatch {
    #[schema(value_type = String)]
    pub id: BatchId,
    pub name: String,
    pub kind: BatchKind,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Draft {
    #[schema(value_type = Response)]
    pub response: Box<RawValue>,
    /// The client's number of it.
    pub seq: i64,
    pub saved_at: Time,
}

impl From<TaskView> for Task {
    fn from(view: TaskView) -> Self {
        let (id, name, media) = view.project;
        let (batch, batch_name, kind) = view.batch;
        Self {
            task_id: view.task,
            lease_id: view.lease,
            lease_remaining_ms: view.lease_remaining_ms,
            heartbeat_ms: view.heartbeat_ms,
            project: TaskProject { id, name, media: media.into() },
            batch: TaskBatch { id: batch, name: batch_name, kind: kind.into() },
            asset: view.asset.into(),
            taxonomy_version: view.taxonomy_version,
            draft: view.draft.and_then(|draft| {
                let response = RawValue::from_string(draft.response).ok()?;
                Some(Draft { response, seq: draft.seq, saved_at: draft.saved.into() })
            }),
        }
    }
}
