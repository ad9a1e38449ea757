//! Answers as tasks of Label Studio.

use serde_json::{Value, json};
use sheaf_model::Taxonomy;
use sheaf_model::response::{Annotation, Shape};
use sheaf_model::taxonomy::AnswerKind;

use super::read::Data;
use crate::Asset;

/// A task, with every answer as an annotation. `meta.sheaf` is `rest`. What cannot be said in percent, because the size of the
/// image is not known, is under `meta.sheaf.left_out` as it is. Label Studio refuses a file with a `completed_by` that is nobody's
/// address, so who else answered is under `meta.sheaf.answered_by`, at the place of the annotation.
pub fn task(id: u32, asset: &Asset, taxonomy: &Taxonomy, rest: Data) -> Value {
    let mut data: Data = asset.metadata.clone();
    match (&asset.text, &asset.url) {
        (Some(text), _) => data.insert("text".into(), json!(text)),
        (None, Some(url)) => data.insert("image".into(), json!(url)),
        (None, None) => data.insert("image".into(), json!(asset.name)),
    };
    let (mut annotations, mut predictions, mut left_out) = (Vec::new(), Vec::new(), Vec::new());
    let mut answered_by = Vec::new();
    for marks in &asset.marks {
        let mut result = Vec::new();
        for annotation in &marks.response.annotations {
            match region(annotation, asset, taxonomy) {
                Some(parts) => result.extend(parts),
                None => left_out.push(json!(annotation)),
            }
        }
        let whole = if asset.text.is_some() { "text" } else { "image" };
        for (id, value) in &marks.response.fields {
            let kind = taxonomy.fields.iter().find(|field| field.id == *id).map(|field| field.kind);
            if let Some(mut part) = answer(id, value, kind) {
                part["to_name"] = json!(whole);
                result.push(part);
            }
        }
        let who = marks.source.strip_prefix("label-studio: ").unwrap_or(&marks.source);
        if marks.human {
            let mut one = json!({ "result": result, "was_cancelled": false });
            if is_address(who) {
                one["completed_by"] = json!({ "email": who });
            }
            // The name of the format is that of nobody.
            let is_name = !is_address(who) && !who.is_empty() && who != "label-studio";
            answered_by.push(is_name.then_some(who));
            annotations.push(one);
        } else {
            predictions.push(json!({ "result": result, "model_version": who, "score": marks.score }));
        }
    }
    let mut sheaf = rest;
    if let Some(reference) = &asset.reference {
        sheaf.insert("reference_id".into(), json!(reference));
    }
    if answered_by.iter().any(Option::is_some) {
        sheaf.insert("answered_by".into(), json!(answered_by));
    }
    if !left_out.is_empty() {
        sheaf.insert("left_out".into(), Value::Array(left_out));
    }
    json!({ "id": id, "data": data, "meta": { "sheaf": sheaf }, "annotations": annotations, "predictions": predictions })
}

/// Whether this is the address of one person.
fn is_address(who: &str) -> bool {
    let has_room = who.contains(|c: char| c.is_whitespace() || matches!(c, ';' | ','));
    let parts = who.split_once('@');
    !has_room && parts.is_some_and(|(name, at)| !name.is_empty() && !at.is_empty() && !at.contains('@'))
}

/// The results of one shape: itself, and each attribute under the same id.
fn region(annotation: &Annotation, asset: &Asset, taxonomy: &Taxonomy) -> Option<Vec<Value>> {
    let id = &annotation.uuid;
    let label = taxonomy.labels.iter().find(|label| label.name == annotation.label);
    let kind = |name: &str| {
        let attribute = label?.attributes.iter().find(|attribute| attribute.name == name)?;
        Some(attribute.kind)
    };
    let (whole, base, head) = match &annotation.shape {
        Shape::Span { start, end, text } => {
            let value = json!({ "start": start, "end": end, "text": text });
            let mut with = value.clone();
            with["labels"] = json!([annotation.label]);
            ("text", value, json!({ "from_name": "span", "type": "labels", "value": with }))
        }
        Shape::Box { left, top, width, height } => {
            let (w, h) = percent(asset)?;
            let value = json!({ "x": left * w, "y": top * h, "width": width * w, "height": height * h, "rotation": 0 });
            let mut with = value.clone();
            with["rectanglelabels"] = json!([annotation.label]);
            ("image", value, json!({ "from_name": "box", "type": "rectanglelabels", "value": with }))
        }
        Shape::Polygon { vertices } => {
            let (w, h) = percent(asset)?;
            let points: Vec<[f64; 2]> = vertices.iter().map(|v| [v.x * w, v.y * h]).collect();
            let value = json!({ "points": points, "closed": true });
            let mut with = value.clone();
            with["polygonlabels"] = json!([annotation.label]);
            ("image", value, json!({ "from_name": "polygon", "type": "polygonlabels", "value": with }))
        }
    };
    let mut out = vec![head];
    for (name, value) in &annotation.attributes {
        if let Some(mut part) = answer(name, value, kind(name)) {
            let mut merged = base.clone();
            if let (Value::Object(merged), Value::Object(own)) = (&mut merged, &part["value"]) {
                merged.extend(own.clone());
            }
            // The text of a span and the text of an answer have the same key.
            if !(part["type"] == "textarea" && whole == "text") {
                part["value"] = merged;
            }
            out.push(part);
        }
    }
    for part in &mut out {
        (part["id"], part["to_name"]) = (json!(id), json!(whole));
        if let Some((width, height)) = asset.size.filter(|_| whole == "image") {
            (part["original_width"], part["original_height"]) = (json!(width), json!(height));
            part["image_rotation"] = json!(0);
        }
    }
    Some(out)
}

/// Hundredths of a pixel's share of the image.
fn percent(asset: &Asset) -> Option<(f64, f64)> {
    asset.size.map(|(w, h)| (100.0 / f64::from(w), 100.0 / f64::from(h)))
}

/// The result of one question. True and false become the choices `true` and `false`.
fn answer(name: &str, value: &Value, kind: Option<AnswerKind>) -> Option<Value> {
    let (of, value) = match (value, kind) {
        (Value::String(text), Some(AnswerKind::Text)) => ("textarea", json!({ "text": [text] })),
        (Value::String(text), _) => ("choices", json!({ "choices": [text] })),
        (Value::Array(items), _) => ("choices", json!({ "choices": items })),
        (Value::Number(number), _) => ("number", json!({ "number": number })),
        (Value::Bool(yes), _) => ("choices", json!({ "choices": [yes.to_string()] })),
        (Value::Null | Value::Object(_), _) => return None,
    };
    Some(json!({ "from_name": name, "type": of, "value": value }))
}
