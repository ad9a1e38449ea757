//! Which files are meant: folders are walked in the order of their names, hidden files and links to folders are left out.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// A file to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LocalFile {
    /// Path in the upload.
    pub(super) path: String,
    pub(super) file: PathBuf,
    pub(super) size: u64,
}

/// The files in what was named. A folder's files have paths relative to it; with several folders, to the place that the
/// folder is in.
pub(super) fn files(named: &[PathBuf]) -> Result<Vec<LocalFile>> {
    let mut found = BTreeMap::new();
    for path in named {
        let meta = path.metadata().with_context(|| format!("cannot read `{}`", path.display()))?;
        if meta.is_dir() {
            let prefix = if named.len() > 1 { text_name(path)?.unwrap_or_default() } else { String::new() };
            walk(path, &prefix, &mut found)?;
        } else {
            let name = text_name(path)?.with_context(|| format!("`{}` has no name", path.display()))?;
            add(name, path.clone(), meta.len(), &mut found)?;
        }
    }
    Ok(found.into_values().collect())
}

/// The name of an upload of these.
pub(super) fn name(named: &[PathBuf]) -> Option<String> {
    let first = named.first()?;
    let first = first.canonicalize().ok().unwrap_or_else(|| first.clone());
    let first = first.file_name()?.to_str()?.to_owned();
    Some(if named.len() == 1 { first } else { format!("{first} and {} more", named.len() - 1) })
}

fn walk(dir: &Path, prefix: &str, found: &mut BTreeMap<String, LocalFile>) -> Result<()> {
    let entries =
        std::fs::read_dir(dir).with_context(|| format!("cannot read the folder `{}`", dir.display()))?;
    for entry in entries {
        let entry = entry.with_context(|| format!("cannot read the folder `{}`", dir.display()))?;
        let path = entry.path();
        let Some(name) = text_name(&path)?.filter(|name| !name.starts_with('.')) else { continue };
        let inner = if prefix.is_empty() { name } else { format!("{prefix}/{name}") };
        let is_link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
        let meta = path.metadata().with_context(|| format!("cannot read `{}`", path.display()))?;
        match (meta.is_dir(), is_link) {
            (true, false) => walk(&path, &inner, found)?,
            (true, true) => eprintln!("warning: `{}` is a link to a folder and is left out", path.display()),
            (false, _) if meta.is_file() => add(inner, path, meta.len(), found)?,
            (false, _) => {}
        }
    }
    Ok(())
}

fn add(path: String, file: PathBuf, size: u64, found: &mut BTreeMap<String, LocalFile>) -> Result<()> {
    if let Some(other) = found.get(&path) {
        bail!("`{}` and `{}` would both be `{path}` in the upload", other.file.display(), file.display());
    }
    found.insert(path.clone(), LocalFile { path, file, size });
    Ok(())
}

fn text_name(path: &Path) -> Result<Option<String>> {
    match path.file_name() {
        None => Ok(None),
        Some(name) => match name.to_str() {
            Some(name) => Ok(Some(name.to_owned())),
            None => bail!("the name of `{}` is not UTF-8; rename it", path.display()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_walked_in_order_without_hidden_files() {
        let dir = tempfile::tempdir().unwrap();
        for path in ["b/2.png", "a.png", ".hidden", "b/1.png", ".git/x", "c.txt"] {
            let file = dir.path().join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, path).unwrap();
        }
        let paths = |named: &[PathBuf]| -> Vec<String> {
            files(named).unwrap().into_iter().map(|file| file.path).collect()
        };
        assert_eq!(paths(&[dir.path().to_owned()]), ["a.png", "b/1.png", "b/2.png", "c.txt"]);
        assert_eq!(paths(&[dir.path().join("b"), dir.path().join("c.txt")]), ["b/1.png", "b/2.png", "c.txt"]);
        assert_eq!(name(&[dir.path().join("b")]), Some("b".into()));
        assert_eq!(name(&[dir.path().join("b"), dir.path().join("c.txt")]), Some("b and 1 more".into()));
        let twice = [dir.path().join("b/1.png"), dir.path().join("b/1.png")];
        assert!(files(&twice).unwrap_err().to_string().contains("would both be"));
    }
}
