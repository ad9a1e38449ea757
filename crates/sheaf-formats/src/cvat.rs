//! CVAT's XML 1.1 of image tasks: `<image>` with boxes, polygons, ellipses and tags. Read only.
//!
//! Edges in pixels counted from 0 (`xtl ytl xbr ybr`); `rotation` turns clockwise around the centre ("XML annotation format" in CVAT's
//! documentation). `source="auto"` is a prediction, everything else an answer. Tags become the choices of a field `tags`. Tracks are
//! of videos, which Sheaf does not hold: such a file is refused.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;
use sheaf_model::response::{Shape, Vertex};
use sheaf_model::taxonomy::AnswerKind;

use crate::folder::Folder;
use crate::geometry::{ellipse, turned_by_centre};
use crate::read::{Place, Reading, annotation, image};
use crate::xml::{Step, Tag, Xml, number, shown};
use crate::{Marks, Result};

/// Shapes of one image.
const SHAPES_MAX: usize = 100_000;
const TAGS: &str = "tags";

/// What attributes are, by label and name.
type Kinds = HashMap<(String, String), AnswerKind>;

pub(crate) fn read(folder: &dyn Folder, reading: &mut Reading<'_>) -> Result<()> {
    let path =
        match folder.paths().iter().find(|path| sheaf_intake::path::file_name(path) == "annotations.xml") {
            Some(path) => path,
            None => folder.only(&["xml"])?,
        };
    let mut xml = Xml::new(path, folder.reader(path)?);
    xml.root("annotations")?;
    let mut kinds = Kinds::new();
    while let Step::Open(tag) = xml.step()? {
        match tag.name.as_str() {
            "version" => {
                let version = xml.skip()?;
                if version.trim() != "1.1" {
                    return Err(tag.error(format!("is of version `{}`, not 1.1", shown(version.trim()))));
                }
            }
            "meta" => meta(&mut xml, &mut kinds, reading)?,
            "image" => picture(path, &tag, &mut xml, &kinds, reading)?,
            "track" => return Err(tag.error("has tracks of a video; export it as `CVAT for images 1.1`")),
            _ => drop(xml.skip()?),
        }
    }
    while xml.step()? != Step::End {}
    Ok(())
}

/// The labels, wherever they are: `meta/task/labels`, `meta/project/labels`, `meta/job/labels`.
fn meta(xml: &mut Xml<'_>, kinds: &mut Kinds, reading: &mut Reading<'_>) -> Result<()> {
    let mut way: Vec<String> = Vec::new();
    let mut label = Label::default();
    let mut attribute = Attribute::default();
    loop {
        match xml.step()? {
            Step::Open(tag) => {
                match tag.name.as_str() {
                    "label" => label = Label::default(),
                    "attribute" => attribute = Attribute::default(),
                    _ => {}
                }
                way.push(tag.name);
            }
            Step::Close(text) => {
                let Some(name) = way.pop() else { return Ok(()) };
                let text = text.trim().to_owned();
                match (way.last().map(String::as_str), name.as_str()) {
                    (Some("label"), "name") => label.name = text,
                    (Some("label"), "color") => label.color = text,
                    (Some("label"), "type") => label.kind = text,
                    (Some("attribute"), "name") => attribute.name = text,
                    (Some("attribute"), "input_type") => attribute.input = text,
                    (Some("attribute"), "values") => attribute.values = text,
                    (Some("attributes"), "attribute") => {
                        label.attributes.push(std::mem::take(&mut attribute))
                    }
                    (_, "label") => std::mem::take(&mut label).declare(xml, kinds, reading)?,
                    _ => {}
                }
            }
            Step::End => return Ok(()),
        }
    }
}

#[derive(Default)]
struct Label {
    name: String,
    color: String,
    kind: String,
    attributes: Vec<Attribute>,
}

#[derive(Default)]
struct Attribute {
    name: String,
    input: String,
    values: String,
}

impl Label {
    fn declare(self, xml: &Xml<'_>, kinds: &mut Kinds, reading: &mut Reading<'_>) -> Result<()> {
        let good = |name: &str| {
            if crate::labels::is_name(name) {
                return Ok(());
            }
            Err(xml.error("a label or attribute is without a name, or its name is too long", "rename it"))
        };
        good(&self.name)?;
        if self.kind == "tag" {
            reading.labels.declare_option(TAGS, &self.name);
            return Ok(());
        }
        reading.labels.declare(&self.name, Some(&self.color));
        for attribute in self.attributes {
            good(&attribute.name)?;
            let kind = match attribute.input.as_str() {
                "select" | "radio" => AnswerKind::Single,
                "checkbox" => AnswerKind::Boolean,
                "number" => AnswerKind::Number,
                _ => AnswerKind::Text,
            };
            let options = match kind {
                AnswerKind::Single => attribute
                    .values
                    .lines()
                    .map(|line| line.trim().to_owned())
                    .filter(|line| crate::labels::is_name(line))
                    .collect(),
                _ => Vec::new(),
            };
            reading.labels.declare_attribute(&self.name, &attribute.name, kind, options);
            kinds.insert((self.name.clone(), attribute.name), kind);
        }
        Ok(())
    }
}

fn picture(path: &str, tag: &Tag, xml: &mut Xml<'_>, kinds: &Kinds, reading: &mut Reading<'_>) -> Result<()> {
    let at = format!("<image> at {}", xml.place());
    let place = Place { file: path, at: &at };
    let mut asset = image(tag.get("name")?);
    asset.size = Some((tag.pixels("width")?, tag.pixels("height")?));
    let mut both = [true, false].map(|human| Marks {
        source: if human { "cvat: manual" } else { "cvat: auto" }.to_owned(),
        human,
        ..Marks::default()
    });
    let mut tags: [Vec<Value>; 2] = Default::default();
    while let Step::Open(shape_tag) = xml.step()? {
        let shape = shape(&shape_tag, reading, place)?;
        let Some(label) = shape_tag.opt("label").map(str::to_owned) else {
            xml.skip()?;
            continue;
        };
        let mut attributes = attributes(&label, xml, kinds)?;
        let which = usize::from(shape_tag.opt("source") == Some("auto"));
        if shape_tag.name == "tag" {
            tags[which].push(Value::from(label));
            if !attributes.is_empty() {
                reading.note("attributes of a tag left out", place);
            }
            continue;
        }
        let Some(shape) = shape else { continue };
        if shape_tag.opt("occluded") == Some("1") {
            attributes.insert("occluded".to_owned(), Value::Bool(true));
        }
        let into = &mut both[which].response.annotations;
        if into.len() == SHAPES_MAX {
            return Err(place.error(format!("has more than {SHAPES_MAX} shapes"), "split it"));
        }
        into.push(annotation(&label, shape, attributes));
    }
    for (marks, tags) in both.iter_mut().zip(tags) {
        if !tags.is_empty() {
            marks.response.fields.insert(TAGS.to_owned(), Value::Array(tags));
        }
    }
    let is_empty = |marks: &Marks| marks.response.annotations.is_empty() && marks.response.fields.is_empty();
    // An image with nothing in it may just not have been annotated.
    asset.marks = both.into_iter().filter(|marks| !is_empty(marks)).collect();
    reading.asset(asset, place)
}

/// The shape of an element; `None` for a tag and for what is left out.
fn shape(tag: &Tag, reading: &mut Reading<'_>, place: Place<'_>) -> Result<Option<Shape>> {
    let turn = tag.opt_number("rotation")?.unwrap_or(0.0);
    Ok(Some(match tag.name.as_str() {
        "box" => {
            let (left, top) = (tag.number("xtl")?, tag.number("ytl")?);
            let (width, height) = (tag.number("xbr")? - left, tag.number("ybr")? - top);
            if turn % 360.0 == 0.0 {
                Shape::Box { left, top, width, height }
            } else {
                reading.note("turned box made into a polygon", place);
                turned_by_centre(left, top, width, height, turn)
            }
        }
        "polygon" => Shape::Polygon { vertices: points(tag)? },
        "ellipse" => {
            reading.note("ellipse made into a polygon", place);
            ellipse(tag.number("cx")?, tag.number("cy")?, tag.number("rx")?, tag.number("ry")?, turn)
        }
        "mask" => {
            reading.note("mask taken as its box", place);
            Shape::Box {
                left: tag.number("left")?,
                top: tag.number("top")?,
                width: f64::from(tag.pixels("width")?),
                height: f64::from(tag.pixels("height")?),
            }
        }
        "tag" => return Ok(None),
        other => {
            reading.note(format!("{} left out", shown(other)), place);
            return Ok(None);
        }
    }))
}

fn points(tag: &Tag) -> Result<Vec<Vertex>> {
    let wrong = |pair: &str| tag.error(format!("`points` of <polygon> has `{}`, not x,y", shown(pair)));
    tag.get("points")?
        .split(';')
        .map(|pair| {
            let (x, y) = pair.split_once(',').ok_or_else(|| wrong(pair))?;
            Ok(Vertex { x: number(x).ok_or_else(|| wrong(pair))?, y: number(y).ok_or_else(|| wrong(pair))? })
        })
        .collect()
}

/// The attributes of a shape, in the kinds that the labels declare. Empty ones are none.
fn attributes(label: &str, xml: &mut Xml<'_>, kinds: &Kinds) -> Result<BTreeMap<String, Value>> {
    let mut out = BTreeMap::new();
    while let Step::Open(tag) = xml.step()? {
        let text = xml.skip()?;
        if tag.name != "attribute" || text.is_empty() {
            continue;
        }
        let name = tag.get("name")?.to_owned();
        let kind = kinds.get(&(label.to_owned(), name.clone()));
        let value = match kind {
            Some(AnswerKind::Boolean) => Value::Bool(text.eq_ignore_ascii_case("true")),
            Some(AnswerKind::Number) => match number(&text) {
                Some(number) => Value::from(number),
                None => {
                    return Err(
                        tag.error(format!("the attribute `{name}` is `{}`, not a number", shown(&text)))
                    );
                }
            },
            Some(_) => Value::from(text),
            None => crate::boxes::value(&text),
        };
        out.insert(name, value);
    }
    Ok(out)
}
