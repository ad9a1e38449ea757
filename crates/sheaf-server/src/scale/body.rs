//! Bodies as the clients send them: JSON whatever the header says, and none at all for an empty object or list.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use serde_json::Value;

use crate::error::{ApiError, Result};
use crate::extract::from_json;

/// A JSON body; null when there is none.
pub(super) struct Body(pub(super) Value);

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        let bytes =
            Bytes::from_request(request, state).await.map_err(|error| ApiError::of_status(error.status()))?;
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Ok(Self(Value::Null));
        }
        from_json(&bytes).map(Self)
    }
}

impl Body {
    /// Instead of nothing an empty object.
    pub(super) fn object(self) -> Value {
        if self.0.is_null() { Value::Object(serde_json::Map::new()) } else { self.0 }
    }
}
