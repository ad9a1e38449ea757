//! One row as it was sent: which asset, who answered it, when, what. What is wrong with it is told at its place.

use serde::Deserialize;
use serde_json::Value;
use sheaf_model::{Millis, Problem};

use crate::rows::check::Said;
use crate::rows::row::{Key, from_text, response, shown};

/// Characters of who gave an answer.
const ANNOTATOR_CHARS_MAX: usize = 200;

/// A row that can be read.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) said: Said,
    pub(super) annotator: String,
    pub(super) answered: Option<Millis>,
}

impl AsRef<Said> for Row {
    fn as_ref(&self) -> &Said {
        &self.said
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    asset_id: Option<String>,
    reference_id: Option<String>,
    upload: Option<String>,
    path: Option<String>,
    annotator: Option<String>,
    answered_at: Option<String>,
    taxonomy_version: Option<i64>,
    response: Value,
}

/// Reads a row.
pub(super) fn read(text: &str, now: Millis) -> Result<Row, Vec<Problem>> {
    let line: Line = from_text(text).map_err(|problem| vec![problem])?;
    let mut problems = Vec::new();
    let asset = Key::of(line.asset_id, line.reference_id, line.upload, line.path);
    let asset = asset.map_err(|problem| problems.push(problem)).ok();
    match &line.annotator {
        None => problems.push(Problem::new("annotator", "is missing: who gave the answer?")),
        Some(annotator) => problems.extend(annotator_problem(annotator)),
    }
    let answered = line.answered_at.as_deref().map(|text| time(text, now)).transpose();
    let answered = answered.map_err(|problem| problems.push(problem)).ok();
    let response = response(line.response, "answer").map_err(|found| problems.extend(found)).ok();
    match (asset, line.annotator, answered, response) {
        (Some(asset), Some(annotator), Some(answered), Some(response)) if problems.is_empty() => {
            let said = Said { asset, response, taxonomy_version: line.taxonomy_version };
            Ok(Row { said, annotator, answered })
        }
        _ => Err(problems),
    }
}

fn annotator_problem(annotator: &str) -> Option<Problem> {
    let chars = annotator.chars().count();
    let bad = annotator.trim() != annotator || chars == 0 || chars > ANNOTATOR_CHARS_MAX;
    let message = format!(
        "is who gave the answer: 1 to {ANNOTATOR_CHARS_MAX} characters, without control characters, not beginning or ending with a space"
    );
    (bad || annotator.chars().any(char::is_control)).then(|| Problem::new("annotator", message))
}

fn time(text: &str, now: Millis) -> Result<Millis, Problem> {
    let told = |message: &str| Problem::new("answered_at", format!("{message}: `{}`", shown(text)));
    let at = text.parse::<jiff::Timestamp>().map_err(|_| told("is no time such as 2026-05-31T12:00:00Z"))?;
    match at.as_millisecond() {
        at if at < 0 => Err(told("is before 1970")),
        at if at > now => Err(told("is still to come")),
        at => Ok(at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = 1_800_000_000_000;

    #[track_caller]
    fn check(rest: &str, paths: &[&str]) {
        let text = format!(r#"{{"reference_id":"a",{rest}}}"#);
        let found = match read(&text, NOW) {
            Ok(_) => Vec::new(),
            Err(problems) => problems,
        };
        let found_paths: Vec<&str> = found.iter().map(|problem| problem.path.as_str()).collect();
        assert_eq!(found_paths, paths, "{text}: {found:?}");
    }

    #[test]
    fn rows_say_who_and_when() {
        check(r#""annotator":"kim@x.org","response":{}"#, &[]);
        check(
            r#""annotator":"Kim (Label Studio)","answered_at":"2024-05-31T12:00:00+02:00","response":{}"#,
            &[],
        );
        check(r#""response":{}"#, &["annotator"]);
        for who in ["", " kim", "kim ", "k\\u0000", &"x".repeat(201)] {
            check(&format!(r#""annotator":"{who}","response":{{}}"#), &["annotator"]);
        }
        for at in ["yesterday", "2024-05-31", "1969-12-31T23:59:59Z", "2099-01-01T00:00:00Z"] {
            let row = format!(r#""annotator":"k","answered_at":"{at}","response":{{}}"#);
            check(&row, &["answered_at"]);
        }
        check(r#""annotator":"k","score":0.5,"response":{}"#, &["score"]);
        check(r#""annotator":"k","source":"m","response":{}"#, &["source"]);
        check(r#""annotator":"k""#, &[""]);
        let read = read(
            r#"{"reference_id":"a","annotator":"k","answered_at":"1970-01-01T00:00:01.5Z","response":{
                "annotations":[{"type":"box","label":"a","left":1,"top":1,"width":1,"height":1}]}}"#,
            NOW,
        );
        let read = read.unwrap();
        assert_eq!(
            (read.answered, read.said.response.annotations[0].uuid.as_str()),
            (Some(1_500), "answer-1")
        );
    }
}
