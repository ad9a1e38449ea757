//! COCO (object detection): images, then annotations, then categories. Two walks over one snapshot, so that nothing is
//! held in memory. Of an image with several answers the newest counts. `bbox` is `[left, top, width, height]` in pixels;
//! a polygon gives `segmentation`, its bounding box and its area (shoelace formula).

use std::io::Write;

use serde_json::json;
use sheaf_model::Response;
use sheaf_model::response::{Annotation, Shape, Vertex};

use super::rows::{Item, each_asset};
use super::{Pieces, Spec, failed, rfc3339};
use crate::library::Look;
use crate::{Error, Result};

pub(super) fn write(look: &Look<'_>, spec: &Spec, out: &mut Pieces) -> Result<()> {
    let project = look.tx.project(look.project)?.ok_or(Error::not_found("project"))?;
    let categories = categories(look, project.taxonomy_version)?;
    let info = json!({
        "description": project.name,
        "date_created": rfc3339(look.now),
        "contributor": "Sheaf",
        "version": "1.0",
    });
    let licences: Vec<_> = project
        .attribution
        .iter()
        .map(|it| json!({ "id": 1, "name": it.licence, "url": it.url.clone().unwrap_or_default() }))
        .collect();
    write!(out, "{{\"info\":{info},\"licenses\":{},\"images\":[", json!(licences)).map_err(failed)?;
    let mut first = true;
    newest(look, spec, |item| separated(out, &mut first, &image(look, item)))?;
    out.write_all(b"],\"annotations\":[").map_err(failed)?;
    let (mut first, mut id) = (true, 0u64);
    newest(look, spec, |item| {
        let Some(answer) = item.answer else { return Ok(()) };
        let response: Response = serde_json::from_str(&answer.response).map_err(failed)?;
        for annotation in &response.annotations {
            id += 1;
            if let Some(value) = object(annotation, id, item.asset.ordinal, &categories) {
                separated(out, &mut first, &value)?;
            }
        }
        Ok(())
    })?;
    let categories: Vec<_> = (1..)
        .zip(&categories)
        .map(|(id, name): (u32, _)| json!({ "id": id, "name": name, "supercategory": "" }))
        .collect();
    write!(out, "],\"categories\":{}}}", json!(categories)).map_err(failed)
}

/// Labels in force, then labels that only older answers have.
fn categories(look: &Look<'_>, version: i64) -> Result<Vec<String>> {
    let mut out: Vec<String> = look
        .tx
        .taxonomy(look.project, version)?
        .map_or_else(Vec::new, |row| row.body.labels.into_iter().map(|label| label.name).collect());
    for older in (1..version).rev() {
        let labels = look.tx.taxonomy(look.project, older)?.map_or_else(Vec::new, |row| row.body.labels);
        for label in labels {
            if !out.contains(&label.name) {
                out.push(label.name);
            }
        }
    }
    Ok(out)
}

/// Visits each asset once, with its newest answer: of several tasks, the one with it speaks for the image.
fn newest(look: &Look<'_>, spec: &Spec, mut visit: impl FnMut(&Item<'_>) -> Result<()>) -> Result<()> {
    each_asset(look, spec, |items| {
        let newest = items.iter().max_by_key(|item| item.answer.map(|answer| (answer.at, answer.id)));
        newest.map_or(Ok(()), &mut visit)
    })
}

fn separated(out: &mut Pieces, first: &mut bool, value: &serde_json::Value) -> Result<()> {
    if !std::mem::take(first) {
        out.write_all(b",").map_err(failed)?;
    }
    serde_json::to_writer(out, value).map_err(failed)
}

fn image(look: &Look<'_>, item: &Item<'_>) -> serde_json::Value {
    let asset = item.asset;
    let id = sheaf_model::AssetId { project: look.project, ordinal: asset.ordinal };
    json!({
        "id": asset.ordinal,
        "file_name": asset.name,
        "width": asset.width,
        "height": asset.height,
        "coco_url": asset.url,
        "date_captured": rfc3339(asset.uploaded),
        "sheaf_asset_id": id.to_string(),
        "reference_id": asset.reference,
    })
}

fn object(annotation: &Annotation, id: u64, image: u32, categories: &[String]) -> Option<serde_json::Value> {
    let category = categories.iter().position(|name| *name == annotation.label)? + 1;
    let (bbox, segmentation, area) = match &annotation.shape {
        Shape::Box { left, top, width, height } => {
            ([*left, *top, *width, *height], json!([]), width * height)
        }
        Shape::Polygon { vertices } => {
            let flat: Vec<f64> = vertices.iter().flat_map(|vertex| [vertex.x, vertex.y]).collect();
            (bounds(vertices), json!([flat]), area(vertices))
        }
        Shape::Span { .. } => return None,
    };
    Some(json!({
        "id": id,
        "image_id": image,
        "category_id": category,
        "bbox": bbox,
        "area": area,
        "segmentation": segmentation,
        "iscrowd": 0,
        "attributes": annotation.attributes,
        "sheaf_uuid": annotation.uuid,
    }))
}

fn bounds(vertices: &[Vertex]) -> [f64; 4] {
    let fold = |get: fn(&Vertex) -> f64, pick: fn(f64, f64) -> f64| {
        vertices.iter().map(get).reduce(pick).unwrap_or(0.0)
    };
    let (left, top) = (fold(|v| v.x, f64::min), fold(|v| v.y, f64::min));
    [left, top, fold(|v| v.x, f64::max) - left, fold(|v| v.y, f64::max) - top]
}

/// Shoelace formula.
fn area(vertices: &[Vertex]) -> f64 {
    let next = vertices.iter().cycle().skip(1);
    let twice: f64 = vertices.iter().zip(next).map(|(a, b)| a.x * b.y - b.x * a.y).sum();
    twice.abs() / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_polygon_has_a_box_and_an_area() {
        let vertices: Vec<Vertex> =
            [(1.0, 1.0), (5.0, 1.0), (5.0, 4.0)].into_iter().map(|(x, y)| Vertex { x, y }).collect();
        assert_eq!(bounds(&vertices), [1.0, 1.0, 4.0, 3.0]);
        assert!((area(&vertices) - 6.0).abs() < 1e-9);
    }
}
