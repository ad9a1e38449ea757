//! `GET /v2/batch`: one batch.

use axum::Json;
use axum::extract::State;
use serde_json::Value;
use sheaf_app::scale::batches::{By, Version};
use sheaf_app::{App, scale};

use crate::error::Result;
use crate::scale::ask::Ask;
use crate::scale::caller::Caller;

/// A batch by `batch_id` or `batch_name`.
#[utoipa::path(get, path = "/v2/batch",
    params(("batch_id" = Option<String>, Query), ("batch_name" = Option<String>, Query),
        ("expand" = Option<Vec<String>>, Query)),
    responses((status = 200, body = Value)))]
pub(crate) async fn scale_v2_batch(
    State(app): State<App>,
    Caller(me): Caller,
    ask: Ask,
) -> Result<Json<Value>> {
    let by = By { id: ask.text("batch_id"), name: ask.text("batch_name") };
    let expand = ask.list("expand").iter().any(|it| it == "project");
    Ok(Json(scale::batches::get(&app, &me, by, Version::V2, expand).await?))
}
