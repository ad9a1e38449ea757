//! Labelbox's NDJSON, both kinds, read only: its export (a data row a line) and its import of annotations (an annotation a line,
//! `dataRow` says of what). A JSON list of the same records is taken, too.
//!
//! Boxes `{left, top, width, height}` and points `{x, y}` in pixels counted from 0. `location` of an entity names its first and its last
//! character, so the end is inclusive (an entity of one character has equal ends). An import's annotations are predictions, an export's
//! labels are answers of who made them.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;
use sheaf_model::Media;
use sheaf_model::response::{Annotation, Shape, Vertex};

use crate::folder::Folder;
use crate::json::{At, records};
use crate::read::{Place, Reading, image, is_address, span};
use crate::{Asset, Marks, Result};

/// Annotations of one import, which are gathered by data row in memory.
const LINES_MAX: usize = 20_000_000;

pub(crate) fn read(folder: &dyn Folder, reading: &mut Reading<'_>) -> Result<()> {
    let path = folder.only(&["ndjson", "jsonl", "json"])?;
    let (mut rows, mut by_key, mut lines) = (Vec::<Asset>::new(), HashMap::<String, usize>::new(), 0);
    records(path, folder.reader(path)?, |at| {
        if at.opt("data_row")?.is_some() {
            return exported(at, path, reading);
        }
        lines += 1;
        if lines > LINES_MAX {
            return Err(at.error(format!("is beyond {LINES_MAX} annotations"), "split the file"));
        }
        let row = at.get("dataRow")?;
        let key = match row.opt("globalKey")? {
            Some(key) => key.id()?,
            None => row.get("id")?.id()?,
        };
        let number = *by_key.entry(key.clone()).or_insert_with(|| {
            let marks = Marks { source: "labelbox".to_owned(), ..Marks::default() };
            let asset = image(&key);
            rows.push(Asset { reference: Some(key), marks: vec![marks], ..asset });
            rows.len() - 1
        });
        imported(&at, path, &mut rows[number], reading)
    })?;
    for asset in rows {
        let name = asset.name.clone();
        reading.asset(asset, Place { file: path, at: &name })?;
    }
    Ok(())
}

/// A line of an import: one shape, or the answer to one question.
fn imported(at: &At<'_>, path: &str, asset: &mut Asset, reading: &mut Reading<'_>) -> Result<()> {
    let place = Place { file: path, at };
    let name = match at.opt("name")? {
        Some(name) => Some(name),
        None => at.opt("schemaId")?,
    };
    let name = name.map(|at| at.text()).transpose()?;
    let Some(marks) = asset.marks.first_mut() else { return Ok(()) };
    if let Some(score) = at.opt("confidence")? {
        let score = score.number()?;
        marks.score = Some(marks.score.map_or(score, |least| least.min(score)));
    }
    if let Some(answer) = at.opt("answer")? {
        let name = name.ok_or_else(|| place.error("has no `name`", "name the question"))?;
        if let Some(value) = self::answer(&answer, reading, place)? {
            marks.response.fields.insert(name.to_owned(), value);
        }
        return Ok(());
    }
    if at.opt("page")?.is_some() {
        reading.note("annotation on a page of a document left out", place);
        return Ok(());
    }
    let shape = shape(at, ["bbox", "polygon"], asset.text.as_deref(), reading, place)?;
    let Some(shape) = shape else { return Ok(()) };
    let name = name.ok_or_else(|| place.error("has no `name`", "name the label"))?;
    let mut attributes = BTreeMap::new();
    if let Some(list) = at.opt("classifications")? {
        for one in list.items()? {
            let name = match one.opt("name")? {
                Some(name) => name.text()?,
                None => one.get("schemaId")?.text()?,
            };
            let answer = one.get("answer")?;
            if let Some(value) = self::answer(&answer, reading, place)? {
                attributes.insert(name.to_owned(), value);
            }
        }
    }
    let uuid = at.opt("uuid")?.map(|at| at.text()).transpose()?.unwrap_or_default().to_owned();
    marks.response.annotations.push(Annotation { uuid, label: name.to_owned(), shape, attributes });
    Ok(())
}

/// A text, a choice `{name}` or several.
fn answer(at: &At<'_>, reading: &mut Reading<'_>, place: Place<'_>) -> Result<Option<Value>> {
    match at.value {
        Value::String(text) => Ok(Some(Value::from(text.as_str()))),
        Value::Array(_) => {
            let mut all = Vec::new();
            for item in at.items()? {
                all.extend(choice(&item, reading, place)?);
            }
            Ok(Some(Value::from(all)))
        }
        _ => Ok(choice(at, reading, place)?.map(Value::from)),
    }
}

fn choice(at: &At<'_>, reading: &mut Reading<'_>, place: Place<'_>) -> Result<Option<String>> {
    if let Some(nested) = at.opt("classifications")?
        && nested.items()?.next().is_some()
    {
        reading.note("question within an answer left out", place);
    }
    let name = match at.opt("name")? {
        Some(name) => name,
        None => at.get("schemaId")?,
    };
    Ok(Some(name.text()?.to_owned()))
}

/// The shape of an annotation; `None` for what Sheaf does not have. The keys of a box and of a polygon differ by kind.
fn shape(
    at: &At<'_>,
    [of_box, of_polygon]: [&str; 2],
    content: Option<&str>,
    reading: &mut Reading<'_>,
    place: Place<'_>,
) -> Result<Option<Shape>> {
    if let Some(frame) = at.opt(of_box)? {
        let side = |key: &str| frame.get(key)?.number();
        return Ok(Some(Shape::Box {
            left: side("left")?,
            top: side("top")?,
            width: side("width")?,
            height: side("height")?,
        }));
    }
    if let Some(points) = at.opt(of_polygon)? {
        let point = |at: At<'_>| Ok(Vertex { x: at.get("x")?.number()?, y: at.get("y")?.number()? });
        return Ok(Some(Shape::Polygon { vertices: points.items()?.map(point).collect::<Result<_>>()? }));
    }
    if let Some(location) = at.opt("location")? {
        let (start, end) = (location.get("start")?.integer()?, location.get("end")?.integer()?);
        let Some(content) = content else {
            // An import says where in a text, but not the text.
            reading.note("entity left out: the text is not in the file", place);
            return Ok(None);
        };
        return match span(content, start, end.saturating_add(1)) {
            Some(shape) => Ok(Some(shape)),
            None => Err(location.error(
                format!("{start} to {end} is not within the text of {} characters", content.chars().count()),
                "correct the offsets; both ends are part of the entity",
            )),
        };
    }
    let known =
        ["line", "point", "mask", "relationship", "segments", "metricValue", "message-based-classification"];
    let kind = known
        .iter()
        .find(|key| at.value.get(**key).is_some())
        .copied()
        .unwrap_or("annotation of another kind");
    reading.note(format!("{kind} left out"), place);
    Ok(None)
}

/// A line of an export.
fn exported(at: At<'_>, path: &str, reading: &mut Reading<'_>) -> Result<()> {
    let place = Place { file: path, at: &at };
    let row = at.get("data_row")?;
    let content = row.get("row_data")?.text()?;
    let name = match row.opt("external_id")? {
        Some(name) => Some(name.text()?),
        None => row.opt("global_key")?.map(|at| at.text()).transpose()?,
    };
    let mut asset = match reading.options.media {
        Media::Text if is_address(content) => {
            return Err(at.error("points to a text at an address (`row_data`)", "put the text itself there"));
        }
        Media::Text => Asset { text: Some(content.to_owned()), ..Asset::default() },
        Media::Image => image(content),
    };
    if let Some(name) = name {
        asset.name = name.to_owned();
    }
    asset.reference = match row.opt("global_key")? {
        Some(key) => Some(key.id()?),
        None => row.opt("id")?.map(|at| at.id()).transpose()?,
    };
    if let Some(about) = at.opt("media_attributes")?
        && let (Some(width), Some(height)) = (about.opt("width")?, about.opt("height")?)
    {
        asset.size = Some((width.pixels()?, height.pixels()?));
    }
    if let Some(fields) = at.opt("metadata_fields")? {
        for field in fields.items()? {
            let name = match field.opt("schema_name")? {
                Some(name) => name,
                None => field.get("name")?,
            };
            asset.metadata.insert(name.text()?.to_owned(), field.get("value")?.value.clone());
        }
    }
    if let Some(projects) = at.opt("projects")? {
        for (_, project) in projects.entries()? {
            let labels = project.get("labels")?;
            for label in labels.items()? {
                let marks = exported_label(&label, asset.text.as_deref(), path, reading)?;
                asset.marks.push(marks);
            }
        }
    }
    reading.asset(asset, place)
}

fn exported_label(at: &At<'_>, text: Option<&str>, path: &str, reading: &mut Reading<'_>) -> Result<Marks> {
    let mut marks = Marks { source: "labelbox".to_owned(), human: true, ..Marks::default() };
    if let Some(details) = at.opt("label_details")?
        && let Some(who) = details.opt("created_by")?
    {
        marks.source = format!("labelbox: {}", who.text()?);
    }
    let annotations = at.get("annotations")?;
    if let Some(objects) = annotations.opt("objects")? {
        for object in objects.items()? {
            let place = Place { file: path, at: &object };
            let Some(shape) = shape(&object, ["bounding_box", "polygon"], text, reading, place)? else {
                continue;
            };
            let mut attributes = BTreeMap::new();
            if let Some(list) = object.opt("classifications")? {
                for one in list.items()? {
                    let place = Place { file: path, at: &one };
                    if let Some((name, value)) = exported_answer(&one, reading, place)? {
                        attributes.insert(name, value);
                    }
                }
            }
            let uuid =
                object.opt("feature_id")?.map(|at| at.text()).transpose()?.unwrap_or_default().to_owned();
            let label = object.get("name")?.text()?.to_owned();
            marks.response.annotations.push(Annotation { uuid, label, shape, attributes });
        }
    }
    if let Some(list) = annotations.opt("classifications")? {
        for one in list.items()? {
            let place = Place { file: path, at: &one };
            marks.response.fields.extend(exported_answer(&one, reading, place)?);
        }
    }
    if annotations
        .opt("relationships")?
        .is_some_and(|at| at.value.as_array().is_some_and(|all| !all.is_empty()))
    {
        reading.note("relationship left out", Place { file: path, at: &annotations });
    }
    Ok(marks)
}

fn exported_answer(
    at: &At<'_>,
    reading: &mut Reading<'_>,
    place: Place<'_>,
) -> Result<Option<(String, Value)>> {
    let name = at.get("name")?.text()?.to_owned();
    let nested = |answer: &At<'_>, reading: &mut Reading<'_>| -> Result<String> {
        if answer.value.get("classifications").and_then(Value::as_array).is_some_and(|all| !all.is_empty()) {
            reading.note("question within an answer left out", place);
        }
        Ok(answer.get("name")?.text()?.to_owned())
    };
    let value = if let Some(one) = at.opt("radio_answer")? {
        Value::from(nested(&one, reading)?)
    } else if let Some(all) = at.opt("checklist_answers")? {
        Value::from(all.items()?.map(|one| nested(&one, reading)).collect::<Result<Vec<_>>>()?)
    } else if let Some(text) = at.opt("text_answer")? {
        Value::from(text.get("content")?.text()?)
    } else {
        reading.note("answer of another kind left out", place);
        return Ok(None);
    };
    Ok(Some((name, value)))
}
