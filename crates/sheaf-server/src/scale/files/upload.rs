//! `POST /v1/files/upload`: a file as a form.

use std::io::Write;

use axum::Json;
use axum::extract::{DefaultBodyLimit, Multipart, State};
use serde_json::Value;
use sheaf_app::scale::fetch::BYTES_MAX;
use sheaf_app::scale::files::NewFile;
use sheaf_app::{App, scale};

use crate::error::{ApiError, Result};
use crate::scale::caller::Caller;

/// Of one field that is not the file.
const FIELD_BYTES_MAX: usize = 64 * 1024;

/// Upload a file into a project: a form with `file`, `project_name`, and perhaps `display_name`, `reference_id` and `metadata`
/// (JSON). For managers.
#[utoipa::path(post, path = "/v1/files/upload",
    request_body(content = String, content_type = "multipart/form-data"),
    responses((status = 200, body = Value)))]
pub(crate) async fn scale_upload_file(
    State(app): State<App>,
    Caller(me): Caller,
    mut form: Multipart,
) -> Result<Json<Value>> {
    let (mut new, mut file) = (NewFile::default(), None);
    let unread = |_| ApiError::bad_request("the form was cut off, or is none");
    while let Some(mut field) = form.next_field().await.map_err(unread)? {
        let name = field.name().unwrap_or_default().to_owned();
        if name == "file" {
            new.name = field.file_name().filter(|name| !name.is_empty()).unwrap_or("file").to_owned();
            let to = scale::files::temporary(&app)?;
            let mut size = 0;
            while let Some(bytes) = field.chunk().await.map_err(unread)? {
                size += bytes.len() as u64;
                if size > BYTES_MAX {
                    return Err(ApiError::bad_request(format!("a file has at most {BYTES_MAX} bytes")));
                }
                to.as_file()
                    .write_all(&bytes)
                    .map_err(|_| ApiError::of_status(axum::http::StatusCode::INSUFFICIENT_STORAGE))?;
            }
            file = Some(to);
            continue;
        }
        let mut text = Vec::new();
        while let Some(bytes) = field.chunk().await.map_err(unread)? {
            text.extend_from_slice(&bytes);
            if text.len() > FIELD_BYTES_MAX {
                return Err(ApiError::bad_request(format!("the field `{name}` is too long")));
            }
        }
        let text = String::from_utf8(text).map_err(|_| ApiError::bad_request("a field is not UTF-8"))?;
        match name.as_str() {
            "project_name" => new.project = Some(text),
            "display_name" => new.display_name = Some(text),
            "reference_id" => new.reference_id = Some(text),
            "metadata" => {
                let bad = |_| ApiError::bad_request("`metadata` must be a JSON object");
                new.metadata = Some(serde_json::from_str(&text).map_err(bad)?);
            }
            _ => {}
        }
    }
    let file = file.ok_or_else(|| ApiError::bad_request("the form has no field `file`"))?;
    Ok(Json(scale::files::add(&app, &me, new, file.path().to_owned()).await?))
}

/// How large a form may be.
pub(crate) fn limit() -> DefaultBodyLimit {
    DefaultBodyLimit::max(BYTES_MAX as usize + 1024 * 1024)
}
