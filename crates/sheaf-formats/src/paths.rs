//! The files that there are, found by what annotations call them: tools write paths of a machine that nobody has any more, so the end
//! of a path has to do. It never guesses: where two files would fit, none is found.

use std::cmp::Ordering;

/// Paths of files, by their ends.
#[derive(Debug, Default)]
pub struct Paths {
    paths: Vec<String>,
    /// Places in `paths`, in the order of the texts read from their ends, so that equal ends stand together.
    by_end: Vec<u32>,
    /// The same, of the paths without extension.
    by_stem: Vec<u32>,
}

enum Found {
    No,
    One(u32),
    Several,
}

impl Paths {
    /// Of more than four billion paths the rest is not looked at.
    pub fn new(paths: Vec<String>) -> Self {
        let n = u32::try_from(paths.len()).unwrap_or(u32::MAX);
        let ordered = |of: fn(&str) -> &str| {
            let mut places: Vec<u32> = (0..n).collect();
            places.sort_by(|a, b| backwards(of(&paths[*a as usize]), of(&paths[*b as usize])));
            places
        };
        Self { by_end: ordered(whole), by_stem: ordered(stem), paths }
    }

    /// The place of the file that is called so: of this path, else the only one whose path ends so, and the same for what is left of
    /// the path without its first folder, down to the name alone. Only when there is none: of a file that was uploaded to Label
    /// Studio the one that has the name without what Label Studio put before it, and of a name without extension, as CVAT calls
    /// the frames of a video, the one that has an extension.
    pub fn find(&self, path: &str) -> Option<usize> {
        let ends = std::iter::successors(Some(path), |rest| rest.split_once('/').map(|(_, rest)| rest));
        for end in ends {
            match self.only(&self.by_end, whole, end) {
                Found::One(at) => return Some(at as usize),
                Found::Several => return None,
                Found::No => {}
            }
        }
        if let Some(name) = uploaded(path) {
            return match self.only(&self.by_end, whole, name) {
                Found::One(at) => Some(at as usize),
                Found::No | Found::Several => None,
            };
        }
        if sheaf_intake::path::extension(path).is_empty() { self.find_stem(path) } else { None }
    }

    /// The place of the image whose labels these are: `images/train/a.jpg` of `train/a`, wherever the folder of images is.
    pub fn find_stem(&self, of: &str) -> Option<usize> {
        let name = sheaf_intake::path::file_name(of);
        let folder = of.strip_suffix(name).unwrap_or_default();
        let tried =
            [of.to_owned(), format!("images/{of}"), format!("{folder}images/{name}"), name.to_owned()];
        tried.iter().find_map(|wanted| match self.only(&self.by_stem, stem, wanted) {
            Found::One(at) => Some(at as usize),
            Found::No | Found::Several => None,
        })
    }

    /// The path at a place.
    pub fn path(&self, at: usize) -> &str {
        self.paths.get(at).map_or("", String::as_str)
    }

    /// The only one whose text is `wanted`, else the only one whose text ends with it after a `/`.
    fn only(&self, places: &[u32], of: fn(&str) -> &str, wanted: &str) -> Found {
        if wanted.is_empty() {
            return Found::No;
        }
        let text = |place: &u32| of(&self.paths[*place as usize]);
        // As many as say that there are several.
        let found = |wanted: &str, fits: &dyn Fn(&str) -> bool| -> Vec<u32> {
            let from = places.partition_point(|place| backwards(text(place), wanted).is_lt());
            places[from..].iter().copied().take_while(|place| fits(text(place))).take(2).collect()
        };
        let mut all = found(wanted, &|text| text == wanted);
        if all.is_empty() {
            let within = format!("/{wanted}");
            all = found(&within, &|text| text.ends_with(&within));
        }
        match all[..] {
            [] => Found::No,
            [place] => Found::One(place),
            _ => Found::Several,
        }
    }
}

fn backwards(a: &str, b: &str) -> Ordering {
    a.bytes().rev().cmp(b.bytes().rev())
}

fn whole(path: &str) -> &str {
    path
}

/// The name that a file had before it was uploaded to Label Studio, which keeps it as `upload/<project>/<8 digits of a random
/// UUID>-<name>` (`upload_name_generator` in `label_studio/data_import/models.py`).
fn uploaded(path: &str) -> Option<&str> {
    let mut parts = path.rsplit('/');
    let (file, project, folder) = (parts.next()?, parts.next()?, parts.next()?);
    let (digits, name) = file.split_once('-')?;
    let is_so = folder == "upload"
        && !project.is_empty()
        && project.bytes().all(|b| b.is_ascii_digit())
        && digits.len() == 8
        && digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    is_so.then_some(name)
}

/// A path without the extension of its file.
fn stem(path: &str) -> &str {
    let extension = sheaf_intake::path::extension(path);
    if extension.is_empty() { path } else { &path[..path.len() - extension.len() - 1] }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(all: &[&str]) -> Paths {
        Paths::new(all.iter().map(|path| (*path).to_owned()).collect())
    }

    #[test]
    fn files_are_found_by_path_by_its_end_and_by_name() {
        let files =
            paths(&["images/train/a.jpg", "images/val/a.jpg", "images/val/b.png", "c.jpg", "x/c.jpg"]);
        let find = |path: &str| files.find(path).map(|at| files.path(at));
        assert_eq!(find("images/val/a.jpg"), Some("images/val/a.jpg"));
        assert_eq!(find("export/images/val/a.jpg"), Some("images/val/a.jpg"));
        assert_eq!(find("val/a.jpg"), Some("images/val/a.jpg"));
        assert_eq!(find("b.png"), Some("images/val/b.png"));
        assert_eq!(find("other/b.png"), Some("images/val/b.png"));
        assert_eq!(find("c.jpg"), Some("c.jpg"), "it is called just that");
        for nothing in ["a.jpg", "other/a.jpg", "b.jpg", ".png", "", "/", "images/val/b.png/"] {
            assert_eq!(find(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn images_are_found_by_the_names_of_their_labels() {
        let files = paths(&[
            "images/train/a.jpg",
            "images/val/a.jpg",
            "p/val/images/b.png",
            "d.e.png",
            "x.png",
            "x.jpg",
        ]);
        let find = |stem: &str| files.find_stem(stem).map(|at| files.path(at));
        assert_eq!(find("train/a"), Some("images/train/a.jpg"));
        assert_eq!(find("val/b"), Some("p/val/images/b.png"));
        assert_eq!(find("other/b"), Some("p/val/images/b.png"));
        assert_eq!(find("d.e"), Some("d.e.png"));
        for nothing in ["a", "x", "e", ""] {
            assert_eq!(find(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn files_that_were_uploaded_to_label_studio_are_found_by_their_own_names() {
        let files = paths(&["day 1/a-b.jpg", "1a2b3c4d-c.jpg", "c.jpg", "x/d.jpg", "y/d.jpg"]);
        let find = |path: &str| files.find(path).map(|at| files.path(at));
        assert_eq!(find("upload/3/1a2b3c4d-a-b.jpg"), Some("day 1/a-b.jpg"));
        assert_eq!(find("media/upload/3/1a2b3c4d-a-b.jpg"), Some("day 1/a-b.jpg"));
        assert_eq!(find("upload/3/1a2b3c4d-c.jpg"), Some("1a2b3c4d-c.jpg"), "it is called just that");
        assert_eq!(find("upload/3/00000000-c.jpg"), Some("c.jpg"));
        for nothing in [
            "3/00000000-c.jpg",
            "upload/x/00000000-c.jpg",
            "upload/3/0000000-c.jpg",
            "upload/3/ABCDEFAB-c.jpg",
            "upload/3/00000000-d.jpg",
            "upload/3/00000000-",
        ] {
            assert_eq!(find(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn names_without_extension_are_those_of_files_that_have_one() {
        let files = paths(&["images/frame_000000.PNG", "images/day/e.jpg", "e", "x/f.jpg", "y/f.png"]);
        let find = |path: &str| files.find(path).map(|at| files.path(at));
        assert_eq!(find("frame_000000"), Some("images/frame_000000.PNG"));
        assert_eq!(find("day/frame_000000"), Some("images/frame_000000.PNG"));
        assert_eq!(find("e"), Some("e"), "it is called just that");
        assert_eq!(find("y/f"), Some("y/f.png"));
        for nothing in ["f", "frame_000001", "frame_000000.jpg"] {
            assert_eq!(find(nothing), None, "{nothing}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_found_is_called_so(all in proptest::collection::vec("[ab]{1,2}(/[ab]{1,2}){0,2}", 0..12), wanted in "[ab]{1,2}(/[ab]{1,2}){0,2}") {
            let files = Paths::new(all.clone());
            let naive = || {
                let ends = std::iter::successors(Some(wanted.as_str()), |rest| rest.split_once('/').map(|(_, rest)| rest));
                for end in ends {
                    let equal: Vec<usize> = (0..all.len()).filter(|at| all[*at] == end).collect();
                    let ending: Vec<usize> = (0..all.len()).filter(|at| all[*at].ends_with(&format!("/{end}"))).collect();
                    let found = if equal.is_empty() { ending } else { equal };
                    match found[..] {
                        [] => {}
                        [one] => return Some(one),
                        _ => return None,
                    }
                }
                None
            };
            proptest::prop_assert_eq!(files.find(&wanted), naive());
        }
    }
}
