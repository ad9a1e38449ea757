//! Taxonomies. Read and written by `sheaf_model::Taxonomy`; the types here only describe its JSON for the document,
//! and a test holds them to it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Ref, Time};

/// What may be answered: labels to mark things with, and questions about the whole asset. Not both may be empty.
#[derive(Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Taxonomy {
    #[schema(required = true)]
    pub labels: Vec<TaxonomyLabel>,
    #[schema(required = true)]
    pub fields: Vec<TaxonomyField>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaxonomyLabel {
    /// Stands in the answers; unique.
    pub name: String,
    /// What people see; the name when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[schema(examples("#e03131"))]
    pub color: String,
    /// One of a-z or 0-9; unique over all labels and options.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hotkey: Option<String>,
    pub tools: Vec<Tool>,
    #[serde(default)]
    #[schema(required = true)]
    pub attributes: Vec<TaxonomyAttribute>,
}

/// Image projects: box, polygon. Text projects: span.
#[derive(Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tool {
    Box,
    Polygon,
    Span,
}

/// A property of one annotation.
#[derive(Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaxonomyAttribute {
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(rename = "type")]
    pub kind: FieldType,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    #[serde(default)]
    pub required: bool,
}

#[derive(Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FieldType {
    Single,
    Multiple,
    Boolean,
    Number,
    Text,
}

/// A question about the whole asset.
#[derive(Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaxonomyField {
    /// Stands in the answers; unique.
    pub id: String,
    pub title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    #[serde(rename = "type")]
    pub kind: FieldType,
    /// Of single and multiple.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<TaxonomyOption>,
    #[serde(default)]
    pub required: bool,
    /// Of a number: the smallest value. Of text: the fewest characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaxonomyOption {
    /// Stands in the answers; unique in its question.
    pub value: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hotkey: Option<String>,
}

/// A version of the taxonomy, which never changes.
#[derive(Debug, Serialize, ToSchema)]
pub struct TaxonomyVersion {
    /// 0: there is none yet.
    pub version: i64,
    #[schema(value_type = Option<Taxonomy>)]
    pub taxonomy: Option<sheaf_model::Taxonomy>,
    pub created_at: Option<Time>,
    pub created_by: Option<Ref>,
}

impl From<Option<sheaf_app::taxonomies::Version>> for TaxonomyVersion {
    fn from(version: Option<sheaf_app::taxonomies::Version>) -> Self {
        let Some(version) = version else {
            return Self { version: 0, taxonomy: None, created_at: None, created_by: None };
        };
        let by = version.row.created_by.to_string();
        Self {
            version: version.row.version,
            taxonomy: Some(version.row.body),
            created_at: Some(version.row.created.into()),
            created_by: version.created_by.map(|name| Ref { id: by, name }),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn described_as_it_is() {
        let full = json!({
            "labels": [
                { "name": "car", "title": "Car", "color": "#e03131", "hotkey": "1", "tools": ["box", "polygon", "span"],
                  "attributes": [{ "name": "a", "title": "A", "type": "single", "options": ["x"], "required": true }] },
                { "name": "bus", "color": "#e03131", "tools": [], "attributes": [{ "name": "b", "type": "boolean", "required": false }] }],
            "fields": [
                { "id": "k", "title": "K", "help": "h", "type": "multiple", "required": true,
                  "options": [{ "value": "v", "title": "V", "hotkey": "q" }, { "value": "w" }] },
                { "id": "n", "title": "N", "type": "number", "required": false, "min": 1.0, "max": 2.5 },
                { "id": "t", "title": "T", "type": "text", "required": false }] });
        let model: sheaf_model::Taxonomy = serde_json::from_value(full.clone()).unwrap();
        let described: Taxonomy = serde_json::from_value(full.clone()).unwrap();
        let written: Value = serde_json::to_value(&model).unwrap();
        assert_eq!(written, serde_json::to_value(&described).unwrap());
        assert_eq!(written, full);
    }
}
