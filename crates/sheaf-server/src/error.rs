//! The one place that picks a status code, and the one shape of every error.
//!
//! A handler returns [`Result`]; `?` turns errors of the use cases into an [`ApiError`]. The body is written by
//! [`crate::observe`], which knows the request's id.

use std::any::Any;

use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use sheaf_app::Error;

use crate::wire;

pub type Result<T, E = ApiError> = std::result::Result<T, E>;

/// An error on its way out: the status, and everything of the body but the request's id.
#[derive(Debug, Clone)]
pub struct ApiError {
    pub(crate) status: StatusCode,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) hint: Option<String>,
    pub(crate) span: Option<[usize; 2]>,
    pub(crate) details: Option<Value>,
    pub(crate) retry_after_secs: Option<u64>,
}

impl ApiError {
    pub(crate) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            hint: None,
            span: None,
            details: None,
            retry_after_secs: None,
        }
    }

    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Nobody showed who they are.
    pub fn unauthenticated() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", "nobody is logged in")
            .hint("log in, or send an API key as a bearer token")
    }

    /// A request that is not what the address takes.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad_request", message)
    }

    /// What was handed in is wrong at one place.
    pub fn invalid(path: &str, message: &str) -> Self {
        Error::problems("invalid", vec![sheaf_model::Problem::new(path, message)]).into()
    }

    /// A body that is larger than the address takes.
    pub fn too_large(bytes_max: usize) -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_large",
            format!("the body is larger than {bytes_max} bytes"),
        )
    }

    /// No such address, or nothing there that the caller may know of.
    pub fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", format!("there is no such {what}"))
    }

    /// For answers that somebody else made (a router, a layer) with nothing but a status.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        let (code, message) = match status {
            StatusCode::NOT_FOUND => ("not_found", "there is nothing at this address"),
            StatusCode::METHOD_NOT_ALLOWED => {
                ("method_not_allowed", "this address does not take that method")
            }
            StatusCode::PAYLOAD_TOO_LARGE => ("too_large", "the body is larger than this address takes"),
            StatusCode::RANGE_NOT_SATISFIABLE => ("bad_range", "the range is outside of the content"),
            status if status.is_server_error() => ("internal", "something went wrong inside"),
            _ => ("bad_request", "the request is not one that this address takes"),
        };
        Self::new(status, code, message)
    }

    pub(crate) fn body(&self, request_id: &str) -> wire::ErrorBody {
        wire::ErrorBody {
            error: wire::ErrorDetail {
                code: self.code.to_owned(),
                message: self.message.clone(),
                hint: self.hint.clone(),
                span: self.span,
                details: self.details.clone(),
                request_id: request_id.to_owned(),
            },
        }
    }
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        let new = |status, code| Self::new(status, code, message);
        match error {
            Error::Unauthenticated { code, .. } => new(StatusCode::UNAUTHORIZED, code),
            Error::NotFound { .. } => new(StatusCode::NOT_FOUND, "not_found"),
            Error::Expired { code, .. } => new(StatusCode::NOT_FOUND, code),
            Error::Forbidden { code, .. } => new(StatusCode::FORBIDDEN, code),
            Error::Conflict { code, hint, details, .. } => {
                Self { hint, details, ..new(StatusCode::CONFLICT, code) }
            }
            Error::Invalid { code, hint, problems, .. } => {
                let details = (!problems.is_empty()).then(|| json!({ "problems": problems }));
                Self { hint, details, ..new(StatusCode::UNPROCESSABLE_ENTITY, code) }
            }
            Error::BadQuery { query, diagnostics } => {
                let first =
                    diagnostics.iter().find(|diagnostic| diagnostic.is_error()).or(diagnostics.first());
                let span = first.map(|diagnostic| diagnostic.utf16(&query));
                let hint = first.and_then(|diagnostic| diagnostic.hint.clone());
                let all: Vec<wire::Diagnostic> =
                    diagnostics.iter().map(|diagnostic| wire::Diagnostic::new(diagnostic, &query)).collect();
                let details = Some(json!({ "query": query, "diagnostics": all }));
                Self { hint, span, details, ..new(StatusCode::UNPROCESSABLE_ENTITY, "bad_query") }
            }
            Error::TooMany { retry_after_secs } => Self {
                retry_after_secs: Some(retry_after_secs),
                ..new(StatusCode::TOO_MANY_REQUESTS, "too_many_attempts")
            },
            Error::DiskFull => new(StatusCode::INSUFFICIENT_STORAGE, "disk_full"),
            Error::Unavailable | Error::FileRemoved | Error::Outdated(_) => {
                new(StatusCode::SERVICE_UNAVAILABLE, "unavailable")
            }
            Error::Internal(detail) => {
                // Logged here and nowhere else; the caller gets the request's id to name.
                tracing::error!(detail, "an error inside");
                new(StatusCode::INTERNAL_SERVER_ERROR, "internal")
            }
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        if let Some(seconds) = self.retry_after_secs {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// The answer to a method that an address does not have.
pub(crate) async fn method_not_allowed(method: Method, uri: Uri) -> ApiError {
    ApiError::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        format!("`{}` does not take {method}", uri.path()),
    )
}

/// The answer to a request whose handler panicked.
pub(crate) fn panicked(cause: Box<dyn Any + Send + 'static>) -> Response {
    let text = cause.downcast_ref::<String>().map(String::as_str).or(cause.downcast_ref::<&str>().copied());
    tracing::error!(panic = text.unwrap_or("(no text)"), "a handler panicked");
    ApiError::of_status(StatusCode::INTERNAL_SERVER_ERROR).into_response()
}
