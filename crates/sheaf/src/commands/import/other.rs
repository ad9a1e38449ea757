//! `sheaf import --format`: files of another tool become an upload, a taxonomy where there is none, and pre-labels.
//!
//! Everything is read before anything is sent, so a file that is wrong leaves nothing behind. What was read is kept in a
//! temporary file, an asset a line: memory does not grow with it, but for the names of the images.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::{Value, json};
use sheaf_formats::folder::Disk;
use sheaf_formats::{Asset, Format, Marks, Options, Report};
use sheaf_intake::{Limits, archive};
use sheaf_model::prelabel::SOURCE_CHARS_MAX;
use sheaf_model::{Media, Taxonomy};

use super::super::prelabels;
use super::super::project::{Project, find};
use super::answers::{self, Rows};
use super::walk::{self, LocalFile};
use super::{Args, begin, finish, manifest, send};
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
    let scratch = tempfile::tempdir()?;
    let (assets, read) = spool(format, root, media, &args, &images, scratch.path())?;
    eprintln!("read: {}", read.report);
    if read.report.assets == 0 {
        bail!("there is nothing in it");
    }

    let taxonomy = taxonomy(&session, &project, read.taxonomy, media)?;
    let name = match args.name.clone().or_else(|| walk::name(&args.paths)) {
        Some(name) => name,
        None => bail!("give the upload a name with --name"),
    };
    let mut fitted = Report::default();
    let plan = Plan { name: &name, onto: args.onto.as_deref(), images: &images };
    let manifest_file = scratch.path().join("manifest.jsonl");
    let (files, rows) = write_manifest(&assets, &manifest_file, &plan, &mut fitted)?;
    let mut upload_id = args.onto.clone();
    let mut outcome = Outcome::Done;
    if rows > 0 {
        let mut new = json!({ "name": name, "source": "cli" });
        if let Some(batch) = &args.batch {
            new["batch"] = json!({ "name": batch, "launch": args.launch });
        }
        let (upload, base) = begin(client, &project, &new)?;
        if upload.job.as_ref().is_none_or(|job| job.state != "running") {
            manifest::stage(client, &base, &manifest_file)?;
            manifest::commit(client, &base)?;
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
    archive::read_zip(path, scratch.path(), &Limits::default(), |entry| -> Result<()> {
        match entry {
            archive::Entry::Refused(problem) => {
                bail!("`{}` in the zip: {}", problem.path.as_deref().unwrap_or("an entry"), problem.message)
            }
            archive::Entry::File { path, file, .. } => {
                let target = folder.path().join(path);
                if let Some(parent) = target.parent() {
                    std::fs::create_dir_all(parent)?;
                }
                std::fs::copy(file, target)?;
                Ok(())
            }
        }
    })?;
    Ok(Some(folder))
}

/// The images that there are, by path and by name.
struct Images {
    files: Vec<LocalFile>,
    by_path: HashMap<String, usize>,
    /// Without extension; `None` when several have the name.
    by_stem: HashMap<String, Option<usize>>,
    by_name: HashMap<String, Option<usize>>,
}

impl Images {
    /// In the folder that was named, else in that of the annotations.
    fn find(named: Option<&Path>, root: &Path) -> Result<Self> {
        let folder = named.unwrap_or(root);
        let mut files = if folder.is_dir() { walk::files(&[folder.to_owned()])? } else { Vec::new() };
        let other = ["json", "jsonl", "ndjson", "xml", "txt", "csv", "yaml", "yml", "manifest", "md"];
        files.retain(|file| !other.contains(&sheaf_intake::path::extension(&file.path).as_str()));
        let mut out = Self {
            by_path: HashMap::new(),
            by_stem: HashMap::new(),
            by_name: HashMap::new(),
            files: Vec::new(),
        };
        for (at, file) in files.iter().enumerate() {
            let name = sheaf_intake::path::file_name(&file.path);
            out.by_path.insert(file.path.clone(), at);
            out.by_name.entry(name.to_owned()).and_modify(|known| *known = None).or_insert(Some(at));
            for stem in HashSet::from([stem(&file.path), stem(name)]) {
                out.by_stem.entry(stem.to_owned()).and_modify(|known| *known = None).or_insert(Some(at));
            }
        }
        out.files = files;
        Ok(out)
    }

    /// The file of an asset: of this path, of the end of it, or the only one of its name.
    fn get(&self, path: &str) -> Option<&LocalFile> {
        let ends = std::iter::successors(Some(path), |rest| rest.split_once('/').map(|(_, rest)| rest));
        let known = ends.filter_map(|end| self.by_path.get(end)).next().copied();
        let name = sheaf_intake::path::file_name(path);
        let at = known.or_else(|| self.by_name.get(name).copied().flatten())?;
        self.files.get(at)
    }

    /// The image whose labels these are: `images/train/a.jpg` of `train/a`, wherever the folder of images is.
    fn of_stem(&self, of: &str) -> Option<String> {
        let name = sheaf_intake::path::file_name(of);
        let folder = of.strip_suffix(name).unwrap_or_default();
        let tried =
            [of.to_owned(), format!("images/{of}"), format!("{folder}images/{name}"), name.to_owned()];
        let at = tried.iter().find_map(|stem| self.by_stem.get(stem).copied().flatten())?;
        self.files.get(at).map(|file| file.path.clone())
    }

    fn size(&self, path: &str) -> Option<(u32, u32)> {
        let file = self.get(path)?;
        image::ImageReader::open(&file.file).ok()?.with_guessed_format().ok()?.into_dimensions().ok()
    }
}

fn stem(path: &str) -> &str {
    let extension = sheaf_intake::path::extension(path);
    if extension.is_empty() { path } else { &path[..path.len() - extension.len() - 1] }
}

/// Reads everything into a file, an asset a line.
fn spool(
    format: Format,
    root: &Path,
    media: Media,
    args: &Args,
    images: &Images,
    scratch: &Path,
) -> Result<(PathBuf, sheaf_formats::Outcome)> {
    let path = scratch.join("assets.jsonl");
    let mut out = BufWriter::new(File::create(&path)?);
    let folder = Disk::open(root)?;
    let sizes = |name: &str| images.size(name);
    let image = |stem: &str| images.of_stem(stem);
    let options = Options { media, zero_based: args.zero_based, sizes: &sizes, image: &image };
    let read = sheaf_formats::read(format, &folder, options, &mut |asset| {
        serde_json::to_writer(&mut out, &asset)
            .map_err(std::io::Error::other)
            .and_then(|()| out.write_all(b"\n"))
            .map_err(|error| {
                let hint = "is there room for temporary files?";
                sheaf_formats::Error::new(path.display().to_string(), "", error.to_string(), hint)
            })
    })
    .context("nothing was imported")?;
    out.flush()?;
    Ok((path, read))
}

fn each(path: &Path, mut visit: impl FnMut(usize, Asset) -> Result<()>) -> Result<()> {
    for (n, line) in BufReader::new(File::open(path)?).lines().enumerate() {
        visit(n, serde_json::from_str(&line?)?)?;
    }
    Ok(())
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

/// What decides how assets are named to the server.
struct Plan<'a> {
    name: &'a str,
    onto: Option<&'a str>,
    images: &'a Images,
}

/// How a pre-label names its asset.
#[derive(Debug, PartialEq)]
enum Named {
    Reference(String),
    /// A file of the upload.
    Path(String),
    /// Neither file nor address nor key: nothing can be made of it.
    Not,
}

impl Plan<'_> {
    /// Where an asset's content is, as the columns of a manifest, and how it is found afterwards.
    fn place(&self, n: usize, asset: &Asset) -> (Option<Value>, Named) {
        if self.onto.is_some() {
            return (None, Named::Path(asset.name.clone()));
        }
        let own = asset.reference.clone();
        if let Some(text) = &asset.text {
            let reference = own.unwrap_or_else(|| format!("{}#{}", self.name, n + 1));
            return (Some(json!({ "text": text })), Named::Reference(reference));
        }
        if let Some(file) = self.images.get(&asset.name) {
            let named = own.map_or_else(|| Named::Path(file.path.clone()), Named::Reference);
            return (Some(json!({ "file": file.path })), named);
        }
        match &asset.url {
            Some(url) if url.starts_with("http://") || url.starts_with("https://") => {
                (Some(json!({ "url": url })), Named::Reference(own.unwrap_or_else(|| url.clone())))
            }
            // Of an asset that is in the library.
            _ => (None, own.map_or(Named::Not, Named::Reference)),
        }
    }
}

/// The manifest of the upload, the files that it names, and how many rows it has.
fn write_manifest(
    assets: &Path,
    out: &Path,
    plan: &Plan<'_>,
    report: &mut Report,
) -> Result<(Vec<LocalFile>, u64)> {
    let mut out = BufWriter::new(File::create(out)?);
    let (mut files, mut rows) = (HashMap::new(), 0);
    each(assets, |n, asset| {
        let (content, named) = plan.place(n, &asset);
        if named == Named::Not {
            report.note("asset left out: its file is not there, see --images and --onto", &asset.name);
        }
        let Some(mut row) = content else { return Ok(()) };
        if let Some(file) = plan.images.get(&asset.name).filter(|_| row.get("file").is_some()) {
            files.insert(file.path.clone(), file.clone());
        }
        if let Named::Reference(reference) = named {
            row["reference_id"] = json!(reference);
        }
        if !asset.name.is_empty() {
            row["name"] = json!(asset.name);
        }
        if let Some((width, height)) = asset.size {
            (row["width"], row["height"]) = (json!(width), json!(height));
        }
        if !asset.metadata.is_empty() {
            row["metadata"] = Value::Object(asset.metadata);
        }
        rows += 1;
        serde_json::to_writer(&mut out, &row)?;
        out.write_all(b"\n")?;
        Ok(())
    })?;
    out.flush()?;
    let mut files: Vec<LocalFile> = files.into_values().collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok((files, rows))
}

/// What rows are held against, and the upload that their files are in.
struct Target<'a> {
    upload: Option<&'a str>,
    taxonomy: &'a Taxonomy,
}

/// A line for each source of each asset, in what `PUT /api/projects/{project}/prelabels` takes, or `.../answers`; how many.
fn write_rows(
    assets: &Path,
    out: &Path,
    plan: &Plan<'_>,
    target: &Target<'_>,
    kind: Rows,
    report: &mut Report,
) -> Result<u64> {
    let file = File::create(out).with_context(|| format!("cannot write `{}`", out.display()))?;
    let (mut out, mut n_rows) = (BufWriter::new(file), 0);
    each(assets, |n, asset| {
        let (_, named) = plan.place(n, &asset);
        let mut sources = HashSet::new();
        for mut marks in asset.marks.into_iter().filter(|marks| kind.takes(marks)) {
            sheaf_formats::fit::fit(&mut marks.response, target.taxonomy, report, &asset.name);
            let at = marks.at.take();
            let Some(row) = prelabel(&named, target.upload, marks, &mut sources) else { continue };
            n_rows += 1;
            serde_json::to_writer(&mut out, &kind.row(row, at.as_deref()))?;
            out.write_all(b"\n")?;
        }
        Ok(())
    })?;
    out.flush()?;
    Ok(n_rows)
}

/// One pre-label as a row. Two sources of an asset never have the same name: one would take the other's place.
fn prelabel(
    named: &Named,
    upload: Option<&str>,
    marks: Marks,
    sources: &mut HashSet<String>,
) -> Option<Value> {
    let mut row = match named {
        Named::Reference(reference) => json!({ "reference_id": reference }),
        Named::Path(path) => json!({ "upload": upload?, "path": path }),
        Named::Not => return None,
    };
    let clean: String = marks.source.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let with = |end: &str| -> String {
        let room = SOURCE_CHARS_MAX - end.chars().count();
        format!("{}{end}", clean.trim().chars().take(room).collect::<String>())
    };
    let source = (1..)
        .map(|n| if n == 1 { with("") } else { with(&format!(" ({n})")) })
        .find(|source| !sources.contains(source))?;
    sources.insert(source.clone());
    row["source"] = json!(source);
    if let Some(score) = marks.score {
        row["score"] = json!(score);
    }
    row["response"] = json!(marks.response);
    Some(row)
}

/// Whether all of them were taken.
fn send_prelabels(session: &Session, project: &Project, file: &Path) -> Result<bool> {
    let sent = prelabels::send(&session.client, &prelabels::address(project), &mut File::open(file)?);
    let report: prelabels::Report =
        sent.context("the assets are there, the pre-labels are not: run it again")?;
    report.tell(false);
    Ok(report.refused == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(source: &str) -> Marks {
        let response = serde_json::from_value(json!({"fields": {"a": 1}})).unwrap();
        Marks { source: source.into(), human: true, score: Some(0.5), response, at: None }
    }

    #[test]
    fn rows_name_their_asset_and_sources_differ() {
        let mut seen = HashSet::new();
        let by_path = Named::Path("a.jpg".into());
        let first = prelabel(&by_path, Some("u1"), marks("coco"), &mut seen).unwrap();
        let wanted = json!({"upload":"u1","path":"a.jpg","source":"coco","score":0.5,
            "response":{"annotations":[],"fields":{"a":1}}});
        assert_eq!(first, wanted);
        let mut source = |text: &str| {
            let row = prelabel(&Named::Reference("r".into()), None, marks(text), &mut seen).unwrap();
            row["source"].as_str().unwrap().to_owned()
        };
        assert_eq!(source("coco"), "coco (2)");
        assert_eq!(source("coco"), "coco (3)");
        assert_eq!(source(&"x".repeat(200)).chars().count(), 100);
        assert!(source(&"x".repeat(200)).ends_with("x (2)"));
        assert_eq!(prelabel(&Named::Not, None, marks("a"), &mut seen), None);
        assert_eq!(prelabel(&by_path, None, marks("a"), &mut seen), None);
    }

    #[test]
    fn images_are_found_by_path_by_its_end_and_by_name() {
        let dir = tempfile::tempdir().unwrap();
        for path in ["images/train/a.jpg", "images/val/a.jpg", "images/val/b.png", "labels/train/a.txt"] {
            let file = dir.path().join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, path).unwrap();
        }
        let images = Images::find(None, dir.path()).unwrap();
        let get = |path: &str| images.get(path).map(|file| file.path.as_str());
        assert_eq!(get("images/val/a.jpg"), Some("images/val/a.jpg"));
        assert_eq!(get("export/images/val/a.jpg"), Some("images/val/a.jpg"));
        assert_eq!(get("b.png"), Some("images/val/b.png"));
        assert_eq!(get("a.jpg"), None, "there are two");
        assert_eq!(images.of_stem("train/a").as_deref(), Some("images/train/a.jpg"));
        assert_eq!(images.of_stem("other/b").as_deref(), Some("images/val/b.png"));
        assert_eq!(images.of_stem("a"), None);
    }
}
