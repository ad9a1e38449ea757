//! For whatever watches the server: is it alive, can it work.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};
use sheaf_app::App;

use crate::error::{ApiError, Result};

/// The process answers.
pub(crate) async fn alive() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

/// The database and the folder of the contents take writes, and the server is not being stopped.
pub(crate) async fn ready(State(app): State<App>) -> Result<Json<Value>> {
    if app.is_draining() {
        let what = "the server is being stopped";
        return Err(ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "draining", what));
    }
    sheaf_app::setup::probe(&app).await?;
    Ok(Json(json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") })))
}
