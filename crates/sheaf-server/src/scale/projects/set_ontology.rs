//! `POST /v1/projects/{name}/setOntology`: what may be annotated.

use axum::Json;
use axum::extract::{Path, State};
use serde_json::Value;
use sheaf_app::{App, scale};

use crate::error::Result;
use crate::scale::body::Body;
use crate::scale::caller::Caller;

/// Set what may be annotated in a project. For managers.
#[utoipa::path(post, path = "/v1/projects/{name}/setOntology", request_body = Value, responses((status = 200, body = Value)))]
pub(crate) async fn scale_set_ontology(
    State(app): State<App>,
    Caller(me): Caller,
    Path(name): Path<String>,
    body: Body,
) -> Result<Json<Value>> {
    Ok(Json(scale::projects::set_ontology(&app, &me, name, body.object()).await?))
}
