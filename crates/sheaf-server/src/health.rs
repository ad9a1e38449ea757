//! For whatever watches the server: is it alive, can it work.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};
use sheaf_app::App;

use crate::error::Result;

/// The process answers.
pub(crate) async fn alive() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

/// The database takes writes.
pub(crate) async fn ready(State(app): State<App>) -> Result<Json<Value>> {
    sheaf_app::setup::probe(&app).await?;
    Ok(Json(json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") })))
}
