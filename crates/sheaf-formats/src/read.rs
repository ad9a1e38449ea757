//! Reading a format: what is common to all. Each asset is looked over here before it is handed out.

use std::collections::{BTreeMap, HashSet};

use serde_json::Value;
use sheaf_model::response::{ANNOTATIONS_MAX, Annotation, Shape, VERTICES_MAX};
use sheaf_model::taxonomy::{ENTRIES_MAX, NAME_CHARS_MAX, Tool};
use sheaf_model::{Media, Taxonomy};

use crate::folder::Folder;
use crate::geometry::{Cut, cut};
use crate::labels::{Labels, is_name};
use crate::{Asset, Error, Format, Marks, Report, Result};

/// Assets of one reading.
const ASSETS_MAX: u64 = 50_000_000;
/// Sources that speak of one asset.
const MARKS_MAX: usize = 1_000;

/// The size of an image by its path.
pub type Sizes<'a> = &'a dyn Fn(&str) -> Option<(u32, u32)>;

/// How to read.
#[derive(Clone, Copy)]
pub struct Options<'a> {
    /// What the project holds.
    pub media: Media,
    /// Pixels of VOC files count from 0 (labelImg, deepforest) instead of from 1 (the VOC devkit).
    pub zero_based: bool,
    /// Sizes of images, for formats that write in shares of them. Asked with the name of an asset.
    pub sizes: Sizes<'a>,
    /// Finds the image that belongs to a file without its extension, `train/a` -> `train/a.jpg`; for YOLO.
    pub image: &'a dyn Fn(&str) -> Option<String>,
    /// Is told the names of images that have to be known and are not there, and what is said of them is left out. Without it
    /// they are errors.
    pub missing: Option<&'a dyn Fn(&str)>,
}

/// What a reading came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Labels and questions that the format declares or its annotations show.
    pub taxonomy: Taxonomy,
    pub report: Report,
}

/// Reads everything, asset by asset. An error means that the files as they are cannot be used: what was handed out by then
/// is of no worth.
pub fn read(
    format: Format,
    folder: &dyn Folder,
    options: Options<'_>,
    sink: &mut dyn FnMut(Asset) -> Result<()>,
) -> Result<Outcome> {
    let mut reading =
        Reading { options, labels: Labels::default(), report: Report::default(), sink, points: 0 };
    match format {
        Format::LabelStudio => crate::label_studio::read(folder, &mut reading)?,
        Format::Coco => crate::coco::read(folder, &mut reading)?,
        Format::Yolo => crate::yolo::read(folder, &mut reading)?,
        Format::Voc => crate::voc::read(folder, &mut reading)?,
        Format::GroundTruth => crate::ground_truth::read(folder, &mut reading)?,
        Format::Cvat => crate::cvat::read(folder, &mut reading)?,
        Format::Labelbox => crate::labelbox::read(folder, &mut reading)?,
        Format::CsvBoxes => crate::boxes::read(folder, &mut reading)?,
    }
    let default = match options.media {
        Media::Image => Tool::Box,
        Media::Text => Tool::Span,
    };
    Ok(Outcome { taxonomy: reading.labels.taxonomy(default), report: reading.report })
}

pub(crate) struct Reading<'a> {
    pub(crate) options: Options<'a>,
    pub(crate) labels: Labels,
    pub(crate) report: Report,
    sink: &'a mut dyn FnMut(Asset) -> Result<()>,
    /// Vertices of the asset in hand.
    points: usize,
}

/// Where an asset stands in its file.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) file: &'a str,
    pub(crate) at: &'a dyn std::fmt::Display,
}

impl std::fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let at = self.at.to_string();
        if at.is_empty() { f.write_str(self.file) } else { write!(f, "{}, {at}", self.file) }
    }
}

impl Place<'_> {
    pub(crate) fn error(&self, message: impl Into<String>, hint: impl Into<String>) -> Error {
        Error::new(self.file, self.at.to_string(), message, hint)
    }
}

impl Reading<'_> {
    /// Looks an asset over and hands it out. Names that lead out of their folder, and more than a project can hold, are errors;
    /// shapes that are nothing in the image are left out and noted.
    pub(crate) fn asset(&mut self, mut asset: Asset, place: Place<'_>) -> Result<()> {
        if asset.url.is_none() && asset.text.is_none() {
            asset.name = clean(&asset.name, place)?;
        }
        if asset.marks.len() > MARKS_MAX {
            return Err(place.error(
                format!("has answers of {} sources, more than {MARKS_MAX}", asset.marks.len()),
                "leave some out",
            ));
        }
        self.points = 0;
        if asset.size.is_none() && asset.text.is_none() {
            asset.size = (self.options.sizes)(&asset.name);
        }
        let size = asset.size;
        for marks in &mut asset.marks {
            self.marks(marks, size, place)?;
        }
        asset.marks.retain(|marks| {
            // A person who found nothing has answered, too.
            marks.human || !marks.response.annotations.is_empty() || !marks.response.fields.is_empty()
        });
        for marks in &asset.marks {
            *(if marks.human { &mut self.report.answers } else { &mut self.report.predictions }) += 1;
            self.report.annotations += marks.response.annotations.len() as u64;
        }
        self.report.assets += 1;
        if self.report.assets > ASSETS_MAX {
            return Err(place.error(format!("is beyond {ASSETS_MAX} assets"), "split it"));
        }
        (self.sink)(asset)
    }

    fn marks(&mut self, marks: &mut Marks, size: Option<(u32, u32)>, place: Place<'_>) -> Result<()> {
        let response = &mut marks.response;
        if response.annotations.len() > ANNOTATIONS_MAX {
            return Err(place.error(
                format!("has {} annotations, more than {ANNOTATIONS_MAX}", response.annotations.len()),
                "split the asset or leave some out",
            ));
        }
        let media = self.options.media;
        for annotation in std::mem::take(&mut response.annotations) {
            if let Some(annotation) = self.annotation(annotation, media, size, place)? {
                response.annotations.push(annotation);
            }
        }
        number(&mut response.annotations);
        for (id, value) in &response.fields {
            if !is_name(id) {
                return Err(bad_name("the field", id, place));
            }
            self.labels.field(id, value);
        }
        if self.labels.count() > ENTRIES_MAX {
            return Err(place.error(
                format!("brings more than {ENTRIES_MAX} labels or fields"),
                "is the label in the right place? leave some out",
            ));
        }
        Ok(())
    }

    fn annotation(
        &mut self,
        mut annotation: Annotation,
        media: Media,
        size: Option<(u32, u32)>,
        place: Place<'_>,
    ) -> Result<Option<Annotation>> {
        if !is_name(&annotation.label) {
            return Err(bad_name("the label", &annotation.label, place));
        }
        if let Some(name) = annotation.attributes.keys().find(|name| !is_name(name)) {
            return Err(bad_name("the attribute", name, place));
        }
        let tool = annotation.shape.tool();
        if tool.media() != media {
            self.report
                .note(format!("{} left out: the project holds {}s", tool.as_str(), media.as_str()), place);
            return Ok(None);
        }
        if let Shape::Polygon { vertices } = &mut annotation.shape {
            // A last point that is the first one again closes the polygon, which is closed anyway.
            if vertices.len() > 3 && vertices.first() == vertices.last() {
                vertices.pop();
            }
            self.points += vertices.len();
            if vertices.len() > VERTICES_MAX || self.points > VERTICES_MAX * 100 {
                return Err(place.error(
                    format!("has a polygon of {} points, more than {VERTICES_MAX}", vertices.len()),
                    "simplify it",
                ));
            }
        }
        let tool = tool.as_str();
        match cut(&mut annotation.shape, size) {
            Cut::No => {}
            Cut::Yes => {
                self.report.note(format!("{tool} that reached past the image cut at its edge"), place)
            }
            Cut::Nothing => {
                self.report.note(format!("{tool} left out: nothing of it is in the asset"), place);
                return Ok(None);
            }
        }
        annotation.attributes.retain(|_, value| !value.is_null());
        self.labels.annotation(&annotation);
        Ok(Some(annotation))
    }

    /// Something was not taken as it stands.
    pub(crate) fn note(&mut self, what: impl Into<String>, place: Place<'_>) {
        self.report.note(what, place);
    }
}

fn bad_name(what: &str, name: &str, place: Place<'_>) -> Error {
    let shown = crate::xml::shown(name).replace(char::is_control, "�");
    place.error(
        format!(
            "{what} `{shown}` is empty, longer than {NAME_CHARS_MAX} characters or has a control character"
        ),
        "rename it",
    )
}

/// A path that stays in its folder.
pub(crate) fn clean(name: &str, place: Place<'_>) -> Result<String> {
    sheaf_intake::path::clean(name).map_err(|problem| {
        let hint = problem.hint.as_deref().unwrap_or("use a path relative to the folder of the images");
        place.error(format!("the name `{}`: {}", crate::xml::shown(name), problem.message), hint)
    })
}

/// Gives every annotation an id of its own.
fn number(annotations: &mut [Annotation]) {
    let mut seen = HashSet::new();
    for (i, annotation) in annotations.iter_mut().enumerate() {
        let good =
            !annotation.uuid.is_empty() && annotation.uuid.len() <= 64 && !seen.contains(&annotation.uuid);
        if !good {
            annotation.uuid =
                (i + 1..).map(|n| n.to_string()).find(|id| !seen.contains(id)).unwrap_or_default();
        }
        seen.insert(annotation.uuid.clone());
    }
}

/// A text as an address, when it is one: `https://...`, `s3://...`.
pub(crate) fn is_address(text: &str) -> bool {
    text.split_once("://").is_some_and(|(scheme, rest)| {
        !rest.is_empty()
            && !scheme.is_empty()
            && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'+')
    })
}

/// The asset of an image that is named by a path or an address.
pub(crate) fn image(place: &str) -> Asset {
    if is_address(place) {
        let end = place.split(['?', '#']).next().unwrap_or(place);
        let name = end.rsplit('/').find(|part| !part.is_empty()).unwrap_or(end);
        return Asset { name: name.to_owned(), url: Some(place.to_owned()), ..Asset::default() };
    }
    Asset { name: place.to_owned(), ..Asset::default() }
}

/// An annotation without an id.
pub(crate) fn annotation(label: &str, shape: Shape, attributes: BTreeMap<String, Value>) -> Annotation {
    Annotation { uuid: String::new(), label: label.to_owned(), shape, attributes }
}

/// The span of a text by its characters; `None` when it is not within it.
pub(crate) fn span(content: &str, start: u64, end: u64) -> Option<Shape> {
    let n = usize::try_from(end.checked_sub(start)?).ok()?;
    let text: String = content.chars().skip(usize::try_from(start).ok()?).take(n).collect();
    (n > 0 && text.chars().count() == n).then_some(Shape::Span { start, end, text })
}
