//! Content that nobody handed in, such as a pre-label: it may lack what an answer must have, and what does not fit a newer
//! taxonomy is left out of it part by part.

use serde_json::Value;

use super::{Canvas, Check, PROBLEMS_MAX, Response};
use crate::{Problem, Taxonomy};

impl Response {
    /// [`Response::problems`] but for what is required and missing: whoever begins with it adds that.
    pub fn misfits(&self, taxonomy: &Taxonomy, canvas: Canvas<'_>) -> Vec<Problem> {
        Check { out: Vec::new(), canvas, chars: None, may_lack: true }.all(self, taxonomy)
    }

    /// What of it fits, and what was left out: a whole annotation, one of its attributes, a field.
    pub fn fitting(mut self, taxonomy: &Taxonomy, canvas: Canvas<'_>) -> (Self, Vec<Problem>) {
        let mut check = Check { out: Vec::new(), canvas, chars: None, may_lack: true };
        let mut left_out = Vec::new();
        let mut at = 0;
        self.annotations.retain_mut(|annotation| {
            let path = format!("annotations[{at}]");
            at += 1;
            check.annotation(&path, annotation, taxonomy);
            let found = std::mem::take(&mut check.out);
            let of_attributes = format!("{path}.attributes.");
            let names: Vec<_> =
                found.iter().filter_map(|problem| problem.path.strip_prefix(&of_attributes)).collect();
            let stays = names.len() == found.len();
            annotation.attributes.retain(|name, _| !names.contains(&name.as_str()));
            left_out.extend(found);
            stays
        });
        self.fields.retain(|id, value| {
            match taxonomy.fields.iter().find(|field| field.id == *id) {
                Some(field) => check.question(field, Some(value)),
                None => check.unknown_field(id),
            }
            let fits = check.out.is_empty();
            left_out.append(&mut check.out);
            fits
        });
        left_out.truncate(PROBLEMS_MAX);
        (self, left_out)
    }

    /// Whether both say the same: the same annotations in any order, the same values; what is empty is as what is missing.
    pub fn says_what(&self, other: &Self) -> bool {
        fn there(value: &Value) -> bool {
            match value {
                Value::Null => false,
                Value::String(text) => !text.is_empty(),
                Value::Array(items) => !items.is_empty(),
                _ => true,
            }
        }
        type Values = std::collections::BTreeMap<String, Value>;
        // Numbers by their value: a browser writes 4.0 as 4.
        let same = |a: &Value, b: &Value| match (a.as_f64(), b.as_f64()) {
            (Some(a), Some(b)) => a == b,
            _ => a == b,
        };
        let equal = |a: &Values, b: &Values| {
            let (mut a, mut b) = (a.iter().filter(|it| there(it.1)), b.iter().filter(|it| there(it.1)));
            loop {
                match (a.next(), b.next()) {
                    (None, None) => return true,
                    (Some((name, x)), Some((other, y))) if name == other && same(x, y) => {}
                    _ => return false,
                }
            }
        };
        let sorted = |it: &Self| {
            let mut all = it.annotations.clone();
            all.sort_by(|a, b| a.uuid.cmp(&b.uuid));
            all
        };
        self.annotations.len() == other.annotations.len()
            && equal(&self.fields, &other.fields)
            && sorted(self).iter().zip(&sorted(other)).all(|(a, b)| {
                a.uuid == b.uuid
                    && a.label == b.label
                    && a.shape == b.shape
                    && equal(&a.attributes, &b.attributes)
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TAXONOMY: &str = r##"{
        "labels": [{"name":"car","color":"#ff0000","tools":["box"],
            "attributes":[{"name":"side","type":"single","options":["left","right"],"required":true}]}],
        "fields": [{"id":"kind","title":"Kind","type":"single","required":true,"options":[{"value":"a"},{"value":"b"}]},
                   {"id":"n","title":"N","type":"number","min":0,"max":5}]}"##;
    const IMAGE: Canvas<'static> = Canvas::Image(Some((100, 50)));

    fn read(text: &str) -> Response {
        serde_json::from_str(text).unwrap()
    }

    fn paths(problems: &[Problem]) -> Vec<&str> {
        problems.iter().map(|problem| problem.path.as_str()).collect()
    }

    fn of_boxes(boxes: &[(&str, &str, u32, &str)], fields: &str) -> Response {
        let all: Vec<String> = boxes
            .iter()
            .map(|(uuid, label, left, attributes)| {
                format!(
                    r#"{{"uuid":"{uuid}","type":"box","label":"{label}","left":{left},"top":0,"width":10,"height":10,"attributes":{attributes}}}"#
                )
            })
            .collect();
        read(&format!(r#"{{"annotations":[{}],"fields":{fields}}}"#, all.join(",")))
    }

    #[test]
    fn what_is_missing_is_no_misfit() {
        let taxonomy: Taxonomy = serde_json::from_str(TAXONOMY).unwrap();
        let partly = of_boxes(&[("1", "car", 0, "{}")], "{}");
        assert_eq!(
            paths(&partly.problems(&taxonomy, IMAGE)),
            ["annotations[0].attributes.side", "fields.kind"]
        );
        assert_eq!(partly.misfits(&taxonomy, IMAGE), []);
        let wrong = of_boxes(&[("1", "bus", 0, "{}"), ("1", "car", 95, r#"{"side":"up"}"#)], r#"{"n":6}"#);
        assert_eq!(
            paths(&wrong.misfits(&taxonomy, IMAGE)),
            [
                "annotations[0].label",
                "annotations[1].uuid",
                "annotations[1].width",
                "annotations[1].attributes.side",
                "fields.n"
            ]
        );
    }

    #[test]
    fn what_does_not_fit_is_left_out_part_by_part() {
        let taxonomy: Taxonomy = serde_json::from_str(TAXONOMY).unwrap();
        let old = of_boxes(
            &[
                ("1", "bus", 0, "{}"),
                ("2", "car", 5, r#"{"side":"up","old":1}"#),
                ("3", "car", 95, "{}"),
                ("4", "car", 9, r#"{"side":"left"}"#),
            ],
            r#"{"kind":"a","n":9,"gone":"x"}"#,
        );
        let (kept, left_out) = old.fitting(&taxonomy, IMAGE);
        let uuids: Vec<_> = kept.annotations.iter().map(|it| it.uuid.as_str()).collect();
        assert_eq!(uuids, ["2", "4"]);
        assert!(kept.annotations[0].attributes.is_empty() && kept.annotations[1].attributes.len() == 1);
        assert_eq!(kept.fields.keys().collect::<Vec<_>>(), ["kind"]);
        assert_eq!(
            paths(&left_out),
            [
                "annotations[0].label",
                "annotations[1].attributes.old",
                "annotations[1].attributes.side",
                "annotations[2].width",
                "fields.gone",
                "fields.n"
            ]
        );
        assert_eq!(kept.misfits(&taxonomy, IMAGE), []);
        let (again, nothing) = kept.clone().fitting(&taxonomy, IMAGE);
        assert!(again == kept && nothing.is_empty());
    }

    #[test]
    fn the_same_said_otherwise_is_the_same() {
        let one = of_boxes(&[("1", "car", 0, "{}"), ("2", "car", 5, "{}")], r#"{"n":4.0,"kind":""}"#);
        let two = of_boxes(&[("2", "car", 5, r#"{"side":null}"#), ("1", "car", 0, "{}")], r#"{"n":4}"#);
        assert!(one.says_what(&two) && two.says_what(&one));
        for other in [
            of_boxes(&[("1", "car", 0, "{}"), ("2", "car", 6, "{}")], r#"{"n":4}"#),
            of_boxes(&[("1", "car", 0, "{}")], r#"{"n":4}"#),
            of_boxes(&[("1", "car", 0, "{}"), ("2", "car", 5, "{}")], r#"{"n":3}"#),
            of_boxes(&[("1", "car", 0, "{}"), ("2", "car", 5, r#"{"side":"left"}"#)], r#"{"n":4}"#),
            of_boxes(&[("1", "car", 0, "{}"), ("3", "car", 5, "{}")], r#"{"n":4}"#),
        ] {
            assert!(!one.says_what(&other), "{other:?}");
        }
    }
}
