//! An answer: annotations and the fields' values, in the shape that Scale's clients know, and its validation against a
//! taxonomy. Pixels are those of the original image; span offsets count Unicode code points, the end is exclusive.

mod fit;

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::taxonomy::{AnswerKind, Attribute, Question, Tool};
use crate::{Problem, Taxonomy};

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Response {
    pub annotations: Vec<Annotation>,
    pub fields: BTreeMap<String, Value>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Annotation {
    /// Stable over edits; made by the client.
    pub uuid: String,
    pub label: String,
    #[serde(flatten)]
    pub shape: Shape,
    #[serde(default)]
    pub attributes: BTreeMap<String, Value>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Shape {
    Box { left: f64, top: f64, width: f64, height: f64 },
    Polygon { vertices: Vec<Vertex> },
    Span { start: u64, end: u64, text: String },
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vertex {
    pub x: f64,
    pub y: f64,
}

/// What the asset is, as far as an answer must fit it.
#[derive(Debug, Clone, Copy)]
pub enum Canvas<'a> {
    /// Size in pixels; `None` when it is not known (an image at a URL).
    Image(Option<(u32, u32)>),
    Text(&'a str),
}

/// Annotations in one answer.
pub const ANNOTATIONS_MAX: usize = 5_000;
/// Vertices of one polygon.
pub const VERTICES_MAX: usize = 10_000;
/// Characters of one text answer.
pub const TEXT_CHARS_MAX: usize = 100_000;
/// Problems after which reading an answer stops.
const PROBLEMS_MAX: usize = 50;
/// Rounding in a browser may put a corner this many pixels past the edge.
const SLACK_PX: f64 = 0.5;

impl Shape {
    pub fn tool(&self) -> Tool {
        match self {
            Self::Box { .. } => Tool::Box,
            Self::Polygon { .. } => Tool::Polygon,
            Self::Span { .. } => Tool::Span,
        }
    }
}

impl Response {
    /// Everything that is wrong with the answer, each at its path; empty when it may be handed in.
    pub fn problems(&self, taxonomy: &Taxonomy, canvas: Canvas<'_>) -> Vec<Problem> {
        Check { out: Vec::new(), canvas, chars: None, may_lack: false }.all(self, taxonomy)
    }

    /// How often each label stands in the answer: annotations by label, and chosen options of the fields.
    pub fn label_counts(&self) -> BTreeMap<String, u32> {
        let mut out = BTreeMap::new();
        for annotation in &self.annotations {
            *out.entry(annotation.label.clone()).or_default() += 1;
        }
        for value in self.fields.values() {
            let chosen: Vec<&str> = match value {
                Value::String(text) if text.chars().count() <= crate::taxonomy::NAME_CHARS_MAX => vec![text],
                Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
                _ => Vec::new(),
            };
            for text in chosen {
                *out.entry(text.to_owned()).or_default() += 1;
            }
        }
        out
    }
}

struct Check<'a> {
    out: Vec<Problem>,
    canvas: Canvas<'a>,
    /// The text's characters, made on the first span.
    chars: Option<Vec<char>>,
    /// What is required may be missing.
    may_lack: bool,
}

impl Check<'_> {
    fn all(mut self, response: &Response, taxonomy: &Taxonomy) -> Vec<Problem> {
        let n = response.annotations.len();
        if n > ANNOTATIONS_MAX {
            self.add("annotations", format!("has {n} entries, more than {ANNOTATIONS_MAX}"));
            return self.out;
        }
        let mut uuids = HashSet::new();
        for (i, annotation) in response.annotations.iter().enumerate() {
            let at = format!("annotations[{i}]");
            if annotation.uuid.is_empty() || annotation.uuid.len() > 64 {
                self.add(format!("{at}.uuid"), "must have 1 to 64 characters");
            } else if !uuids.insert(annotation.uuid.as_str()) {
                self.add(format!("{at}.uuid"), "is there twice");
            }
            self.annotation(&at, annotation, taxonomy);
            if self.out.len() > PROBLEMS_MAX {
                return self.out;
            }
        }
        for id in response.fields.keys() {
            if !taxonomy.fields.iter().any(|field| field.id == *id) {
                self.unknown_field(id);
            }
        }
        for field in &taxonomy.fields {
            self.question(field, response.fields.get(&field.id));
        }
        self.out
    }

    fn unknown_field(&mut self, id: &str) {
        self.add(format!("fields.{id}"), "is not a field of the taxonomy");
    }

    fn add(&mut self, path: impl Into<String>, message: impl Into<String>) {
        self.out.push(Problem::new(path, message));
    }

    fn annotation(&mut self, at: &str, annotation: &Annotation, taxonomy: &Taxonomy) {
        let Some(label) = taxonomy.label(&annotation.label) else {
            self.add(format!("{at}.label"), format!("`{}` is not a label of the taxonomy", annotation.label));
            return;
        };
        let tool = annotation.shape.tool();
        if !label.tools.contains(&tool) {
            self.add(
                format!("{at}.type"),
                format!("`{}` is not a tool of label `{}`", tool.as_str(), label.name),
            );
        }
        match &annotation.shape {
            Shape::Box { left, top, width, height } => self.rectangle(at, [*left, *top, *width, *height]),
            Shape::Polygon { vertices } => self.polygon(at, vertices),
            Shape::Span { start, end, text } => self.span(at, *start, *end, text),
        }
        for name in annotation.attributes.keys() {
            if !label.attributes.iter().any(|attribute| attribute.name == *name) {
                self.add(
                    format!("{at}.attributes.{name}"),
                    format!("is not an attribute of label `{}`", label.name),
                );
            }
        }
        for attribute in &label.attributes {
            self.attribute(at, attribute, annotation.attributes.get(&attribute.name));
        }
    }

    fn rectangle(&mut self, at: &str, [left, top, width, height]: [f64; 4]) {
        for (name, value) in [("left", left), ("top", top), ("width", width), ("height", height)] {
            if !value.is_finite() {
                self.add(format!("{at}.{name}"), "is not a finite number");
                return;
            }
        }
        for (name, value) in [("width", width), ("height", height)] {
            if value <= 0.0 {
                self.add(format!("{at}.{name}"), "must be larger than 0");
            }
        }
        self.inside(&format!("{at}.left"), &format!("{at}.top"), left, top);
        self.inside(&format!("{at}.width"), &format!("{at}.height"), left + width, top + height);
    }

    fn polygon(&mut self, at: &str, vertices: &[Vertex]) {
        if vertices.len() < 3 || vertices.len() > VERTICES_MAX {
            self.add(
                format!("{at}.vertices"),
                format!("must have 3 to {VERTICES_MAX} points, not {}", vertices.len()),
            );
            return;
        }
        for (v, vertex) in vertices.iter().enumerate() {
            let path = format!("{at}.vertices[{v}]");
            if !vertex.x.is_finite() || !vertex.y.is_finite() {
                self.add(path, "is not a point of finite numbers");
            } else {
                self.inside(&format!("{path}.x"), &format!("{path}.y"), vertex.x, vertex.y);
            }
            if self.out.len() > PROBLEMS_MAX {
                return;
            }
        }
    }

    fn inside(&mut self, path_x: &str, path_y: &str, x: f64, y: f64) {
        let Canvas::Image(size) = self.canvas else {
            self.add(path_x, "is geometry, but the asset is a text");
            return;
        };
        let (width, height) = size.map_or((f64::MAX, f64::MAX), |(w, h)| (f64::from(w), f64::from(h)));
        for (path, value, max) in [(path_x, x, width), (path_y, y, height)] {
            if value < -SLACK_PX || value > max + SLACK_PX {
                self.add(path, format!("reaches {value}, outside the image (0 to {max})"));
            }
        }
    }

    fn span(&mut self, at: &str, start: u64, end: u64, text: &str) {
        let Canvas::Text(content) = self.canvas else {
            self.add(format!("{at}.type"), "is a span, but the asset is not a text");
            return;
        };
        let chars = self.chars.get_or_insert_with(|| content.chars().collect());
        let n = chars.len() as u64;
        if start >= end || end > n {
            self.add(
                format!("{at}.end"),
                format!("{start}..{end} is not a span of a text of {n} characters"),
            );
            return;
        }
        let slice = &chars[start as usize..end as usize];
        if !slice.iter().copied().eq(text.chars()) {
            self.add(
                format!("{at}.text"),
                format!("is not the text at {start}..{end}; offsets count Unicode code points"),
            );
        }
    }

    fn attribute(&mut self, at: &str, attribute: &Attribute, value: Option<&Value>) {
        let path = format!("{at}.attributes.{}", attribute.name);
        let options: Vec<&str> = attribute.options.iter().map(String::as_str).collect();
        self.answer(&path, attribute.kind, &options, attribute.required, (None, None), value);
    }

    fn question(&mut self, field: &Question, value: Option<&Value>) {
        let path = format!("fields.{}", field.id);
        let options: Vec<&str> = field.options.iter().map(|choice| choice.value.as_str()).collect();
        self.answer(&path, field.kind, &options, field.required, (field.min, field.max), value);
    }

    fn answer(
        &mut self,
        path: &str,
        kind: AnswerKind,
        options: &[&str],
        required: bool,
        (min, max): (Option<f64>, Option<f64>),
        value: Option<&Value>,
    ) {
        let empty = match value {
            None | Some(Value::Null) => true,
            Some(Value::String(text)) => text.is_empty(),
            Some(Value::Array(items)) => items.is_empty(),
            Some(_) => false,
        };
        if empty {
            if required && !self.may_lack {
                self.add(path, "is required");
            }
            return;
        }
        let Some(value) = value else { return };
        let one_of = |value: &Value| value.as_str().is_some_and(|text| options.contains(&text));
        let wrong = match kind {
            AnswerKind::Single => (!one_of(value)).then(|| format!("must be one of: {}", options.join(", "))),
            AnswerKind::Multiple => {
                let ok = value.as_array().is_some_and(|items| {
                    items.iter().all(one_of) && items.iter().collect::<HashSet<_>>().len() == items.len()
                });
                (!ok).then(|| format!("must be a list, each once, of: {}", options.join(", ")))
            }
            AnswerKind::Boolean => (!value.is_boolean()).then(|| "must be true or false".to_owned()),
            AnswerKind::Number => match value.as_f64() {
                None => Some("must be a number".to_owned()),
                Some(x) if min.is_some_and(|min| x < min) || max.is_some_and(|max| x > max) => {
                    Some(format!("{x} is out of range{}", range_text(min, max)))
                }
                Some(_) => None,
            },
            AnswerKind::Text => match value.as_str().map(|text| text.chars().count()) {
                None => Some("must be text".to_owned()),
                Some(n) if n > TEXT_CHARS_MAX => {
                    Some(format!("has {n} characters, more than {TEXT_CHARS_MAX}"))
                }
                Some(n)
                    if min.is_some_and(|min| (n as f64) < min) || max.is_some_and(|max| (n as f64) > max) =>
                {
                    Some(format!("has {n} characters{}", range_text(min, max)))
                }
                Some(_) => None,
            },
        };
        if let Some(message) = wrong {
            self.add(path, message);
        }
    }
}

fn range_text(min: Option<f64>, max: Option<f64>) -> String {
    match (min, max) {
        (Some(min), Some(max)) => format!(" ({min} to {max})"),
        (Some(min), None) => format!(" (at least {min})"),
        (None, Some(max)) => format!(" (at most {max})"),
        (None, None) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TAXONOMY: &str = r##"{
        "labels": [
            {"name":"car","color":"#ff0000","tools":["box","polygon"],
             "attributes":[{"name":"side","type":"single","options":["left","right"],"required":true}]},
            {"name":"person","color":"#00ff00","tools":["span"]}],
        "fields": [{"id":"kind","title":"Kind","type":"single","required":true,"options":[{"value":"a"},{"value":"b"}]},
                   {"id":"n","title":"N","type":"number","min":0,"max":5}]}"##;

    #[track_caller]
    fn check(canvas: Canvas<'_>, annotations: &str, fields: &str, paths: &[&str]) {
        let taxonomy: Taxonomy = serde_json::from_str(TAXONOMY).unwrap();
        let text = format!(r#"{{"annotations":[{annotations}],"fields":{fields}}}"#);
        let response: Response = serde_json::from_str(&text).unwrap();
        let found: Vec<String> = response.problems(&taxonomy, canvas).into_iter().map(|p| p.path).collect();
        assert_eq!(found, paths, "{text}");
    }

    const IMAGE: Canvas<'static> = Canvas::Image(Some((100, 50)));

    #[test]
    fn boxes_stay_inside() {
        let car = |rest: &str| {
            format!(r#"{{"uuid":"1","type":"box","label":"car","attributes":{{"side":"left"}},{rest}}}"#)
        };
        check(IMAGE, &car(r#""left":0,"top":0,"width":100,"height":50"#), r#"{"kind":"a"}"#, &[]);
        check(
            IMAGE,
            &car(r#""left":0,"top":0,"width":101,"height":50"#),
            r#"{"kind":"a"}"#,
            &["annotations[0].width"],
        );
        check(
            IMAGE,
            &car(r#""left":-9,"top":0,"width":10,"height":0"#),
            r#"{"kind":"a"}"#,
            &["annotations[0].height", "annotations[0].left"],
        );
        check(
            Canvas::Image(None),
            &car(r#""left":0,"top":0,"width":9999,"height":50"#),
            r#"{"kind":"a"}"#,
            &[],
        );
    }

    #[test]
    fn fields_and_attributes_are_checked() {
        check(IMAGE, "", "{}", &["fields.kind"]);
        check(IMAGE, "", r#"{"kind":"c","n":6,"x":1}"#, &["fields.x", "fields.kind", "fields.n"]);
        let bare = r#"{"uuid":"1","type":"polygon","label":"car","vertices":[{"x":1,"y":1},{"x":2,"y":2}]}"#;
        check(IMAGE, bare, r#"{"kind":"a"}"#, &["annotations[0].vertices", "annotations[0].attributes.side"]);
        check(
            IMAGE,
            r#"{"uuid":"1","type":"box","label":"bus","left":1,"top":1,"width":1,"height":1}"#,
            r#"{"kind":"a"}"#,
            &["annotations[0].label"],
        );
    }

    #[test]
    fn spans_count_code_points() {
        let span = |start: u32, end: u32, text: &str| {
            format!(
                r#"{{"uuid":"1","type":"span","label":"person","start":{start},"end":{end},"text":"{text}"}}"#
            )
        };
        let text = Canvas::Text("a 😀 Jané");
        check(text, &span(4, 8, "Jané"), r#"{"kind":"a"}"#, &[]);
        check(text, &span(5, 8, "Jané"), r#"{"kind":"a"}"#, &["annotations[0].text"]);
        check(text, &span(4, 9, "Jané"), r#"{"kind":"a"}"#, &["annotations[0].end"]);
    }
}
