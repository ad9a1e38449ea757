//! One row as it was sent: which asset, whose, how sure, what. What is wrong with it is told at its place.

use serde::Deserialize;
use serde_json::Value;
use sheaf_model::prelabel::source_problem;
use sheaf_model::{Millis, Ordinal, Problem, UserId};
use sheaf_store::prelabels::PrelabelRow;

use crate::Error;
use crate::rows::check::Said;
use crate::rows::row::{Key, from_text, response};

/// A row that can be read.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) said: Said,
    pub(super) source: String,
    pub(super) score: Option<f64>,
}

impl AsRef<Said> for Row {
    fn as_ref(&self) -> &Said {
        &self.said
    }
}

impl Row {
    /// As it is stored, once it fits.
    pub(super) fn stored(
        self,
        ordinal: Ordinal,
        taxonomy_version: i64,
        created: Millis,
        created_by: UserId,
    ) -> crate::Result<PrelabelRow> {
        let response = serde_json::to_string(&self.said.response);
        let response = response.map_err(|error| Error::internal(error.to_string()))?;
        let Self { source, score, .. } = self;
        Ok(PrelabelRow { ordinal, source, score, taxonomy_version, response, created, created_by })
    }
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
            let said = Said { asset, response, taxonomy_version: line.taxonomy_version };
            Ok(Row { said, source, score: line.score })
        }
        _ => Err(problems),
    }
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
        let uuids =
            |row: Row| row.said.response.annotations.into_iter().map(|it| it.uuid).collect::<Vec<_>>();
        let first = uuids(read(&text, Some("m")).unwrap());
        assert_eq!(first, ["prelabel-1", "own"]);
        assert_eq!(uuids(read(&text, Some("m")).unwrap()), first);
    }
}
