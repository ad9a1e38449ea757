//! Tasks of Label Studio as assets.

use std::collections::BTreeMap;

use serde_json::{Map, Value};
use sheaf_model::response::{Annotation, Shape, Vertex};
use sheaf_model::{Media, Response};

use crate::folder::Folder;
use crate::geometry::{ellipse, turned_by_corner};
use crate::json::{At, records};
use crate::read::{Place, Reading, image, span};
use crate::{Asset, Marks, Result};

pub(crate) fn read(folder: &dyn Folder, reading: &mut Reading<'_>) -> Result<()> {
    let path = folder.only(&["json", "jsonl", "ndjson"])?;
    records(path, folder.reader(path)?, |at| task(at, path, reading))
}

fn task(at: At<'_>, path: &str, reading: &mut Reading<'_>) -> Result<()> {
    let place = Place { file: path, at: &at };
    // A task that nothing was said of may be its data alone.
    let is_bare =
        !["data", "annotations", "completions", "predictions"].iter().any(|key| at.value.get(key).is_some());
    let data = if is_bare { at } else { at.get("data")? };
    let mut asset = content(&data, reading.options.media)?;
    if let Some(meta) = at.opt("meta")? {
        // Sheaf's own words come back where they were.
        for (name, value) in meta.object()? {
            if name == "sheaf" {
                asset.reference = value.get("reference_id").and_then(Value::as_str).map(str::to_owned);
            } else {
                asset.metadata.insert(name.clone(), value.clone());
            }
        }
    }
    // Versions before 1.0 called annotations completions.
    for (key, human) in [("annotations", true), ("completions", true), ("predictions", false)] {
        let Some(list) = at.opt(key)? else { continue };
        for one in list.items()? {
            // A list of bare numbers is what an export without annotations has.
            if one.value.is_number() {
                reading.note("annotation that is only a number left out", place);
                continue;
            }
            if human && one.opt("was_cancelled")?.map(|at| at.boolean()).transpose()? == Some(true) {
                reading.note("skipped (cancelled) annotation left out", place);
                continue;
            }
            let marks = marks(&one, human, &mut asset, reading, path)?;
            asset.marks.push(marks);
        }
    }
    reading.asset(asset, place)
}

/// Which value of `data` the asset is: the usual names first, then the first that looks like it. The others are metadata.
fn content(data: &At<'_>, media: Media) -> Result<Asset> {
    let object = data.object()?;
    let texts = || object.iter().filter_map(|(key, value)| value.as_str().map(|text| (key, text)));
    let named = |names: &[&str]| names.iter().find_map(|name| texts().find(|(key, _)| *key == name));
    let found = match media {
        Media::Image => named(&["image", "img", "image_url", "url"])
            .or_else(|| texts().find(|(_, text)| looks_like_image(text)))
            .or_else(|| texts().next()),
        Media::Text => named(&["text", "content"]).or_else(|| texts().next()),
    };
    let Some((key, text)) = found else {
        return Err(data.error("has no text that could be the asset", "add the image's address or the text"));
    };
    let mut asset = match media {
        Media::Image => image(local(text)),
        Media::Text => Asset { text: Some(text.to_owned()), ..Asset::default() },
    };
    let metadata = object.iter().filter(|(name, _)| *name != key);
    asset.metadata = metadata.map(|(name, value)| (name.clone(), value.clone())).collect();
    Ok(asset)
}

fn looks_like_image(text: &str) -> bool {
    let end = sheaf_intake::path::extension(text.split(['?', '#']).next().unwrap_or(text));
    ["jpg", "jpeg", "png", "webp", "gif", "svg", "bmp", "tif", "tiff"].contains(&end.as_str())
}

/// The path of a file that Label Studio served itself: `/data/upload/3/a.jpg`, `/data/local-files/?d=a/b.jpg`.
fn local(text: &str) -> &str {
    if let Some((_, path)) = text.split_once("/data/local-files/?d=") {
        return path.trim_start_matches('/');
    }
    text.strip_prefix("/data/").unwrap_or(text)
}

fn marks(
    at: &At<'_>,
    human: bool,
    asset: &mut Asset,
    reading: &mut Reading<'_>,
    path: &str,
) -> Result<Marks> {
    let mut out = Marks { human, ..Marks::default() };
    let who = if human { by(at)? } else { at.opt("model_version")?.map(|at| at.id()).transpose()? };
    out.source = match who {
        Some(who) if !who.is_empty() => format!("label-studio: {who}"),
        _ => "label-studio".to_owned(),
    };
    out.at = at.value.get("created_at").and_then(Value::as_str).map(str::to_owned);
    let given = at.opt("score")?.map(|at| at.number()).transpose()?;
    let mut parts = Parts::default();
    if let Some(result) = at.opt("result")? {
        for one in result.items()? {
            parts.add(&one, asset, reading, path)?;
        }
    }
    out.score = given.or(parts.score);
    out.response = parts.response();
    Ok(out)
}

/// Who annotated: a number, or a person with an address.
fn by(at: &At<'_>) -> Result<Option<String>> {
    let Some(by) = at.opt("completed_by")? else { return Ok(None) };
    if by.value.is_object() {
        return Ok(match by.opt("email")? {
            Some(email) => Some(email.text()?.to_owned()),
            None => by.opt("id")?.map(|at| at.id()).transpose()?,
        });
    }
    Ok(Some(by.id()?))
}

/// The results of one annotation: shapes by their id, and what says more of them.
#[derive(Default)]
struct Parts {
    shapes: Vec<(String, Shape, Option<String>)>,
    /// By shape: name and value.
    attributes: Vec<(String, String, Value)>,
    labels: BTreeMap<String, String>,
    fields: BTreeMap<String, Value>,
    score: Option<f64>,
}

impl Parts {
    fn add(&mut self, at: &At<'_>, asset: &mut Asset, reading: &mut Reading<'_>, path: &str) -> Result<()> {
        let place = Place { file: path, at };
        let kind = at.get("type")?.text()?;
        if kind == "relation" {
            reading.note("relation left out", place);
            return Ok(());
        }
        let value = at.get("value")?;
        let id = at.opt("id")?.map(|at| at.id()).transpose()?.unwrap_or_default();
        let name = at.opt("from_name")?.map(|at| at.text()).transpose()?.unwrap_or(kind).to_owned();
        if let Some(score) = at.opt("score")? {
            let score = score.number()?;
            self.score = Some(self.score.map_or(score, |least| least.min(score)));
        }
        let label = label(&value, kind)?;
        if let Some(shape) = shape(at, &value, kind, asset, reading, place)? {
            self.shapes.push((id, shape, label));
            return Ok(());
        }
        let answer = match kind {
            "choices" => one_or_all(texts(&value.get("choices")?)?),
            "taxonomy" => {
                let paths = value.get("taxonomy")?;
                let paths: Vec<String> =
                    paths.items()?.map(|path| Ok(texts(&path)?.join(" / "))).collect::<Result<_>>()?;
                one_or_all(paths)
            }
            "rating" => Value::from(value.get("rating")?.number()?),
            "number" => Value::from(value.get("number")?.number()?),
            "textarea" => {
                let text = value.get("text")?;
                let all = if text.value.is_string() { vec![text.text()?.to_owned()] } else { texts(&text)? };
                Value::from(all.join("\n"))
            }
            "datetime" => Value::from(value.get("datetime")?.text()?),
            // The label of a shape that is another result.
            "labels" if label.is_some() => {
                self.labels.insert(id, label.unwrap_or_default());
                return Ok(());
            }
            _ => {
                reading.note(format!("result of the type `{}` left out", crate::xml::shown(kind)), place);
                return Ok(());
            }
        };
        let of_shape = ["x", "start", "points"].iter().any(|key| value.value.get(key).is_some());
        if of_shape || self.shapes.iter().any(|(known, ..)| *known == id && !id.is_empty()) {
            self.attributes.push((id, name, answer));
        } else {
            self.fields.insert(name, answer);
        }
        Ok(())
    }

    fn response(mut self) -> Response {
        let mut annotations = Vec::new();
        for (uuid, shape, label) in std::mem::take(&mut self.shapes) {
            let label =
                label.or_else(|| self.labels.get(&uuid).cloned()).unwrap_or_else(|| "object".to_owned());
            let mine = self.attributes.iter().filter(|(of, ..)| *of == uuid && !uuid.is_empty());
            let attributes = mine.map(|(_, name, value)| (name.clone(), value.clone())).collect();
            annotations.push(Annotation { uuid, label, shape, attributes });
        }
        Response { annotations, fields: self.fields }
    }
}

/// The label of a result, under the name of its type (`rectanglelabels`) or under `labels`. The first of several.
fn label(value: &At<'_>, kind: &str) -> Result<Option<String>> {
    for key in [kind, "labels"] {
        if key.ends_with("labels")
            && let Some(list) = value.opt(key)?
        {
            return Ok(texts(&list)?.into_iter().next());
        }
    }
    Ok(None)
}

fn texts(at: &At<'_>) -> Result<Vec<String>> {
    at.items()?.map(|item| Ok(item.text()?.to_owned())).collect()
}

/// One choice is a text, several are a list.
fn one_or_all(mut all: Vec<String>) -> Value {
    if all.len() == 1 { Value::from(all.remove(0)) } else { Value::from(all) }
}

fn shape(
    at: &At<'_>,
    value: &At<'_>,
    kind: &str,
    asset: &mut Asset,
    reading: &mut Reading<'_>,
    place: Place<'_>,
) -> Result<Option<Shape>> {
    match kind {
        "rectanglelabels" | "rectangle" | "polygonlabels" | "polygon" | "ellipselabels" | "ellipse" => {}
        "labels" | "hypertextlabels" if value.opt("start")?.is_some() => {
            return text_span(value, asset, reading, place);
        }
        _ => return Ok(None),
    }
    let (width, height) = size(at, asset, reading, place)?;
    let (w, h) = (f64::from(width), f64::from(height));
    let of = |key: &str, whole: f64| -> Result<f64> { Ok(value.get(key)?.number()? * whole / 100.0) };
    let turn = value.opt("rotation")?.map(|at| at.number()).transpose()?.unwrap_or(0.0);
    Ok(Some(match kind {
        "rectanglelabels" | "rectangle" => {
            let (left, top, width, height) = (of("x", w)?, of("y", h)?, of("width", w)?, of("height", h)?);
            if turn % 360.0 == 0.0 {
                Shape::Box { left, top, width, height }
            } else {
                reading.note("turned box made into a polygon", place);
                turned_by_corner(left, top, width, height, turn)
            }
        }
        "polygonlabels" | "polygon" => {
            let mut vertices = Vec::new();
            let points = value.get("points")?;
            for point in points.items()? {
                let pair: Vec<f64> = point.items()?.map(|at| at.number()).collect::<Result<_>>()?;
                let [x, y] = pair[..] else {
                    return Err(point.error("is not a point of two numbers", "correct the file"));
                };
                vertices.push(Vertex { x: x * w / 100.0, y: y * h / 100.0 });
            }
            Shape::Polygon { vertices }
        }
        _ => {
            reading.note("ellipse made into a polygon", place);
            ellipse(of("x", w)?, of("y", h)?, of("radiusX", w)?, of("radiusY", h)?, turn)
        }
    }))
}

fn size(at: &At<'_>, asset: &mut Asset, reading: &Reading<'_>, place: Place<'_>) -> Result<(u32, u32)> {
    if let (Some(width), Some(height)) = (at.opt("original_width")?, at.opt("original_height")?) {
        let size = (width.pixels()?, height.pixels()?);
        asset.size.get_or_insert(size);
        return Ok(size);
    }
    if asset.size.is_none() {
        asset.size = (reading.options.sizes)(&asset.name);
    }
    asset.size.ok_or_else(|| {
        place.error(
            "has no `original_width` and `original_height`, and the size of the image is not known",
            "bring the image, too, or add its size to the file: coordinates are percent of it",
        )
    })
}

fn text_span(
    value: &At<'_>,
    asset: &Asset,
    reading: &mut Reading<'_>,
    place: Place<'_>,
) -> Result<Option<Shape>> {
    let content = asset.text.as_deref().unwrap_or_default();
    // In HTML the offsets are within elements; `globalOffsets` are those of the text.
    let offsets = value.opt("globalOffsets")?;
    let (start, end) = match &offsets {
        Some(offsets) => (offsets.get("start")?.integer()?, offsets.get("end")?.integer()?),
        None => (value.get("start")?.integer()?, value.get("end")?.integer()?),
    };
    let said = value.opt("text")?.map(|at| at.text()).transpose()?;
    match span(content, start, end) {
        Some(Shape::Span { start, end, text }) => {
            if said.is_some_and(|said| said != text) {
                reading.note("span whose `text` is not what stands there: offsets believed", place);
            }
            Ok(Some(Shape::Span { start, end, text }))
        }
        _ => {
            let message =
                format!("{start}..{end} is not a span of a text of {} characters", content.chars().count());
            Err(place.error(message, "correct the file; offsets count characters, the end is exclusive"))
        }
    }
}

/// Metadata that goes back under `data`.
pub(super) type Data = Map<String, Value>;
