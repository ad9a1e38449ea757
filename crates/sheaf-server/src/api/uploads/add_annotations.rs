//! `POST /api/projects/{project}/uploads/{upload}/annotations`: what another tool says of the assets of an upload.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use futures_util::StreamExt;
use serde::{Deserialize, Serialize};
use sheaf_app::App;
use sheaf_app::annotations::{self, Format, How};
use sheaf_model::{ProjectId, UploadId};
use utoipa::{IntoParams, ToSchema};

use crate::auth::Caller;
use crate::error::{ApiError, Result};
use crate::extract::{Ids, Query};

/// Characters of a file's name that an error shows.
const NAME_CHARS: usize = 200;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AnnotationsQuery {
    #[param(value_type = AnnotationFormat, inline)]
    format: Format,
    /// What errors call the file.
    filename: Option<String>,
    /// Of Pascal VOC: pixels count from 0 (labelImg, deepforest) instead of from 1.
    #[serde(default)]
    zero_based: bool,
    /// Texts and addresses that are not there become assets of the upload. Files do not.
    #[serde(default)]
    add_assets: bool,
    /// Write nothing, and say what would be.
    #[serde(default)]
    dry_run: bool,
}

#[derive(ToSchema)]
#[serde(rename_all = "kebab-case")]
#[expect(dead_code, reason = "describes the shape in the document")]
pub(crate) enum AnnotationFormat {
    LabelStudio,
    Coco,
    Yolo,
    Voc,
    GroundTruth,
    Cvat,
    Labelbox,
    CsvBoxes,
}

/// What became of a file of annotations.
#[derive(Serialize, ToSchema)]
pub(crate) struct AnnotationsAdded {
    /// Assets that the file speaks of.
    assets: u64,
    found: u64,
    /// With `add_assets`: those that became assets of the upload.
    assets_added: u64,
    not_found: u64,
    /// Of them, those that `add_assets` would add.
    assets_addable: u64,
    /// What the file calls the first 20 of them.
    not_found_first: Vec<String>,
    /// Answers of people in the file.
    answers: u64,
    /// What models say in the file.
    predictions: u64,
    /// Shapes in both.
    annotations: u64,
    prelabels: AnnotationsWritten,
    /// Whose the pre-labels are.
    sources: Vec<AnnotationSource>,
    /// What the project got, when it had no taxonomy.
    taxonomy: Option<AnnotationTaxonomy>,
    /// What was left out or changed, each kind once.
    notes: Vec<AnnotationNote>,
    /// Nothing was written.
    dry_run: bool,
}

/// Pre-labels of the assets that were found or added.
#[derive(Serialize, ToSchema)]
pub(crate) struct AnnotationsWritten {
    added: u64,
    /// Took the place of what the source said of the asset before.
    replaced: u64,
    /// Were there already.
    unchanged: u64,
    refused: u64,
    /// The first 20 that were refused.
    problems: Vec<AnnotationProblem>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct AnnotationProblem {
    /// Name of the asset.
    asset: String,
    source: String,
    #[schema(examples("response.annotations[0].left"))]
    path: String,
    message: String,
    /// What to do about it.
    hint: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct AnnotationSource {
    source: String,
    n_prelabels: u64,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct AnnotationTaxonomy {
    labels: usize,
    fields: usize,
}

#[derive(Serialize, ToSchema)]
pub(crate) struct AnnotationNote {
    what: String,
    count: u64,
    /// Where it came first.
    first: String,
}

impl AnnotationsAdded {
    fn of(report: annotations::Report, dry_run: bool) -> Self {
        let problems = report.refused_first.into_iter().map(|it| AnnotationProblem {
            asset: it.asset,
            source: it.source,
            path: it.path,
            message: it.message,
            hint: it.hint,
        });
        let sources = report.sources.into_iter();
        let notes = report.notes.into_iter();
        Self {
            assets: report.assets,
            found: report.found,
            assets_added: report.made,
            not_found: report.not_found,
            assets_addable: report.makeable,
            not_found_first: report.not_found_first,
            answers: report.answers,
            predictions: report.predictions,
            annotations: report.annotations,
            prelabels: AnnotationsWritten {
                added: report.added,
                replaced: report.replaced,
                unchanged: report.unchanged,
                refused: report.refused,
                problems: problems.collect(),
            },
            sources: sources.map(|it| AnnotationSource { source: it.name, n_prelabels: it.n }).collect(),
            taxonomy: report
                .taxonomy
                .map(|made| AnnotationTaxonomy { labels: made.labels, fields: made.fields }),
            notes: notes
                .map(|it| AnnotationNote { what: it.what, count: it.count, first: it.first })
                .collect(),
            dry_run,
        }
    }
}

/// Bring in what another tool says of the assets of an upload: as pre-labels, and as the taxonomy when the project has none. The body is
/// one file of the format, or a zip of its files, of up to 2 GB.
///
/// Assets are found by the path of their file, by the end of it, or by its name when there is only one; by their address; or by
/// their reference id. With `add_assets`, texts and addresses that are not there become assets of the upload, which is opened for it. 422 `bad_annotations`: the file is wrong at the place that `details.problems` says, and nothing was written. Sent again,
/// nothing changes. For managers.
#[utoipa::path(post, path = "/api/projects/{project}/uploads/{upload}/annotations", params(AnnotationsQuery),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = AnnotationsAdded)))]
pub(crate) async fn add_upload_annotations(
    State(app): State<App>,
    Caller(me): Caller,
    Ids((project, upload)): Ids<(ProjectId, UploadId)>,
    Query(query): Query<AnnotationsQuery>,
    body: Body,
) -> Result<Json<AnnotationsAdded>> {
    let name = query.filename.filter(|name| !name.trim().is_empty());
    let name = name.unwrap_or_else(|| "the file".into());
    let name = name.chars().filter(|c| !c.is_control()).take(NAME_CHARS).collect();
    let dry_run = query.dry_run;
    let how = How {
        format: query.format,
        filename: name,
        zero_based: query.zero_based,
        make: query.add_assets,
        dry_run,
    };
    let mut receiving = annotations::receive(&app, &me.actor, project, upload, how).await?;
    let mut stream = body.into_data_stream();
    while let Some(bytes) = stream.next().await {
        let bytes = bytes.map_err(|_| ApiError::bad_request("the body was cut off"))?;
        receiving.write(&bytes).await?;
    }
    Ok(Json(AnnotationsAdded::of(receiving.finish().await?, dry_run)))
}
