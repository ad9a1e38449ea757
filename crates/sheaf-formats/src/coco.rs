//! COCO (object detection), read and written: images, annotations, categories.
//!
//! Pixels: `bbox` is `[left, top, width, height]` from the upper left corner, counted from 0, floats ("Data format" on
//! cocodataset.org); a polygon is `[x1, y1, x2, y2, ...]`. An object of several polygons becomes several annotations. Masks
//! (RLE, of crowds) become their box. An annotation with a `score` is a prediction, others are answers. `iscrowd` is an attribute.

use std::collections::HashMap;

use serde_json::{Map, Value, json};
use sheaf_model::response::{Annotation, Shape, Vertex};

use crate::folder::Folder;
use crate::geometry::{area, bounds};
use crate::json::{At, each};
use crate::read::{Place, Reading, annotation, image};
use crate::{Asset, Error, Marks, Result, rle};

/// The attribute of an object that is a crowd.
const CROWD: &str = "iscrowd";
/// Objects of one file, which is held in memory while it is read.
const OBJECTS_MAX: usize = 20_000_000;

struct Object {
    image: usize,
    category: String,
    score: Option<f64>,
    annotation: Annotation,
}

#[derive(Default)]
struct File {
    images: Vec<Asset>,
    by_id: HashMap<String, usize>,
    /// The id of the image, as text, of objects that came before their image.
    objects: Vec<(String, Object)>,
    categories: HashMap<String, String>,
    order: Vec<String>,
}

pub(crate) fn read(folder: &dyn Folder, reading: &mut Reading<'_>) -> Result<()> {
    let path = folder.only(&["json"])?;
    let mut file = File::default();
    each(path, folder.reader(path)?, &["images", "annotations", "categories"], |list, at| match list {
        "images" => file.image(at, path),
        "annotations" => file.object(at, reading, path),
        _ => file.category(at),
    })?;
    let whole = Place { file: path, at: &"" };
    if file.images.is_empty() {
        return Err(whole.error("has no `images`", "is it COCO with images, annotations and categories?"));
    }
    for name in &file.order {
        reading.labels.declare(name, None);
    }
    let mut of_image: Vec<Vec<Object>> = (0..file.images.len()).map(|_| Vec::new()).collect();
    for (n, (image, mut object)) in file.objects.into_iter().enumerate() {
        let at = format!("annotations[{n}]");
        let Some(known) = file.by_id.get(&image) else {
            let message = format!("belongs to image {image}, which is not among the images");
            return Err(Error::new(path, at, message, "add the image, or remove the annotation"));
        };
        let Some(name) = file.categories.get(&object.category) else {
            let message = format!("is of category {}, which is not among the categories", object.category);
            return Err(Error::new(path, at, message, "add the category, or remove the annotation"));
        };
        object.image = *known;
        object.annotation.label.clone_from(name);
        of_image[*known].push(object);
    }
    for (n, (mut asset, objects)) in file.images.into_iter().zip(of_image).enumerate() {
        let (mut answer, mut prediction) = (Marks::default(), Marks::default());
        for object in objects {
            let into = if object.score.is_some() { &mut prediction } else { &mut answer };
            into.score = [into.score, object.score].into_iter().flatten().reduce(f64::min);
            into.response.annotations.push(object.annotation);
        }
        for (mut marks, human) in [(answer, true), (prediction, false)] {
            if !marks.response.annotations.is_empty() {
                (marks.source, marks.human) = ("coco".to_owned(), human);
                asset.marks.push(marks);
            }
        }
        reading.asset(asset, Place { file: path, at: &format_args!("images[{n}]") })?;
    }
    Ok(())
}

impl File {
    fn image(&mut self, at: At<'_>, path: &str) -> Result<()> {
        let id = at.get("id")?.id()?;
        let name = at.get("file_name")?;
        let mut asset = image(name.text()?);
        if asset.url.is_none() {
            asset.name = crate::read::clean(&asset.name, Place { file: path, at: &at })?;
            if let Some(address) = at.opt("coco_url")? {
                asset.url = Some(address.text()?.to_owned()).filter(|text| crate::read::is_address(text));
            }
        }
        asset.size = match (at.opt("width")?, at.opt("height")?) {
            (Some(width), Some(height)) => Some((width.pixels()?, height.pixels()?)),
            _ => None,
        };
        asset.reference = at.opt("reference_id")?.map(|at| at.id()).transpose()?;
        if self.by_id.insert(id.clone(), self.images.len()).is_some() {
            return Err(at.error(format!("has the id {id} of another image"), "give each image its own id"));
        }
        self.images.push(asset);
        Ok(())
    }

    fn category(&mut self, at: At<'_>) -> Result<()> {
        let (id, name) = (at.get("id")?.id()?, at.get("name")?.text()?);
        if !crate::labels::is_name(name) {
            return Err(at.error("has a name that is empty, too long or has control characters", "rename it"));
        }
        if self.categories.insert(id.clone(), name.to_owned()).is_some() {
            return Err(at.error(format!("has the id {id} of another category"), "give each its own id"));
        }
        self.order.push(name.to_owned());
        Ok(())
    }

    fn object(&mut self, at: At<'_>, reading: &mut Reading<'_>, path: &str) -> Result<()> {
        let place = Place { file: path, at: &at };
        if self.objects.len() == OBJECTS_MAX {
            return Err(at.error(format!("is beyond {OBJECTS_MAX} objects"), "split the file"));
        }
        let image = at.get("image_id")?.id()?;
        let Some(category) = at.opt("category_id")? else {
            at.get("caption")?.text()?;
            reading.note("caption left out", place);
            return Ok(());
        };
        let category = category.id()?;
        let score = at.opt("score")?.map(|at| at.number()).transpose()?;
        let mut attributes = attributes(&at)?;
        if at.opt("keypoints")?.is_some() {
            reading.note("keypoints left out", place);
        }
        let uuid = match at.opt("sheaf_uuid")? {
            Some(uuid) => uuid.text()?.to_owned(),
            None => at.opt("id")?.map(|at| at.id()).transpose()?.unwrap_or_default(),
        };
        let shapes = shapes(&at, reading, place)?;
        if let Some(crowd) = at.opt(CROWD)?
            && (crowd.value.as_bool() == Some(true) || (!crowd.value.is_boolean() && crowd.integer()? == 1))
        {
            attributes.insert(CROWD.into(), Value::Bool(true));
        }
        let n = shapes.len();
        for (i, shape) in shapes.into_iter().enumerate() {
            let mut annotation = annotation("", shape, attributes.clone());
            annotation.uuid = if n == 1 { uuid.clone() } else { format!("{uuid}-{}", i + 1) };
            let object = Object { image: 0, category: category.clone(), score, annotation };
            self.objects.push((image.clone(), object));
        }
        Ok(())
    }
}

fn attributes(at: &At<'_>) -> Result<std::collections::BTreeMap<String, Value>> {
    let Some(given) = at.opt("attributes")? else { return Ok(Default::default()) };
    // A list is what some tools write for none.
    if given.value.as_array().is_some_and(Vec::is_empty) {
        return Ok(Default::default());
    }
    let plain = |value: &Value| match value {
        Value::Object(_) => Value::String(value.to_string()),
        other => other.clone(),
    };
    Ok(given.object()?.iter().map(|(name, value)| (name.clone(), plain(value))).collect())
}

fn shapes(at: &At<'_>, reading: &mut Reading<'_>, place: Place<'_>) -> Result<Vec<Shape>> {
    let mut bbox = at.opt("bbox")?.map(|at| rectangle(&at)).transpose()?.flatten();
    let Some(segmentation) = at.opt("segmentation")? else {
        return bbox
            .map(|shape| vec![shape])
            .ok_or_else(|| at.error("has neither `bbox` nor `segmentation`", "is it COCO of objects?"));
    };
    let mut out = Vec::new();
    if segmentation.value.is_object() {
        let size = segmentation.get("size")?;
        let sides: Vec<u32> = size.items()?.map(|side| side.pixels()).collect::<Result<_>>()?;
        let counts = segmentation.get("counts")?;
        if bbox.is_none() {
            let [height, width] = sides[..] else {
                return Err(size.error("is not the height and the width", "correct the file"));
            };
            let around = rle::bounds(&counts, height, width)?;
            bbox = around.map(|[left, top, width, height]| Shape::Box { left, top, width, height });
        }
        if bbox.is_some() {
            reading.note("mask (RLE) taken as its box", place);
        }
    } else {
        for part in segmentation.items()? {
            let numbers: Vec<f64> = part.items()?.map(|at| at.number()).collect::<Result<_>>()?;
            if !numbers.len().is_multiple_of(2) {
                return Err(part.error("has an odd number of coordinates", "correct the file"));
            }
            if numbers.len() < 6 {
                reading.note("polygon of fewer than 3 points left out", place);
                continue;
            }
            let vertices = numbers.chunks_exact(2).map(|xy| Vertex { x: xy[0], y: xy[1] }).collect();
            out.push(Shape::Polygon { vertices });
        }
        if out.len() > 1 {
            reading.note("object of several polygons made into one annotation each", place);
        }
    }
    if out.is_empty() {
        out.extend(bbox);
    }
    if out.is_empty() {
        reading.note("object without a box or a polygon left out", place);
    }
    Ok(out)
}

fn rectangle(at: &At<'_>) -> Result<Option<Shape>> {
    let numbers: Vec<f64> = at.items()?.map(|at| at.number()).collect::<Result<_>>()?;
    match numbers[..] {
        // What some tools write for none.
        [] => Ok(None),
        [left, top, width, height] => Ok(Some(Shape::Box { left, top, width, height })),
        _ => Err(at.error(
            format!("has {} numbers, not 4", numbers.len()),
            "write [left, top, width, height] in pixels",
        )),
    }
}

/// An image of the file; `rest` is what Sheaf adds.
pub fn image_row(id: u32, asset: &Asset, rest: Map<String, Value>) -> Value {
    let mut out = json!({
        "id": id,
        "file_name": asset.name,
        "width": asset.size.map(|size| size.0),
        "height": asset.size.map(|size| size.1),
        "coco_url": asset.url,
        "reference_id": asset.reference,
    });
    if let Value::Object(out) = &mut out {
        out.extend(rest);
    }
    out
}

/// An object of the file; `None` for what COCO cannot hold. Categories are numbered from 1.
pub fn object_row(annotation: &Annotation, id: u64, image: u32, categories: &[String]) -> Option<Value> {
    let category = categories.iter().position(|name| *name == annotation.label)? + 1;
    let (bbox, segmentation, area) = match &annotation.shape {
        Shape::Box { left, top, width, height } => {
            ([*left, *top, *width, *height], json!([]), width * height)
        }
        Shape::Polygon { vertices } => {
            let flat: Vec<f64> = vertices.iter().flat_map(|vertex| [vertex.x, vertex.y]).collect();
            (bounds(vertices), json!([flat]), area(vertices))
        }
        Shape::Span { .. } => return None,
    };
    let crowd = annotation.attributes.get(CROWD);
    let is_crowd = crowd.is_some_and(|value| value.as_bool() == Some(true) || value.as_u64() == Some(1));
    Some(json!({
        "id": id,
        "image_id": image,
        "category_id": category,
        "bbox": bbox,
        "area": area,
        "segmentation": segmentation,
        "iscrowd": u8::from(is_crowd),
        "attributes": annotation.attributes,
        "sheaf_uuid": annotation.uuid,
    }))
}

/// The categories of the file.
pub fn category_rows(categories: &[String]) -> Value {
    (1..)
        .zip(categories)
        .map(|(id, name): (u32, _)| json!({ "id": id, "name": name, "supercategory": "" }))
        .collect()
}
