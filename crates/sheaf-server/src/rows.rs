//! Bodies of rows: JSON lines of any number, or a list of them in one object.

use axum::body::Body;
use axum::http::{HeaderMap, StatusCode, header};
use futures_util::StreamExt;
use serde::Deserialize;
use serde_json::value::RawValue;
use sheaf_app::rows::{Rows, Sink};

use crate::Options;
use crate::error::{ApiError, Result};
use crate::extract::from_json;

/// How rows stand in a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// `{"items": [...]}`, as large as a JSON body may be.
    Items,
    /// A row a line.
    Lines,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Items {
    items: Vec<Box<RawValue>>,
}

impl Form {
    /// What the header says.
    pub(crate) fn of(headers: &HeaderMap) -> Result<Self> {
        let kind =
            headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        match kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
            "application/json" => Ok(Self::Items),
            "application/jsonl" | "application/x-ndjson" | "application/ndjson" => Ok(Self::Lines),
            _ => Err(ApiError::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                "the header Content-Type must be application/json or application/jsonl",
            )),
        }
    }
}

/// Hands the rows of a body on; what became of them.
pub(crate) async fn receive<S: Sink>(
    mut rows: Rows<S>,
    form: Form,
    body: Body,
    options: &Options,
) -> Result<S::Report> {
    match form {
        Form::Lines => {
            let mut stream = body.into_data_stream();
            while let Some(bytes) = stream.next().await {
                rows.write(&bytes.map_err(|_| ApiError::bad_request("the body was cut off"))?).await?;
            }
        }
        Form::Items => {
            let bytes = axum::body::to_bytes(body, options.json_bytes_max)
                .await
                .map_err(|_| ApiError::too_large(options.json_bytes_max).hint("send the rows as JSONL"))?;
            let Items { items } = from_json(&bytes)?;
            for item in items {
                rows.put(String::from(Box::<str>::from(item)).into_bytes()).await?;
            }
        }
    }
    Ok(rows.finish().await?)
}
