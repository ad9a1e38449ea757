//! COCO (object detection): images, then annotations, then categories. Two walks over one snapshot, so that nothing is
//! held in memory. Of an image with several answers the newest counts. The rows are those of `sheaf_formats::coco`.

use std::io::Write;

use serde_json::{Map, json};
use sheaf_formats::coco::{category_rows, image_row, object_row};

use super::neutral::{Which, categories, each};
use super::{Pieces, Spec, failed, rfc3339};
use crate::library::Look;
use crate::{Error, Result};

pub(super) fn write(look: &Look<'_>, spec: &Spec, out: &mut Pieces) -> Result<()> {
    let project = look.tx.project(look.project)?.ok_or(Error::not_found("project"))?;
    let categories = categories(look)?;
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
    each(look, spec, Which::Newest, |item, asset| {
        let id = sheaf_model::AssetId { project: look.project, ordinal: item.asset.ordinal };
        let rest = Map::from_iter([
            ("date_captured".to_owned(), json!(rfc3339(item.asset.uploaded))),
            ("sheaf_asset_id".to_owned(), json!(id.to_string())),
        ]);
        separated(out, &mut first, &image_row(item.asset.ordinal, &asset, rest))
    })?;
    out.write_all(b"],\"annotations\":[").map_err(failed)?;
    let (mut first, mut id) = (true, 0u64);
    each(look, spec, Which::Newest, |item, asset| {
        for annotation in asset.marks.iter().flat_map(|marks| &marks.response.annotations) {
            id += 1;
            if let Some(value) = object_row(annotation, id, item.asset.ordinal, &categories) {
                separated(out, &mut first, &value)?;
            }
        }
        Ok(())
    })?;
    write!(out, "],\"categories\":{}}}", category_rows(&categories)).map_err(failed)
}

fn separated(out: &mut Pieces, first: &mut bool, value: &serde_json::Value) -> Result<()> {
    if !std::mem::take(first) {
        out.write_all(b",").map_err(failed)?;
    }
    serde_json::to_writer(out, value).map_err(failed)
}
