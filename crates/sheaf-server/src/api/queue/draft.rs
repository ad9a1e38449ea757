//! `PUT /api/queue/leases/{lease}/draft`: what is done so far.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sheaf_app::App;
use sheaf_app::queue::draft;
use sheaf_model::LeaseId;
use utoipa::ToSchema;

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::{Ids, Json};
use crate::wire::{Response, Time};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DraftRequest {
    /// Need not be valid against the taxonomy.
    #[schema(value_type = Response)]
    response: Box<RawValue>,
    /// Rises with each draft of a task; an older one never replaces a newer one.
    seq: i64,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct DraftSaved {
    lease_remaining_ms: i64,
    saved_at: Time,
}

/// Save a draft; renews the lease. With a lost lease the answer is 409 `lease_lost`, and the draft is kept all the same.
#[utoipa::path(put, path = "/api/queue/leases/{lease}/draft", responses((status = 200, body = DraftSaved)))]
pub(crate) async fn save_draft(
    State(app): State<App>,
    Caller(me): Caller,
    Ids(lease): Ids<LeaseId>,
    Json(body): Json<DraftRequest>,
) -> Result<axum::Json<DraftSaved>> {
    let (left, saved) = draft::save(&app, &me.actor, lease, body.response.get().to_owned(), body.seq).await?;
    Ok(axum::Json(DraftSaved { lease_remaining_ms: left, saved_at: saved.into() }))
}
