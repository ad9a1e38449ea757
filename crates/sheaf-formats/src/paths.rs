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
    /// the path without its first folder, down to the name alone.
    pub fn find(&self, path: &str) -> Option<usize> {
        let ends = std::iter::successors(Some(path), |rest| rest.split_once('/').map(|(_, rest)| rest));
        for end in ends {
            match self.only(&self.by_end, whole, end) {
                Found::One(at) => return Some(at as usize),
                Found::Several => return None,
                Found::No => {}
            }
        }
        None
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
