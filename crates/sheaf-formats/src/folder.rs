//! Where a format's files are: one file or a folder of them. Paths are relative, with `/`, and never lead out.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::{Error, Result};

/// Files of one folder.
const FILES_MAX: usize = 5_000_000;
/// Folders within folders.
const DEPTH_MAX: usize = 32;

pub trait Folder {
    /// All paths, in order.
    fn paths(&self) -> &[String];
    fn open(&self, path: &str) -> io::Result<Box<dyn Read + '_>>;
}

impl dyn Folder + '_ {
    pub(crate) fn reader(&self, path: &str) -> Result<Box<dyn Read + '_>> {
        self.open(path).map_err(|error| Error::new(path, "", error.to_string(), "check the file"))
    }

    /// The one file of these extensions; for a format that is one file.
    pub(crate) fn only(&self, extensions: &[&str]) -> Result<&str> {
        let fits = |path: &&String| {
            let extension = sheaf_intake::path::extension(path);
            extensions.iter().any(|wanted| *wanted == extension)
        };
        let mut found = self.paths().iter().filter(fits);
        match (found.next(), found.next(), self.paths()) {
            (Some(one), None, _) => Ok(one),
            // A file that was named is meant, whatever its extension.
            (None, _, [one]) => Ok(one),
            (Some(a), Some(b), _) => Err(Error::new(
                a.as_str(),
                "",
                format!("is not the only one: there is `{b}` too"),
                "name the file that is meant",
            )),
            (None, ..) => Err(Error::new(
                "the folder",
                "",
                format!("has no file of the kind {}", extensions.join(", ")),
                "name the file itself",
            )),
        }
    }
}

/// Files on disk.
#[derive(Debug)]
pub struct Disk {
    root: PathBuf,
    paths: Vec<String>,
    /// Where the only file is, when it lies under another name than it is called by.
    only: Option<PathBuf>,
}

impl Disk {
    /// A folder with all below it, or one file. Links to folders and hidden files are left out.
    pub fn open(path: &Path) -> Result<Self> {
        let shown = path.display().to_string();
        let failed = |error: io::Error| Error::new(&shown, "", error.to_string(), "check the path");
        let meta = path.metadata().map_err(failed)?;
        if meta.is_file() {
            let name = path
                .file_name()
                .and_then(|name| name.to_str())
                .ok_or_else(|| Error::new(&shown, "", "has a name that is not UTF-8", "rename it"))?;
            let root = path.parent().map(Path::to_owned).unwrap_or_default();
            return Ok(Self { root, paths: vec![name.to_owned()], only: None });
        }
        let mut paths = Vec::new();
        walk(path, "", 0, &mut paths).map_err(failed)?;
        paths.sort();
        Ok(Self { root: path.to_owned(), paths, only: None })
    }

    /// One file that is called `name`, wherever it lies.
    pub fn file(path: &Path, name: &str) -> Self {
        Self { root: PathBuf::new(), paths: vec![name.to_owned()], only: Some(path.to_owned()) }
    }
}

fn walk(folder: &Path, prefix: &str, depth: usize, out: &mut Vec<String>) -> io::Result<()> {
    if depth > DEPTH_MAX {
        return Err(io::Error::other(format!("there are more than {DEPTH_MAX} folders in folders")));
    }
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        if name.starts_with('.') {
            continue;
        }
        let path = format!("{prefix}{name}");
        let kind = entry.file_type()?;
        if kind.is_dir() {
            walk(&entry.path(), &format!("{path}/"), depth + 1, out)?;
        } else if entry.path().is_file() {
            if out.len() == FILES_MAX {
                return Err(io::Error::other(format!("there are more than {FILES_MAX} files")));
            }
            out.push(path);
        }
    }
    Ok(())
}

impl Folder for Disk {
    fn paths(&self) -> &[String] {
        &self.paths
    }
    fn open(&self, path: &str) -> io::Result<Box<dyn Read + '_>> {
        let place = self.only.clone().unwrap_or_else(|| self.root.join(path));
        Ok(Box::new(File::open(place)?))
    }
}

/// Files in memory, for tests and for what was just written.
#[derive(Debug, Default)]
pub struct Memory {
    files: BTreeMap<String, Vec<u8>>,
    paths: Vec<String>,
}

impl Memory {
    pub fn new(files: impl IntoIterator<Item = (impl Into<String>, impl Into<Vec<u8>>)>) -> Self {
        let files: BTreeMap<String, Vec<u8>> =
            files.into_iter().map(|(path, bytes)| (path.into(), bytes.into())).collect();
        let paths = files.keys().cloned().collect();
        Self { files, paths }
    }
}

impl Folder for Memory {
    fn paths(&self) -> &[String] {
        &self.paths
    }
    fn open(&self, path: &str) -> io::Result<Box<dyn Read + '_>> {
        let bytes = self.files.get(path).ok_or(io::ErrorKind::NotFound)?;
        Ok(Box::new(bytes.as_slice()))
    }
}
