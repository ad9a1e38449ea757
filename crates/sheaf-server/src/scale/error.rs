//! Errors as Scale's clients read them: `{"status_code": 404, "error": "..."}`, and only the statuses that they know.

use axum::http::StatusCode;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::error::ApiError;

/// What clients expect 409 for: something of that name or id is there. For everything else that the state of things does not
/// allow it is 400: the Python client breaks on any other 409 of a path with `task` in it.
const CLASHES: [&str; 3] = ["name_taken", "unique_id_taken", "reference_taken"];

/// An error of Scale's API.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ScaleError {
    status_code: u16,
    /// For a person.
    error: String,
}

/// The status and the body of an error.
pub(crate) fn translated(error: &ApiError) -> (StatusCode, Value) {
    let status = match error.status {
        StatusCode::CONFLICT if CLASHES.contains(&error.code) => StatusCode::CONFLICT,
        StatusCode::CONFLICT
        | StatusCode::UNPROCESSABLE_ENTITY
        | StatusCode::UNSUPPORTED_MEDIA_TYPE
        | StatusCode::PAYLOAD_TOO_LARGE => StatusCode::BAD_REQUEST,
        StatusCode::INSUFFICIENT_STORAGE => StatusCode::SERVICE_UNAVAILABLE,
        other => other,
    };
    let mut message = error.message.clone();
    if let Some(hint) = &error.hint {
        message.push_str("; ");
        message.push_str(hint);
    }
    (status, json!({ "status_code": status.as_u16(), "error": message }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses() {
        let of = |status, code| translated(&ApiError::new(status, code, "no").hint("do this"));
        let (status, body) = of(StatusCode::CONFLICT, "bad_state");
        assert_eq!(
            (status, body),
            (StatusCode::BAD_REQUEST, json!({ "status_code": 400, "error": "no; do this" }))
        );
        assert_eq!(of(StatusCode::CONFLICT, "name_taken").0, StatusCode::CONFLICT);
        assert_eq!(of(StatusCode::UNPROCESSABLE_ENTITY, "invalid").0, StatusCode::BAD_REQUEST);
        assert_eq!(of(StatusCode::NOT_FOUND, "not_found").0, StatusCode::NOT_FOUND);
    }
}
