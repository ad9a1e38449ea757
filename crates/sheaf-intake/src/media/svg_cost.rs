//! What a drawing costs, before it is paid: a few hundred bytes of SVG can ask for years of work or for all memory.
//!
//! [`check_entities`] bounds what the XML parser expands, [`check_document`] what `<use>`, patterns, masks, markers
//! and style sheets multiply, [`check_tree`] the pixels that painting touches and holds. Estimates are upper bounds.

use std::collections::HashMap;

use resvg::{
    tiny_skia::Transform,
    usvg::{
        ClipPath, Group, Mask, Node, Paint, Path, Tree,
        filter::Kind,
        roxmltree::{self, NodeId},
    },
};

use super::unsupported;
use crate::problem::{Problem, ProblemCode};

const EXPANDED_ELEMENTS_MAX: u64 = 200_000;
const DEPTH_MAX: u32 = 256;
const ENTITY_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Rules of the style sheets times elements.
const STYLE_MATCHES_MAX: u64 = 20_000_000;
/// Pixels that painting may touch, all layers and shapes together.
const PAINTED_PIXELS_MAX: f64 = 2e9;
/// Pixels of layers that are held at the same time.
const HELD_PIXELS_MAX: f64 = 64e6;

fn too_costly(what: &str) -> Problem {
    Problem::new(ProblemCode::TooLarge, format!("the drawing is too costly to paint: {what}"))
        .hint("simplify it, or export it as PNG")
}

/// Entities may shorten a drawing but not blow it up: none within another, and a bound on all together.
pub(super) fn check_entities(text: &str) -> Result<(), Problem> {
    let Some(first) = text.find("<!ENTITY") else { return Ok(()) };
    let last = text.rfind("<!ENTITY").unwrap_or(first);
    // The closing quote and bracket of the last entity; without one the parser refuses the drawing anyway.
    let subset_end = text[last..].find("]").map_or(text.len(), |at| last + at);
    let subset = &text[first..subset_end];
    if subset.contains('&') || subset.contains('%') {
        return Err(too_costly("its XML entities refer to each other"));
    }
    let references = text[subset_end..].bytes().filter(|&b| b == b'&').count();
    if references.saturating_mul(subset.len()) > ENTITY_BYTES_MAX {
        return Err(too_costly("its XML entities expand to too much"));
    }
    Ok(())
}

/// Bounds the number of elements after all references are followed, and the depth of recursion on the way.
pub(super) fn check_document(document: &roxmltree::Document) -> Result<(), Problem> {
    let elements = document.descendants().filter(|node| node.is_element()).count() as u64;
    let style = StyleRules::read(document);
    if style.count.saturating_mul(elements) > STYLE_MATCHES_MAX {
        return Err(too_costly("its style sheet has too many rules"));
    }
    let mut by_id = HashMap::new();
    for node in document.descendants() {
        if let Some(id) = node.attribute("id") {
            by_id.entry(id).or_insert(node);
        }
    }
    let mut expansion = Expansion { by_id, style, known: HashMap::new() };
    let weight = expansion.weigh(document.root_element(), 0)?;
    if weight.elements > EXPANDED_ELEMENTS_MAX || weight.conversions > EXPANDED_ELEMENTS_MAX {
        return Err(too_costly("it repeats its parts too often"));
    }
    Ok(())
}

/// Of an element with all below it.
#[derive(Clone, Copy, Default)]
struct Weight {
    /// Elements once `<use>` is replaced by what it shows.
    elements: u64,
    /// Corners of shapes, each of which may carry a marker.
    corners: u64,
    /// Elements converted, with the content of patterns, masks and markers once for each use.
    conversions: u64,
    /// Levels below, through references.
    depth: u32,
}

struct Expansion<'a, 'input> {
    by_id: HashMap<&'a str, roxmltree::Node<'a, 'input>>,
    style: StyleRules,
    /// `None` while the element is being weighed: a reference to it then is a cycle, which the converter cuts.
    known: HashMap<NodeId, Option<Weight>>,
}

impl<'a, 'input> Expansion<'a, 'input> {
    fn weigh(&mut self, node: roxmltree::Node<'a, 'input>, level: u32) -> Result<Weight, Problem> {
        if level > DEPTH_MAX {
            return Err(too_costly("its elements are nested too deeply"));
        }
        match self.known.get(&node.id()) {
            Some(Some(weight)) => return Ok(*weight),
            Some(None) => return Ok(Weight::default()),
            None => {}
        }
        self.known.insert(node.id(), None);
        let mut weight = Weight { elements: 1, corners: corners_of(node), conversions: 1, depth: 1 };
        for child in node.children().filter(|child| child.is_element()) {
            weight.contain(self.weigh(child, level + 1)?);
        }
        let mut inherited: Vec<(Multiplies, String)> = self.style.references_of(node);
        for attribute in node.attributes() {
            if attribute.name() == "href" {
                if let Some(target) =
                    attribute.value().trim().strip_prefix('#').and_then(|id| self.by_id.get(id))
                {
                    let target = *target;
                    weight.contain(self.weigh(target, level + 1)?);
                }
            } else {
                collect_references(attribute.name(), attribute.value(), &mut inherited);
            }
        }
        for (multiplies, id) in inherited {
            let Some(&target) = self.by_id.get(id.as_str()) else { continue };
            if matches!(target.tag_name().name(), "linearGradient" | "radialGradient") {
                continue;
            }
            let target = self.weigh(target, level + 1)?;
            let times = match multiplies {
                Multiplies::Once => 1,
                Multiplies::PerElement => weight.elements,
                Multiplies::PerCorner => weight.corners.max(weight.elements),
            };
            weight.conversions = weight.conversions.saturating_add(target.conversions.saturating_mul(times));
            weight.depth = weight.depth.max(target.depth + 1);
        }
        if level.saturating_add(weight.depth) > DEPTH_MAX {
            return Err(too_costly("its elements are nested too deeply"));
        }
        self.known.insert(node.id(), Some(weight));
        Ok(weight)
    }
}

impl Weight {
    fn contain(&mut self, inner: Weight) {
        self.elements = self.elements.saturating_add(inner.elements);
        self.corners = self.corners.saturating_add(inner.corners);
        self.conversions = self.conversions.saturating_add(inner.conversions);
        self.depth = self.depth.max(inner.depth.saturating_add(1));
    }
}

/// How often the target of a reference is converted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Multiplies {
    Once,
    /// Paint is inherited by every element below.
    PerElement,
    /// Markers are inherited, too, and sit on every corner.
    PerCorner,
}

fn multiplies(property: &str) -> Multiplies {
    match property.trim() {
        "clip-path" | "mask" | "filter" => Multiplies::Once,
        property if property.starts_with("marker") => Multiplies::PerCorner,
        _ => Multiplies::PerElement,
    }
}

/// A corner takes at least two characters of path data.
fn corners_of(node: roxmltree::Node) -> u64 {
    let data = node.attribute("d").or_else(|| node.attribute("points"));
    data.map_or(4, |data| data.len() as u64 / 2 + 1)
}

/// Finds `url(#id)` in an attribute, which may be a whole `style`.
fn collect_references(property: &str, value: &str, out: &mut Vec<(Multiplies, String)>) {
    if !value.contains("url(") {
        return;
    }
    if property == "style" {
        for declaration in value.split(';') {
            if let Some((property, value)) = declaration.split_once(':') {
                push_references(multiplies(property), value, out);
            }
        }
    } else {
        push_references(multiplies(property), value, out);
    }
}

fn push_references(multiplies: Multiplies, value: &str, out: &mut Vec<(Multiplies, String)>) {
    for part in value.split("url(").skip(1) {
        let id = part
            .split(')')
            .next()
            .unwrap_or("")
            .trim_matches(|c: char| c.is_whitespace() || c == '"' || c == '\'');
        if let Some(id) = id.strip_prefix('#') {
            out.push((multiplies, id.to_owned()));
        }
    }
}

/// References made by style sheets, by the class or id that a selector mentions.
#[derive(Default)]
struct StyleRules {
    count: u64,
    /// Selectors with neither class nor id count for every element.
    everywhere: Vec<(Multiplies, String)>,
    by_name: HashMap<String, Vec<(Multiplies, String)>>,
}

impl StyleRules {
    fn read(document: &roxmltree::Document) -> StyleRules {
        let mut rules = StyleRules::default();
        for node in document.descendants().filter(|node| node.tag_name().name() == "style") {
            for text in node.children().filter_map(|child| child.text()) {
                rules.read_sheet(text);
            }
        }
        rules
    }

    fn read_sheet(&mut self, sheet: &str) {
        for rule in sheet.split('}') {
            let Some((selectors, declarations)) = rule.split_once('{') else { continue };
            self.count += 1 + selectors.bytes().filter(|&b| b == b',').count() as u64;
            let mut references = Vec::new();
            collect_references("style", declarations, &mut references);
            if references.is_empty() {
                continue;
            }
            for selector in selectors.split(',') {
                match last_name(selector) {
                    Some(name) => {
                        self.by_name.entry(name.to_owned()).or_default().extend(references.iter().cloned())
                    }
                    None => self.everywhere.extend(references.iter().cloned()),
                }
            }
        }
    }

    fn references_of(&self, node: roxmltree::Node) -> Vec<(Multiplies, String)> {
        let mut out = self.everywhere.clone();
        if self.by_name.is_empty() {
            return out;
        }
        let classes = node.attribute("class").unwrap_or("").split_whitespace();
        for name in classes.chain(node.attribute("id")) {
            out.extend(self.by_name.get(name).into_iter().flatten().cloned());
        }
        out
    }
}

/// The class or id that the subject of a selector must have: `g .a > path.b` -> `b`.
fn last_name(selector: &str) -> Option<&str> {
    let subject = selector.trim().rsplit([' ', '>', '+', '~', '\n', '\t', '\r']).next()?;
    let start = subject.find(['.', '#'])? + 1;
    let name = &subject[start..];
    Some(&name[..name.find(['.', '#', ':', '[']).unwrap_or(name.len())])
}

/// Bounds the pixels of painting `tree` onto `canvas` pixels.
pub(super) fn check_tree(tree: &Tree, scale: f32, canvas: u64) -> Result<(), Problem> {
    let mut painting = Painting { canvas: canvas as f64, painted: 0.0, held: 0.0 };
    painting.group(tree.root(), Transform::from_scale(scale, scale))
}

struct Painting {
    canvas: f64,
    painted: f64,
    held: f64,
}

impl Painting {
    fn paint(&mut self, pixels: f64) -> Result<(), Problem> {
        self.painted += pixels;
        if self.painted > PAINTED_PIXELS_MAX {
            return Err(too_costly("its shapes cover too much"));
        }
        Ok(())
    }

    fn hold(&mut self, pixels: f64) -> Result<(), Problem> {
        self.held += pixels;
        if self.held > HELD_PIXELS_MAX {
            return Err(too_costly("its transparent groups or patterns are too large"));
        }
        self.paint(pixels)
    }

    fn group(&mut self, group: &Group, outer: Transform) -> Result<(), Problem> {
        let transform = outer.pre_concat(group.transform());
        let held_before = self.held;
        if group.should_isolate() {
            let bounds = group.layer_bounding_box().transform(transform);
            let area = bounds.map_or(0.0, |b| (f64::from(b.width()) + 4.0) * (f64::from(b.height()) + 4.0));
            // The renderer cuts layers to five times the canvas in each direction.
            let area = area.min(self.canvas * 25.0);
            self.hold(area)?;
            if let Some(mask) = group.mask() {
                self.mask(mask, transform, area)?;
            }
            if let Some(clip) = group.clip_path() {
                self.clip(clip, transform, area)?;
            }
            for primitive in group.filters().iter().flat_map(|filter| filter.primitives()) {
                // Each result is kept until the filter is done.
                self.hold(area)?;
                self.paint(area * filter_factor(primitive.kind(), transform)?)?;
            }
        }
        for child in group.children() {
            self.node(child, transform)?;
        }
        self.held = held_before;
        Ok(())
    }

    fn node(&mut self, node: &Node, transform: Transform) -> Result<(), Problem> {
        match node {
            Node::Group(group) => self.group(group, transform),
            Node::Path(path) => self.path(path, transform),
            Node::Image(image) => {
                let (sx, sy) = transform.get_scale();
                let size = image.size();
                let scaled = f64::from(size.width() * sx) * f64::from(size.height() * sy);
                // It is decoded anew each time that it is painted.
                self.paint(scaled.min(self.canvas) * 4.0 + f64::from(size.width()) * f64::from(size.height()))
            }
            Node::Text(text) => self.group(text.flattened(), transform),
        }
    }

    fn path(&mut self, path: &Path, transform: Transform) -> Result<(), Problem> {
        let corners = path.data().len() as f64;
        if let Some(fill) = path.fill() {
            self.paint(self.area(path.bounding_box(), transform) + corners * 50.0)?;
            self.pattern(fill.paint(), transform)?;
        }
        if let Some(stroke) = path.stroke() {
            let mut segments = corners;
            if let Some(dashes) = stroke.dasharray() {
                let bounds = path.data().bounds();
                let length = f64::from(bounds.width() + bounds.height()) * corners;
                let pattern: f32 = dashes.iter().sum();
                segments +=
                    (length / f64::from(pattern.max(f32::MIN_POSITIVE))).min(1e6) * dashes.len() as f64;
            }
            self.paint(self.area(path.stroke_bounding_box(), transform) + segments * 100.0)?;
            self.pattern(stroke.paint(), transform)?;
        }
        Ok(())
    }

    fn area(&self, bounds: resvg::tiny_skia::Rect, transform: Transform) -> f64 {
        let area = bounds.transform(transform).map_or(0.0, |b| f64::from(b.width()) * f64::from(b.height()));
        area.min(self.canvas)
    }

    fn pattern(&mut self, paint: &Paint, transform: Transform) -> Result<(), Problem> {
        let Paint::Pattern(pattern) = paint else { return Ok(()) };
        let (sx, sy) = transform.pre_concat(pattern.transform()).get_scale();
        let held_before = self.held;
        // Its tile is painted on a bitmap of its own, which the renderer does not cut to the canvas.
        self.hold(f64::from(pattern.rect().width() * sx) * f64::from(pattern.rect().height() * sy))?;
        self.group(pattern.root(), Transform::from_scale(sx, sy))?;
        self.held = held_before;
        Ok(())
    }

    fn mask(&mut self, mask: &Mask, transform: Transform, area: f64) -> Result<(), Problem> {
        self.hold(area * 2.0)?;
        if let Some(inner) = mask.mask() {
            self.mask(inner, transform, area)?;
        }
        self.group(mask.root(), transform)
    }

    fn clip(&mut self, clip: &ClipPath, transform: Transform, area: f64) -> Result<(), Problem> {
        self.hold(area)?;
        if let Some(inner) = clip.clip_path() {
            self.clip(inner, transform, area)?;
        }
        self.group(clip.root(), transform.pre_concat(clip.transform()))
    }
}

/// Passes over the layer that a filter primitive takes, about.
fn filter_factor(kind: &Kind, transform: Transform) -> Result<f64, Problem> {
    let (sx, sy) = transform.get_scale();
    Ok(match kind {
        Kind::Image(_) => {
            return Err(unsupported("the drawing uses the filter feImage, which is not supported"));
        }
        Kind::GaussianBlur(_) | Kind::DropShadow(_) => 12.0,
        Kind::Turbulence(turbulence) => 30.0 * f64::from(turbulence.num_octaves()),
        Kind::ConvolveMatrix(matrix) => {
            f64::from(matrix.matrix().columns()) * f64::from(matrix.matrix().rows()) * 2.0
        }
        Kind::Morphology(morphology) => {
            let (rx, ry) = (morphology.radius_x().get() * sx, morphology.radius_y().get() * sy);
            (f64::from(rx) * 2.0 + 1.0) * (f64::from(ry) * 2.0 + 1.0)
        }
        Kind::DiffuseLighting(_) | Kind::SpecularLighting(_) => 8.0,
        _ => 3.0,
    })
}
