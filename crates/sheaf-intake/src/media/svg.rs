//! SVG -> PNG. The drawing itself is never stored or served: it may hold scripts, links and fonts.
//!
//! The drawing reads nothing from outside: no files, no addresses, no fonts of the machine (text without embedded
//! outlines is left out, and said so). Its cost is bounded before it is converted and again before it is painted.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use image::{DynamicImage, RgbaImage, metadata::Orientation};
use resvg::{
    tiny_skia::{Pixmap, Transform},
    usvg::{self, ImageHrefResolver, ImageKind, roxmltree},
};

use super::{Content, MediaFile, MediaKind, MediaType, broken, hash, raster, sniff, svg_cost, thumbnail};
use crate::{
    limits::Limits,
    problem::{Problem, ProblemCode, Result},
};

/// Converting recurses with the depth of the drawing, which is bounded, but not small.
const STACK_BYTES: usize = 64 * 1024 * 1024;
/// Pixels of all images embedded in one drawing.
const EMBEDDED_PIXELS_MAX: u64 = 16_000_000;
const XML_NODES_MAX: u32 = 400_000;

pub(super) fn read(bytes: Vec<u8>, limits: &Limits) -> Result<MediaFile> {
    let side_max = limits.svg_side_max;
    let thumbnail_side_max = limits.thumbnail_side_max;
    let worker = thread::Builder::new()
        .name("svg".to_owned())
        .stack_size(STACK_BYTES)
        .spawn(move || rasterise(&bytes, side_max, thumbnail_side_max))?;
    // A panic of the renderer ends its thread and arrives here.
    worker.join().unwrap_or_else(|_| Err(broken("painting the drawing failed unexpectedly").into()))
}

fn rasterise(bytes: &[u8], side_max: u32, thumbnail_side_max: u32) -> Result<MediaFile> {
    let text = std::str::from_utf8(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)).map_err(|_| {
        Problem::new(ProblemCode::NotUtf8, "the drawing is not UTF-8").hint("save it as UTF-8")
    })?;
    svg_cost::check_entities(text)?;
    let options =
        roxmltree::ParsingOptions { allow_dtd: true, nodes_limit: XML_NODES_MAX, ..Default::default() };
    let document = roxmltree::Document::parse_with_options(text, options)
        .map_err(|error| broken(format!("the drawing is no sound XML ({error})")))?;
    svg_cost::check_document(&document)?;

    let embedded_pixels = Arc::new(AtomicU64::new(0));
    let left_out = Arc::new(AtomicU64::new(0));
    let options = closed_options(&embedded_pixels, &left_out);
    let tree = usvg::Tree::from_xmltree(&document, &options)
        .map_err(|error| broken(format!("the drawing cannot be read ({error})")))?;

    let (width, height, scale) = raster_size(tree.size().width(), tree.size().height(), side_max);
    svg_cost::check_tree(&tree, scale, u64::from(width) * u64::from(height))?;
    let mut pixmap = Pixmap::new(width, height).ok_or_else(|| broken("the drawing has no size"))?;
    let sx = width as f32 / tree.size().width();
    let sy = height as f32 / tree.size().height();
    resvg::render(&tree, Transform::from_scale(sx, sy), &mut pixmap.as_mut());

    let mut pixels = Vec::with_capacity(width as usize * height as usize * 4);
    for pixel in pixmap.pixels() {
        let colour = pixel.demultiply();
        pixels.extend_from_slice(&[colour.red(), colour.green(), colour.blue(), colour.alpha()]);
    }
    let image =
        RgbaImage::from_raw(width, height, pixels).ok_or_else(|| broken("the drawing has no size"))?;
    let image = DynamicImage::ImageRgba8(image);
    let png = pixmap.encode_png().map_err(|_| broken("the painted drawing cannot be stored"))?;

    let mut notes = vec![format!("the drawing was painted as a PNG of {width} x {height} pixels")];
    if document.descendants().any(|node| node.tag_name().name() == "text") {
        notes.push("text in the drawing was left out; convert it to paths to keep it".to_owned());
    }
    if left_out.load(Ordering::Relaxed) > 0 {
        notes.push("images that the drawing links to were left out; embed them to keep them".to_owned());
    }
    Ok(MediaFile {
        media_type: MediaType::Png,
        kind: MediaKind::Image,
        width: Some(width),
        height: Some(height),
        size: png.len() as u64,
        sha256: hash::of_bytes(&png),
        content: Content::Replaced(png),
        thumbnail: Some(thumbnail::make(&image, Orientation::NoTransforms, thumbnail_side_max)?),
        notes,
    })
}

/// Options under which a drawing reaches nothing but its own text.
fn closed_options(embedded_pixels: &Arc<AtomicU64>, left_out: &Arc<AtomicU64>) -> usvg::Options<'static> {
    let (pixels, skipped, linked) = (embedded_pixels.clone(), left_out.clone(), left_out.clone());
    usvg::Options {
        resources_dir: None,
        image_href_resolver: ImageHrefResolver {
            resolve_data: Box::new(move |_, data, _| {
                let kind = embedded(&data, &pixels);
                if kind.is_none() {
                    skipped.fetch_add(1, Ordering::Relaxed);
                }
                kind
            }),
            resolve_string: Box::new(move |_, _| {
                linked.fetch_add(1, Ordering::Relaxed);
                None
            }),
        },
        ..usvg::Options::default()
    }
}

/// Raster images within the drawing are painted while their pixels together are few; drawings within are not.
fn embedded(data: &Arc<Vec<u8>>, pixels: &AtomicU64) -> Option<ImageKind> {
    let sniff::Sniffed::Image(media_type) = sniff::sniff(&data[..data.len().min(sniff::HEAD_BYTES)]) else {
        return None;
    };
    let (width, height) = raster::dimensions_of(data, media_type)?;
    let count = u64::from(width) * u64::from(height);
    if pixels.fetch_add(count, Ordering::Relaxed).saturating_add(count) > EMBEDDED_PIXELS_MAX {
        return None;
    }
    Some(match media_type {
        MediaType::Png => ImageKind::PNG(data.clone()),
        MediaType::Jpeg => ImageKind::JPEG(data.clone()),
        MediaType::Webp => ImageKind::WEBP(data.clone()),
        MediaType::Gif => ImageKind::GIF(data.clone()),
        MediaType::Text => return None,
    })
}

/// The longer side becomes `side_max` when the drawing is larger, or too small to label on (icons are 24 px wide).
fn raster_size(width: f32, height: f32, side_max: u32) -> (u32, u32, f32) {
    let longer = width.max(height).max(f32::MIN_POSITIVE);
    let side = side_max as f32;
    let scale = if longer > side || longer < side / 2.0 { side / longer } else { 1.0 };
    let pixels = |length: f32| (length * scale).round().clamp(1.0, side) as u32;
    (pixels(width), pixels(height), scale)
}
