//! One row as it was sent: which asset, whose, how sure, what. What is wrong with it is told at its place.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use sheaf_model::prelabel::source_problem;
use sheaf_model::{Problem, Response};

/// A row that can be read; its asset is not looked up yet, its response not held against the taxonomy.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) asset: Key,
    pub(super) source: String,
    pub(super) score: Option<f64>,
    pub(super) response: Response,
    /// The version that the sender believes to be in force.
    pub(super) taxonomy_version: Option<i64>,
}

/// What a row calls its asset by.
#[derive(Debug, Clone)]
pub(crate) enum Key {
    Id(String),
    Reference(String),
    /// A file of an upload, by the upload's id or name and the path in it.
    File(String, String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    asset_id: Option<String>,
    reference_id: Option<String>,
    upload: Option<String>,
    path: Option<String>,
    source: Option<String>,
    score: Option<f64>,
    taxonomy_version: Option<i64>,
    response: Value,
}

impl Key {
    /// Of the keys that a row has.
    pub(crate) fn of(
        asset_id: Option<String>,
        reference_id: Option<String>,
        upload: Option<String>,
        path: Option<String>,
    ) -> Result<Self, Problem> {
        match (asset_id, reference_id, upload, path) {
            (Some(id), None, None, None) => Ok(Self::Id(id)),
            (None, Some(reference), None, None) => Ok(Self::Reference(reference)),
            (None, None, Some(upload), Some(path)) => Ok(Self::File(upload, path)),
            _ => {
                let message = "must name its asset in one way: by `asset_id`, by `reference_id`, or by `upload` and `path`";
                Err(Problem::new("", message))
            }
        }
    }
}

/// Characters of a text that a message shows.
const SHOWN: usize = 80;

/// Reads a row. `source` is that of rows that name none.
pub(super) fn read(text: &str, source: Option<&str>) -> Result<Row, Vec<Problem>> {
    let line: Line = from_text(text).map_err(|problem| vec![problem])?;
    let mut problems = Vec::new();
    let asset = Key::of(line.asset_id, line.reference_id, line.upload, line.path);
    let asset = asset.map_err(|problem| problems.push(problem)).ok();
    let source = line.source.or_else(|| source.map(str::to_owned));
    match &source {
        None => problems.push(Problem::new("source", "is missing: whose pre-label is it?")),
        Some(source) => problems.extend(source_problem(source)),
    }
    let response = response(line.response, "prelabel").map_err(|found| problems.extend(found)).ok();
    match (asset, source, response) {
        (Some(asset), Some(source), Some(response)) if problems.is_empty() => {
            Ok(Row { asset, source, score: line.score, response, taxonomy_version: line.taxonomy_version })
        }
        _ => Err(problems),
    }
}

/// The answer of a row. Annotations without a `uuid` get one by their place, so that the same row says the same again.
pub(crate) fn response(mut value: Value, called: &str) -> Result<Response, Vec<Problem>> {
    let annotations = value.get_mut("annotations").and_then(Value::as_array_mut);
    for (annotation, n) in annotations.into_iter().flatten().zip(1..) {
        if let Value::Object(annotation) = annotation {
            annotation.entry("uuid").or_insert_with(|| Value::from(format!("{called}-{n}")));
        }
    }
    let response: Response = serde_path_to_error::deserialize(&value).map_err(|error| {
        vec![Problem::new(at("response", &error.path().to_string()), error.inner().to_string())]
    })?;
    // An annotation takes what it does not know; here that would lose what the sender means to say.
    let mut unknown = Vec::new();
    let given = value.get("annotations").and_then(Value::as_array);
    for (i, (given, read)) in given.into_iter().flatten().zip(&response.annotations).enumerate() {
        let known = serde_json::to_value(read).unwrap_or_default();
        let keys = given.as_object().into_iter().flat_map(Map::keys);
        for key in keys.filter(|key| known.get(key.as_str()).is_none()) {
            let message = format!("is not a part of a {}", read.shape.tool().as_str());
            unknown.push(Problem::new(format!("response.annotations[{i}].{}", shown(key)), message));
        }
    }
    if unknown.is_empty() { Ok(response) } else { Err(unknown) }
}

/// The object of a row.
pub(crate) fn from_text<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let line = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        told(&path, error.inner())
    })?;
    reader.end().map_err(|error| told("", &error))?;
    Ok(line)
}

fn told(path: &str, error: &serde_json::Error) -> Problem {
    if error.classify() != serde_json::error::Category::Data {
        return Problem::new("", format!("is not JSON: {error}"));
    }
    // The position in the text helps nobody who has the path.
    let text = error.to_string();
    let message = text.rsplit_once(" at line ").map_or(text.as_str(), |(message, _)| message);
    Problem::new(if path == "." { "" } else { path }, message)
}

/// A path within `base`.
pub(crate) fn at(base: &str, path: &str) -> String {
    match path {
        "" | "." => base.to_owned(),
        path => format!("{base}.{path}"),
    }
}

/// A text of a sender as a message shows it.
pub(crate) fn shown(text: &str) -> String {
    text.chars().take(SHOWN).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, paths: &[&str]) {
        let found = match read(text, Some("m")) {
            Ok(_) => Vec::new(),
            Err(problems) => problems,
        };
        let found_paths: Vec<&str> = found.iter().map(|problem| problem.path.as_str()).collect();
        assert_eq!(found_paths, paths, "{text}: {found:?}");
        assert!(found.iter().all(|problem| !problem.message.is_empty()), "{text}");
    }

    fn of_response(response: &str) -> String {
        format!(r#"{{"reference_id":"a","response":{response}}}"#)
    }

    #[test]
    fn rows_name_an_asset_in_one_way() {
        check(r#"{"asset_id":"ast_1","response":{}}"#, &[]);
        check(r#"{"reference_id":"a","score":0.5,"source":"x","taxonomy_version":3,"response":{}}"#, &[]);
        check(r#"{"upload":"u","path":"a/b.png","response":{}}"#, &[]);
        check(r#"{"response":{}}"#, &[""]);
        check(r#"{"upload":"u","response":{}}"#, &[""]);
        check(r#"{"asset_id":"a","reference_id":"a","response":{}}"#, &[""]);
    }

    #[test]
    fn wrong_types_are_told_at_their_place() {
        for (field, value) in [
            ("asset_id", "1"),
            ("reference_id", "[]"),
            ("upload", "{}"),
            ("path", "true"),
            ("source", "7"),
            ("score", "\"high\""),
            ("taxonomy_version", "1.5"),
        ] {
            check(&format!(r#"{{"{field}":{value},"response":{{}}}}"#), &[field]);
        }
        check(r#"{"reference_id":"a"}"#, &[""]);
        check(r#"{"reference_id":"a","response":{},"label":"x"}"#, &["label"]);
        check(r#"{"reference_id":"a","response":{},"score":1e999}"#, &[""]);
        for text in ["", "{", "[]", "7", "null", "not json", r#"{"reference_id":"a","response":{}} x"#] {
            check(text, &[""]);
        }
        check(r#"{"reference_id":"a","source":" ","response":{}}"#, &["source"]);
        assert_eq!(read(r#"{"reference_id":"a","response":{}}"#, None).unwrap_err()[0].path, "source");
    }

    #[test]
    fn responses_are_read_with_their_paths() {
        check(&of_response("null"), &["response"]);
        check(&of_response("[]"), &[]);
        check(&of_response(r#"{"annotations":{}}"#), &["response.annotations"]);
        check(&of_response(r#"{"annotations":[7]}"#), &["response.annotations[0]"]);
        check(&of_response(r#"{"fields":[]}"#), &["response.fields"]);
        check(&of_response(r#"{"labels":[]}"#), &["response.labels"]);
        let of_box = |rest: &str| of_response(&format!(r#"{{"annotations":[{{"type":"box",{rest}}}]}}"#));
        check(&of_box(r#""label":"car","left":1,"top":1,"width":1,"height":1"#), &[]);
        check(
            &of_box(r#""label":"car","left":"1","top":1,"width":1,"height":1"#),
            &["response.annotations[0]"],
        );
        check(&of_box(r#""label":"car","left":1,"top":1,"width":1"#), &["response.annotations[0]"]);
        check(
            &of_box(r#""label":"car","left":1,"top":1,"width":1,"height":1,"confidence":0.9"#),
            &["response.annotations[0].confidence"],
        );
        check(
            &of_response(r#"{"annotations":[{"type":"circle","label":"car"}]}"#),
            &["response.annotations[0]"],
        );
    }

    #[test]
    fn annotations_without_an_id_get_the_same_one_each_time() {
        let text = of_response(
            r#"{"annotations":[{"type":"box","label":"a","left":1,"top":1,"width":1,"height":1},
                               {"uuid":"own","type":"box","label":"a","left":1,"top":1,"width":1,"height":1}]}"#,
        );
        let uuids = |row: Row| row.response.annotations.into_iter().map(|it| it.uuid).collect::<Vec<_>>();
        let first = uuids(read(&text, Some("m")).unwrap());
        assert_eq!(first, ["prelabel-1", "own"]);
        assert_eq!(uuids(read(&text, Some("m")).unwrap()), first);
    }
}
