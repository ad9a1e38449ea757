//! What a file of annotations comes to: it is read whole, its assets are found, and what was said is made to fit. Nothing is written
//! yet but temporary files.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashSet};
use std::fs::File;
use std::io::{self, BufWriter, Write};

use serde_json::Value;
use sheaf_formats::rows::{self, Keys, Named};
use sheaf_formats::{Asset, Outcome};
use sheaf_model::prelabel::SOURCES_MAX;
use sheaf_model::{AssetId, Media, Problem, Taxonomy};
use sheaf_store::StoreError;

use crate::annotations::bring::Bringing;
use crate::annotations::library::{Library, Looked};
use crate::annotations::make::content;
use crate::annotations::read::{Names, Scratch, read};
use crate::annotations::{Made, NAMED_MAX, Note, Report, Source};
use crate::uploads::Temporary;
use crate::{Access, Error, Result};

/// What a file came to.
pub(super) struct Fitted {
    /// A pre-label a line. In a dry run only of assets that are there.
    pub(super) rows: Temporary,
    /// Pre-labels of assets that are there.
    pub(super) n_rows: u64,
    /// A new asset a line.
    pub(super) manifest: Temporary,
    /// Pre-labels of new assets.
    pub(super) n_rows_new: u64,
    /// What the project is to get.
    pub(super) taxonomy: Option<Taxonomy>,
    /// But for what becomes of the pre-labels.
    pub(super) report: Report,
}

pub(super) fn fit(bringing: &Bringing) -> Result<Fitted> {
    let Bringing { app, actor, project, upload, .. } = bringing;
    let (media, known, sources) = app.store().read_blocking(|tx| {
        let row = Access::manager(tx, actor, *project)?.project;
        let known = tx.taxonomy(*project, row.taxonomy_version)?.map(|row| row.body);
        Ok::<_, Error>((row.media, known, tx.prelabel_sources(*project)?))
    })?;
    let mut library = Library::of(app, *project, *upload)?;
    let scratch = Scratch::make(app)?;
    let missing = RefCell::new(Names::default());
    let (spool, Outcome { taxonomy, report: notes }) = read(bringing, media, &library, &scratch, &missing)?;
    let missing = missing.into_inner();
    let assets = notes.assets + missing.n;
    if assets == 0 {
        return Err(Error::invalid("bad_annotations", "there is nothing in the file")
            .hint("is it of the format that was chosen?"));
    }
    let new = known.is_none().then(|| checked(taxonomy, media)).transpose()?;
    let Some(taxonomy) = known.as_ref().or(new.as_ref()) else {
        return Err(Error::internal("there is neither an old nor a new taxonomy"));
    };
    let report = Report {
        assets,
        not_found: missing.n,
        not_found_first: missing.first,
        answers: notes.answers,
        predictions: notes.predictions,
        annotations: notes.annotations,
        taxonomy: new.as_ref().map(|it| Made { labels: it.labels.len(), fields: it.fields.len() }),
        ..Report::default()
    };
    let rows = Temporary::new(app.store().blobs().temporary());
    let manifest = Temporary::new(app.store().blobs().temporary());
    let failed = |error: io::Error| Error::from(StoreError::file(rows.path(), error));
    let stopped = |stop: Stop| match stop {
        Stop::App(error) => error,
        Stop::Io(error) => failed(error),
    };
    library.find_elsewhere(&spool).map_err(stopped)?;
    let mut fitting = Fitting {
        bringing,
        media,
        keys: Keys::of(&library.name),
        library,
        taxonomy,
        taken: HashSet::new(),
        rows: BufWriter::new(File::create(rows.path()).map_err(failed)?),
        n_rows: 0,
        manifest: BufWriter::new(File::create(manifest.path()).map_err(failed)?),
        n_rows_new: 0,
        by_source: BTreeMap::new(),
        notes,
        report,
    };
    let fitted = spool.each(|n, asset| fitting.asset(n, asset));
    fitted.and_then(|()| fitting.flush().map_err(Stop::Io)).map_err(stopped)?;
    let Fitting { n_rows, n_rows_new, by_source, notes, mut report, .. } = fitting;
    check_sources(&by_source, sources.iter().map(|it| it.source.as_str()).collect())?;
    report.sources = by_source.into_iter().map(|(name, n)| Source { name, n }).collect();
    let note = |(what, count, first): (&str, u64, &str)| Note {
        what: what.to_owned(),
        count,
        first: first.to_owned(),
    };
    report.notes = notes.notes().map(note).collect();
    Ok(Fitted { rows, n_rows, manifest, n_rows_new, taxonomy: new, report })
}

struct Fitting<'a> {
    bringing: &'a Bringing,
    media: Media,
    keys: Keys,
    library: Library,
    taxonomy: &'a Taxonomy,
    /// Keys of new assets.
    taken: HashSet<String>,
    rows: BufWriter<File>,
    n_rows: u64,
    manifest: BufWriter<File>,
    n_rows_new: u64,
    by_source: BTreeMap<String, u64>,
    notes: sheaf_formats::Report,
    report: Report,
}

/// Why going through the assets ended.
pub(super) enum Stop {
    App(Error),
    Io(io::Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::App(error)
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl Fitting<'_> {
    fn asset(&mut self, n: usize, asset: Asset) -> Result<(), Stop> {
        let (called, key) = (asset.called(), self.keys.key(&asset));
        let Some(named) = self.named(n, &asset, &called, key)? else { return Ok(()) };
        let is_new = matches!(named, Named::Reference(_));
        for rows::Said { row, .. } in rows::of(&called, asset.marks, &named, self.taxonomy, &mut self.notes) {
            if let Some(source) = row["source"].as_str() {
                *self.by_source.entry(source.to_owned()).or_default() += 1;
            }
            *(if is_new { &mut self.n_rows_new } else { &mut self.n_rows }) += 1;
            if !(is_new && self.bringing.how.dry_run) {
                write_line(&mut self.rows, &row)?;
            }
        }
        Ok(())
    }

    /// How an asset is named to Sheaf; `None` when nothing is made of it.
    fn named(
        &mut self,
        n: usize,
        asset: &Asset,
        called: &str,
        key: Option<String>,
    ) -> Result<Option<Named>, Stop> {
        match self.library.look(n, asset) {
            Looked::Found(ordinal, size) => {
                self.report.found += 1;
                note_size(asset, called, size, &mut self.notes);
                let id = AssetId { project: self.bringing.project, ordinal };
                return Ok(Some(Named::Id(id.to_string())));
            }
            Looked::Again => {
                self.notes.note(rows::AGAIN, called);
                return Ok(None);
            }
            Looked::Not => {}
        }
        match content(asset, self.media).zip(key) {
            Some((content, key)) if self.bringing.how.make => {
                if !self.taken.insert(key.clone()) {
                    self.notes.note(rows::AGAIN, called);
                    return Ok(None);
                }
                self.report.made += 1;
                write_line(&mut self.manifest, &rows::of_asset(asset, content, Some(&key)))?;
                Ok(Some(Named::Reference(key)))
            }
            new => {
                self.report.not_found += 1;
                self.report.makeable += u64::from(new.is_some());
                if self.report.not_found_first.len() < NAMED_MAX {
                    self.report.not_found_first.push(called.to_owned());
                }
                Ok(None)
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.rows.flush()?;
        self.manifest.flush()
    }
}

fn write_line(out: &mut impl Write, row: &Value) -> io::Result<()> {
    serde_json::to_writer(&mut *out, row)?;
    out.write_all(b"\n")
}

/// An image of another size than the file says may have been scaled since.
fn note_size(asset: &Asset, called: &str, size: Option<(u32, u32)>, notes: &mut sheaf_formats::Report) {
    if let (Some((w, h)), Some((width, height))) = (asset.size, size)
        && (w, h) != (width, height)
    {
        let what = "image whose size in the file is not its size here: are the shapes at their places?";
        notes.note(what, format!("{called}, {w} × {h} instead of {width} × {height}"));
    }
}

/// A project's sources are bounded; here the whole file is refused, not the part of it that is beyond.
fn check_sources(by_source: &BTreeMap<String, u64>, known: HashSet<&str>) -> Result<()> {
    let n_new = by_source.keys().filter(|source| !known.contains(source.as_str())).count();
    if known.len() + n_new <= SOURCES_MAX {
        return Ok(());
    }
    let message = format!(
        "the file has answers of {} people and models; a project has pre-labels of at most {SOURCES_MAX} sources, and this one has some of {}",
        by_source.len(),
        known.len()
    );
    Err(Error::conflict("too_many_sources", message)
        .hint("delete those of sources that are not needed any more"))
}

/// The taxonomy that was read, when it can be one.
fn checked(taxonomy: Taxonomy, media: Media) -> Result<Taxonomy> {
    let Some(problem) = taxonomy.problems(media).into_iter().next() else { return Ok(taxonomy) };
    let Problem { path, message } = &problem;
    Err(Error::Invalid {
        code: "bad_taxonomy",
        message: format!(
            "the project has no taxonomy, and what was read does not make one: {path} {message}"
        ),
        hint: Some("make one in the project's settings first".into()),
        problems: vec![problem],
    })
}
