//! `GET /api/projects/{project}/assets/{asset}/content`: the bytes. Also how files of users are served at all: with a
//! type of our own choosing, never run as a page.

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sheaf_app::App;
use sheaf_app::library::content::{Content, content};
use sheaf_model::{AssetId, ProjectId};
use tokio_util::io::ReaderStream;

use crate::auth::Caller;
use crate::error::Result;
use crate::extract::Ids;

/// Types that a browser may show; everything else is a download.
const SHOWN: [&str; 5] = ["image/png", "image/jpeg", "image/webp", "image/gif", "text/plain"];

/// The content of an asset. For managers, reviewers, and whoever has a task on it.
#[utoipa::path(get, path = "/api/projects/{project}/assets/{asset}/content",
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>)))]
pub(crate) async fn get_content(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, asset)): Ids<(ProjectId, AssetId)>,
    headers: HeaderMap,
) -> Result<Response> {
    Ok(serve(content(&app, &me.actor, project, asset).await?, &headers))
}

/// Answers with content; `304` when the client has these very bytes.
pub(super) fn serve(content: Content, request: &HeaderMap) -> Response {
    match content {
        Content::File { file, media_type, hash, .. } => {
            let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
            let tag = format!("\"{hex}\"");
            if request.get(header::IF_NONE_MATCH).is_some_and(|seen| seen.as_bytes() == tag.as_bytes()) {
                return StatusCode::NOT_MODIFIED.into_response();
            }
            let length = file.metadata().map(|it| it.len()).ok();
            let mut response =
                Body::from_stream(ReaderStream::new(tokio::fs::File::from_std(file))).into_response();
            let out = response.headers_mut();
            harmless(out, &media_type);
            if let Ok(tag) = HeaderValue::from_str(&tag) {
                out.insert(header::ETAG, tag);
            }
            if let Some(length) = length {
                out.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
            }
            response
        }
        Content::Text { body, .. } => {
            let mut response = body.into_response();
            harmless(response.headers_mut(), "text/plain");
            response
        }
    }
}

/// Headers under which a file of a user can do no harm.
fn harmless(headers: &mut HeaderMap, media_type: &str) {
    let shown = SHOWN.iter().find(|shown| **shown == media_type);
    let content_type = match shown {
        Some(&"text/plain") => "text/plain; charset=utf-8",
        Some(known) => known,
        None => "application/octet-stream",
    };
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    if shown.is_none() {
        headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
    }
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    // The address of an asset is for ever, its content may be replaced: the tag decides.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=60"));
}
