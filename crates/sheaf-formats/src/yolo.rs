//! YOLO (Ultralytics): `data.yaml` with the names, and a text file an image, read and written.
//!
//! A line is `class x y width height` for a box, its centre and size, or `class x1 y1 x2 y2 x3 y3 ...` for a polygon, as shares of the
//! image (0 to 1) ("Ultralytics YOLO format" in its documentation). One number more is the confidence of a prediction.
//! The labels of `images/a/b.jpg` are in `labels/a/b.txt`. So the sizes of the images must be known.

use std::collections::BTreeMap;
use std::io::Read;

use serde_json::Value;
use sheaf_model::response::{Annotation, Shape, Vertex};

use crate::folder::Folder;
use crate::read::{Place, Reading, annotation};
use crate::xml::{number, shown};
use crate::{Asset, Error, Marks, Result, yaml};

/// Bytes of `data.yaml`, and of the labels of one image.
const FILE_BYTES_MAX: u64 = 16 * 1024 * 1024;

struct Classes {
    names: BTreeMap<u64, String>,
    /// Numbers of one keypoint, and how many there are.
    keypoints: Option<u64>,
}

pub(crate) fn read(folder: &dyn Folder, reading: &mut Reading<'_>) -> Result<()> {
    let classes = classes(folder)?;
    for name in classes.names.values() {
        reading.labels.declare(name, None);
    }
    let has_labels = folder.paths().iter().any(|path| stem(path).is_some_and(|(_, within)| within));
    let mut found = false;
    for path in folder.paths() {
        let Some((stem, within)) = stem(path) else { continue };
        if has_labels != within {
            continue;
        }
        found = true;
        let text = text(folder, path)?;
        one(path, &stem, &text, &classes, reading)?;
    }
    if found {
        return Ok(());
    }
    Err(Error::new("the folder", "", "has no labels/*.txt", "name the folder that has data.yaml and labels/"))
}

/// The path of a label file's image without extension, and whether it is in a folder `labels`.
fn stem(path: &str) -> Option<(String, bool)> {
    let stem = path.strip_suffix(".txt")?;
    let name = sheaf_intake::path::file_name(stem);
    if let Some(rest) = stem.strip_prefix("labels/") {
        return Some((rest.to_owned(), true));
    }
    if let Some((before, rest)) = stem.split_once("/labels/") {
        return Some((format!("{before}/{rest}"), true));
    }
    let other = ["classes", "train", "val", "test", "readme", "README", "obj", "predefined_classes"];
    (!other.contains(&name)).then(|| (stem.to_owned(), false))
}

fn text(folder: &dyn Folder, path: &str) -> Result<String> {
    let mut out = Vec::new();
    let failed = |message: String, hint: &str| Error::new(path, "", message, hint);
    folder
        .reader(path)?
        .take(FILE_BYTES_MAX + 1)
        .read_to_end(&mut out)
        .map_err(|error| failed(error.to_string(), "check the file"))?;
    if out.len() as u64 > FILE_BYTES_MAX {
        return Err(failed(format!("is larger than {FILE_BYTES_MAX} bytes"), "is it of this format?"));
    }
    String::from_utf8(out).map_err(|_| failed("is not UTF-8".to_owned(), "save it as UTF-8"))
}

fn classes(folder: &dyn Folder) -> Result<Classes> {
    let named = |ends: &[&str]| {
        folder.paths().iter().find(|path| ends.contains(&sheaf_intake::path::file_name(path)))
    };
    let yaml = named(&["data.yaml", "dataset.yaml", "data.yml", "dataset.yml"])
        .or_else(|| folder.paths().iter().find(|path| path.ends_with(".yaml") || path.ends_with(".yml")));
    if let Some(path) = yaml {
        return from_yaml(path, &text(folder, path)?);
    }
    if let Some(path) = named(&["classes.txt", "obj.names", "predefined_classes.txt"]) {
        let text = text(folder, path)?;
        let names = text.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty());
        return Ok(Classes { names: (0..).zip(names).collect(), keypoints: None });
    }
    Err(Error::new("the folder", "", "has no data.yaml and no classes.txt", "add the names of the classes"))
}

fn from_yaml(path: &str, text: &str) -> Result<Classes> {
    let wrong = |message: &str| {
        Error::new(path, "names", message, "write a list of names, or a map from their numbers to them")
    };
    let yaml = yaml::parse(path, text)?;
    let plain = |value: &Value| match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(yes) => Ok(yes.to_string()),
        _ => Err(wrong("has a name that is no text")),
    };
    let names = match yaml.get("names") {
        Some(Value::Array(names)) => {
            names.iter().zip(0..).map(|(name, at)| Ok((at, plain(name)?))).collect::<Result<_>>()?
        }
        Some(Value::Object(names)) => names
            .iter()
            .map(|(at, name)| {
                Ok((at.parse().map_err(|_| wrong("has a key that is no number"))?, plain(name)?))
            })
            .collect::<Result<_>>()?,
        Some(_) => return Err(wrong("is neither a list nor a map")),
        None => return Err(wrong("is missing")),
    };
    let shape = yaml.get("kpt_shape").and_then(Value::as_array);
    let numbers: Option<Vec<u64>> = shape.and_then(|list| list.iter().map(Value::as_u64).collect());
    let keypoints = numbers.and_then(|list| list.into_iter().try_fold(1u64, u64::checked_mul));
    Ok(Classes { names, keypoints })
}

fn one(path: &str, stem: &str, text: &str, classes: &Classes, reading: &mut Reading<'_>) -> Result<()> {
    let whole = Place { file: path, at: &"" };
    let stem = crate::read::clean(stem, whole)?;
    let Some(name) = (reading.options.image)(&stem) else {
        if let Some(missing) = reading.options.missing {
            missing(&stem);
            return Ok(());
        }
        return Err(whole.error(
            format!("the image of it, `{stem}.jpg` or the like, is not there"),
            "bring the image, too (--images names their folder): coordinates are shares of its size",
        ));
    };
    let Some(size) = (reading.options.sizes)(&name) else {
        return Err(whole.error(
            format!("the size of its image `{name}` is not known"),
            "check the image: coordinates are shares of its size",
        ));
    };
    let (mut answer, mut prediction) = (Marks::default(), Marks::default());
    for (n, line) in (1..).zip(text.lines()) {
        if line.trim().is_empty() {
            continue;
        }
        let at = format!("line {n}");
        let place = Place { file: path, at: &at };
        let (annotation, score) = object(line, classes, size, reading, place)?;
        let into = if score.is_some() { &mut prediction } else { &mut answer };
        into.score = [into.score, score].into_iter().flatten().reduce(f64::min);
        into.response.annotations.push(annotation);
    }
    let mut asset = Asset { name, size: Some(size), ..Asset::default() };
    // An empty file says that there is nothing in the image.
    let empty = prediction.response.annotations.is_empty();
    for (mut marks, human) in [(answer, true), (prediction, false)] {
        if !marks.response.annotations.is_empty() || (human && empty) {
            (marks.source, marks.human) = ("yolo".to_owned(), human);
            asset.marks.push(marks);
        }
    }
    reading.asset(asset, whole)
}

fn object(
    line: &str,
    classes: &Classes,
    size: (u32, u32),
    reading: &mut Reading<'_>,
    place: Place<'_>,
) -> Result<(Annotation, Option<f64>)> {
    let mut words = line.split_ascii_whitespace();
    let class = words.next().unwrap_or_default();
    // Some tools write the class as 3.0.
    let class = number(class).filter(|x| x.fract() == 0.0 && *x >= 0.0).ok_or_else(|| {
        place.error(
            format!("the class `{}` is no whole number of at least 0", shown(class)),
            "correct the line",
        )
    })? as u64;
    let Some(label) = classes.names.get(&class) else {
        return Err(
            place.error(format!("is of class {class}, which has no name"), "add it to `names` of data.yaml")
        );
    };
    let mut numbers = Vec::new();
    for word in words {
        numbers.push(
            number(word).ok_or_else(|| {
                place.error(format!("`{}` is not a number", shown(word)), "correct the line")
            })?,
        );
    }
    if let Some(k) = classes.keypoints
        && numbers.len() as u64 >= 4 + k
    {
        reading.note("keypoints left out", place);
        let rest = numbers.len() as u64 - 4 - k;
        let score = (rest == 1).then(|| numbers.last().copied()).flatten();
        numbers.truncate(4);
        numbers.extend(score);
    }
    if let Some(far) = numbers.iter().find(|x| x.abs() > 2.0) {
        return Err(place.error(
            format!("has the coordinate {far}"),
            "coordinates are shares of the image, 0 to 1, not pixels",
        ));
    }
    let (w, h) = (f64::from(size.0), f64::from(size.1));
    let n = numbers.len();
    let (shape, score) = match n {
        4 | 5 => {
            let (width, height) = (numbers[2] * w, numbers[3] * h);
            let (left, top) = (numbers[0] * w - width / 2.0, numbers[1] * h - height / 2.0);
            (Shape::Box { left, top, width, height }, numbers.get(4).copied())
        }
        6.. => {
            let score = (!n.is_multiple_of(2)).then(|| numbers[n - 1]);
            let corners = numbers.chunks_exact(2);
            (
                Shape::Polygon {
                    vertices: corners.map(|xy| Vertex { x: xy[0] * w, y: xy[1] * h }).collect(),
                },
                score,
            )
        }
        _ => {
            return Err(place.error(
                format!("has {n} numbers after the class"),
                "a box has 4, a polygon 6 or more; is the file cut off?",
            ));
        }
    };
    Ok((annotation(label, shape, BTreeMap::new()), score))
}

/// The file of one image, with its newest answer; `None` when its size, of which the numbers are shares, is not known. Labels that
/// are not among `names` are left out, and so is what is neither box nor polygon. Ultralytics takes all lines of a file for polygons
/// when one of them is (`verify_image_label` in `ultralytics/data/utils.py`), so boxes beside a polygon are written as their corners.
pub fn write(asset: &Asset, names: &[String]) -> Option<String> {
    let (w, h) = asset.size.map(|(w, h)| (f64::from(w), f64::from(h)))?;
    let class = |annotation: &Annotation| names.iter().position(|name| *name == annotation.label);
    let all = asset.marks.last().map_or(&[][..], |marks| &marks.response.annotations);
    let all: Vec<(usize, &Shape)> =
        all.iter().filter_map(|annotation| Some((class(annotation)?, &annotation.shape))).collect();
    let has_polygon = all.iter().any(|(_, shape)| matches!(shape, Shape::Polygon { .. }));
    let mut out = String::new();
    for (class, shape) in all {
        let numbers: Vec<f64> = match shape {
            Shape::Box { left, top, width, height } if has_polygon => {
                let (right, bottom) = (left + width, top + height);
                let corners = [(*left, *top), (right, *top), (right, bottom), (*left, bottom)];
                corners.into_iter().flat_map(|(x, y)| [x / w, y / h]).collect()
            }
            Shape::Box { left, top, width, height } => {
                vec![(left + width / 2.0) / w, (top + height / 2.0) / h, width / w, height / h]
            }
            Shape::Polygon { vertices } => vertices.iter().flat_map(|v| [v.x / w, v.y / h]).collect(),
            Shape::Span { .. } => continue,
        };
        out.push_str(&class.to_string());
        for number in numbers {
            // A share beyond the image, by less than the half pixel that an answer may reach past it.
            out.push_str(&format!(" {}", number.clamp(0.0, 1.0)));
        }
        out.push('\n');
    }
    Some(out)
}

/// `data.yaml` of an export. Names are quoted as JSON, which YAML reads. Without a `path` the folder of the file itself is meant;
/// Ultralytics takes `.` for the folder that it is started in.
pub fn data_yaml(names: &[String]) -> String {
    let mut out = String::from("train: images\nval: images\nnames:\n");
    for (at, name) in names.iter().enumerate() {
        out.push_str(&format!("  {at}: {}\n", Value::from(name.as_str())));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asset(shapes: Vec<Shape>) -> Asset {
        let mut marks = Marks::default();
        marks.response.annotations =
            shapes.into_iter().map(|shape| annotation("car", shape, BTreeMap::new())).collect();
        Asset { size: Some((100, 80)), marks: vec![marks], ..Asset::default() }
    }

    #[test]
    fn boxes_beside_a_polygon_are_written_as_polygons() {
        let names = ["car".to_owned()];
        let rectangle = Shape::Box { left: 10.0, top: 20.0, width: 50.0, height: 40.0 };
        let corners = [(0.0, 0.0), (50.0, 0.0), (50.0, 40.0)].map(|(x, y)| Vertex { x, y });
        let polygon = Shape::Polygon { vertices: corners.into() };
        let alone = write(&asset(vec![rectangle.clone()]), &names);
        assert_eq!(alone.as_deref(), Some("0 0.35 0.5 0.5 0.5\n"));
        let both = write(&asset(vec![rectangle.clone(), polygon.clone()]), &names);
        assert_eq!(both.as_deref(), Some("0 0.1 0.25 0.6 0.25 0.6 0.75 0.1 0.75\n0 0 0 0.5 0 0.5 0.5\n"));
        // A polygon of a label that is not written changes nothing.
        let mut other = asset(vec![rectangle, polygon]);
        other.marks[0].response.annotations[1].label = "dog".to_owned();
        assert_eq!(write(&other, &names), alone);
    }

    #[test]
    fn the_folder_of_the_data_is_that_of_its_file() {
        assert_eq!(data_yaml(&["a: b".to_owned()]), "train: images\nval: images\nnames:\n  0: \"a: b\"\n");
    }
}
