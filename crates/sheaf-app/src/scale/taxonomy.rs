//! From the parameters of a task to Sheaf's taxonomy: what of them the desk can ask for.

use serde_json::Value;
use sheaf_model::Taxonomy;
use sheaf_model::taxonomy::{AnswerKind, Attribute, Choice, Label, Question, Tool};

use super::kind::{Desk, TaskKind};
use super::params::Params;

/// The question of a categorization.
pub(super) const CATEGORY: &str = "category";
/// Hues that are told apart, given one after the other.
const COLOURS: [&str; 12] = [
    "#e6194b", "#3cb44b", "#4363d8", "#f58231", "#911eb4", "#008080", "#9a6324", "#800000", "#808000",
    "#000075", "#d63384", "#1f8a70",
];

/// What the desk asks for; empty when it can ask for nothing of it.
pub(super) fn wanted(kind: TaskKind, params: &Params) -> Taxonomy {
    let mut out = Taxonomy::default();
    match kind.desk() {
        Some(Desk::Shapes) => shapes(kind, params, &mut out),
        Some(Desk::Category) => {
            let options = names(params.list("categories"));
            let many = params.get("allow_multiple").is_some_and(|value| value == &Value::Bool(true));
            if !options.is_empty() {
                let title = params.text("title").unwrap_or("Category");
                out.fields.push(question(CATEGORY, title, single_or(many), options, true));
            }
        }
        Some(Desk::Fields) => out.fields.extend(params.list("fields").iter().filter_map(field)),
        Some(Desk::Spans) => {
            for (name, _) in entries(params.list("labels")) {
                out.labels.push(label(name, Tool::Span, out.labels.len()));
            }
        }
        None => {}
    }
    out
}

fn shapes(kind: TaskKind, params: &Params, out: &mut Taxonomy) {
    let mut add = |tool: Tool, objects: &[Value]| {
        for name in names(objects) {
            match out.labels.iter_mut().find(|label| label.name == name) {
                Some(known) if known.tools.contains(&tool) => {}
                Some(known) => known.tools.push(tool),
                None => out.labels.push(label(name, tool, out.labels.len())),
            }
        }
    };
    let own = params.list("objects_to_annotate");
    match kind.as_str() {
        "annotation" => add(Tool::Box, own),
        "polygonannotation" => add(Tool::Polygon, own),
        _ => {
            for (geometry, tool) in [("box", Tool::Box), ("polygon", Tool::Polygon)] {
                let objects = params.get("geometries").and_then(|all| all.get(geometry));
                let objects = objects.and_then(|it| it.get("objects_to_annotate")).and_then(Value::as_array);
                add(tool, objects.map_or(&[], Vec::as_slice));
            }
        }
    }
    for (name, what) in params.get("annotation_attributes").and_then(Value::as_object).into_iter().flatten() {
        attribute(name, what, out);
    }
}

/// An attribute of the labels that its conditions name, of all when they name none; a global one is a question.
fn attribute(name: &str, what: &Value, out: &mut Taxonomy) {
    let many = what.get("allow_multiple").is_some_and(|value| value == &Value::Bool(true));
    let options = names(what.get("choices").and_then(Value::as_array).map_or(&[], Vec::as_slice));
    let kind = match what.get("type").and_then(Value::as_str) {
        Some("category") | None if !options.is_empty() => single_or(many),
        Some("number" | "angle") => AnswerKind::Number,
        Some("text") => AnswerKind::Text,
        _ => return,
    };
    let options = if kind.has_options() { options } else { Vec::new() };
    let title = what.get("description").and_then(Value::as_str).map(str::to_owned);
    if what.get("global") == Some(&Value::Bool(true)) {
        out.fields.push(question(name, title.as_deref().unwrap_or(name), kind, options, false));
        return;
    }
    let only = what.pointer("/conditions/label_condition/label").map(|labels| match labels {
        Value::Array(list) => names(list),
        one => names(std::slice::from_ref(one)),
    });
    for label in &mut out.labels {
        if only.as_ref().is_none_or(|only| only.contains(&label.name)) {
            let (name, options) = (name.to_owned(), options.clone());
            label.attributes.push(Attribute { name, title: None, kind, options, required: false });
        }
    }
}

/// A field of a text collection.
fn field(what: &Value) -> Option<Question> {
    let id = what.get("field_id")?.as_str()?;
    let title = ["title", "description"].iter().find_map(|name| what.get(name)?.as_str()).unwrap_or(id);
    let choices = what.get("choices").and_then(Value::as_array);
    let options: Vec<Choice> = choices.into_iter().flatten().filter_map(choice).collect();
    let most = what.get("max_responses_required").and_then(Value::as_i64).unwrap_or(1);
    let many = what.get("allow_multiple") == Some(&Value::Bool(true)) || most > 1;
    let kind = match what.get("type").and_then(Value::as_str) {
        _ if !options.is_empty() => single_or(many),
        Some("number") => AnswerKind::Number,
        Some("boolean") => AnswerKind::Boolean,
        _ => AnswerKind::Text,
    };
    let required = what.get("required") == Some(&Value::Bool(true))
        || what.get("min_responses_required").and_then(Value::as_i64).is_some_and(|n| n > 0);
    let mut question = question(id, title, kind, Vec::new(), required);
    question.options = options;
    question.help = what.get("hint").or(what.get("description")).and_then(Value::as_str).map(str::to_owned);
    Some(question)
}

fn choice(what: &Value) -> Option<Choice> {
    let Value::Object(map) = what else {
        return text(what).map(|value| Choice { value, title: None, hotkey: None });
    };
    let value = map.get("value").and_then(text).or_else(|| map.get("label").and_then(text))?;
    let title = map.get("label").and_then(text).filter(|title| *title != value);
    Some(Choice { value, title, hotkey: None })
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

fn question(id: &str, title: &str, kind: AnswerKind, options: Vec<String>, required: bool) -> Question {
    let options = options.into_iter().map(|value| Choice { value, title: None, hotkey: None }).collect();
    Question { id: id.into(), title: title.into(), help: None, kind, options, required, min: None, max: None }
}

fn label(name: String, tool: Tool, at: usize) -> Label {
    let color = COLOURS[at % COLOURS.len()].to_owned();
    Label { name, title: None, color, hotkey: None, tools: vec![tool], attributes: Vec::new() }
}

fn single_or(many: bool) -> AnswerKind {
    if many { AnswerKind::Multiple } else { AnswerKind::Single }
}

fn names(list: &[Value]) -> Vec<String> {
    entries(list).into_iter().map(|(name, _)| name).collect()
}

/// Names in a list of texts, or of objects with one and with choices below it.
fn entries(list: &[Value]) -> Vec<(String, &Value)> {
    let mut out: Vec<(String, &Value)> = Vec::new();
    for what in list {
        let name = match what {
            Value::Object(map) => {
                ["choice", "name", "label", "value"].iter().find_map(|key| text(map.get(*key)?))
            }
            other => text(other),
        };
        let below = what.get("subchoices").and_then(Value::as_array);
        let below = below.map_or_else(Vec::new, |list| entries(list));
        // What has choices below it is only their heading.
        let own = name.filter(|_| below.is_empty()).map(|name| (name, what));
        for entry in own.into_iter().chain(below) {
            if !out.iter().any(|(known, _)| *known == entry.0) {
                out.push(entry);
            }
        }
    }
    out
}

/// What a project asks for with what is new added; none when nothing is.
pub(super) fn joined(now: &Taxonomy, more: Taxonomy) -> Option<Taxonomy> {
    let mut out = now.clone();
    for mut label in more.labels {
        let at = out.labels.len();
        let Some(known) = out.labels.iter_mut().find(|known| known.name == label.name) else {
            label.color = COLOURS[at % COLOURS.len()].to_owned();
            out.labels.push(label);
            continue;
        };
        for tool in label.tools {
            if !known.tools.contains(&tool) {
                known.tools.push(tool);
            }
        }
        for attribute in label.attributes {
            match known.attributes.iter_mut().find(|it| it.name == attribute.name) {
                Some(old) => {
                    let new = attribute.options.into_iter().filter(|option| !old.options.contains(option));
                    let new: Vec<String> = new.collect();
                    old.options.extend(new);
                }
                None => known.attributes.push(attribute),
            }
        }
    }
    for field in more.fields {
        match out.fields.iter_mut().find(|it| it.id == field.id) {
            Some(old) if old.kind.has_options() => {
                for option in field.options {
                    if !old.options.iter().any(|it| it.value == option.value) {
                        old.options.push(option);
                    }
                }
            }
            Some(_) => {}
            None => out.fields.push(field),
        }
    }
    (out != *now).then_some(out)
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use sheaf_model::Media;

    use super::*;

    fn of(kind: &str, params: Value) -> Taxonomy {
        let kind = TaskKind::parse(kind).unwrap();
        let params = Params::of(params).unwrap();
        let out = wanted(kind, &params);
        if !out.labels.is_empty() || !out.fields.is_empty() {
            assert_eq!(out.problems(kind.media(&params)), [], "{out:?}");
        }
        out
    }

    #[test]
    fn geometries_become_labels_with_tools() {
        let params = json!({
            "geometries": {
                "box": {"objects_to_annotate": ["car", {"choice": "vehicle", "subchoices": ["bus", "car"]}]},
                "polygon": {"objects_to_annotate": ["car"]},
                "cuboid": {"objects_to_annotate": ["house"]},
            },
            "annotation_attributes": {
                "colour": {"type": "category", "choices": ["red", "blue"],
                           "conditions": {"label_condition": {"label": ["car"]}}},
                "weather": {"type": "category", "choices": ["sun"], "global": true},
            },
        });
        let out = of("imageannotation", params.clone());
        let labels = out.labels.iter().map(|it| (it.name.as_str(), it.tools.len(), it.attributes.len()));
        assert_eq!(labels.collect::<Vec<_>>(), [("car", 2, 1), ("bus", 1, 0)]);
        assert_eq!(out.fields[0].id, "weather");
        assert_eq!(joined(&out, of("imageannotation", params)), None, "nothing is new");
        let more = of("imageannotation", json!({"geometries": {"box": {"objects_to_annotate": ["bike"]}}}));
        assert_eq!(joined(&out, more).unwrap().labels.len(), 3);
    }

    #[test]
    fn questions() {
        let out = of("categorization", json!({"categories": ["a", "b"], "allow_multiple": true}));
        assert_eq!((out.fields[0].kind, out.fields[0].options.len()), (AnswerKind::Multiple, 2));
        let fields = json!({"fields": [
            {"field_id": "ok", "type": "category", "title": "Fine?", "choices": [{"label": "Yes", "value": "y"}, {"label": "No", "value": 0}]},
            {"field_id": "why", "type": "text"},
        ]});
        let out = of("textcollection", fields);
        assert_eq!(out.fields[0].options[1].value, "0");
        assert_eq!(out.fields[1].kind, AnswerKind::Text);
        let out = of("namedentityrecognition", json!({"labels": [{"name": "person"}, "place"]}));
        assert_eq!(out.labels.len(), 2);
        assert_eq!(out.labels[0].tools[0].media(), Media::Text);
        assert_eq!(of("videoannotation", json!({})), Taxonomy::default());
    }
}
