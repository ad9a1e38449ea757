//! What was read, as the rows that Sheaf takes: an asset as a row of a manifest, what was said of it as pre-labels (those of
//! `PUT /api/projects/{project}/prelabels`), made to fit a taxonomy.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use sheaf_intake::manifest::{ColumnPlan, Role};
use sheaf_model::Taxonomy;
use sheaf_model::prelabel::SOURCE_CHARS_MAX;

use crate::fit::fit;
use crate::{Asset, Marks, Report};

/// The note of an asset that comes to the same file or key as an earlier one of the file.
pub const AGAIN: &str = "asset left out: it is found where another one of the file was";

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

/// Keys of assets that are not told by a file.
///
/// A text has none of its own, so it is made of the name of the upload and of the text itself: wherever the text stands in a later
/// file, it is the same asset. A text that is in the file several times has as many keys.
#[derive(Debug)]
pub struct Keys {
    upload: String,
    /// How often each text came, by the beginning of its SHA-256.
    seen: HashMap<u64, u32>,
}

impl Keys {
    /// Of a file that goes to the upload of this name.
    pub fn of(upload: &str) -> Self {
        Self { upload: upload.to_owned(), seen: HashMap::new() }
    }

    /// The key of an asset: its own, else what it is. To be asked for each asset of the file once, in their order.
    pub fn key(&mut self, asset: &Asset) -> Option<String> {
        let own = asset.reference.clone();
        match &asset.text {
            Some(text) => own.or_else(|| Some(self.of_text(text))),
            None => own.or_else(|| asset.address().map(str::to_owned)),
        }
    }

    fn of_text(&mut self, text: &str) -> String {
        let hash = Sha256::digest(text.as_bytes());
        let hash = hash[..8].iter().fold(0, |n: u64, byte| (n << 8) | u64::from(*byte));
        let n = self.seen.entry(hash).or_default();
        *n += 1;
        let again = if *n == 1 { String::new() } else { format!("-{n}") };
        format!("{}#{hash:016x}{again}", self.upload)
    }
}

/// What the columns of [`of_asset`] are, whatever stands in them: left to be guessed, a key that some rows lack would be none.
pub fn columns() -> Vec<ColumnPlan> {
    let roles = [
        ("text", Role::Text),
        ("url", Role::Url),
        ("file", Role::File),
        ("reference_id", Role::Ref),
        ("name", Role::Name),
        ("width", Role::Width),
        ("height", Role::Height),
    ];
    roles.map(|(name, role)| ColumnPlan { name: name.to_owned(), role, kind: None }).into()
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
        let bare = of_asset(&Asset::default(), ("text", "hello"), Some("june#2cf2"));
        assert_eq!(bare, json!({"text": "hello", "reference_id": "june#2cf2"}));
        let asset = Asset { name: "a.jpg".into(), size: Some((3, 4)), ..Asset::default() };
        let metadata = serde_json::from_value(json!({"hour": 3})).unwrap();
        let row = of_asset(&Asset { metadata, ..asset }, ("file", "x/a.jpg"), None);
        let wanted =
            json!({"file": "x/a.jpg", "name": "a.jpg", "width": 3, "height": 4, "metadata": {"hour": 3}});
        assert_eq!(row, wanted);
    }

    #[test]
    fn the_columns_are_those_that_rows_have() {
        let asset = Asset { name: "a.jpg".into(), size: Some((3, 4)), ..Asset::default() };
        let columns = columns();
        for (content, role) in [("text", Role::Text), ("url", Role::Url), ("file", Role::File)] {
            let row = of_asset(&asset, (content, "x"), Some("k"));
            for name in row.as_object().unwrap().keys() {
                assert!(columns.iter().any(|column| column.name == *name), "{name}");
            }
            assert!(columns.iter().any(|column| column.name == content && column.role == role));
        }
    }

    #[test]
    fn assets_without_a_file_are_called_by_their_key() {
        let key = |asset: &Asset| Keys::of("june").key(asset);
        let text = |text: &str| Asset { text: Some(text.into()), ..Asset::default() };
        let hello = "june#2cf24dba5fb0a30e";
        assert_eq!(key(&text("hello")).as_deref(), Some(hello));
        assert_eq!(key(&Asset { reference: Some("r".into()), ..text("hello") }).as_deref(), Some("r"));
        let at = |url: &str| Asset { url: Some(url.into()), ..Asset::default() };
        assert_eq!(key(&at("https://x.org/a.jpg")).as_deref(), Some("https://x.org/a.jpg"));
        assert_eq!(key(&at("s3://x/a.jpg")), None);
        assert_eq!(key(&Asset { reference: Some("r".into()), ..at("s3://x/a.jpg") }).as_deref(), Some("r"));
        assert_eq!(key(&Asset { name: "a.jpg".into(), ..Asset::default() }), None);

        // Where a text stands does not matter, how often it came does.
        let mut keys = Keys::of("june");
        let texts =
            ["other", "hello", "hello", "", "hello"].map(|it| keys.key(&text(it)).unwrap_or_default());
        assert_eq!(texts[1], hello);
        assert_eq!([&texts[2], &texts[4]], [&format!("{hello}-2"), &format!("{hello}-3")]);
        assert_ne!(texts[0], texts[3]);
        // One that has a key of its own is no other one of them.
        let mut keys = Keys::of("june");
        drop(keys.key(&Asset { reference: Some("r".into()), ..text("hello") }));
        assert_eq!(keys.key(&text("hello")).as_deref(), Some(hello));
    }
}
