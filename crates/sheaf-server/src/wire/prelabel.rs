//! Pre-labels on the wire.

use serde::Serialize;
use serde_json::value::RawValue;
use sheaf_app::library::asset::AssetPrelabel as Row;
use sheaf_app::prelabels;
use utoipa::ToSchema;

use super::{Problem, Ref, Response, Time};

/// What the annotator of a task may begin with.
#[derive(Debug, Serialize, ToSchema)]
pub struct TaskPrelabel {
    /// Name of the model or tool.
    pub source: String,
    /// How sure it is.
    pub score: Option<f64>,
    #[schema(value_type = Response)]
    pub response: Box<RawValue>,
    /// What it says and the task's taxonomy has no place for: it was made for an older one.
    pub left_out: Vec<Problem>,
}

impl From<prelabels::Prelabel> for TaskPrelabel {
    fn from(it: prelabels::Prelabel) -> Self {
        Self {
            source: it.source,
            score: it.score,
            response: raw(it.response),
            left_out: it
                .left_out
                .into_iter()
                .map(|problem| Problem { path: problem.path, message: problem.message })
                .collect(),
        }
    }
}

/// What a source says of an asset.
#[derive(Debug, Serialize, ToSchema)]
pub struct AssetPrelabel {
    /// Name of the model or tool.
    pub source: String,
    /// How sure it is.
    pub score: Option<f64>,
    #[schema(value_type = Response)]
    pub response: Box<RawValue>,
    /// That it was held against.
    pub taxonomy_version: i64,
    pub created_at: Time,
    pub created_by: Option<Ref>,
}

impl From<Row> for AssetPrelabel {
    fn from(Row { row, by }: Row) -> Self {
        Self {
            source: row.source,
            score: row.score,
            response: raw(row.response),
            taxonomy_version: row.taxonomy_version,
            created_at: row.created.into(),
            created_by: by.map(Ref::from),
        }
    }
}

/// The pre-label that an answer began with.
#[derive(Debug, Serialize, ToSchema)]
pub struct BegunWith {
    pub source: String,
    /// The answer said what the pre-label said.
    pub unchanged: bool,
}

fn raw(text: String) -> Box<RawValue> {
    RawValue::from_string(text).unwrap_or_else(|_| RawValue::NULL.to_owned())
}
