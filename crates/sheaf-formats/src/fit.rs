//! Answers of others made to fit a project's taxonomy: labels and questions are found by their names, values become those of the
//! kind that is asked for, and what does not fit is left out and noted.

use serde_json::Value;
use sheaf_model::response::TEXT_CHARS_MAX;
use sheaf_model::taxonomy::AnswerKind;
use sheaf_model::{Response, Taxonomy};

use crate::Report;

/// Makes an answer fit. Names are compared as they are, then without regard to case.
pub fn fit(response: &mut Response, taxonomy: &Taxonomy, report: &mut Report, place: &str) {
    response.annotations.retain_mut(|annotation| {
        let known = find(&taxonomy.labels, |label| &label.name, &annotation.label);
        let Some(label) = known else {
            report.note(
                format!("annotation left out: `{}` is no label of the project", annotation.label),
                place,
            );
            return false;
        };
        let tool = annotation.shape.tool();
        if !label.tools.contains(&tool) {
            let why =
                format!("annotation left out: `{}` is no tool of label `{}`", tool.as_str(), label.name);
            report.note(why, place);
            return false;
        }
        annotation.label.clone_from(&label.name);
        for (name, value) in std::mem::take(&mut annotation.attributes) {
            let known = find(&label.attributes, |attribute| &attribute.name, &name);
            let Some(attribute) = known else {
                report.note(
                    format!("value left out: `{name}` is no attribute of label `{}`", label.name),
                    place,
                );
                continue;
            };
            let options: Vec<&str> = attribute.options.iter().map(String::as_str).collect();
            match bend(value, attribute.kind, &options, (None, None)) {
                Some(value) => drop(annotation.attributes.insert(attribute.name.clone(), value)),
                None => report.note(format!("value left out: attribute `{name}` does not allow it"), place),
            }
        }
        true
    });
    for (id, value) in std::mem::take(&mut response.fields) {
        let known = find(&taxonomy.fields, |field| &field.id, &id)
            .or_else(|| find(&taxonomy.fields, |field| &field.title, &id));
        let Some(field) = known else {
            report.note(format!("value left out: `{id}` is no field of the project"), place);
            continue;
        };
        let options: Vec<&str> = field.options.iter().map(|choice| choice.value.as_str()).collect();
        match bend(value, field.kind, &options, (field.min, field.max)) {
            Some(value) => drop(response.fields.insert(field.id.clone(), value)),
            None => report.note(format!("value left out: field `{id}` does not allow it"), place),
        }
    }
}

fn find<'a, T>(all: &'a [T], name: impl Fn(&T) -> &String, wanted: &str) -> Option<&'a T> {
    all.iter()
        .find(|one| name(one) == wanted)
        .or_else(|| all.iter().find(|one| name(one).to_lowercase() == wanted.to_lowercase()))
}

/// A value as one of this kind; `None` when it cannot be one.
fn bend(
    value: Value,
    kind: AnswerKind,
    options: &[&str],
    range: (Option<f64>, Option<f64>),
) -> Option<Value> {
    let option = |value: &Value| -> Option<Value> {
        let text = text_of(value)?;
        let exact = options.iter().find(|option| **option == text);
        exact
            .or_else(|| options.iter().find(|option| option.to_lowercase() == text.to_lowercase()))
            .map(|option| Value::from(*option))
    };
    let within = |x: f64| range.0.is_none_or(|min| x >= min) && range.1.is_none_or(|max| x <= max);
    match kind {
        AnswerKind::Single => match &value {
            Value::Array(items) => match items.as_slice() {
                [one] => option(one),
                _ => None,
            },
            one => option(one),
        },
        AnswerKind::Multiple => {
            let items = match value {
                Value::Array(items) => items,
                one => vec![one],
            };
            let mut out: Vec<Value> = Vec::new();
            for item in &items {
                let item = option(item)?;
                if !out.contains(&item) {
                    out.push(item);
                }
            }
            Some(Value::Array(out))
        }
        AnswerKind::Boolean => match &value {
            Value::Bool(_) => Some(value),
            Value::Number(number) if number.as_u64() == Some(0) => Some(Value::Bool(false)),
            Value::Number(number) if number.as_u64() == Some(1) => Some(Value::Bool(true)),
            Value::String(text) if matches!(text.to_lowercase().as_str(), "true" | "yes") => {
                Some(Value::Bool(true))
            }
            Value::String(text) if matches!(text.to_lowercase().as_str(), "false" | "no") => {
                Some(Value::Bool(false))
            }
            _ => None,
        },
        AnswerKind::Number => {
            let number = match &value {
                Value::String(text) => crate::xml::number(text).map(Value::from)?,
                Value::Number(_) => value,
                _ => return None,
            };
            number.as_f64().is_some_and(within).then_some(number)
        }
        AnswerKind::Text => {
            let text = text_of(&value)?;
            let n = text.chars().count();
            (n <= TEXT_CHARS_MAX && within(n as f64)).then(|| Value::from(text))
        }
    }
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(yes) => Some(yes.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_and_values_are_found_and_the_rest_is_noted() {
        let taxonomy: Taxonomy = serde_json::from_value(json!({
            "labels": [{"name":"Car","color":"#ff0000","tools":["box"],"attributes":[
                {"name":"side","type":"single","options":["left","right"]},
                {"name":"parts","type":"multiple","options":["a","b"]},
                {"name":"old","type":"boolean"},{"name":"n","type":"number"}]}],
            "fields": [{"id":"w","title":"Weather","type":"single","options":[{"value":"rain"}]}],
        }))
        .unwrap();
        let mut response: Response = serde_json::from_value(json!({
            "annotations": [
                {"uuid":"1","label":"car","type":"box","left":0,"top":0,"width":1,"height":1,
                 "attributes":{"side":["Left"],"parts":"a","old":"true","n":"3","wheels":4}},
                {"uuid":"2","label":"bus","type":"box","left":0,"top":0,"width":1,"height":1},
                {"uuid":"3","label":"Car","type":"polygon","vertices":[]}],
            "fields": {"weather":"Rain","other":1}}))
        .unwrap();
        let mut report = Report::default();
        fit(&mut response, &taxonomy, &mut report, "a");
        let got = serde_json::to_value(&response).unwrap();
        assert_eq!(got["annotations"].as_array().unwrap().len(), 1);
        assert_eq!(got["annotations"][0]["label"], "Car");
        assert_eq!(
            got["annotations"][0]["attributes"],
            json!({"side":"left","parts":["a"],"old":true,"n":3.0})
        );
        assert_eq!(got["fields"], json!({"w":"rain"}));
        assert_eq!(report.notes().count(), 4, "{report}");
    }
}
