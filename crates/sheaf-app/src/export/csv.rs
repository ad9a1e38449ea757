//! CSV: one task a row; the taxonomy's fields and the metadata as columns; annotations as JSON in one cell.
//!
//! A cell that a spreadsheet would run as a formula gets a quote before it (`'=1+1`); numbers stay as they are. Who
//! wants the exact text takes JSONL.

use serde_json::{Map, Value};
use sheaf_model::Response;

use super::rows::{Item, each};
use super::{Pieces, Spec, failed, rfc3339};
use crate::agreement::merged::Origin;
use crate::library::Look;
use crate::{Error, Result};

/// Metadata fields that get a column; a library with more is for JSONL.
const METADATA_COLUMNS_MAX: usize = 500;

const FIXED: [&str; 14] = [
    "asset_id",
    "reference_id",
    "name",
    "media_type",
    "url",
    "upload",
    "batch",
    "status",
    "annotator",
    "submitted_at",
    "seconds",
    "agreement",
    "merged",
    "annotations",
];

pub(super) fn write(look: &Look<'_>, spec: &Spec, out: &mut Pieces) -> Result<()> {
    let fields = answer_fields(look)?;
    let metadata: Vec<String> = look.metadata_fields()?.iter().take(METADATA_COLUMNS_MAX).cloned().collect();
    let mut csv = csv::WriterBuilder::new().from_writer(out);
    let header = FIXED
        .iter()
        .map(|name| (*name).to_owned())
        .chain(fields.iter().map(|id| format!("field.{id}")))
        .chain(metadata.iter().map(|name| format!("meta.{name}")));
    csv.write_record(header.map(harmless)).map_err(failed)?;
    each(look, spec, |item| {
        let row = row(look, item, &fields, &metadata)?;
        csv.write_record(row.into_iter().map(harmless)).map_err(failed)
    })?;
    csv.flush().map_err(failed)
}

/// Ids of the fields of the taxonomy in force.
fn answer_fields(look: &Look<'_>) -> Result<Vec<String>> {
    let project = look.tx.project(look.project)?.ok_or(Error::not_found("project"))?;
    let taxonomy = look.tx.taxonomy(look.project, project.taxonomy_version)?;
    Ok(taxonomy.map_or_else(Vec::new, |row| row.body.fields.into_iter().map(|field| field.id).collect()))
}

fn row(look: &Look<'_>, item: &Item<'_>, fields: &[String], metadata: &[String]) -> Result<Vec<String>> {
    let asset = item.asset;
    let id = sheaf_model::AssetId { project: look.project, ordinal: asset.ordinal };
    let answer = item.answer;
    let response: Option<Response> =
        answer.map(|answer| serde_json::from_str(&answer.response)).transpose().map_err(failed)?;
    let annotations = match &response {
        Some(response) => serde_json::to_string(&response.annotations).map_err(failed)?,
        None => String::new(),
    };
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let mut out = vec![
        id.to_string(),
        text(asset.reference.as_deref()),
        asset.name.clone(),
        asset.media_type.clone(),
        text(asset.url.as_deref()),
        item.upload.to_owned(),
        text(item.batch),
        item.status.to_owned(),
        item.annotators.iter().map(|person| person.email.as_str()).collect::<Vec<_>>().join("; "),
        answer.map_or_else(String::new, |answer| rfc3339(answer.at)),
        answer.and_then(|answer| answer.seconds).map_or_else(String::new, |seconds| seconds.to_string()),
        item.agreement.map_or_else(String::new, |score| score.to_string()),
        text(answer.and_then(|answer| answer.origin).map(Origin::as_str)),
        annotations,
    ];
    for field in fields {
        out.push(
            response.as_ref().and_then(|response| response.fields.get(field)).map_or_else(String::new, cell),
        );
    }
    let object: Map<String, Value> = serde_json::from_str(&asset.metadata).map_err(failed)?;
    for name in metadata {
        out.push(at_path(&object, name).map_or_else(String::new, cell));
    }
    Ok(out)
}

/// The value under a flattened name, `camera.model`; a key that has dots itself is found first.
fn at_path<'v>(object: &'v Map<String, Value>, name: &str) -> Option<&'v Value> {
    if let Some(value) = object.get(name) {
        return Some(value);
    }
    name.char_indices().filter(|(_, c)| *c == '.').find_map(|(dot, _)| match object.get(&name[..dot]) {
        Some(Value::Object(inner)) => at_path(inner, &name[dot + 1..]),
        _ => None,
    })
}

fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A cell that no spreadsheet takes for a formula.
pub(crate) fn harmless(cell: String) -> String {
    let risky = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if risky && cell.parse::<f64>().is_err() { format!("'{cell}") } else { cell }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_made_harmless_and_numbers_kept() {
        for (text, wanted) in [
            ("=1+1", "'=1+1"),
            ("-3.5", "-3.5"),
            ("-x", "'-x"),
            ("@a", "'@a"),
            ("rain", "rain"),
            ("\tx", "'\tx"),
        ] {
            assert_eq!(harmless(text.to_owned()), wanted);
        }
    }

    #[test]
    fn nested_metadata_is_found_by_its_flattened_name() {
        let object: Map<String, Value> = serde_json::from_str(r#"{"a":{"b":1,"c.d":2},"a.b":3}"#).unwrap();
        assert_eq!(at_path(&object, "a.b"), Some(&Value::from(3)));
        assert_eq!(at_path(&object, "a.c.d"), Some(&Value::from(2)));
        assert_eq!(at_path(&object, "a.x"), None);
    }
}
