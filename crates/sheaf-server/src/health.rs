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

/// The database and the folder of the contents take writes, the store of the files answers, and the server is not being
/// stopped.
pub(crate) async fn ready(State(app): State<App>) -> Result<Json<Value>> {
    if app.is_draining() {
        let what = "the server is being stopped";
        return Err(ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "draining", what));
    }
    sheaf_app::setup::probe(&app).await?;
    if !sheaf_app::setup::reaches_files(&app).await {
        let what = "the store of the files cannot be reached; the log has the reason";
        return Err(ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "files_unreachable", what));
    }
    Ok(Json(json!({ "status": "ok", "version": env!("CARGO_PKG_VERSION") })))
}
