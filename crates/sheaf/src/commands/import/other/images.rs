//! The images that there are beside the files of another tool.

use std::path::Path;

use anyhow::Result;
use sheaf_formats::Paths;

use super::super::walk::{self, LocalFile};

/// Files, found by what annotations call them.
pub(super) struct Images {
    files: Vec<LocalFile>,
    paths: Paths,
}

impl Images {
    /// In the folder that was named, else in that of the annotations.
    pub(super) fn find(named: Option<&Path>, root: &Path) -> Result<Self> {
        let folder = named.unwrap_or(root);
        let mut files = if folder.is_dir() { walk::files(&[folder.to_owned()])? } else { Vec::new() };
        files.retain(|file| !sheaf_formats::is_other(&file.path));
        let paths = Paths::new(files.iter().map(|file| file.path.clone()).collect());
        Ok(Self { files, paths })
    }

    /// The file of an asset.
    pub(super) fn get(&self, path: &str) -> Option<&LocalFile> {
        self.files.get(self.paths.find(path)?)
    }

    /// The image whose labels these are.
    pub(super) fn of_stem(&self, stem: &str) -> Option<String> {
        Some(self.paths.path(self.paths.find_stem(stem)?).to_owned())
    }

    pub(super) fn size(&self, path: &str) -> Option<(u32, u32)> {
        let file = self.get(path)?;
        image::ImageReader::open(&file.file).ok()?.with_guessed_format().ok()?.into_dimensions().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_found_and_labels_are_none() {
        let dir = tempfile::tempdir().unwrap();
        for path in ["images/train/a.jpg", "images/val/a.jpg", "images/val/b.png", "labels/train/a.txt"] {
            let file = dir.path().join(path);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, path).unwrap();
        }
        let images = Images::find(None, dir.path()).unwrap();
        let get = |path: &str| images.get(path).map(|file| file.path.as_str());
        assert_eq!(get("export/images/val/a.jpg"), Some("images/val/a.jpg"));
        assert_eq!(get("b.png"), Some("images/val/b.png"));
        assert_eq!(get("a.jpg"), None, "there are two");
        assert_eq!(get("a.txt"), None);
        assert_eq!(images.of_stem("train/a").as_deref(), Some("images/train/a.jpg"));
        assert_eq!(images.size("b.png"), None, "it is no image");
    }
}
