//! `POST /api/projects/{project}/batches/{batch}/<action>`: the steps of a batch's life. They are one endpoint with
//! several names, so they share this file.

use axum::Json;
use axum::extract::State;
use sheaf_app::App;
use sheaf_app::batches::{act, edit};
use sheaf_model::{BatchAction, BatchId, ProjectId};

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::Ids;
use crate::wire::Batch;

/// Put a batch's tasks into the annotators' queue. For managers.
#[utoipa::path(post, path = "/api/projects/{project}/batches/{batch}/launch", responses((status = 200, body = Batch)))]
pub(crate) async fn launch_batch(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, batch)): Ids<(ProjectId, BatchId)>,
) -> Result<Json<Batch>> {
    Ok(Json(act::act(&app, &me.actor, project, batch, BatchAction::Launch).await?.into()))
}

/// Grant no more claims; what is held may be finished. For managers.
#[utoipa::path(post, path = "/api/projects/{project}/batches/{batch}/pause", responses((status = 200, body = Batch)))]
pub(crate) async fn pause_batch(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, batch)): Ids<(ProjectId, BatchId)>,
) -> Result<Json<Batch>> {
    Ok(Json(act::act(&app, &me.actor, project, batch, BatchAction::Pause).await?.into()))
}

/// Grant claims again. For managers.
#[utoipa::path(post, path = "/api/projects/{project}/batches/{batch}/resume", responses((status = 200, body = Batch)))]
pub(crate) async fn resume_batch(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, batch)): Ids<(ProjectId, BatchId)>,
) -> Result<Json<Batch>> {
    Ok(Json(act::act(&app, &me.actor, project, batch, BatchAction::Resume).await?.into()))
}

/// End a batch. Answers stay, drafts are kept, leases are void. For managers.
#[utoipa::path(post, path = "/api/projects/{project}/batches/{batch}/cancel", responses((status = 200, body = Batch)))]
pub(crate) async fn cancel_batch(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, batch)): Ids<(ProjectId, BatchId)>,
) -> Result<Json<Batch>> {
    Ok(Json(act::act(&app, &me.actor, project, batch, BatchAction::Cancel).await?.into()))
}

/// Take a batch out of the lists and out of the queue. For managers.
#[utoipa::path(post, path = "/api/projects/{project}/batches/{batch}/archive", responses((status = 200, body = Batch)))]
pub(crate) async fn archive_batch(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, batch)): Ids<(ProjectId, BatchId)>,
) -> Result<Json<Batch>> {
    let change = edit::BatchEdit { archived: Some(true), ..edit::BatchEdit::default() };
    Ok(Json(edit::edit(&app, &me.actor, project, batch, change).await?.into()))
}

/// Bring a batch back. For managers.
#[utoipa::path(post, path = "/api/projects/{project}/batches/{batch}/unarchive", responses((status = 200, body = Batch)))]
pub(crate) async fn unarchive_batch(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, batch)): Ids<(ProjectId, BatchId)>,
) -> Result<Json<Batch>> {
    let change = edit::BatchEdit { archived: Some(false), ..edit::BatchEdit::default() };
    Ok(Json(edit::edit(&app, &me.actor, project, batch, change).await?.into()))
}

/// Open the tasks that too many people skipped for everybody again. For managers.
#[utoipa::path(post, path = "/api/projects/{project}/batches/{batch}/unblock", responses((status = 200, body = Batch)))]
pub(crate) async fn unblock_batch(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, batch)): Ids<(ProjectId, BatchId)>,
) -> Result<Json<Batch>> {
    Ok(Json(act::unblock(&app, &me.actor, project, batch).await?.into()))
}
