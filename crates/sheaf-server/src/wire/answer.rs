//! An answer, as the document describes it; the model reads and checks it.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// An answer: annotations, and values of the taxonomy's fields by id.
#[derive(Serialize, ToSchema)]
pub struct Response {
    pub annotations: Vec<Annotation>,
    pub fields: HashMap<String, Value>,
}

/// One marked thing. Pixels are of the original image; span offsets count Unicode code points, the end is exclusive.
#[derive(Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Annotation {
    Box {
        uuid: String,
        label: String,
        left: f64,
        top: f64,
        width: f64,
        height: f64,
        attributes: HashMap<String, Value>,
    },
    Polygon {
        uuid: String,
        label: String,
        vertices: Vec<Vertex>,
        attributes: HashMap<String, Value>,
    },
    Span {
        uuid: String,
        label: String,
        start: u64,
        end: u64,
        text: String,
        attributes: HashMap<String, Value>,
    },
}

#[derive(Serialize, ToSchema)]
pub struct Vertex {
    pub x: f64,
    pub y: f64,
}
