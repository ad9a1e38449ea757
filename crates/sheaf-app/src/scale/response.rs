//! From an answer of Sheaf's desk to a response in Scale's shape, and back.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use sheaf_model::Response;
use sheaf_model::response::Annotation;

use super::kind::{Desk, TaskKind};
use super::params::{Params, bad};
use super::taxonomy::CATEGORY;
use crate::Result;

/// Where a response has what Scale's shape of its type has no place for: answers to questions that the project asks besides, and
/// spans marked in the text of a text collection.
const GLOBAL: &str = "global_attributes";
const SPANS: &str = "spans";

/// The response of a task of this type. A project asks for more than the parameters of its tasks when a manager adds to its taxonomy
/// in the browser; nothing that was answered is left out.
pub(super) fn shaped(kind: TaskKind, params: &Params, answer: &Response) -> Value {
    match kind.desk() {
        Some(Desk::Category) => {
            let mut out = json!({ CATEGORY: answer.fields.get(CATEGORY) });
            let mut others = answer.fields.clone();
            others.remove(CATEGORY);
            put_global(&mut out, &others);
            if !answer.annotations.is_empty() {
                out["annotations"] = annotations(answer).into();
            }
            out
        }
        Some(Desk::Fields) => {
            let mut out = Map::new();
            for (id, value) in &answer.fields {
                let of =
                    params.list("fields").iter().find(|it| it.get("field_id").is_some_and(|it| it == id));
                let kind = of.and_then(|it| it.get("type")).cloned().unwrap_or_else(|| json!("text"));
                let given = match value {
                    Value::Array(list) => list.clone(),
                    Value::Null => Vec::new(),
                    one => vec![one.clone()],
                };
                out.insert(id.clone(), json!({ "type": kind, "field_id": id, "response": [given] }));
            }
            let mut out = json!({ "annotations": out });
            if !answer.annotations.is_empty() {
                out[SPANS] = annotations(answer).into();
            }
            out
        }
        Some(Desk::Spans) => {
            let spans = annotations(answer).into_iter().map(|mut span| {
                if let Some(map) = span.as_object_mut()
                    && let Some(id) = map.remove("uuid")
                {
                    map.insert("id".into(), id);
                    map.remove("type");
                }
                span
            });
            let mut out = json!({ "annotations": spans.collect::<Vec<_>>(), "relationships": [] });
            put_global(&mut out, &answer.fields);
            out
        }
        _ => {
            let mut out = json!({ "annotations": annotations(answer) });
            put_global(&mut out, &answer.fields);
            out
        }
    }
}

fn put_global(out: &mut Value, fields: &BTreeMap<String, Value>) {
    if !fields.is_empty() {
        out[GLOBAL] = json!(fields);
    }
}

fn annotations(answer: &Response) -> Vec<Value> {
    answer.annotations.iter().filter_map(|it| serde_json::to_value(it).ok()).collect()
}

/// The answer that a response in Scale's shape says.
pub(super) fn read(kind: TaskKind, params: &Params, response: &Value) -> Result<Response> {
    let mut out = Response::default();
    match kind.desk() {
        Some(Desk::Category) => {
            let value = category(params, response).ok_or_else(|| bad("the response has no `category`"))?;
            out.fields.insert(CATEGORY.into(), value);
            out.fields.extend(global(response).filter(|(id, _)| id != CATEGORY));
            // Elsewhere a categorization may have other things by this name.
            out.annotations = listed(kind, response, "annotations").unwrap_or_default();
        }
        Some(Desk::Fields) => {
            let fields = response.get("annotations").and_then(Value::as_object);
            for (id, value) in fields.ok_or_else(|| bad("the response has no object `annotations`"))? {
                out.fields.insert(id.clone(), field(kind, params, id, value));
            }
            out.annotations = listed(kind, response, SPANS)?;
        }
        Some(Desk::Shapes | Desk::Spans) => {
            if !response.get("annotations").is_some_and(Value::is_array) {
                return Err(bad("the response has no list `annotations`"));
            }
            out.annotations = listed(kind, response, "annotations")?;
            out.fields.extend(global(response));
        }
        None => return Err(bad(format!("Sheaf's desk does not show `{}`", kind.as_str()))),
    }
    Ok(out)
}

/// The annotations in a list of a response; none when there is no such list.
fn listed(kind: TaskKind, response: &Value, name: &str) -> Result<Vec<Annotation>> {
    let list = response.get(name).and_then(Value::as_array).into_iter().flatten();
    list.enumerate().map(|(at, value)| annotation(kind, at, value)).collect()
}

/// The answers to the questions that have no other place.
pub(super) fn global(response: &Value) -> impl Iterator<Item = (String, Value)> {
    let all = response.get(GLOBAL).and_then(Value::as_object).cloned();
    all.unwrap_or_default().into_iter()
}

/// What was chosen of the categories.
pub(super) fn category(params: &Params, response: &Value) -> Option<Value> {
    let value = response.get(CATEGORY).filter(|it| !it.is_null())?;
    let many = params.get("allow_multiple") == Some(&Value::Bool(true));
    Some(if many && value.is_string() { json!([value]) } else { value.clone() })
}

/// One of the annotations; `at` is its place among them.
pub(super) fn annotation(kind: TaskKind, at: usize, value: &Value) -> Result<Annotation> {
    let mut value = value.clone();
    if let Some(map) = value.as_object_mut() {
        if let Some(id) = map.remove("id") {
            map.entry("uuid").or_insert(id);
        }
        map.entry("uuid").or_insert_with(|| json!(format!("known-{at}")));
        let geometry = map.remove("geometry").filter(|it| !it.is_null());
        let shape = match (kind.desk(), geometry, map.contains_key("vertices")) {
            (Some(Desk::Spans), ..) => "span".into(),
            (_, Some(geometry), _) => geometry,
            (_, None, true) => "polygon".into(),
            (_, None, false) => "box".into(),
        };
        map.entry("type").or_insert(shape);
    }
    serde_json::from_value(value).map_err(|error| bad(format!("annotations[{at}]: {error}")))
}

/// What was given for a field: `[["no"]]` of one choice is `"no"`, of several `["no"]`.
pub(super) fn field(kind: TaskKind, params: &Params, id: &str, value: &Value) -> Value {
    let given = value.get("response").unwrap_or(value);
    let inner = match given {
        Value::Array(list) if list.len() == 1 && list[0].is_array() => &list[0],
        other => other,
    };
    let many = super::taxonomy::wanted(kind, params)
        .fields
        .iter()
        .any(|field| field.id == id && field.kind == sheaf_model::taxonomy::AnswerKind::Multiple);
    match inner {
        Value::Array(list) if list.len() == 1 && !many => list[0].clone(),
        one if many && !one.is_array() && !one.is_null() => json!([one]),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn round_trip(kind: &str, params: Value, response: Value) {
        let (kind, params) = (TaskKind::parse(kind).unwrap(), Params::of(params).unwrap());
        let answer = read(kind, &params, &response).unwrap();
        assert_eq!(shaped(kind, &params, &answer), response);
    }

    #[test]
    fn responses_round_trip() {
        let fields = json!({"fields": [{"field_id": "ok", "type": "category", "choices": [{"label": "No", "value": "no"}]},
            {"field_id": "all", "type": "category", "allow_multiple": true, "choices": [{"label": "A", "value": "a"}]}]});
        let response = json!({"annotations": {
            "all": {"type": "category", "field_id": "all", "response": [["a"]]},
            "ok": {"type": "category", "field_id": "ok", "response": [["no"]]},
        }});
        round_trip("textcollection", fields, response);
        round_trip("categorization", json!({}), json!({"category": "cat"}));
        round_trip("categorization", json!({"allow_multiple": true}), json!({"category": ["cat"]}));
        round_trip(
            "imageannotation",
            json!({}),
            json!({"annotations": [
                {"uuid": "u", "label": "car", "type": "box", "left": 1.0, "top": 2.0, "width": 3.0, "height": 4.0, "attributes": {}},
                {"uuid": "v", "label": "car", "type": "polygon", "vertices": [{"x": 1.0, "y": 2.0}], "attributes": {}},
            ]}),
        );
        round_trip(
            "namedentityrecognition",
            json!({}),
            json!({"annotations": [
            {"id": "u", "label": "who", "start": 0, "end": 3, "text": "Ann", "attributes": {}}], "relationships": []}),
        );
    }

    #[test]
    fn what_the_project_asks_besides_is_in_the_response() {
        let weather = json!({"weather": "rain", "n": 3});
        round_trip(
            "categorization",
            json!({}),
            json!({"category": "cat", "global_attributes": weather, "annotations": [
                {"uuid": "u", "label": "car", "type": "box", "left": 1.0, "top": 2.0, "width": 3.0, "height": 4.0, "attributes": {}},
            ]}),
        );
        round_trip(
            "namedentityrecognition",
            json!({}),
            json!({"annotations": [], "relationships": [], "global_attributes": weather}),
        );
        let fields = json!({"fields": [{"field_id": "ok", "type": "category", "choices": ["no"]}]});
        round_trip(
            "textcollection",
            fields,
            json!({
                "annotations": {
                    "ok": {"type": "category", "field_id": "ok", "response": [["no"]]},
                    "why": {"type": "text", "field_id": "why", "response": [["so"]]},
                },
                "spans": [{"uuid": "u", "label": "who", "type": "span", "start": 0, "end": 3, "text": "Ann", "attributes": {}}],
            }),
        );
    }
}
