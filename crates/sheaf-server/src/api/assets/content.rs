//! `GET /api/projects/{project}/assets/{asset}/content`: the bytes. Also how files of users are served at all: with a
//! type of our own choosing, never run as a page.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sheaf_app::App;
use sheaf_app::library::content::{self, Content, ContentFile, Shown};
use sheaf_model::{AssetId, ProjectId};
use tokio::io::AsyncReadExt;
use tokio_util::io::ReaderStream;

use super::range;
use crate::Options;
use crate::auth::Caller;
use crate::error::{ApiError, Result};
use crate::extract::Ids;

/// Types that a browser may show; everything else is a download.
const SHOWN: [&str; 5] = ["image/png", "image/jpeg", "image/webp", "image/gif", "text/plain"];
/// How long a signed address holds: for somebody who follows it now, on a slow line.
const LINK_LASTS: Duration = Duration::from_secs(300);

/// The content of an asset, or the part that the header Range names. For managers, reviewers, and whoever has a task on it.
/// With signed links it is a redirect to the object store.
#[utoipa::path(get, path = "/api/projects/{project}/assets/{asset}/content",
    responses(
        (status = 200, content_type = "*/*", body = Vec<u8>),
        (status = 206, content_type = "*/*", body = Vec<u8>),
        (status = 307, description = "It is at the address in Location, for some minutes"),
    ))]
pub(crate) async fn get_content(
    State(app): State<App>,
    State(options): State<Arc<Options>>,
    Caller(me): Caller,
    Ids((project, asset)): Ids<(ProjectId, AssetId)>,
    headers: HeaderMap,
) -> Result<Response> {
    match content::content(&app, &me.actor, project, asset).await? {
        Content::File(file) => serve(&app, &options, file, &headers).await,
        Content::Text { body, .. } => {
            let mut response = body.into_response();
            harmless(response.headers_mut(), "text/plain");
            Ok(response)
        }
    }
}

/// Answers with a file, or with the way to it; `304` when the client has these very bytes.
pub(super) async fn serve(
    app: &App,
    options: &Options,
    file: ContentFile,
    request: &HeaderMap,
) -> Result<Response> {
    let hex: String = file.hash.iter().map(|byte| format!("{byte:02x}")).collect();
    let tag = format!("\"{hex}\"");
    if request.get(header::IF_NONE_MATCH).is_some_and(|seen| seen.as_bytes() == tag.as_bytes()) {
        return Ok(StatusCode::NOT_MODIFIED.into_response());
    }
    let (content_type, is_download) = shown(&file.media_type);
    if options.signed_links
        && let Some(link) =
            content::link(app, &file, &Shown { content_type, is_download }, LINK_LASTS).await?
    {
        return see(&link);
    }
    let wanted = range::wanted(request, &tag);
    let opened = content::open(app, &file, wanted).await?;
    let size = opened.size;
    let Some(range) = opened.range else {
        let mut response = StatusCode::RANGE_NOT_SATISFIABLE.into_response();
        range::say_size(response.headers_mut(), size);
        return Ok(response);
    };
    let length = range.end - range.start;
    let body = match opened.body {
        content::Body::Empty => Body::empty(),
        content::Body::File(file) => {
            Body::from_stream(ReaderStream::new(tokio::fs::File::from_std(file).take(length)))
        }
        content::Body::Stream(stream) => Body::from_stream(stream),
    };
    let mut response = body.into_response();
    if wanted.is_some() {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        range::say(response.headers_mut(), &range, size);
    }
    let out = response.headers_mut();
    harmless(out, &file.media_type);
    out.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        out.insert(header::ETAG, tag);
    }
    out.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    Ok(response)
}

/// Sends the client to the object store. The answer may be kept for less than the address holds.
fn see(link: &str) -> Result<Response> {
    let location = HeaderValue::from_str(link)
        .map_err(|_| ApiError::from(sheaf_app::Error::internal("a signed address is no header")))?;
    let mut response = StatusCode::TEMPORARY_REDIRECT.into_response();
    response.headers_mut().insert(header::LOCATION, location);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=60"));
    Ok(response)
}

/// The type under which a file is served, and whether a browser is to save it.
fn shown(media_type: &str) -> (&'static str, bool) {
    match SHOWN.iter().find(|shown| **shown == media_type) {
        Some(&"text/plain") => ("text/plain; charset=utf-8", false),
        Some(known) => (known, false),
        None => ("application/octet-stream", true),
    }
}

/// Headers under which a file of a user can do no harm.
fn harmless(headers: &mut HeaderMap, media_type: &str) {
    let (content_type, is_download) = shown(media_type);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    if is_download {
        headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment"));
    }
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox; default-src 'none'"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
    // The address of an asset is for ever, its content may be replaced: the tag decides.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=60"));
}
