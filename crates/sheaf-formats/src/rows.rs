//! What was read, as the rows that Sheaf takes: an asset as a row of a manifest, what was said of it as pre-labels (those of
//! `PUT /api/projects/{project}/prelabels`), made to fit a taxonomy.

use std::collections::HashSet;

use serde_json::{Map, Value, json};
use sheaf_model::Taxonomy;
use sheaf_model::prelabel::SOURCE_CHARS_MAX;

use crate::fit::fit;
use crate::{Asset, Marks, Report};

/// How a row names its asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// By the id that Sheaf gave it.
    Id(String),
    Reference(String),
    /// By a file of an upload: the upload's id or name, and the path in it.
    File {
        upload: String,
        path: String,
    },
}

impl Named {
    /// The key of an asset that is not told by a file: its own, else what it is. Texts have none of their own, so it is made of
    /// the upload's name and their place in the file, `n` from 0.
    pub fn by_key(asset: &Asset, n: usize, upload: &str) -> Option<String> {
        let own = asset.reference.clone();
        if asset.text.is_some() {
            return Some(own.unwrap_or_else(|| format!("{upload}#{}", n + 1)));
        }
        own.or_else(|| asset.address().map(str::to_owned))
    }

    fn row(&self) -> Map<String, Value> {
        let mut out = Map::new();
        match self {
            Self::Id(id) => drop(out.insert("asset_id".into(), json!(id))),
            Self::Reference(reference) => drop(out.insert("reference_id".into(), json!(reference))),
            Self::File { upload, path } => {
                out.insert("upload".into(), json!(upload));
                out.insert("path".into(), json!(path));
            }
        }
        out
    }
}

/// An asset as a row of a manifest. `content` is the column of what it is, with the text, the address or the path of the file;
/// `key` its reference id.
pub fn of_asset(asset: &Asset, content: (&str, &str), key: Option<&str>) -> Value {
    let mut row = Map::new();
    row.insert(content.0.into(), json!(content.1));
    if let Some(key) = key {
        row.insert("reference_id".into(), json!(key));
    }
    if !asset.name.is_empty() {
        row.insert("name".into(), json!(asset.name));
    }
    if let Some((width, height)) = asset.size {
        row.insert("width".into(), json!(width));
        row.insert("height".into(), json!(height));
    }
    if !asset.metadata.is_empty() {
        row.insert("metadata".into(), Value::Object(asset.metadata.clone()));
    }
    Value::Object(row)
}

/// What one source said of an asset.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// As a pre-label.
    pub row: Value,
    /// When, as the file has it.
    pub at: Option<String>,
}

/// A row for each source of an asset. What the taxonomy has no place for is left out and noted; so is an answer of which nothing
/// is left.
pub fn of(
    asset: &str,
    marks: Vec<Marks>,
    named: &Named,
    taxonomy: &Taxonomy,
    report: &mut Report,
) -> Vec<Said> {
    let mut sources = HashSet::new();
    let mut out = Vec::with_capacity(marks.len());
    for mut marks in marks {
        let said = !is_empty(&marks);
        fit(&mut marks.response, taxonomy, report, asset);
        if said && is_empty(&marks) {
            report.note("answer left out: the project has a place for nothing of it", asset);
            continue;
        }
        let mut row = named.row();
        row.insert("source".into(), json!(own_name(&marks.source, &mut sources)));
        if let Some(score) = marks.score {
            row.insert("score".into(), json!(score));
        }
        row.insert("response".into(), json!(marks.response));
        out.push(Said { row: Value::Object(row), at: marks.at });
    }
    out
}

fn is_empty(marks: &Marks) -> bool {
    marks.response.annotations.is_empty() && marks.response.fields.is_empty()
}

/// The name of a source. Two of an asset never have the same: one would take the other's place.
fn own_name(source: &str, taken: &mut HashSet<String>) -> String {
    let clean: String = source.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let with = |end: &str| -> String {
        let room = SOURCE_CHARS_MAX - end.chars().count();
        let name: String = clean.trim().chars().take(room).collect();
        format!("{}{end}", name.trim_end())
    };
    let mut name = with("");
    let mut n = 2;
    while taken.contains(&name) {
        name = with(&format!(" ({n})"));
        n += 1;
    }
    taken.insert(name.clone());
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(source: &str) -> Marks {
        let response = serde_json::from_value(json!({"fields": {"a": 1}})).unwrap();
        Marks { source: source.into(), human: true, score: Some(0.5), response, at: None }
    }

    fn taxonomy() -> Taxonomy {
        serde_json::from_value(json!({"labels": [], "fields": [{"id": "a", "title": "A", "type": "number"}]}))
            .unwrap()
    }

    fn rows(asset: &str, marks: Vec<Marks>, named: &Named, report: &mut Report) -> Vec<Value> {
        of(asset, marks, named, &taxonomy(), report).into_iter().map(|said| said.row).collect()
    }

    #[test]
    fn rows_name_their_asset_and_sources_differ() {
        let mut report = Report::default();
        let path = Named::File { upload: "u1".into(), path: "a.jpg".into() };
        let wanted = json!([{"upload":"u1","path":"a.jpg","source":"coco","score":0.5,
            "response":{"annotations":[],"fields":{"a":1}}}]);
        assert_eq!(json!(rows("a", vec![marks("coco")], &path, &mut report)), wanted);
        let long = "x".repeat(200);
        let all = ["coco", "coco", "coco", &long, &long, "a\nb "].map(marks).into();
        let rows = rows("a", all, &Named::Reference("r".into()), &mut report);
        let sources: Vec<&str> = rows.iter().map(|row| row["source"].as_str().unwrap()).collect();
        assert_eq!(sources[..3], ["coco", "coco (2)", "coco (3)"]);
        assert!(sources[3..5].iter().all(|source| source.chars().count() == 100), "{sources:?}");
        assert!(sources[4].ends_with("x (2)"));
        assert_eq!(sources[5], "a b");
        assert_eq!((&rows[0]["reference_id"], rows[0].get("path")), (&json!("r"), None));
        assert!(!report.has_notes());
    }

    #[test]
    fn an_answer_of_which_nothing_is_left_is_none_and_one_that_says_nothing_is_one() {
        let mut report = Report::default();
        let mut other = marks("m");
        other.response = serde_json::from_value(json!({"fields": {"b": 1}})).unwrap();
        let nothing = Marks { source: "n".into(), human: true, ..Marks::default() };
        let rows = rows("a", vec![other, nothing], &Named::Id("ast_1".into()), &mut report);
        assert_eq!(rows.len(), 1);
        assert_eq!((&rows[0]["source"], &rows[0]["asset_id"]), (&json!("n"), &json!("ast_1")));
        assert_eq!(report.notes().count(), 2, "{report}");
    }

    #[test]
    fn an_asset_is_a_row_of_a_manifest() {
        let bare = of_asset(&Asset::default(), ("text", "hello"), Some("june#1"));
        assert_eq!(bare, json!({"text": "hello", "reference_id": "june#1"}));
        let asset = Asset { name: "a.jpg".into(), size: Some((3, 4)), ..Asset::default() };
        let metadata = serde_json::from_value(json!({"hour": 3})).unwrap();
        let row = of_asset(&Asset { metadata, ..asset }, ("file", "x/a.jpg"), None);
        let wanted =
            json!({"file": "x/a.jpg", "name": "a.jpg", "width": 3, "height": 4, "metadata": {"hour": 3}});
        assert_eq!(row, wanted);
    }

    #[test]
    fn assets_without_a_file_are_called_by_their_key() {
        let key = |asset: Asset| Named::by_key(&asset, 4, "june");
        let text = Asset { text: Some("hello".into()), ..Asset::default() };
        assert_eq!(key(text.clone()).as_deref(), Some("june#5"));
        assert_eq!(key(Asset { reference: Some("r".into()), ..text }).as_deref(), Some("r"));
        let at = |url: &str| Asset { url: Some(url.into()), ..Asset::default() };
        assert_eq!(key(at("https://x.org/a.jpg")).as_deref(), Some("https://x.org/a.jpg"));
        assert_eq!(key(at("s3://x/a.jpg")), None);
        assert_eq!(key(Asset { reference: Some("r".into()), ..at("s3://x/a.jpg") }).as_deref(), Some("r"));
        assert_eq!(key(Asset { name: "a.jpg".into(), ..Asset::default() }), None);
    }
}
