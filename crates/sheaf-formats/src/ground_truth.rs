//! SageMaker Ground Truth's output manifest: a JSON object a line, read and written.
//!
//! `source-ref` is the address of an image, `source` a text. Every other key with a partner `KEY-metadata` is a label: boxes
//! `{annotations: [{class_id, left, top, width, height}], image_size}` in pixels from 0, named by `class-map`; a class by its number,
//! named by `class-name`; several classes, named by `class-map`; entities `{annotations: {entities: [{label, startOffset,
//! endOffset}]}}`, the end exclusive ("Labeling job output data" in Amazon's documentation). Confidences stand in the partner, one for
//! each object (`objects`) or entity (`entities`): the least is the score. `human-annotated: "no"` is a prediction.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use sheaf_model::response::{Shape, Vertex};
use sheaf_model::taxonomy::AnswerKind;
use sheaf_model::{Media, Taxonomy};

use crate::folder::Folder;
use crate::geometry::frame;
use crate::json::{At, records};
use crate::read::{Place, Reading, annotation, image, span};
use crate::{Asset, Marks, Result};

/// The key of the boxes or spans in what is written.
const OBJECTS: &str = "labels";

pub(crate) fn read(folder: &dyn Folder, reading: &mut Reading<'_>) -> Result<()> {
    let path = folder.only(&["manifest", "jsonl", "json"])?;
    records(path, folder.reader(path)?, |at| line(at, path, reading))
}

fn line(at: At<'_>, path: &str, reading: &mut Reading<'_>) -> Result<()> {
    let place = Place { file: path, at: &at };
    let mut asset = match (at.opt("source-ref")?, at.opt("source")?) {
        (Some(source), _) => image(source.text()?),
        (None, Some(source)) if reading.options.media == Media::Text => {
            Asset { text: Some(source.text()?.to_owned()), ..Asset::default() }
        }
        (None, Some(source)) => image(source.text()?),
        (None, None) => return Err(at.error("has neither `source-ref` nor `source`", "is it a manifest?")),
    };
    if asset.url.is_some() && reading.options.media == Media::Text {
        return Err(
            at.error("points to a text in a file (`source-ref`)", "put the text itself under `source`")
        );
    }
    let object = at.object()?;
    for (key, value) in at.entries()? {
        if matches!(key, "source-ref" | "source")
            || (key.ends_with("-metadata") && object.contains_key(&key[..key.len() - 9]))
        {
            continue;
        }
        let partner = format!("{key}-metadata");
        let Some(about) = at.opt(&partner)?.filter(|about| about.value.is_object()) else {
            if key == "sheaf" {
                asset.reference = value.opt("reference_id")?.map(|at| at.id()).transpose()?;
            } else {
                asset.metadata.insert(key.to_owned(), value.value.clone());
            }
            continue;
        };
        if key.ends_with("-ref") {
            reading.note("mask in a file left out", place);
            continue;
        }
        let human = about.opt("human-annotated")?.map(|at| at.text()).transpose()? != Some("no");
        let job = about.opt("job-name")?.map(|at| at.text()).transpose()?.unwrap_or(key);
        let source = format!("ground-truth: {}", job.trim_start_matches("labeling-job/"));
        let mine = asset.marks.iter().position(|marks| marks.human == human && marks.source == source);
        let mine = mine.unwrap_or_else(|| {
            asset.marks.push(Marks { source, human, ..Marks::default() });
            asset.marks.len() - 1
        });
        let mut marks = std::mem::take(&mut asset.marks[mine]);
        label(key, &value, &about, &mut asset, &mut marks, reading, place)?;
        asset.marks[mine] = marks;
    }
    reading.asset(asset, place)
}

fn label(
    key: &str,
    value: &At<'_>,
    about: &At<'_>,
    asset: &mut Asset,
    marks: &mut Marks,
    reading: &mut Reading<'_>,
    place: Place<'_>,
) -> Result<()> {
    let mut sure = |at: Option<At<'_>>| -> Result<()> {
        if let Some(at) = at {
            let score = at.number()?;
            marks.score = Some(marks.score.map_or(score, |least: f64| least.min(score)));
        }
        Ok(())
    };
    if value.value.is_object() {
        let Some(annotations) = value.opt("annotations")? else {
            reading.note("label of another kind left out", place);
            return Ok(());
        };
        if annotations.value.is_object() {
            let entities = annotations.get("entities")?;
            for entity in entities.items()? {
                let (start, end) =
                    (entity.get("startOffset")?.integer()?, entity.get("endOffset")?.integer()?);
                let content = asset.text.as_deref().unwrap_or_default();
                let shape = span(content, start, end).ok_or_else(|| {
                    entity.error(format!("{start}..{end} is not a span of the text"), "correct the offsets")
                })?;
                marks.response.annotations.push(annotation(
                    entity.get("label")?.text()?,
                    shape,
                    BTreeMap::new(),
                ));
            }
            if let Some(sureness) = about.opt("entities")? {
                for entity in sureness.items()? {
                    sure(entity.opt("confidence")?)?;
                }
            }
            return Ok(());
        }
        if let Some(size) = value.opt("image_size")?
            && let Some(size) = size.items()?.next()
        {
            asset.size = Some((size.get("width")?.pixels()?, size.get("height")?.pixels()?));
        }
        for one in annotations.items()? {
            let class = one.get("class_id")?;
            let name = class_name(about, &class)?;
            let shape = if let Some(vertices) = one.opt("vertices")? {
                let point = |at: At<'_>| Ok(Vertex { x: at.get("x")?.number()?, y: at.get("y")?.number()? });
                Shape::Polygon { vertices: vertices.items()?.map(point).collect::<Result<_>>()? }
            } else {
                Shape::Box {
                    left: one.get("left")?.number()?,
                    top: one.get("top")?.number()?,
                    width: one.get("width")?.number()?,
                    height: one.get("height")?.number()?,
                }
            };
            marks.response.annotations.push(annotation(&name, shape, BTreeMap::new()));
        }
        if let Some(objects) = about.opt("objects")? {
            for object in objects.items()? {
                sure(object.opt("confidence")?)?;
            }
        }
        return Ok(());
    }
    let answer = match value.value {
        Value::Array(_) => {
            let all: Vec<String> =
                value.items()?.map(|class| class_name(about, &class)).collect::<Result<_>>()?;
            if let Some(map) = about.opt("confidence-map")? {
                for (_, confidence) in map.entries()? {
                    sure(Some(confidence))?;
                }
            }
            Value::from(all)
        }
        Value::Number(_) => {
            sure(about.opt("confidence")?)?;
            match about.opt("class-name")? {
                Some(name) => Value::from(name.text()?),
                None => Value::from(class_name(about, value)?),
            }
        }
        _ => {
            reading.note("label of another kind left out", place);
            return Ok(());
        }
    };
    marks.response.fields.insert(key.to_owned(), answer);
    Ok(())
}

fn class_name(about: &At<'_>, class: &At<'_>) -> Result<String> {
    let number = class.integer()?.to_string();
    let map = about.get("class-map")?;
    match map.opt(&number)? {
        Some(name) => Ok(name.text()?.to_owned()),
        None => Err(class.error(format!("class {number} has no name in `class-map`"), "add it")),
    }
}

/// The line of an asset, with its newest answer. Polygons are written as their boxes; fields that are true or false, numbers or
/// texts, and attributes, have no place. `at` is a time as RFC 3339.
pub fn write(
    asset: &Asset,
    taxonomy: &Taxonomy,
    names: &[String],
    at: &str,
    rest: Map<String, Value>,
) -> Value {
    let mut out = asset.metadata.clone();
    match (&asset.text, &asset.url) {
        (Some(text), _) => out.insert("source".into(), json!(text)),
        (None, Some(url)) => out.insert("source-ref".into(), json!(url)),
        (None, None) => out.insert("source-ref".into(), json!(asset.name)),
    };
    let mut sheaf = rest;
    if let Some(reference) = &asset.reference {
        sheaf.insert("reference_id".into(), json!(reference));
    }
    out.insert("sheaf".into(), Value::Object(sheaf));
    let Some(marks) = asset.marks.last() else { return Value::Object(out) };
    let human = if marks.human { "yes" } else { "no" };
    let sure = marks.score.unwrap_or(1.0);
    let about = |kind: &str, mut more: Map<String, Value>| {
        more.insert("type".into(), json!(format!("groundtruth/{kind}")));
        more.insert("human-annotated".into(), json!(human));
        more.insert("creation-date".into(), json!(at));
        let job = marks.source.strip_prefix("ground-truth: ").unwrap_or(&marks.source);
        more.insert("job-name".into(), json!(format!("labeling-job/{job}")));
        Value::Object(more)
    };
    let pair = |key: &str, value: Value| Map::from_iter([(key.to_owned(), value)]);
    if asset.text.is_some() {
        let entities: Vec<Value> = marks
            .response
            .annotations
            .iter()
            .filter_map(|annotation| match &annotation.shape {
                Shape::Span { start, end, .. } => {
                    Some(json!({ "label": annotation.label, "startOffset": start, "endOffset": end }))
                }
                _ => None,
            })
            .collect();
        if !taxonomy.labels.is_empty() {
            let labels: Vec<Value> = names.iter().map(|name| json!({ "label": name })).collect();
            let more = pair("entities", entities.iter().map(|_| json!({ "confidence": sure })).collect());
            out.insert(OBJECTS.into(), json!({ "annotations": { "entities": entities, "labels": labels } }));
            out.insert(format!("{OBJECTS}-metadata"), about("text-span", more));
        }
    } else if !taxonomy.labels.is_empty() {
        let (mut boxes, mut objects, mut map) = (Vec::new(), Vec::new(), Map::new());
        for annotation in &marks.response.annotations {
            let class = names.iter().position(|name| *name == annotation.label);
            let (Some(class), Some([left, top, width, height])) = (class, frame(&annotation.shape)) else {
                continue;
            };
            boxes.push(
                json!({ "class_id": class, "left": left, "top": top, "width": width, "height": height }),
            );
            objects.push(json!({ "confidence": sure }));
            map.insert(class.to_string(), json!(annotation.label));
        }
        let size: Vec<Value> =
            asset.size.iter().map(|(w, h)| json!({ "width": w, "height": h, "depth": 3 })).collect();
        out.insert(OBJECTS.into(), json!({ "image_size": size, "annotations": boxes }));
        let mut more = pair("objects", json!(objects));
        more.insert("class-map".into(), Value::Object(map));
        out.insert(format!("{OBJECTS}-metadata"), about("object-detection", more));
    }
    let media = if asset.text.is_some() { "text" } else { "image" };
    for field in &taxonomy.fields {
        let Some(value) = marks.response.fields.get(&field.id) else { continue };
        let number = |text: &str| field.options.iter().position(|choice| choice.value == text);
        match (field.kind, value) {
            (AnswerKind::Single, Value::String(text)) => {
                let Some(class) = number(text) else { continue };
                let mut more = pair("class-name", json!(text));
                more.insert("confidence".into(), json!(sure));
                out.insert(format!("{}-metadata", field.id), about(&format!("{media}-classification"), more));
                out.insert(field.id.clone(), json!(class));
            }
            (AnswerKind::Multiple, Value::Array(items)) => {
                let texts = items.iter().filter_map(Value::as_str);
                let found: Vec<(usize, &str)> =
                    texts.filter_map(|text| Some((number(text)?, text))).collect();
                let map: Map<_, _> = found.iter().map(|(at, text)| (at.to_string(), json!(text))).collect();
                let confidence: Map<_, _> =
                    found.iter().map(|(at, _)| (at.to_string(), json!(sure))).collect();
                let mut more = pair("class-map", Value::Object(map));
                more.insert("confidence-map".into(), Value::Object(confidence));
                out.insert(
                    format!("{}-metadata", field.id),
                    about(&format!("{media}-classification-multilabel"), more),
                );
                out.insert(field.id.clone(), found.iter().map(|(at, _)| *at).collect());
            }
            _ => {}
        }
    }
    Value::Object(out)
}
