//! What handlers take out of a request, with errors of our own shape: [`Json`], [`Query`], [`Ids`].

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, OptionalFromRequest, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use serde::de::DeserializeOwned;
use sheaf_model::Problem;

use crate::error::{ApiError, Result};

/// A JSON body. What does not fit is 422 `invalid` with its path; what is no JSON is 400.
pub struct Json<T>(pub T);

/// The query of an address.
pub struct Query<T>(pub T);

/// The ids in a path, in their order: `Ids(project): Ids<ProjectId>`, `Ids((project, user)): Ids<(ProjectId, UserId)>`.
/// What is not an id is not found.
pub struct Ids<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        let is_json = request
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split(';').next())
            .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"));
        if !is_json {
            let message = "the body must be JSON, and the header Content-Type must say so (application/json)";
            return Err(ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", message));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|error| unread(&error))?;
        from_json(&bytes).map(Self)
    }
}

/// A body that may be left out whole.
impl<S: Send + Sync, T: DeserializeOwned> OptionalFromRequest<S> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Option<Self>> {
        if request.headers().contains_key(header::CONTENT_TYPE) {
            return <Self as FromRequest<S>>::from_request(request, state).await.map(Some);
        }
        Ok(None)
    }
}

fn unread(error: &BytesRejection) -> ApiError {
    match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => ApiError::of_status(StatusCode::PAYLOAD_TOO_LARGE),
        _ => ApiError::bad_request("the body was cut off"),
    }
}

/// Reads JSON; the error names the place.
pub fn from_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        let inner = error.into_inner();
        if inner.classify() != serde_json::error::Category::Data {
            return ApiError::bad_request(format!("the body is not JSON: {inner}"));
        }
        // The position in the text helps nobody who has the path.
        let text = inner.to_string();
        let message = text.rsplit_once(" at line ").map_or(text.as_str(), |(message, _)| message);
        let problem = Problem::new(if path == "." { "" } else { &path }, message);
        sheaf_app::Error::problems("invalid", vec![problem]).into()
    })?;
    reader.end().map_err(|error| ApiError::bad_request(format!("the body is not JSON: {error}")))?;
    Ok(value)
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let query = axum::extract::Query::<T>::from_request_parts(parts, state).await;
        query.map(|query| Self(query.0)).map_err(|error| {
            let text = error.body_text();
            let message = text.strip_prefix("Failed to deserialize query string: ").unwrap_or(&text);
            sheaf_app::Error::invalid(
                "invalid",
                format!("the address has an error behind its `?`: {message}"),
            )
            .into()
        })
    }
}

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Ids<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let path = axum::extract::Path::<T>::from_request_parts(parts, state).await;
        path.map(|path| Self(path.0)).map_err(|_| ApiError::not_found("thing"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        #[expect(dead_code, reason = "only read by the deserialiser")]
        list: Vec<u8>,
    }

    #[track_caller]
    fn check(text: &str, status: u16, path: Option<&str>) {
        let error = from_json::<Body>(text.as_bytes()).unwrap_err();
        assert_eq!(error.status, status, "{text}: {error:?}");
        let found = error.details.as_ref().and_then(|details| details["problems"][0]["path"].as_str());
        assert_eq!(found, path, "{text}: {error:?}");
        assert!(!error.message.contains(" at line ") || path.is_none(), "{}", error.message);
    }

    #[test]
    fn json_errors_name_the_place() {
        check(r#"{"list":[1,2,"x"]}"#, 422, Some("list[2]"));
        check(r#"{"list":[1],"is_admin":true}"#, 422, Some("is_admin"));
        check(r#"{}"#, 422, Some(""));
        check(r#"[]"#, 422, Some(""));
        check(r#"{"list":[1]"#, 400, None);
        check(r#"{"list":[1]} x"#, 400, None);
        check("", 400, None);
        let deep = from_json::<serde_json::Value>("[".repeat(100_000).as_bytes()).unwrap_err();
        assert_eq!(deep.status, 400, "an error, not a full stack");
    }
}
