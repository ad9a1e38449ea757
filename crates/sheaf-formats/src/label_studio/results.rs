//! The results of one annotation of Label Studio as an answer: regions become shapes, what shares the id of a region is said of it,
//! the rest of the whole asset.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde_json::Value;
use sheaf_model::Response;
use sheaf_model::response::{Annotation, Shape, Vertex};

use crate::geometry::{ellipse, turned_by_corner};
use crate::json::At;
use crate::read::{Place, Reading, span};
use crate::{Asset, Result};

/// Keys that the value of a result has when it is about a region: of boxes and ellipses, of texts and audio, of polygons, of
/// brushes, of videos.
const OF_REGIONS: [&str; 5] = ["x", "start", "points", "rle", "sequence"];
const MORE_LABELS: &str = "label of a region beyond its first left out";

#[derive(Default)]
pub(super) struct Results {
    /// With their id and their label.
    shapes: Vec<(String, Shape, Option<String>)>,
    answers: Vec<Answer>,
    /// Labels that are results of their own, by the id of their region.
    labels: BTreeMap<String, String>,
    /// Ids of regions that are left out.
    left_out: BTreeSet<String>,
    /// That of the least sure result.
    pub(super) score: Option<f64>,
}

struct Answer {
    id: String,
    name: String,
    value: Value,
    of_region: bool,
}

/// What a result is, besides an answer.
enum Region {
    Shape(Shape),
    /// It was noted.
    LeftOut,
    No,
}

impl Results {
    pub(super) fn add(
        &mut self,
        at: &At<'_>,
        asset: &mut Asset,
        reading: &mut Reading<'_>,
        path: &str,
    ) -> Result<()> {
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
        let mut labels = labels(&value, kind)?.into_iter();
        let (label, has_more) = (labels.next(), labels.next().is_some());
        match region(at, &value, kind, asset, reading, place)? {
            Region::Shape(shape) => {
                if has_more {
                    reading.note(MORE_LABELS, place);
                }
                self.shapes.push((id, shape, label));
                return Ok(());
            }
            Region::LeftOut => {
                self.left_out.insert(id);
                return Ok(());
            }
            Region::No => {}
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
            // The label of a region that is another result.
            "labels" if label.is_some() => {
                if has_more || self.labels.contains_key(&id) {
                    reading.note(MORE_LABELS, place);
                }
                self.labels.entry(id).or_insert(label.unwrap_or_default());
                return Ok(());
            }
            _ => {
                reading.note(format!("result of the type `{}` left out", crate::xml::shown(kind)), place);
                self.left_out.insert(id);
                return Ok(());
            }
        };
        let of_region = OF_REGIONS.iter().any(|key| value.value.get(key).is_some());
        self.answers.push(Answer { id, name, value: answer, of_region });
        Ok(())
    }

    /// What all results come to. What is said of a region that is not there is not said of the asset: it is left out and noted.
    pub(super) fn response(self, reading: &mut Reading<'_>, place: Place<'_>) -> Response {
        let Self { shapes, answers, labels, left_out, .. } = self;
        let there: HashSet<&str> = shapes.iter().map(|(id, ..)| id.as_str()).collect();
        let mut fields = BTreeMap::new();
        let mut attributes: BTreeMap<String, BTreeMap<String, Value>> = BTreeMap::new();
        for Answer { id, name, value, of_region } in answers {
            let has_id = !id.is_empty();
            if has_id && there.contains(id.as_str()) {
                attributes.entry(id).or_default().insert(name, value);
            } else if of_region || (has_id && left_out.contains(&id)) {
                reading.note("answer about a region that is not there left out", place);
            } else {
                fields.insert(name, value);
            }
        }
        for id in labels.keys() {
            if !there.contains(id.as_str()) && !left_out.contains(id) {
                reading.note("label without a region left out", place);
            }
        }
        let annotation = |(uuid, shape, label): (String, Shape, Option<String>)| {
            let label = label.or_else(|| labels.get(&uuid).cloned()).unwrap_or_else(|| "object".to_owned());
            let attributes = attributes.get(&uuid).cloned().unwrap_or_default();
            Annotation { uuid, label, shape, attributes }
        };
        Response { annotations: shapes.into_iter().map(annotation).collect(), fields }
    }
}

/// The labels of a result, under the name of its type (`rectanglelabels`) or under `labels`.
fn labels(value: &At<'_>, kind: &str) -> Result<Vec<String>> {
    for key in [kind, "labels"] {
        if key.ends_with("labels")
            && let Some(list) = value.opt(key)?
        {
            return texts(&list);
        }
    }
    Ok(Vec::new())
}

fn texts(at: &At<'_>) -> Result<Vec<String>> {
    at.items()?.map(|item| Ok(item.text()?.to_owned())).collect()
}

/// One choice is a text, several are a list.
fn one_or_all(mut all: Vec<String>) -> Value {
    if all.len() == 1 { Value::from(all.remove(0)) } else { Value::from(all) }
}

fn region(
    at: &At<'_>,
    value: &At<'_>,
    kind: &str,
    asset: &mut Asset,
    reading: &mut Reading<'_>,
    place: Place<'_>,
) -> Result<Region> {
    match kind {
        "rectanglelabels" | "rectangle" | "polygonlabels" | "polygon" | "ellipselabels" | "ellipse" => {}
        "labels" if value.opt("start")?.is_some() => return text_span(value, asset, reading, place),
        // Also `hypertextlabels`: the places of HTML are within its elements, or count what a browser shows of it.
        _ => return Ok(Region::No),
    }
    let (width, height) = size(at, asset, reading, place)?;
    let (w, h) = (f64::from(width), f64::from(height));
    let of = |key: &str, whole: f64| -> Result<f64> { Ok(value.get(key)?.number()? * whole / 100.0) };
    let turn = value.opt("rotation")?.map(|at| at.number()).transpose()?.unwrap_or(0.0);
    Ok(Region::Shape(match kind {
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

/// A region with a start and an end: of a text, by its characters; others of this type are left out.
fn text_span(value: &At<'_>, asset: &Asset, reading: &mut Reading<'_>, place: Place<'_>) -> Result<Region> {
    let Some(content) = asset.text.as_deref() else {
        reading.note("region from a start to an end left out: the asset is no text", place);
        return Ok(Region::LeftOut);
    };
    let (start, end) = (value.get("start")?, value.get("end")?);
    // Of audio they are seconds, of HTML paths of elements.
    let is_other = |at: &At<'_>| at.value.is_string() || at.value.as_f64().is_some_and(|x| x.fract() != 0.0);
    if value.value.get("channel").is_some() || is_other(&start) || is_other(&end) {
        reading.note("region whose start and end do not count characters left out", place);
        return Ok(Region::LeftOut);
    }
    let (start, end) = (start.integer()?, end.integer()?);
    let said = value.opt("text")?.map(|at| at.text()).transpose()?;
    match span(content, start, end) {
        Some(Shape::Span { start, end, text }) => {
            if said.is_some_and(|said| said != text) {
                reading.note("span whose `text` is not what stands there: offsets believed", place);
            }
            Ok(Region::Shape(Shape::Span { start, end, text }))
        }
        _ => {
            let message =
                format!("{start}..{end} is not a span of a text of {} characters", content.chars().count());
            Err(place.error(message, "correct the file; offsets count characters, the end is exclusive"))
        }
    }
}
