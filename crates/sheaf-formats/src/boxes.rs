//! A CSV of boxes, a box a row: `image_path,xmin,ymin,xmax,ymax,label[,score]`, as deepforest and torchvision's scripts write.
//! Edges in pixels counted from 0. A row without a box says that the image has none.

use std::collections::BTreeMap;

use serde_json::Value;
use sheaf_model::response::Shape;

use crate::folder::Folder;
use crate::read::{Place, Reading, annotation, image};
use crate::xml::{number, shown};
use crate::{Asset, Error, Marks, Result};

/// Boxes of one file, which is held in memory while it is read.
const ROWS_MAX: usize = 20_000_000;
/// Bytes of one row.
const ROW_BYTES_MAX: usize = 1024 * 1024;
const NAMES: [&[&str]; 7] = [
    &["image_path", "filename", "image", "file_name", "path"],
    &["xmin", "x1"],
    &["ymin", "y1"],
    &["xmax", "x2"],
    &["ymax", "y2"],
    &["label", "class", "class_name", "name"],
    &["score", "confidence"],
];

pub(crate) fn read(folder: &dyn Folder, reading: &mut Reading<'_>) -> Result<()> {
    let path = folder.only(&["csv"])?;
    let mut csv = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(folder.reader(path)?);
    let failed = |error: csv::Error| {
        let place = error.position().map_or(String::new(), |at| format!("line {}", at.line()));
        let said = match error.kind() {
            csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                format!("has {len} cells, not {expected_len}")
            }
            csv::ErrorKind::Utf8 { .. } => "is not UTF-8".to_owned(),
            other => format!("cannot be read: {other:?}"),
        };
        Error::new(path, place, said, "correct the row")
    };
    let header: Vec<String> = csv.headers().map_err(failed)?.iter().map(str::to_lowercase).collect();
    let column = |names: &[&str]| header.iter().position(|known| names.contains(&known.as_str()));
    let found = NAMES.map(column);
    if let Some(missing) = (0..6).find(|at| found[*at].is_none()) {
        return Err(Error::new(
            path,
            "line 1",
            format!("has no column `{}`", NAMES[missing][0]),
            "the columns are image_path,xmin,ymin,xmax,ymax,label and, of predictions, score",
        ));
    }
    let (mut images, mut by_name) = (Vec::<Asset>::new(), std::collections::HashMap::<String, usize>::new());
    let mut record = csv::StringRecord::new();
    let mut rows = 0;
    while csv.read_record(&mut record).map_err(failed)? {
        let at = format!("line {}", record.position().map_or(0, csv::Position::line));
        let place = Place { file: path, at: &at };
        rows += 1;
        if rows > ROWS_MAX || record.as_slice().len() > ROW_BYTES_MAX {
            return Err(place.error("is too long, or beyond 20,000,000 rows", "split the file"));
        }
        let cell = |at: usize| found[at].and_then(|at| record.get(at)).unwrap_or_default();
        let name = cell(0);
        let at = *by_name.entry(name.to_owned()).or_insert_with(|| {
            images.push(image(name));
            images.len() - 1
        });
        if images[at].url.is_none() {
            crate::read::clean(name, place)?;
        }
        if (1..5).all(|at| cell(at).is_empty()) {
            continue;
        }
        let mut edges = [0.0; 4];
        for (i, edge) in edges.iter_mut().enumerate() {
            *edge = number(cell(i + 1)).ok_or_else(|| {
                place.error(
                    format!("`{}` is `{}`, not a number", NAMES[i + 1][0], shown(cell(i + 1))),
                    "correct the row",
                )
            })?;
        }
        let score = match cell(6) {
            "" => None,
            text => Some(number(text).ok_or_else(|| {
                place.error(format!("`score` is `{}`, not a number", shown(text)), "correct the row")
            })?),
        };
        let [left, top, right, bottom] = edges;
        let shape = Shape::Box { left, top, width: right - left, height: bottom - top };
        let human = score.is_none();
        let marks = &mut images[at].marks;
        let mine = marks.iter().position(|marks| marks.human == human).unwrap_or_else(|| {
            marks.push(Marks { source: "csv-boxes".to_owned(), human, ..Marks::default() });
            marks.len() - 1
        });
        let mine = &mut marks[mine];
        mine.score = [mine.score, score].into_iter().flatten().reduce(f64::min);
        mine.response.annotations.push(annotation(cell(5), shape, BTreeMap::new()));
    }
    for asset in images {
        let name = asset.name.clone();
        reading.asset(asset, Place { file: path, at: &name })?;
    }
    Ok(())
}

/// A value that a format has as text only: true, false, a number or the text.
pub(crate) fn value(text: &str) -> Value {
    match text {
        "true" | "True" => Value::Bool(true),
        "false" | "False" => Value::Bool(false),
        _ => match serde_json::from_str::<serde_json::Number>(text) {
            Ok(number) if number.to_string() == text => Value::Number(number),
            _ if text.starts_with('[') => match serde_json::from_str::<Vec<String>>(text) {
                Ok(list) => Value::from(list),
                Err(_) => Value::from(text),
            },
            _ => Value::from(text),
        },
    }
}
