//! Export: answers of a project, a batch or a query, streamed in the formats that trainers read.
//!
//! A thread walks one snapshot window by window and hands out pieces through a short channel, so that memory stays the
//! same for a hundred answers and for ten million, and a slow reader slows the walk down.

mod coco;
mod csv;
mod ground_truth;
mod jsonl;
mod label_studio;
mod neutral;
mod parquet;
mod rows;
mod texts;
mod zipped;

use std::io::Write;

use bytes::Bytes;
use sheaf_model::agreement::MergeRule;
use sheaf_model::project::Media;
use sheaf_model::{BatchId, ProjectId};
use sheaf_query::Mode;
use tokio::sync::mpsc;

use crate::library::Look;
use crate::{Access, Actor, App, Error, Result};

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// One answer a line, everything in it.
    Jsonl,
    /// One answer a row, fields and metadata as columns, cells made harmless for spreadsheets.
    Csv,
    /// Boxes and polygons of each image's newest answer.
    Coco,
    /// Tasks with an annotation for each answer.
    LabelStudio,
    /// A zip: the labels of each image's newest answer, and `data.yaml`.
    Yolo,
    /// A zip: the boxes of each image's newest answer, Pascal VOC.
    Voc,
    /// SageMaker's manifest: each asset's newest answer, boxes and classes.
    GroundTruth,
    /// One answer a row, everything in it, for pandas, DuckDB and the like.
    Parquet,
}

impl Format {
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Jsonl => "application/x-ndjson",
            Self::Csv => "text/csv; charset=utf-8",
            Self::Coco | Self::LabelStudio => "application/json",
            Self::Yolo | Self::Voc => "application/zip",
            Self::GroundTruth => "application/x-ndjson",
            Self::Parquet => "application/vnd.apache.parquet",
        }
    }
    fn extension(self) -> &'static str {
        match self {
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
            Self::Coco => "coco.json",
            Self::LabelStudio => "label-studio.json",
            Self::Yolo => "yolo.zip",
            Self::Voc => "voc.zip",
            Self::GroundTruth => "manifest",
            Self::Parquet => "parquet",
        }
    }
    /// Whether texts go out whole.
    fn holds_texts(self) -> bool {
        matches!(self, Self::LabelStudio | Self::GroundTruth)
    }
    /// Its name, when it holds nothing but images.
    fn only_images(self) -> Option<&'static str> {
        match self {
            Self::Coco => Some("COCO"),
            Self::Yolo => Some("YOLO"),
            Self::Voc => Some("Pascal VOC"),
            Self::Jsonl | Self::Csv | Self::LabelStudio | Self::GroundTruth | Self::Parquet => None,
        }
    }
}

/// What to export.
#[derive(Debug, Clone)]
pub struct Spec {
    pub format: Format,
    pub query: String,
    /// Only the tasks of this batch.
    pub batch: Option<BatchId>,
    /// Also what has no answer yet.
    pub all: bool,
    /// One answer a task by this rule, instead of every one that stands.
    pub merged: Option<MergeRule>,
    /// Also what models and tools said; of JSONL.
    pub prelabels: bool,
}

/// A running export. Dropping it ends it.
#[derive(Debug)]
pub struct Export {
    pub file_name: String,
    pub content_type: &'static str,
    pub pieces: mpsc::Receiver<Result<Bytes>>,
}

/// Pieces that wait for the reader.
const PIECES_WAITING: usize = 4;
/// Bytes of a piece, about.
const PIECE_BYTES: usize = 64 * 1024;

pub async fn export(app: &App, actor: &Actor, project: ProjectId, spec: Spec) -> Result<Export> {
    let file_name = {
        // Everything that can be refused is refused before the first byte.
        let (inner, actor, spec) = (app.clone(), actor.clone(), spec.clone());
        app.store()
            .read(move |tx| {
                let access = Access::viewer(tx, &actor, project)?;
                let batch = match spec.batch {
                    Some(id) => Some(tx.batch(project, id)?.ok_or(Error::not_found("batch"))?),
                    None => None,
                };
                if let (Some(name), Media::Text) = (spec.format.only_images(), access.project.media) {
                    let message = format!("{name} holds images; this is a text project");
                    return Err(Error::invalid("bad_format", message)
                        .hint("use jsonl, csv, parquet, label-studio or ground-truth"));
                }
                if spec.prelabels && spec.format != Format::Jsonl {
                    return Err(Error::invalid("bad_format", "pre-labels are exported as jsonl only")
                        .hint("use jsonl, or leave the pre-labels out"));
                }
                let read = Look::at(&inner, tx, project)?.read(&spec.query, Mode::Strict)?;
                if read.has_errors() {
                    return Err(Error::BadQuery { query: spec.query, diagnostics: read.diagnostics });
                }
                let name = batch.map_or(access.project.name, |batch| batch.name);
                Ok::<_, Error>(format!("{}.{}", slug(&name), spec.format.extension()))
            })
            .await?
    };
    let content_type = spec.format.content_type();
    let (send, pieces) = mpsc::channel(PIECES_WAITING);
    let app = app.clone();
    tokio::task::spawn_blocking(move || {
        let mut out = Pieces { send: send.clone(), buffer: Vec::with_capacity(PIECE_BYTES) };
        let done = app.store().read_blocking(|tx| {
            let look = Look::at(&app, tx, project)?;
            match spec.format {
                Format::Jsonl => jsonl::write(&look, &spec, &mut out),
                Format::Csv => csv::write(&look, &spec, &mut out),
                Format::Coco => coco::write(&look, &spec, &mut out),
                Format::LabelStudio => label_studio::write(&look, &spec, &mut out),
                Format::Yolo | Format::Voc => zipped::write(&look, &spec, &mut out),
                Format::GroundTruth => ground_truth::write(&look, &spec, &mut out),
                Format::Parquet => parquet::write(&look, &spec, &mut out),
            }
        });
        let done = done.and_then(|()| out.flush().map_err(|error| Error::internal(error.to_string())));
        if let Err(error) = done {
            // The reader may be gone; then nobody is left to tell.
            drop(send.blocking_send(Err(error)));
        }
    });
    Ok(Export { file_name, content_type, pieces })
}

/// A name as a file name: letters, digits and dashes.
fn slug(name: &str) -> String {
    let words: Vec<String> = name
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    let slug: String = words.join("-").chars().take(80).collect();
    if slug.is_empty() { "export".to_owned() } else { slug }
}

/// Collects bytes into pieces and hands them to the reader, waiting for it when it is slow.
struct Pieces {
    send: mpsc::Sender<Result<Bytes>>,
    buffer: Vec<u8>,
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= PIECE_BYTES {
            self.flush()?;
        }
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let piece = std::mem::replace(&mut self.buffer, Vec::with_capacity(PIECE_BYTES));
        self.send.blocking_send(Ok(piece.into())).map_err(|_| {
            std::io::Error::new(std::io::ErrorKind::BrokenPipe, "the reader of the export is gone")
        })
    }
}

/// An error of writing, in the words of this crate.
fn failed(error: impl std::fmt::Display) -> Error {
    Error::internal(format!("export: {error}"))
}

/// A time as RFC 3339, UTC, milliseconds.
fn rfc3339(ms: sheaf_model::Millis) -> String {
    jiff::Timestamp::from_millisecond(ms).map_or_else(|_| ms.to_string(), |at| format!("{at:.3}"))
}
