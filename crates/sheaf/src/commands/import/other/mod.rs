//! `sheaf import --format`: files of another tool become an upload, a taxonomy where there is none, pre-labels, and answers.
//!
//! Everything is read before anything is sent, so a file that is wrong leaves nothing behind. What was read is kept in a
//! temporary file, an asset a line: memory does not grow with it, but for the names of the images and the keys of the assets.

mod images;
mod onto;
mod rows;

use std::fs::File;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::{Value, json};
use sheaf_formats::folder::Disk;
use sheaf_formats::rows::columns;
use sheaf_formats::{Format, Options, Report, Spool};
use sheaf_intake::{Limits, archive};
use sheaf_model::{Media, Taxonomy};

use self::images::Images;
use self::onto::Onto;
use self::rows::{Plan, Target, write_manifest, write_rows};
use super::super::prelabels;
use super::super::project::{Project, find};
use super::answers::{self, Rows};
use super::{Args, begin, finish, manifest, send, walk};
use crate::Outcome;
use crate::session::Session;

pub(super) fn run(args: Args, format: Format) -> Result<Outcome> {
    let [path] = args.paths.as_slice() else {
        bail!("name one file or folder of {}, and the images with --images", format.as_str())
    };
    let session = Session::connect(&args.connect)?;
    let client = &session.client;
    let project = find(client, args.project.as_deref())?;
    let media = Media::parse(&project.media)
        .with_context(|| format!("the project holds `{}`, which is not known here", project.media))?;

    let unpacked = unpacked(path)?;
    let root = unpacked.as_ref().map_or(path.as_path(), tempfile::TempDir::path);
    let images = Images::find(args.images.as_deref(), root)?;
    let onto = args.onto.as_deref().map(|wanted| Onto::find(client, &project, wanted)).transpose()?;
    let scratch = tempfile::tempdir()?;
    let (assets, read) = spool(format, root, media, &args, &images, scratch.path())?;
    eprintln!("read: {}", read.report);
    if read.report.assets == 0 {
        bail!("there is nothing in it");
    }

    let taxonomy = taxonomy(&session, &project, read.taxonomy, media)?;
    let name = onto.as_ref().map(|onto| onto.name.clone()).or_else(|| args.name.clone());
    // As the server has it: keys of texts are made of it.
    let name = match name.or_else(|| walk::name(&args.paths)) {
        Some(name) => name.trim().to_owned(),
        None => bail!("give the upload a name with --name"),
    };
    let mut fitted = Report::default();
    let plan = Plan { name: &name, onto: onto.as_ref(), images: &images };
    let manifest_file = scratch.path().join("manifest.jsonl");
    let (files, rows) = write_manifest(&assets, &manifest_file, &plan, &mut fitted)?;
    let mut upload_id = onto.as_ref().map(|onto| onto.id.clone());
    let mut outcome = Outcome::Done;
    if rows > 0 {
        let mut new = json!({ "name": name, "source": "cli" });
        if let Some(batch) = &args.batch {
            new["batch"] = json!({ "name": batch, "launch": args.launch });
        }
        let (upload, base) = begin(client, &project, &new)?;
        if upload.job.as_ref().is_none_or(|job| job.state != "running") {
            manifest::stage(client, &base, &manifest_file)?;
            manifest::commit(client, &base, &columns())?;
        }
        manifest::wait(client, &base)?;
        if !files.is_empty() {
            send::all(client, &base, files)?;
        }
        outcome = finish(&session, &base, args.json, args.allow_refused)?;
        upload_id = Some(upload.id);
    }
    let kept = match &args.prelabels {
        Some(file) => file.clone(),
        None => scratch.path().join("prelabels.jsonl"),
    };
    let target = Target { upload: upload_id.as_deref(), taxonomy: &taxonomy };
    let said = Rows::Prelabels { of_people: args.answers.is_none() };
    let n = write_rows(&assets, &kept, &plan, &target, said, &mut fitted)?;
    let given = scratch.path().join("answers.jsonl");
    let answered = match &args.answers {
        Some(_) => write_rows(&assets, &given, &plan, &target, Rows::Answers, &mut fitted)?,
        None => 0,
    };
    for (what, count, first) in fitted.notes() {
        eprintln!("  {count} x {what}; first: {first}");
    }
    if let Some(batch) = args.answers.as_ref().filter(|_| answered > 0)
        && !answers::send(&session, &project, batch, &given)?
        && !args.allow_refused
    {
        outcome = Outcome::Refused;
    }
    if args.prelabels.is_some() {
        eprintln!("{n} pre-labels are in `{}`", kept.display());
        return Ok(outcome);
    }
    if n > 0 && !send_prelabels(&session, &project, &kept)? && !args.allow_refused {
        outcome = Outcome::Refused;
    }
    Ok(outcome)
}

/// A zip is unpacked, within the limits of uploads.
fn unpacked(path: &Path) -> Result<Option<tempfile::TempDir>> {
    if !path.is_file() || !archive::is_zip(path)? {
        return Ok(None);
    }
    let (folder, scratch) = (tempfile::tempdir()?, tempfile::tempdir()?);
    sheaf_formats::unpack(path, folder.path(), scratch.path(), &Limits::default(), u64::MAX, &|_| true)
        .with_context(|| format!("`{}` cannot be unpacked", path.display()))?;
    Ok(Some(folder))
}

/// Reads everything into a file.
fn spool(
    format: Format,
    root: &Path,
    media: Media,
    args: &Args,
    images: &Images,
    scratch: &Path,
) -> Result<(Spool, sheaf_formats::Outcome)> {
    let folder = Disk::open(root)?;
    let sizes = |name: &str| images.size(name);
    let image = |stem: &str| images.of_stem(stem);
    let options = Options { media, zero_based: args.zero_based, sizes: &sizes, image: &image, missing: None };
    Spool::read(format, &folder, options, &scratch.join("assets.jsonl")).context("nothing was imported")
}

/// The project's taxonomy; the one that was read becomes it when there is none.
fn taxonomy(session: &Session, project: &Project, read: Taxonomy, media: Media) -> Result<Taxonomy> {
    #[derive(Deserialize)]
    struct Version {
        taxonomy: Option<Taxonomy>,
    }
    let address = format!("/api/projects/{}/taxonomy", project.id);
    let known: Version = session.client.get(&address)?;
    if let Some(taxonomy) = known.taxonomy {
        return Ok(taxonomy);
    }
    if let Some(problem) = read.problems(media).first() {
        bail!(
            "the project has no taxonomy, and what was read does not make one: {} {}; make one in the settings first",
            problem.path,
            problem.message
        );
    }
    let _: Value = session.client.put(&address, &json!({ "taxonomy": read, "base_version": 0 }))?;
    eprintln!(
        "the project had no taxonomy; it got one of {} labels and {} fields",
        read.labels.len(),
        read.fields.len()
    );
    Ok(read)
}

/// Whether all of them were taken.
fn send_prelabels(session: &Session, project: &Project, file: &Path) -> Result<bool> {
    let sent = prelabels::send(&session.client, &prelabels::address(project), &mut File::open(file)?);
    let report: prelabels::Report =
        sent.context("the assets are there, the pre-labels are not: run it again")?;
    report.tell(false);
    Ok(report.refused == 0)
}
