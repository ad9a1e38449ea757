//! PNG, JPEG, WebP and GIF: header first, then one full decode, for the proof that the file is sound and for the
//! thumbnail.
//!
//! Browsers turn a JPEG as its EXIF data says, so its width and height are reported turned. On PNG and WebP with such
//! data browsers disagree, and an annotation would lie elsewhere for each of them: there the turn is baked in.

use std::{
    fs::File,
    io::{BufRead, BufReader, Cursor, Seek},
};

use image::{
    DynamicImage, ImageDecoder, ImageError, ImageFormat,
    codecs::{gif::GifDecoder, jpeg::JpegDecoder, png::PngDecoder, webp::WebPDecoder},
    metadata::Orientation,
};

use super::{Content, MediaFile, MediaKind, MediaType, broken, hash, structure, thumbnail, too_many_pixels};
use crate::{
    limits::Limits,
    problem::{Error, Result},
};

pub(super) fn read(
    media_type: MediaType,
    file: &mut File,
    size: u64,
    sha256: [u8; 32],
    limits: &Limits,
) -> Result<MediaFile> {
    let mut reader = BufReader::with_capacity(64 * 1024, file);
    let structure = structure::walk(media_type, &mut reader, size)?;
    if let Some((width, height)) = structure.claimed {
        check_pixels(width, height, limits)?;
    }
    if !structure.complete {
        return Err(broken("the image is cut off: the file ends before its end mark").into());
    }
    match media_type {
        MediaType::Png => {
            let decoder = PngDecoder::with_limits(reader, decoder_limits(limits)).map_err(refusal)?;
            finish(media_type, decoder, structure, size, sha256, limits)
        }
        MediaType::Jpeg => {
            let decoder = JpegDecoder::new(reader).map_err(refusal)?;
            finish(media_type, decoder, structure, size, sha256, limits)
        }
        MediaType::Webp => {
            let decoder = WebPDecoder::new(reader).map_err(refusal)?;
            finish(media_type, decoder, structure, size, sha256, limits)
        }
        MediaType::Gif => {
            let decoder = GifDecoder::new(reader).map_err(refusal)?;
            finish(media_type, decoder, structure, size, sha256, limits)
        }
        MediaType::Text => Err(broken("the file is no image").into()),
    }
}

fn check_pixels(width: u32, height: u32, limits: &Limits) -> Result<u64> {
    let pixels = u64::from(width) * u64::from(height);
    if pixels == 0 {
        return Err(broken("the image has no pixels").into());
    }
    if pixels > limits.pixels_max {
        return Err(too_many_pixels(width.into(), height.into(), limits.pixels_max));
    }
    Ok(pixels)
}

fn decoder_limits(limits: &Limits) -> image::Limits {
    let mut out = image::Limits::no_limits();
    out.max_alloc = Some(limits.decoder_bytes_max);
    out
}

fn finish<D: ImageDecoder>(
    media_type: MediaType,
    mut decoder: D,
    structure: structure::Structure,
    size: u64,
    sha256: [u8; 32],
    limits: &Limits,
) -> Result<MediaFile> {
    let (width, height) = decoder.dimensions();
    let pixels = check_pixels(width, height, limits)?;
    // EXIF data that cannot be read turns nothing, in browsers too.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let turned = swaps_sides(orientation) && media_type == MediaType::Jpeg;
    let mut media = MediaFile {
        media_type,
        kind: MediaKind::Image,
        width: Some(if turned { height } else { width }),
        height: Some(if turned { width } else { height }),
        size,
        sha256,
        content: Content::Original,
        thumbnail: None,
        notes: Vec::new(),
    };
    if is_too_large(media_type, &decoder, structure.progressive, limits) {
        media.notes.push(format!(
            "the image has {} megapixels, which is too large to make a thumbnail of",
            pixels / 1_000_000
        ));
        return Ok(media);
    }
    decoder.set_limits(decoder_limits(limits)).map_err(refusal)?;
    let image = DynamicImage::from_decoder(decoder).map_err(refusal)?;
    if orientation != Orientation::NoTransforms && media_type != MediaType::Jpeg {
        bake(&mut media, image, orientation, limits)?;
    } else {
        media.thumbnail = Some(thumbnail::make(&image, orientation, limits.thumbnail_side_max)?);
    }
    Ok(media)
}

/// Replaces the content by a PNG whose pixels lie as the EXIF data asks.
fn bake(
    media: &mut MediaFile,
    mut image: DynamicImage,
    orientation: Orientation,
    limits: &Limits,
) -> Result<()> {
    image.apply_orientation(orientation);
    let mut bytes = Vec::new();
    image.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).map_err(refusal)?;
    media
        .notes
        .push("the turn asked for by its EXIF data was applied and the image stored as PNG".to_owned());
    media.media_type = MediaType::Png;
    media.width = Some(image.width());
    media.height = Some(image.height());
    media.size = bytes.len() as u64;
    media.sha256 = hash::of_bytes(&bytes);
    media.content = Content::Replaced(bytes);
    media.thumbnail = Some(thumbnail::make(&image, Orientation::NoTransforms, limits.thumbnail_side_max)?);
    Ok(())
}

fn swaps_sides(orientation: Orientation) -> bool {
    matches!(
        orientation,
        Orientation::Rotate90
            | Orientation::Rotate270
            | Orientation::Rotate90FlipH
            | Orientation::Rotate270FlipH
    )
}

/// Whether it is kept as it is, without being decoded.
fn is_too_large<D: ImageDecoder + ?Sized>(
    media_type: MediaType,
    decoder: &D,
    progressive: bool,
    limits: &Limits,
) -> bool {
    let (width, height) = decoder.dimensions();
    u64::from(width) * u64::from(height) > limits.pixels_decoded_max
        || memory_needed(media_type, decoder, progressive) > limits.decoder_bytes_max
}

/// What decoding takes: the pixels, and for a progressive JPEG a 16-bit coefficient for each sample.
fn memory_needed<D: ImageDecoder + ?Sized>(media_type: MediaType, decoder: &D, progressive: bool) -> u64 {
    let pixels = decoder.total_bytes();
    match media_type {
        MediaType::Jpeg if progressive => pixels.saturating_mul(3),
        MediaType::Webp => pixels.saturating_mul(2),
        _ => pixels,
    }
}

/// The words of a decoder are for its authors; they are kept short and behind our own.
fn refusal(error: ImageError) -> Error {
    match error {
        ImageError::IoError(io) if io.raw_os_error().is_some() => Error::Io(io),
        ImageError::Limits(_) => broken("decoding the image would take too much memory").into(),
        ImageError::Unsupported(_) => {
            broken("the image uses a variant of its format that is not supported").into()
        }
        other => {
            let detail = crate::problem::shown(&other.to_string(), 120);
            broken(format!("the image cannot be decoded ({detail})")).into()
        }
    }
}

/// Width and height from the header; `None` when there is no sound one.
pub(super) fn dimensions_of(bytes: &[u8], media_type: MediaType) -> Option<(u32, u32)> {
    Some(header(Cursor::new(bytes), media_type)?.dimensions())
}

/// Width and height that [`read`] would find, from the header; `None` when there is no sound one.
pub(super) fn size_of<R: BufRead + Seek>(
    reader: R,
    media_type: MediaType,
    limits: &Limits,
) -> Option<(u32, u32)> {
    let mut header = header(reader, media_type)?;
    let header = header.as_mut();
    let (width, height) = header.dimensions();
    let swaps = swaps_sides(header.orientation().unwrap_or(Orientation::NoTransforms));
    // What is too large to be decoded is not baked.
    let turned = swaps && (media_type == MediaType::Jpeg || !is_too_large(media_type, header, false, limits));
    Some(if turned { (height, width) } else { (width, height) })
}

/// A decoder that has read the header; `None` when there is no sound one.
fn header<'a, R: BufRead + Seek + 'a>(
    reader: R,
    media_type: MediaType,
) -> Option<Box<dyn ImageDecoder + 'a>> {
    Some(match media_type {
        MediaType::Png => Box::new(PngDecoder::new(reader).ok()?),
        MediaType::Jpeg => Box::new(JpegDecoder::new(reader).ok()?),
        MediaType::Webp => Box::new(WebPDecoder::new(reader).ok()?),
        MediaType::Gif => Box::new(GifDecoder::new(reader).ok()?),
        MediaType::Text => return None,
    })
}
