//! Around every request: its id, its line in the log, the headers of every answer, the body of every error.
//!
//! The log has method, path, status and time: never a query, a header or a body, where secrets may be.

use std::time::Instant;

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{self, HeaderName};
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;

use crate::error::ApiError;
use crate::scale;
use crate::site::Site;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Pages load nothing from elsewhere and run no script but ours. Images may be anywhere: assets can be addresses.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
     img-src 'self' data: blob: https: http:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; \
     frame-ancestors 'none'";

/// Headers of every answer, unless a handler has set its own.
const HEADERS: [(HeaderName, &str); 5] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

pub(crate) async fn request(State(site): State<Site>, request: Request, next: Next) -> Response {
    let (began, _under_way) = (Instant::now(), site.metrics.begin());
    let route = request.extensions().get::<MatchedPath>().cloned();
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let id = new_id();
    let span = tracing::info_span!("request", id, %method, path);
    let mut response = next.run(request).instrument(span.clone()).await;
    let status = response.status();
    let is_scale = scale::is_scale(&path);
    let is_api = path.starts_with("/api/") || is_scale;
    let error = response.extensions_mut().remove::<ApiError>();
    if let Some(error) = error.or_else(|| needs_body(&response, is_api).then(|| ApiError::of_status(status)))
    {
        response = if is_scale { of_scale(response, &error) } else { with_body(response, &error, &id) };
    }
    let status = response.status();
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        set_missing(headers, name, value);
    }
    if is_api {
        // Answers are for one person at one moment; content that may be kept says so itself.
        set_missing(headers, header::CACHE_CONTROL, "no-store");
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        headers.insert(REQUEST_ID, value);
    }
    if site.app.is_draining() {
        // Whoever keeps the connection goes to another node with the next request.
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    let seconds = began.elapsed().as_secs_f64();
    site.metrics.answered(&method, route.as_ref().map(MatchedPath::as_str), status, seconds);
    let ms = seconds * 1000.0;
    span.in_scope(|| {
        if status.is_server_error() {
            tracing::warn!(status = status.as_u16(), ms, "answered");
        } else {
            tracing::info!(status = status.as_u16(), ms, "answered");
        }
    });
    response
}

/// Whether this is an error of the API that somebody else made, without our body.
fn needs_body(response: &Response, is_api: bool) -> bool {
    let status = response.status();
    is_api && (status.is_client_error() || status.is_server_error())
}

fn with_body(response: Response, error: &ApiError, id: &str) -> Response {
    put_body(response, serde_json::to_vec(&error.body(id)).unwrap_or_default())
}

/// An error as Scale's clients read it.
fn of_scale(response: Response, error: &ApiError) -> Response {
    let (status, body) = scale::error::translated(error);
    let mut response = put_body(response, body.to_string().into_bytes());
    *response.status_mut() = status;
    response
}

fn put_body(mut response: Response, body: Vec<u8>) -> Response {
    let headers = response.headers_mut();
    for name in [header::CONTENT_LENGTH, header::CONTENT_ENCODING, header::TRANSFER_ENCODING] {
        headers.remove(name);
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    *response.body_mut() = Body::from(body);
    response
}

fn set_missing(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.entry(name).or_insert(HeaderValue::from_static(value));
}

/// For telling requests apart in the log; not a secret.
fn new_id() -> String {
    sheaf_app::ids::random::<10>()
        .map_or_else(|_| "unknown".to_owned(), |bytes| sheaf_model::id::encode(&bytes))
}
