//! A zip of annotations, unpacked into a folder within the limits of uploads.

use std::path::Path;

use sheaf_intake::archive::{Entry, read_zip};
use sheaf_intake::{Limits, ProblemCode};

use crate::{Error, Failure, Result};

/// Extensions of files that are no images: the formats' own, and what lies beside them.
const OTHER: [&str; 11] =
    ["json", "jsonl", "ndjson", "xml", "txt", "csv", "yaml", "yml", "manifest", "names", "md"];

/// Whether a file, by its extension, is none that annotations are about.
pub fn is_other(path: &str) -> bool {
    OTHER.contains(&sheaf_intake::path::extension(path).as_str())
}

/// Unpacks those entries of a zip that are `wanted`, by their paths, and have at most `bytes_max` together. One entry that is
/// refused is an error: a part of a project is not what was meant. `scratch` is a folder that is empty and stays so.
pub fn unpack(
    zip: &Path,
    into: &Path,
    scratch: &Path,
    limits: &Limits,
    bytes_max: u64,
    wanted: &dyn Fn(&str) -> bool,
) -> Result<(), Failure> {
    let mut bytes = 0_u64;
    read_zip(zip, scratch, limits, |entry| -> Result<(), Failure> {
        match entry {
            Entry::File { path, file, size } if wanted(&path) => {
                bytes += size;
                if bytes > bytes_max {
                    let message =
                        format!("the files of annotations have more than {bytes_max} bytes together");
                    return Err(Error::new(path, "", message, "split the zip").into());
                }
                std::fs::copy(file, target(into, &path)?)?;
            }
            Entry::File { .. } => {}
            // YOLO says so of an image in which there is nothing.
            Entry::Refused(problem) if problem.code == ProblemCode::Empty => {
                let name = problem.path.unwrap_or_default();
                if let Ok(path) = sheaf_intake::path::clean(&name)
                    && wanted(&path)
                {
                    std::fs::write(target(into, &path)?, "")?;
                }
            }
            Entry::Refused(problem) => {
                let name = problem.path.unwrap_or_else(|| "an entry of the zip".to_owned());
                let hint = problem.hint.unwrap_or_else(|| "correct it and pack it again".to_owned());
                return Err(Error::new(name, "", problem.message, hint).into());
            }
        }
        Ok(())
    })?;
    Ok(())
}

/// Where an entry goes; its folder is made. Its path is clean, so it stays below `into`.
fn target(into: &Path, path: &str) -> std::io::Result<std::path::PathBuf> {
    let target = into.join(path);
    if let Some(parent) = target.parent() {
        std::fs::create_dir_all(parent)?;
    }
    Ok(target)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    /// What is unpacked of a zip of these files: names and sizes; or what is wrong.
    fn check(files: &[(&str, &str)], bytes_max: u64) -> Result<Vec<(String, u64)>, String> {
        let dir = tempfile::tempdir().unwrap();
        let (zip, into, scratch) =
            (dir.path().join("a.zip"), dir.path().join("into"), dir.path().join("scratch"));
        let mut writer = zip::ZipWriter::new(std::fs::File::create(&zip).unwrap());
        for (name, text) in files {
            writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            writer.write_all(text.as_bytes()).unwrap();
        }
        writer.finish().unwrap();
        for folder in [&into, &scratch] {
            std::fs::create_dir(folder).unwrap();
        }
        unpack(&zip, &into, &scratch, &Limits::default(), bytes_max, &is_other)
            .map_err(|error| error.to_string())?;
        assert_eq!(std::fs::read_dir(&scratch).unwrap().count(), 0);
        let folder = crate::folder::Disk::open(&into).unwrap();
        let size = |path: &String| into.join(path).metadata().unwrap().len();
        Ok(crate::folder::Folder::paths(&folder).iter().map(|path| (path.clone(), size(path))).collect())
    }

    #[test]
    fn annotations_are_unpacked_also_empty_ones_and_images_are_not() {
        let files =
            [("set/data.yaml", "a"), ("set/labels/a.txt", ""), ("set/images/a.jpg", "xx"), ("b.png", "")];
        let found = check(&files, 100).unwrap();
        assert_eq!(found, [("set/data.yaml".into(), 1), ("set/labels/a.txt".into(), 0)]);
    }

    #[test]
    fn a_zip_that_is_refused_in_part_is_refused() {
        let wrong = check(&[("a.json", "{}"), ("../b.json", "{}")], 100).unwrap_err();
        assert!(wrong.contains("../b.json: the path leads out"), "{wrong}");
        let wrong = check(&[("a.json", "{}"), ("b.json", "{}")], 3).unwrap_err();
        assert!(wrong.contains("b.json: the files of annotations have more than 3 bytes"), "{wrong}");
        let wrong = check(&[("a.json", "PK\u{3}\u{4}")], 100).unwrap_err();
        assert!(wrong.contains("is itself an archive"), "{wrong}");
    }
}
