//! What was read, as the rows that the server takes: a manifest of the assets, pre-labels, and answers.

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::{Context, Result};
use sheaf_formats::rows::{self, Keys, Named, Said};
use sheaf_formats::{Asset, Report, Spool};
use sheaf_model::Taxonomy;

use super::super::answers::Rows;
use super::super::walk::LocalFile;
use super::images::Images;
use super::onto::Onto;

/// The note of an asset that has neither a file nor a key.
const NOWHERE: &str = "asset left out: its file is not there, see --images and --onto";

/// What decides how assets are named to the server.
pub(super) struct Plan<'a> {
    /// Of the upload.
    pub(super) name: &'a str,
    /// The assets are in this upload already.
    pub(super) onto: Option<&'a Onto>,
    pub(super) images: &'a Images,
}

/// How an asset is called: by a key, or by its file.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Called {
    Reference(String),
    Path(String),
}

/// Where an asset's content is: a column of a manifest, and what stands in it.
type Content = (&'static str, String);

/// What becomes of an asset.
#[derive(Debug, PartialEq, Eq)]
enum Place {
    /// What it is, when it is to come in, and how it is found afterwards.
    At(Option<Content>, Called),
    /// It has the file or the key of another one, in whose place it would come.
    Again,
    /// It has neither.
    Nowhere,
}

/// One walk over the assets.
struct Walk<'a> {
    plan: &'a Plan<'a>,
    keys: Keys,
    taken: HashSet<Called>,
}

impl<'a> Walk<'a> {
    fn new(plan: &'a Plan<'a>) -> Self {
        Self { plan, keys: Keys::of(plan.name), taken: HashSet::new() }
    }

    /// To be asked for each asset once, in their order: the first one that comes to a file or a key has it.
    fn place(&mut self, asset: &Asset) -> Place {
        let key = self.keys.key(asset).map(Called::Reference);
        // It is called by the first of its names.
        let (content, names): (Option<Content>, Vec<Called>) = if let Some(onto) = self.plan.onto {
            (None, onto.path(&asset.name).map(Called::Path).or(key).into_iter().collect())
        } else if let Some(text) = &asset.text {
            (Some(("text", text.clone())), key.into_iter().collect())
        } else if let Some(file) = self.plan.images.get(&asset.name) {
            let own = asset.reference.clone().map(Called::Reference);
            let names = own.into_iter().chain([Called::Path(file.path.clone())]);
            (Some(("file", file.path.clone())), names.collect())
        } else {
            // Without an address it is an asset that is in the library.
            (asset.address().map(|url| ("url", url.to_owned())), key.into_iter().collect())
        };
        let Some(called) = names.first().cloned() else { return Place::Nowhere };
        if names.iter().any(|name| self.taken.contains(name)) {
            return Place::Again;
        }
        self.taken.extend(names);
        Place::At(content, called)
    }
}

/// The manifest of the upload, the files that it names, and how many rows it has. Assets that are left out are noted.
pub(super) fn write_manifest(
    assets: &Spool,
    out: &Path,
    plan: &Plan<'_>,
    report: &mut Report,
) -> Result<(Vec<LocalFile>, u64)> {
    let mut out = BufWriter::new(File::create(out)?);
    let (mut walk, mut files, mut n_rows) = (Walk::new(plan), HashMap::new(), 0);
    assets.each(|_, asset| -> Result<()> {
        let place = walk.place(&asset);
        match &place {
            Place::At(..) => {}
            Place::Again => report.note(rows::AGAIN, asset.called()),
            Place::Nowhere => report.note(NOWHERE, asset.called()),
        }
        let Place::At(Some((column, content)), called) = place else { return Ok(()) };
        if column == "file"
            && let Some(file) = plan.images.get(&asset.name)
        {
            files.insert(file.path.clone(), file.clone());
        }
        let key = match &called {
            Called::Reference(reference) => Some(reference.as_str()),
            Called::Path(_) => None,
        };
        n_rows += 1;
        serde_json::to_writer(&mut out, &rows::of_asset(&asset, (column, &content), key))?;
        out.write_all(b"\n")?;
        Ok(())
    })?;
    out.flush()?;
    let mut files: Vec<LocalFile> = files.into_values().collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok((files, n_rows))
}

/// What rows are held against, and the upload that their files are in.
pub(super) struct Target<'a> {
    pub(super) upload: Option<&'a str>,
    pub(super) taxonomy: &'a Taxonomy,
}

/// A line for each source of each asset, of those that are such rows; how many.
pub(super) fn write_rows(
    assets: &Spool,
    out: &Path,
    plan: &Plan<'_>,
    target: &Target<'_>,
    kind: Rows,
    report: &mut Report,
) -> Result<u64> {
    let file = File::create(out).with_context(|| format!("cannot write `{}`", out.display()))?;
    let (mut out, mut walk, mut n_rows) = (BufWriter::new(file), Walk::new(plan), 0);
    assets.each(|_, asset| -> Result<()> {
        // Those that are left out were noted when the manifest was written.
        let Place::At(_, called) = walk.place(&asset) else { return Ok(()) };
        let named = match (called, target.upload) {
            (Called::Reference(reference), _) => Named::Reference(reference),
            (Called::Path(path), Some(upload)) => Named::File { upload: upload.to_owned(), path },
            (Called::Path(_), None) => return Ok(()),
        };
        let called = asset.called();
        let marks = asset.marks.into_iter().filter(|marks| kind.takes(marks)).collect();
        for Said { row, at } in rows::of(&called, marks, &named, target.taxonomy, report) {
            n_rows += 1;
            serde_json::to_writer(&mut out, &kind.row(row, at.as_deref()))?;
            out.write_all(b"\n")?;
        }
        Ok(())
    })?;
    out.flush()?;
    Ok(n_rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn called(name: &str) -> Asset {
        Asset { name: name.into(), ..Asset::default() }
    }

    fn keyed(reference: &str, asset: Asset) -> Asset {
        Asset { reference: Some(reference.into()), ..asset }
    }

    fn reference(key: &str) -> Called {
        Called::Reference(key.into())
    }

    fn path(path: &str) -> Called {
        Called::Path(path.into())
    }

    fn places(plan: &Plan<'_>, assets: &[Asset]) -> Vec<Place> {
        let mut walk = Walk::new(plan);
        assets.iter().map(|asset| walk.place(asset)).collect()
    }

    #[test]
    fn what_comes_to_a_file_or_a_key_that_is_taken_is_left_out() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["a.jpg", "b.jpg", "c.jpg"] {
            std::fs::write(dir.path().join(name), name).unwrap();
        }
        let images = Images::find(None, dir.path()).unwrap();
        let plan = Plan { name: "june", onto: None, images: &images };
        let url = "https://x.org/d.jpg";
        let at_url = Asset { url: Some(url.into()), ..called("d.jpg") };
        let assets = [
            called("train/a.jpg"),
            called("val/a.jpg"),
            keyed("k", called("b.jpg")),
            keyed("k", called("c.jpg")),
            called("b.jpg"),
            called("c.jpg"),
            at_url.clone(),
            at_url,
            keyed("k2", called("none.jpg")),
            called("none.jpg"),
        ];
        let file = |path: &str| Some(("file", path.to_owned()));
        let wanted = [
            Place::At(file("a.jpg"), path("a.jpg")),
            Place::Again,
            Place::At(file("b.jpg"), reference("k")),
            Place::Again,
            Place::Again,
            Place::At(file("c.jpg"), path("c.jpg")),
            Place::At(Some(("url", url.to_owned())), reference(url)),
            Place::Again,
            Place::At(None, reference("k2")),
            Place::Nowhere,
        ];
        assert_eq!(places(&plan, &assets), wanted);
    }

    #[test]
    fn files_of_the_upload_are_found_by_their_ends_and_the_rest_by_key() {
        let dir = tempfile::tempdir().unwrap();
        let images = Images::find(None, dir.path()).unwrap();
        let onto = Onto::of("upl_1".into(), "june".into(), vec!["a.jpg".into(), "day/b.jpg".into()]);
        let plan = Plan { name: &onto.name, onto: Some(&onto), images: &images };
        let text = Asset { text: Some("hello".into()), ..Asset::default() };
        let assets = [
            called("images/a.jpg"),
            keyed("k", called("b.jpg")),
            called("a.jpg"),
            called("c.jpg"),
            keyed("c", called("c.jpg")),
            text,
        ];
        let wanted = [
            Place::At(None, path("a.jpg")),
            Place::At(None, path("day/b.jpg")),
            Place::Again,
            Place::Nowhere,
            Place::At(None, reference("c")),
            Place::At(None, reference("june#2cf24dba5fb0a30e")),
        ];
        assert_eq!(places(&plan, &assets), wanted);
    }
}
