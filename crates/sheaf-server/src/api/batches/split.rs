//! `POST /api/projects/{project}/batches/{batch}/split`: several batches instead of one.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use sheaf_app::App;
use sheaf_app::batches::split::{self, Split};
use sheaf_model::{BatchId, ProjectId};
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Json};
use crate::wire::Batch;

/// Either `parts` or `by`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SplitBatch {
    /// Number of equal parts, 2 to 1,000.
    parts: Option<u32>,
    /// Deals the members at random; without it they are cut in upload order. With `parts` only.
    seed: Option<u64>,
    /// A part for each value of this field, at most 1,000, and one for the assets without it.
    by: Option<String>,
    /// Names of the parts, with `{batch}`, `{n}` and `{value}` filled in: `{batch} {n}` or `{batch} {value}` when it is
    /// left out.
    name: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct SplitParts {
    items: Vec<Batch>,
}

/// Replace a batch in staging by its parts, all or none. For managers.
#[utoipa::path(post, path = "/api/projects/{project}/batches/{batch}/split", responses((status = 201, body = SplitParts)))]
pub(crate) async fn split_batch(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, batch)): Ids<(ProjectId, BatchId)>,
    Json(body): Json<SplitBatch>,
) -> Result<(StatusCode, axum::Json<SplitParts>)> {
    let how = Split { parts: body.parts, seed: body.seed, by: body.by, name: body.name };
    let parts = split::split(&app, &me.actor, project, batch, how).await?;
    Ok((StatusCode::CREATED, axum::Json(SplitParts { items: parts.into_iter().map(Batch::from).collect() })))
}
