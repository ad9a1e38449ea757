//! Pascal VOC: an XML file an image, read and written.
//!
//! `bndbox` names the first and the last pixel of the box, counted from 1 ("the pixel coordinates of the top left pixel are
//! (1,1)", annotation guidelines of the VOC devkit): `left = xmin - 1`, `width = xmax - xmin + 1`. labelImg, deepforest and others
//! write edges that are counted from 0 instead; `Options::zero_based` says so. Nothing in a file tells which it is.

use std::collections::BTreeMap;

use serde_json::Value;
use sheaf_model::response::{Annotation, Shape};

use crate::folder::Folder;
use crate::geometry::frame;
use crate::read::{Place, Reading, annotation, image};
use crate::xml::{Step, Tag, Xml, number, pixels, shown};
use crate::{Asset, Error, Marks, Result};

/// Objects of one image.
const OBJECTS_MAX: usize = 100_000;

pub(crate) fn read(folder: &dyn Folder, reading: &mut Reading<'_>) -> Result<()> {
    let mut found = false;
    for path in folder.paths() {
        if sheaf_intake::path::extension(path) != "xml" && folder.paths().len() > 1 {
            continue;
        }
        found = true;
        one(path, folder, reading)?;
    }
    if found {
        return Ok(());
    }
    Err(Error::new("the folder", "", "has no .xml file", "name the folder of the annotations"))
}

fn one(path: &str, folder: &dyn Folder, reading: &mut Reading<'_>) -> Result<()> {
    let mut xml = Xml::new(path, folder.reader(path)?);
    xml.root("annotation")?;
    let (mut name, mut size, mut annotations) = (None, None, Vec::new());
    while let Step::Open(tag) = xml.step()? {
        match tag.name.as_str() {
            "filename" => name = Some(xml.skip()?.trim().to_owned()),
            "size" => size = pixels_of(&mut xml)?,
            "object" => {
                if annotations.len() == OBJECTS_MAX {
                    return Err(xml.error(format!("has more than {OBJECTS_MAX} objects"), "split the image"));
                }
                let at = xml.place();
                annotations.extend(object(&mut xml, reading, Place { file: path, at: &at })?);
            }
            _ => drop(xml.skip()?),
        }
    }
    // What comes after the root has to be nothing.
    while xml.step()? != Step::End {}
    let at = xml.place();
    let place = Place { file: path, at: &at };
    let Some(name) = name.filter(|name| !name.is_empty()) else {
        return Err(place.error("has no <filename>", "add the name of the image"));
    };
    let mut asset = image(&name);
    asset.size = size;
    let mut marks = Marks { source: "voc".to_owned(), human: true, ..Marks::default() };
    marks.response.annotations = annotations;
    asset.marks.push(marks);
    reading.asset(asset, Place { file: path, at: &"" })
}

/// Calls `visit` for each element within the one that was opened last.
fn children(xml: &mut Xml<'_>, mut visit: impl FnMut(Tag, &mut Xml<'_>) -> Result<()>) -> Result<()> {
    while let Step::Open(tag) = xml.step()? {
        visit(tag, xml)?;
    }
    Ok(())
}

/// `<size>`; one of zeros is what some tools write when they do not know.
fn pixels_of(xml: &mut Xml<'_>) -> Result<Option<(u32, u32)>> {
    let (mut width, mut height) = (None, None);
    children(xml, |tag, xml| {
        let text = xml.skip()?;
        let into = match tag.name.as_str() {
            "width" => &mut width,
            "height" => &mut height,
            _ => return Ok(()),
        };
        if number(&text) != Some(0.0) {
            let size = pixels(&text);
            *into = Some(size.ok_or_else(|| {
                tag.error(format!("<{}> is `{}`, no size in pixels", tag.name, shown(&text)))
            })?);
        }
        Ok(())
    })?;
    Ok(width.zip(height))
}

fn object(xml: &mut Xml<'_>, reading: &mut Reading<'_>, place: Place<'_>) -> Result<Option<Annotation>> {
    let (mut name, mut corners, mut attributes) = (None, None, BTreeMap::new());
    children(xml, |tag, xml| {
        match tag.name.as_str() {
            "name" => name = Some(xml.skip()?.trim().to_owned()),
            "bndbox" => corners = Some(bndbox(&tag, xml)?),
            "attributes" => more(xml, &mut attributes)?,
            "pose" => {
                let pose = xml.skip()?.trim().to_owned();
                if !pose.is_empty() && !pose.eq_ignore_ascii_case("unspecified") {
                    attributes.insert("pose".to_owned(), Value::from(pose));
                }
            }
            "truncated" | "difficult" | "occluded" => {
                let text = xml.skip()?;
                match text.trim() {
                    "1" | "true" | "True" => {
                        attributes.insert(tag.name.clone(), Value::from(true));
                    }
                    "" | "0" | "false" | "False" => {}
                    other => {
                        return Err(tag.error(format!("<{}> is `{}`, not 0 or 1", tag.name, shown(other))));
                    }
                }
            }
            "part" => {
                xml.skip()?;
                reading.note("part of an object left out", place);
            }
            _ => drop(xml.skip()?),
        }
        Ok(())
    })?;
    let Some(name) = name.filter(|name| !name.is_empty()) else {
        return Err(place.error("an <object> has no <name>", "add its label"));
    };
    let Some([x1, y1, x2, y2]) = corners else {
        return Err(place.error("an <object> has no <bndbox>", "add its box"));
    };
    let shape = if reading.options.zero_based {
        Shape::Box { left: x1, top: y1, width: x2 - x1, height: y2 - y1 }
    } else {
        if x1 < 1.0 || y1 < 1.0 {
            reading.note(
                "box that begins before pixel 1: do these files count from 0? then add --zero-based",
                place,
            );
        }
        Shape::Box { left: x1 - 1.0, top: y1 - 1.0, width: x2 - x1 + 1.0, height: y2 - y1 + 1.0 }
    };
    Ok(Some(annotation(&name, shape, attributes)))
}

fn bndbox(outer: &Tag, xml: &mut Xml<'_>) -> Result<[f64; 4]> {
    const NAMES: [&str; 4] = ["xmin", "ymin", "xmax", "ymax"];
    let mut found = [None; 4];
    children(xml, |tag, xml| {
        let text = xml.skip()?;
        if let Some(at) = NAMES.iter().position(|name| *name == tag.name) {
            let value = number(&text);
            found[at] =
                Some(value.ok_or_else(|| {
                    tag.error(format!("<{}> is `{}`, not a number", tag.name, shown(&text)))
                })?);
        }
        Ok(())
    })?;
    let mut out = [0.0; 4];
    for (i, name) in NAMES.iter().enumerate() {
        out[i] = found[i].ok_or_else(|| outer.error(format!("<bndbox> has no <{name}>")))?;
    }
    Ok(out)
}

/// `<attributes><attribute><name/><value/></attribute></attributes>`, as CVAT and Datumaro write.
fn more(xml: &mut Xml<'_>, out: &mut BTreeMap<String, Value>) -> Result<()> {
    children(xml, |outer, xml| {
        if outer.name != "attribute" {
            xml.skip()?;
            return Ok(());
        }
        let (mut name, mut value) = (None, None);
        children(xml, |tag, xml| {
            let text = xml.skip()?.trim().to_owned();
            match tag.name.as_str() {
                "name" => name = Some(text),
                "value" => value = Some(text),
                _ => {}
            }
            Ok(())
        })?;
        if let (Some(name), Some(value)) = (name, value) {
            out.insert(name, crate::boxes::value(&value));
        }
        Ok(())
    })
}

/// The file of one image, with its newest answer. Polygons are written as their boxes; pixels are whole.
pub fn write(asset: &Asset) -> String {
    let mut out = String::from("<annotation>\n  <folder>images</folder>\n");
    element(&mut out, 2, "filename", &asset.name);
    if let Some((width, height)) = asset.size {
        out.push_str(&format!(
            "  <size>\n    <width>{width}</width>\n    <height>{height}</height>\n    <depth>3</depth>\n  </size>\n"
        ));
    }
    out.push_str("  <segmented>0</segmented>\n");
    for annotation in asset.marks.last().map_or(&[][..], |marks| &marks.response.annotations) {
        let Some([left, top, width, height]) = frame(&annotation.shape) else { continue };
        let flag = |name: &str| u8::from(annotation.attributes.get(name) == Some(&Value::Bool(true)));
        let pose = annotation.attributes.get("pose").and_then(Value::as_str).unwrap_or("Unspecified");
        out.push_str("  <object>\n");
        element(&mut out, 4, "name", &annotation.label);
        element(&mut out, 4, "pose", pose);
        for name in ["truncated", "difficult", "occluded"] {
            element(&mut out, 4, name, &flag(name).to_string());
        }
        let (xmin, ymin) = (left.round() as i64 + 1, top.round() as i64 + 1);
        let (xmax, ymax) = ((left + width).round() as i64, (top + height).round() as i64);
        out.push_str("    <bndbox>\n");
        // A box of less than a pixel is the pixel that it is in.
        for (name, value) in
            [("xmin", xmin), ("ymin", ymin), ("xmax", xmax.max(xmin)), ("ymax", ymax.max(ymin))]
        {
            element(&mut out, 6, name, &value.to_string());
        }
        out.push_str("    </bndbox>\n");
        let known = ["pose", "truncated", "difficult", "occluded"];
        let rest: Vec<_> =
            annotation.attributes.iter().filter(|(name, _)| !known.contains(&name.as_str())).collect();
        if !rest.is_empty() {
            out.push_str("    <attributes>\n");
            for (name, value) in rest {
                out.push_str("      <attribute>\n");
                element(&mut out, 8, "name", name);
                element(
                    &mut out,
                    8,
                    "value",
                    &value.as_str().map_or_else(|| value.to_string(), str::to_owned),
                );
                out.push_str("      </attribute>\n");
            }
            out.push_str("    </attributes>\n");
        }
        out.push_str("  </object>\n");
    }
    out.push_str("</annotation>\n");
    out
}

fn element(out: &mut String, indent: usize, name: &str, text: &str) {
    out.push_str(&" ".repeat(indent));
    out.push_str(&format!("<{name}>{}</{name}>\n", quick_xml::escape::escape(text)));
}
