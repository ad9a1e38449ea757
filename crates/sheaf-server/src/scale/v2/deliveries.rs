//! `GET /v2/deliveries`, `delivery`, `delivery/tasks` and `schema`: what is handed over in parcels. Sheaf has none: answers are
//! there as soon as they are given.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};
use sheaf_app::{App, scale};

use crate::error::{ApiError, Result};
use crate::scale::ask::Ask;
use crate::scale::caller::Caller;

/// Deliveries of a project, or of all: there are none.
#[utoipa::path(get, path = "/v2/deliveries",
    params(("project_id" = Option<String>, Query), ("project_name" = Option<String>, Query)),
    responses((status = 200, body = Value)))]
pub(crate) async fn scale_v2_deliveries(
    State(app): State<App>,
    Caller(me): Caller,
    ask: Ask,
) -> Result<Json<Value>> {
    let (id, name) = (ask.text("project_id"), ask.text("project_name"));
    if id.is_some() || name.is_some() {
        scale::projects::get_by(&app, &me, id, name).await?;
    }
    Ok(Json(json!({ "deliveries": [] })))
}

/// A delivery: there is none.
#[utoipa::path(get, path = "/v2/delivery", params(("delivery_id" = Option<String>, Query)), responses((status = 200, body = Value)))]
pub(crate) async fn scale_v2_delivery(Caller(_me): Caller) -> Result<Json<Value>> {
    Err(none("delivery", "completed tasks are listed by /v2/tasks?status=completed"))
}

/// The tasks of a delivery: there is none.
#[utoipa::path(get, path = "/v2/delivery/tasks", params(("delivery_id" = Option<String>, Query)), responses((status = 200, body = Value)))]
pub(crate) async fn scale_v2_delivery_tasks(Caller(_me): Caller) -> Result<Json<Value>> {
    Err(none("delivery", "completed tasks are listed by /v2/tasks?status=completed"))
}

/// The schema of deliveries: there is none.
#[utoipa::path(get, path = "/v2/schema", params(("schema_id" = Option<String>, Query)), responses((status = 200, body = Value)))]
pub(crate) async fn scale_v2_schema(Caller(_me): Caller) -> Result<Json<Value>> {
    Err(none("schema", "schemas are of deliveries, which Sheaf does not make"))
}

/// That nothing of a kind is ever there.
pub(super) fn none(what: &'static str, instead: &'static str) -> ApiError {
    ApiError::from(sheaf_app::Error::not_found(what)).hint(instead)
}
