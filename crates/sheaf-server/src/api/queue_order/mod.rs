//! The order of a project's batches in the queue.

mod get;
mod put;
mod reset;

use serde::Serialize;
use sheaf_app::queue::order;
use sheaf_model::BatchId;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Site;
use crate::wire::{BatchKind, BatchState, Time};

pub(crate) fn routes() -> OpenApiRouter<Site> {
    OpenApiRouter::new().routes(routes!(get::get_queue_order, put::put_queue_order, reset::reset_queue_order))
}

/// The batches of a project in the order in which they are served.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QueueOrder {
    batches: Vec<PlacedBatch>,
    /// A manager put some of them into order by hand.
    by_hand: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PlacedBatch {
    #[schema(value_type = String)]
    id: BatchId,
    name: String,
    kind: BatchKind,
    state: BatchState,
    priority: i64,
    /// Placed by hand.
    by_hand: bool,
    due_at: Option<Time>,
    created_at: Time,
    /// Judgements that wait for an annotator.
    pending: i64,
    /// Reviews that wait for a reviewer.
    to_review: i64,
    /// Why it stands before the next one: `calibration`, `by_hand`, `priority`, `older`, `last`.
    reason: String,
}

impl From<order::QueueOrder> for QueueOrder {
    fn from(order: order::QueueOrder) -> Self {
        let batches = order.batches.into_iter().map(|placed| {
            let row = placed.row;
            PlacedBatch {
                id: row.id,
                kind: row.kind.into(),
                state: row.state.into(),
                priority: row.priority,
                by_hand: row.position.is_some(),
                due_at: row.due.map(Time::from),
                created_at: row.created.into(),
                pending: row.n_pending(),
                to_review: row.progress.counts.review_open,
                reason: placed.reason.as_str().to_owned(),
                name: row.name,
            }
        });
        Self { batches: batches.collect(), by_hand: order.by_hand }
    }
}
