//! YOLO and Pascal VOC: a zip, streamed, with a small file an image, and `assets.csv`, which says of which asset each is. Of an
//! image with several answers the newest counts; one without any has no file, because an empty one says that there is nothing to
//! see. The images themselves are not in it.
//!
//! Names are those of the assets, made into paths that stay in the archive and that differ; the directory of the zip and the hashes of
//! the names, which are held in memory until the end, are all that grows with the number of images.

use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::io::Write;

use sheaf_formats::Asset;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::csv::harmless;
use super::neutral::{Which, categories, each};
use super::{Format, Pieces, Spec, failed};
use crate::Result;
use crate::library::Look;

pub(super) fn write(look: &Look<'_>, spec: &Spec, out: &mut Pieces) -> Result<()> {
    let names = categories(look)?;
    let (folder, extension) = match spec.format {
        Format::Voc => ("Annotations", "xml"),
        _ => ("labels", "txt"),
    };
    let mut zip = ZipWriter::new_stream(&mut *out);
    let options = SimpleFileOptions::default();
    if spec.format == Format::Yolo {
        zip.start_file("data.yaml", options).map_err(failed)?;
        zip.write_all(sheaf_formats::yolo_data(&names).as_bytes()).map_err(failed)?;
    }
    let mut seen = Seen::default();
    each(look, spec, Which::Newest, |item, asset| {
        let path = format!("{folder}/{}.{extension}", seen.path(&asset.name, item.asset.ordinal));
        if left_out(spec.format, &asset).is_some() {
            return Ok(());
        }
        let Some(text) = content(spec.format, &asset, &names) else { return Ok(()) };
        zip.start_file(path, options).map_err(failed)?;
        zip.write_all(text.as_bytes()).map_err(failed)
    })?;
    // A second walk, in which every name comes to the same path.
    zip.start_file("assets.csv", options).map_err(failed)?;
    let mut list = csv::Writer::from_writer(&mut zip);
    let columns = ["file", "asset_id", "reference_id", "name", "url", "width", "height", "note"];
    list.write_record(columns).map_err(failed)?;
    let mut seen = Seen::default();
    each(look, spec, Which::Newest, |item, asset| {
        let path = format!("{folder}/{}.{extension}", seen.path(&asset.name, item.asset.ordinal));
        let id = sheaf_model::AssetId { project: look.project, ordinal: item.asset.ordinal };
        let size = |side: Option<u32>| side.map_or_else(String::new, |side| side.to_string());
        let left_out = left_out(spec.format, &asset);
        let row = [
            if left_out.is_some() { String::new() } else { path },
            id.to_string(),
            asset.reference.unwrap_or_default(),
            item.asset.name.clone(),
            asset.url.unwrap_or_default(),
            size(item.asset.width),
            size(item.asset.height),
            left_out.unwrap_or_default().to_owned(),
        ];
        list.write_record(row.into_iter().map(harmless)).map_err(failed)
    })?;
    list.flush().map_err(failed)?;
    drop(list);
    zip.finish().map_err(failed)?;
    Ok(())
}

/// Why an image has no file; `None` when it has one.
fn left_out(format: Format, asset: &Asset) -> Option<&'static str> {
    if asset.marks.is_empty() {
        return Some("no answer yet");
    }
    let is_unknown = format == Format::Yolo && asset.size.is_none();
    is_unknown.then_some("left out: the size of the image is not known")
}

fn content(format: Format, asset: &Asset, names: &[String]) -> Option<String> {
    match format {
        Format::Voc => Some(sheaf_formats::voc_file(asset)),
        _ => sheaf_formats::yolo_file(asset, names),
    }
}

/// Paths that were given away, by their hashes: two of ten million meet by chance once in a hundred thousand exports, and then
/// one name has its number, too.
#[derive(Default)]
struct Seen {
    plain: HashSet<u64>,
    /// With the number of their asset.
    numbered: HashSet<u64>,
    state: RandomState,
}

impl Seen {
    /// A name as a path without extension that nothing else in the archive has.
    fn path(&mut self, name: &str, ordinal: u32) -> String {
        let parts = name.split(['/', '\\']).filter(|part| !matches!(*part, "" | "." | ".."));
        let clean = |part: &str| -> String {
            part.chars().map(|c| if c.is_control() || "<>:\"|?*".contains(c) { '_' } else { c }).collect()
        };
        let path = parts.map(clean).collect::<Vec<_>>().join("/");
        let stem = match path.rsplit_once('.') {
            Some((stem, extension))
                if !stem.is_empty() && !stem.ends_with('/') && !extension.contains('/') =>
            {
                stem
            }
            _ => path.as_str(),
        };
        let stem: String = stem.chars().take(200).collect();
        let hash = self.hash(&stem);
        if !stem.is_empty() && !self.numbered.contains(&hash) && self.plain.insert(hash) {
            return stem;
        }
        let mut path = format!("{stem}-{ordinal}").trim_start_matches('-').to_owned();
        // Another asset may be called just that.
        while self.plain.contains(&self.hash(&path)) {
            path.push('_');
        }
        self.numbered.insert(self.hash(&path));
        path
    }

    /// Folders of Windows and macOS do not tell case apart.
    fn hash(&self, path: &str) -> u64 {
        self.state.hash_one(path.to_lowercase())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_paths_that_stay_inside_and_differ() {
        let mut seen = Seen::default();
        for (name, wanted) in [
            ("day 1/a.jpg", "day 1/a"),
            ("day 1/a.png", "day 1/a-7"),
            ("day 1/A.jpg", "day 1/A-7"),
            ("day 1/a-7.jpg", "day 1/a-7-7"),
            ("b-7", "b-7"),
            ("b.jpg", "b"),
            ("b.png", "b-7_"),
            ("../../etc/passwd", "etc/passwd"),
            ("..\\b:c.jpg", "b_c"),
            ("", "7"),
            (".hidden", ".hidden"),
            ("x.y/z", "x.y/z"),
        ] {
            assert_eq!(seen.path(name, 7), wanted, "{name}");
        }
    }
}
