//! JSONL: one task a line.

use std::io::Write;

use serde::Serialize;
use serde_json::value::RawValue;
use sheaf_store::prelabels::PrelabelRow;

use super::rows::{Item, each};
use super::{Pieces, Spec, failed, rfc3339};
use crate::Result;
use crate::library::Look;

#[derive(Serialize)]
struct Line<'a> {
    asset: Asset<'a>,
    task_id: Option<String>,
    batch: Option<&'a str>,
    status: &'a str,
    annotator: Option<&'a str>,
    /// It was given elsewhere, by who is named there.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    brought_in: bool,
    /// How far the judgements of the task agree, 0 to 1; of a task that several people judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    agreement: Option<f64>,
    /// Of one answer a task: where it is from, and whose answers it is made of.
    #[serde(skip_serializing_if = "Option::is_none")]
    merged: Option<Merged<'a>>,
    submission_id: Option<String>,
    submitted_at: Option<String>,
    seconds: Option<f64>,
    taxonomy_version: Option<i64>,
    response: Option<&'a RawValue>,
    /// The pre-label that the answer began with.
    #[serde(skip_serializing_if = "Option::is_none")]
    prelabel: Option<Begun<'a>>,
    /// When they are asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    prelabels: Option<Vec<Prelabel<'a>>>,
}

#[derive(Serialize)]
struct Begun<'a> {
    source: &'a str,
    unchanged: bool,
}

#[derive(Serialize)]
struct Prelabel<'a> {
    source: &'a str,
    score: Option<f64>,
    taxonomy_version: i64,
    response: &'a RawValue,
}

#[derive(Serialize)]
struct Merged<'a> {
    by: &'static str,
    annotators: Vec<&'a str>,
}

#[derive(Serialize)]
struct Asset<'a> {
    id: String,
    ordinal: u32,
    reference_id: Option<&'a str>,
    name: &'a str,
    media_type: &'a str,
    url: Option<&'a str>,
    width: Option<u32>,
    height: Option<u32>,
    upload: &'a str,
    uploaded_at: String,
    metadata: &'a RawValue,
}

pub(super) fn write(look: &Look<'_>, spec: &Spec, out: &mut Pieces) -> Result<()> {
    each(look, spec, |item| {
        let line = line(look, spec, item)?;
        serde_json::to_writer(&mut *out, &line).map_err(failed)?;
        out.write_all(b"\n").map_err(failed)
    })
}

fn line<'a>(look: &Look<'_>, spec: &Spec, item: &'a Item<'_>) -> Result<Line<'a>> {
    let asset = item.asset;
    let id = sheaf_model::AssetId { project: look.project, ordinal: asset.ordinal };
    let response =
        item.answer.map(|answer| serde_json::from_str(&answer.response)).transpose().map_err(failed)?;
    let one = if let [one] = item.annotators.as_slice() { Some(*one) } else { None };
    Ok(Line {
        asset: Asset {
            id: id.to_string(),
            ordinal: asset.ordinal,
            reference_id: asset.reference.as_deref(),
            name: &asset.name,
            media_type: &asset.media_type,
            url: asset.url.as_deref(),
            width: asset.width,
            height: asset.height,
            upload: item.upload,
            uploaded_at: rfc3339(asset.uploaded),
            metadata: serde_json::from_str(&asset.metadata).map_err(failed)?,
        },
        task_id: item.task.map(|task| task.to_string()),
        batch: item.batch,
        status: item.status,
        annotator: one.map(|person| person.email.as_str()),
        brought_in: item.annotators.iter().any(|person| person.id.is_elsewhere()),
        agreement: item.agreement,
        merged: item.answer.and_then(|answer| answer.origin).map(|origin| Merged {
            by: origin.as_str(),
            annotators: item.annotators.iter().map(|person| person.email.as_str()).collect(),
        }),
        submission_id: item.answer.and_then(|answer| answer.id).map(|id| id.to_string()),
        submitted_at: item.answer.map(|answer| rfc3339(answer.at)),
        seconds: item.answer.and_then(|answer| answer.seconds),
        taxonomy_version: item.answer.map(|answer| answer.taxonomy_version),
        response,
        prelabel: item
            .answer
            .and_then(|answer| answer.prelabel.as_ref())
            .map(|begun| Begun { source: &begun.source, unchanged: begun.unchanged }),
        prelabels: match spec.prelabels {
            true => Some(item.prelabels.iter().map(prelabel).collect::<Result<_>>()?),
            false => None,
        },
    })
}

fn prelabel(row: &PrelabelRow) -> Result<Prelabel<'_>> {
    Ok(Prelabel {
        source: &row.source,
        score: row.score,
        taxonomy_version: row.taxonomy_version,
        response: serde_json::from_str(&row.response).map_err(failed)?,
    })
}
