//! `PATCH /api/projects/{project}/standing-batches/{standing_batch}`: changing a standing batch.

use axum::extract::State;
use serde::Deserialize;
use sheaf_app::App;
use sheaf_app::standing_batches::{self, StandingBatchEdit};
use sheaf_model::{ProjectId, StandingBatchId};
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Json};
use crate::wire::given::given;
use crate::wire::pick::Pick;
use crate::wire::{BatchKind, CatchUp, Exclude, OpenTo, StandingBatch, TaskOrder, Trigger};

/// What is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChangeStandingBatch {
    name: Option<String>,
    query: Option<String>,
    exclude: Option<Exclude>,
    #[schema(value_type = Option<Pick>)]
    pick: Option<sheaf_model::Pick>,
    /// With another one the next due time is reckoned from now on.
    #[schema(value_type = Option<Trigger>)]
    trigger: Option<sheaf_model::Trigger>,
    name_pattern: Option<String>,
    kind: Option<BatchKind>,
    priority: Option<i64>,
    overlap: Option<u8>,
    review_levels: Option<u8>,
    #[schema(value_type = Option<OpenTo>)]
    open_to: Option<sheaf_model::OpenTo>,
    #[schema(value_type = Option<TaskOrder>)]
    order: Option<sheaf_model::TaskOrder>,
    /// `null`: its batches are due at no time.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<u32>)]
    due_hours: Option<Option<u32>>,
    /// `null`: the annotators of its batches begin with nothing.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>)]
    prelabels: Option<Option<String>>,
    launch: Option<bool>,
    #[schema(value_type = Option<CatchUp>)]
    catch_up: Option<sheaf_model::CatchUp>,
}

/// Change a standing batch. Batches that it made stay as they are. For managers.
#[utoipa::path(patch, path = "/api/projects/{project}/standing-batches/{standing_batch}", responses((status = 200, body = StandingBatch)))]
pub(crate) async fn change_standing_batch(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, id)): Ids<(ProjectId, StandingBatchId)>,
    Json(body): Json<ChangeStandingBatch>,
) -> Result<axum::Json<StandingBatch>> {
    let edit = StandingBatchEdit {
        name: body.name,
        query: body.query.map(|query| query.trim().to_owned()),
        exclude: body.exclude.map(|it| sheaf_model::Exclude { batched: it.batched }),
        pick: body.pick,
        trigger: body.trigger,
        name_pattern: body.name_pattern,
        kind: body.kind.map(Into::into),
        priority: body.priority,
        overlap: body.overlap,
        review_levels: body.review_levels,
        open_to: body.open_to,
        order: body.order,
        due_hours: body.due_hours,
        prelabels: body.prelabels,
        launch: body.launch,
        catch_up: body.catch_up,
    };
    Ok(axum::Json(standing_batches::edit(&app, &me.actor, project, id, edit).await?.into()))
}
