//! `POST /api/projects/{project}/standing-batches`: a recipe that makes batches by itself.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use sheaf_app::App;
use sheaf_app::standing_batches::{self, NewStandingBatch};
use sheaf_model::{ExcludeScope, ProjectId, StandingPlan, TaskRules};
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Json};
use crate::wire::pick::Pick;
use crate::wire::{BatchKind, CatchUp, Exclude, OpenTo, StandingBatch, TaskOrder, Trigger};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateStandingBatch {
    name: String,
    /// The whole library when it is left out. Relative times are read anew at each due time.
    #[serde(default)]
    query: String,
    /// What was in any batch when it is left out.
    exclude: Option<Exclude>,
    /// All when it is left out.
    #[schema(value_type = Option<Pick>)]
    pick: Option<sheaf_model::Pick>,
    #[schema(value_type = Trigger)]
    trigger: sheaf_model::Trigger,
    /// Name of each batch: `{date}`, `{time}` and `{n}` are filled in; a name that is taken gets a suffix.
    #[schema(examples("night {date}"))]
    name_pattern: String,
    kind: Option<BatchKind>,
    /// Higher is served first; 0 when it is left out.
    #[serde(default)]
    priority: i64,
    /// Judgements by different people that each task needs: 1 to 16, 1 when it is left out.
    overlap: Option<u8>,
    /// Reviews after each other that each task needs: 0 to 4, 0 when it is left out.
    review_levels: Option<u8>,
    /// Whom its batches are open to; everybody with a role for it when it is left out.
    #[schema(value_type = Option<OpenTo>)]
    open_to: Option<sheaf_model::OpenTo>,
    /// The order of their tasks; in upload order when it is left out.
    #[schema(value_type = Option<TaskOrder>)]
    order: Option<sheaf_model::TaskOrder>,
    /// Hours after which a batch is due, from when it is made: 1 to 8784.
    due_hours: Option<u32>,
    /// The source whose pre-labels the annotators of its batches begin with; nothing when it is left out.
    prelabels: Option<String>,
    /// Launch each batch at once; otherwise it stays in staging.
    #[serde(default)]
    launch: bool,
    /// What is done about due times that passed while nothing ran; `once` when it is left out.
    #[schema(value_type = Option<CatchUp>)]
    catch_up: Option<sheaf_model::CatchUp>,
}

/// Make a standing batch. It is active at once. For managers.
#[utoipa::path(post, path = "/api/projects/{project}/standing-batches", responses((status = 201, body = StandingBatch)))]
pub(crate) async fn create_standing_batch(
    State(app): State<App>,
    Caller(me): Caller,
    Ids(project): Ids<ProjectId>,
    Json(body): Json<CreateStandingBatch>,
) -> Result<(StatusCode, axum::Json<StandingBatch>)> {
    let plan = StandingPlan {
        query: body.query.trim().to_owned(),
        exclude: sheaf_model::Exclude { batched: body.exclude.map_or(ExcludeScope::Any, |it| it.batched) },
        pick: body.pick.unwrap_or_default(),
        trigger: body.trigger,
        name_pattern: body.name_pattern,
        kind: body.kind.map(Into::into).unwrap_or_default(),
        priority: body.priority,
        rules: TaskRules::default().with(body.overlap, body.review_levels),
        open_to: body.open_to.unwrap_or_default(),
        order: body.order.unwrap_or_default(),
        due_hours: body.due_hours,
        prelabels: body.prelabels,
        launch: body.launch,
        catch_up: body.catch_up.unwrap_or_default(),
    };
    let new = NewStandingBatch { name: body.name, plan };
    let made = standing_batches::create(&app, &me.actor, project, new).await?;
    Ok((StatusCode::CREATED, axum::Json(made.into())))
}
