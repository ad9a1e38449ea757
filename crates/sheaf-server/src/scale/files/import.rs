//! `POST /v1/files/import`: a file that is fetched from an address.

use axum::Json;
use axum::extract::State;
use serde_json::Value;
use sheaf_app::App;
use sheaf_app::scale::files::{self, NewFile};

use crate::Site;
use crate::error::{ApiError, Result};
use crate::scale::body::Body;
use crate::scale::caller::Caller;
use crate::scale::fetch::{FETCH_WITHIN, Fetcher};

/// Fetch a file from `file_url` into the project `project_name`. For managers.
#[utoipa::path(post, path = "/v1/files/import", request_body = Value, responses((status = 200, body = Value)))]
pub(crate) async fn scale_import_file(
    State(site): State<Site>,
    State(app): State<App>,
    Caller(me): Caller,
    body: Body,
) -> Result<Json<Value>> {
    let text = |name: &str| body.0.get(name).and_then(Value::as_str).map(str::to_owned);
    let url =
        text("file_url").ok_or_else(|| ApiError::bad_request("the parameter `file_url` is required"))?;
    let url = sheaf_model::WebhookUrl::fetched(&url)
        .map_err(|why| ApiError::bad_request(format!("`file_url` cannot be fetched: it {why}")))?;
    let metadata = match body.0.get("metadata") {
        Some(Value::String(text)) => Some(
            serde_json::from_str(text)
                .map_err(|_| ApiError::bad_request("`metadata` must be a JSON object"))?,
        ),
        other => other.cloned(),
    };
    let new = NewFile {
        project: text("project_name"),
        display_name: text("display_name"),
        reference_id: text("reference_id"),
        metadata,
        name: files::name_of(url.as_str()),
    };
    files::may_add(&app, &me, new.project.clone()).await?;
    let file = files::temporary(&app)?;
    let (fetcher, url) = (Fetcher::new(site.reach(), FETCH_WITHIN), url.as_str().to_owned());
    let fetched = tokio::task::spawn_blocking(move || fetcher.fetch(&url, file)).await;
    let fetched = fetched.map_err(|_| ApiError::of_status(axum::http::StatusCode::INTERNAL_SERVER_ERROR))?;
    let file = fetched.map_err(|failure| {
        ApiError::bad_request(format!("the file could not be fetched: {}", failure.reason))
    })?;
    Ok(Json(files::add(&app, &me, new, file.path().to_owned()).await?))
}
