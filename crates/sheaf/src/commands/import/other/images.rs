//! The images that there are beside the files of another tool.

use std::path::Path;

use anyhow::Result;
use sheaf_formats::Paths;
use sheaf_intake::Limits;
use sheaf_intake::media::image_size;

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

    /// The size that the image will have in the library: a photo that its camera turned is as wide as it is shown.
    pub(super) fn size(&self, path: &str) -> Option<(u32, u32)> {
        image_size(&self.get(path)?.file, &Limits::default())
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

    /// A JPEG whose EXIF data says that it lies on its side.
    #[test]
    fn a_turned_photo_is_as_wide_as_it_is_shown() {
        let mut jpeg = Vec::new();
        let image = image::DynamicImage::new_rgb8(60, 20);
        image.write_to(&mut std::io::Cursor::new(&mut jpeg), image::ImageFormat::Jpeg).unwrap();
        let exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
        let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
        // Behind the mark that begins the file.
        let turned = [&jpeg[..2], b"\xff\xe1", &length, exif, &jpeg[2..]].concat();

        let dir = tempfile::tempdir().unwrap();
        for (name, bytes) in [("plain.jpg", &jpeg), ("turned.jpg", &turned)] {
            std::fs::write(dir.path().join(name), bytes).unwrap();
        }
        let images = Images::find(None, dir.path()).unwrap();
        assert_eq!(images.size("plain.jpg"), Some((60, 20)));
        assert_eq!(images.size("turned.jpg"), Some((20, 60)));
    }
}
