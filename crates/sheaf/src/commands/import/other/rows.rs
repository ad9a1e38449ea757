//! What was read, as the rows that the server takes: a manifest of the assets, pre-labels, and answers.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::{Context, Result};
use sheaf_formats::rows::{self, Named, Said};
use sheaf_formats::{Asset, Report, Spool};
use sheaf_model::Taxonomy;

use super::super::answers::Rows;
use super::super::walk::LocalFile;
use super::images::Images;

/// What decides how assets are named to the server.
pub(super) struct Plan<'a> {
    /// Of the upload.
    pub(super) name: &'a str,
    /// The assets are in this upload already.
    pub(super) onto: Option<&'a str>,
    pub(super) images: &'a Images,
}

/// How an asset is called: by a key, or by its file; by nothing when it has neither.
enum Called {
    Reference(String),
    Path(String),
    Not,
}

/// Where an asset's content is: a column of a manifest, and what stands in it.
type Content = (&'static str, String);

impl Plan<'_> {
    /// What an asset is, when it is to come in, and how it is found afterwards.
    fn place(&self, n: usize, asset: &Asset) -> (Option<Content>, Called) {
        if self.onto.is_some() {
            return (None, Called::Path(asset.name.clone()));
        }
        let key = Named::by_key(asset, n, self.name).map(Called::Reference);
        if let Some(text) = &asset.text {
            return (Some(("text", text.clone())), key.unwrap_or(Called::Not));
        }
        if let Some(file) = self.images.get(&asset.name) {
            let own = asset.reference.clone().map(Called::Reference);
            let called = own.unwrap_or_else(|| Called::Path(file.path.clone()));
            return (Some(("file", file.path.clone())), called);
        }
        // Without an address it is an asset that is in the library.
        (asset.address().map(|url| ("url", url.to_owned())), key.unwrap_or(Called::Not))
    }
}

/// The manifest of the upload, the files that it names, and how many rows it has.
pub(super) fn write_manifest(
    assets: &Spool,
    out: &Path,
    plan: &Plan<'_>,
    report: &mut Report,
) -> Result<(Vec<LocalFile>, u64)> {
    let mut out = BufWriter::new(File::create(out)?);
    let (mut files, mut n_rows) = (HashMap::new(), 0);
    assets.each(|n, asset| -> Result<()> {
        let (content, called) = plan.place(n, &asset);
        if matches!(called, Called::Not) {
            report.note("asset left out: its file is not there, see --images and --onto", &asset.name);
        }
        let Some((column, content)) = content else { return Ok(()) };
        if column == "file"
            && let Some(file) = plan.images.get(&asset.name)
        {
            files.insert(file.path.clone(), file.clone());
        }
        let key = match &called {
            Called::Reference(reference) => Some(reference.as_str()),
            Called::Path(_) | Called::Not => None,
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
    let (mut out, mut n_rows) = (BufWriter::new(file), 0);
    assets.each(|n, asset| -> Result<()> {
        let (_, called) = plan.place(n, &asset);
        let named = match (called, target.upload) {
            (Called::Reference(reference), _) => Named::Reference(reference),
            (Called::Path(path), Some(upload)) => Named::File { upload: upload.to_owned(), path },
            (Called::Path(_), None) | (Called::Not, _) => return Ok(()),
        };
        let marks = asset.marks.into_iter().filter(|marks| kind.takes(marks)).collect();
        for Said { row, at } in rows::of(&asset.name, marks, &named, target.taxonomy, report) {
            n_rows += 1;
            serde_json::to_writer(&mut out, &kind.row(row, at.as_deref()))?;
            out.write_all(b"\n")?;
        }
        Ok(())
    })?;
    out.flush()?;
    Ok(n_rows)
}
