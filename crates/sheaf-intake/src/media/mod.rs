//! One file of an upload -> a media draft: what it really is, its size as a browser shows it, its hash, its thumbnail.
//!
//! Invariants: the media type comes from the bytes and is one of [`MediaType`]; nothing that a browser could run is
//! ever stored as uploaded (SVG becomes a PNG); decoding never panics outwards. Not here: where the content is kept.

mod hash;
mod raster;
pub mod sniff;
mod structure;
mod svg;
mod svg_cost;
mod text;
mod thumbnail;

use std::{
    fs::File,
    io::{BufReader, Read, Seek, SeekFrom},
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
};

use serde::{Deserialize, Serialize};

use crate::{
    limits::{Limits, bytes_shown},
    path,
    problem::{Error, Problem, ProblemCode, Result},
};
use sniff::Sniffed;

pub(crate) use text::check_text;
pub use text::read_text;

/// What is stored and served; nothing else ever is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum MediaType {
    #[serde(rename = "image/png")]
    Png,
    #[serde(rename = "image/jpeg")]
    Jpeg,
    #[serde(rename = "image/webp")]
    Webp,
    #[serde(rename = "image/gif")]
    Gif,
    #[serde(rename = "text/plain")]
    Text,
}

impl MediaType {
    pub fn as_str(self) -> &'static str {
        match self {
            MediaType::Png => "image/png",
            MediaType::Jpeg => "image/jpeg",
            MediaType::Webp => "image/webp",
            MediaType::Gif => "image/gif",
            MediaType::Text => "text/plain",
        }
    }

    pub fn kind(self) -> MediaKind {
        match self {
            MediaType::Text => MediaKind::Text,
            _ => MediaKind::Image,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediaKind {
    Image,
    Text,
}

/// What is to be stored for the asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// The uploaded file, byte for byte.
    Original,
    /// These bytes in place of the uploaded file.
    Replaced(Vec<u8>),
    /// The text of the file, without a byte order mark.
    Text(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thumbnail {
    /// JPEG, or WebP (lossless) when the picture is see-through.
    pub media_type: MediaType,
    pub width: u32,
    pub height: u32,
    pub bytes: Vec<u8>,
}

/// A file that was accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaFile {
    pub media_type: MediaType,
    pub kind: MediaKind,
    /// As a browser shows it, so after the turn that the EXIF data of a JPEG asks for. `None` for text.
    pub width: Option<u32>,
    pub height: Option<u32>,
    /// Bytes of the stored content.
    pub size: u64,
    /// SHA-256 of the stored content.
    pub sha256: [u8; 32],
    pub content: Content,
    pub thumbnail: Option<Thumbnail>,
    /// What the user should know although the file was accepted.
    pub notes: Vec<String>,
}

/// Reads one uploaded file. `path_in_upload` is the user's name for it, `file` is where its bytes lie.
pub fn read_file(path_in_upload: &str, file: &Path, limits: &Limits) -> Result<MediaFile> {
    let mut reader = File::open(file)?;
    read_open(path_in_upload, &mut reader, limits).map_err(|error| error.at_path(path_in_upload))
}

/// Width and height that [`read_file`] would find, from the header alone; `None` for what is no sound PNG, JPEG, WebP or GIF.
pub fn image_size(file: &Path, limits: &Limits) -> Option<(u32, u32)> {
    let mut file = File::open(file).ok()?;
    let mut head = Vec::with_capacity(sniff::HEAD_BYTES);
    file.by_ref().take(sniff::HEAD_BYTES as u64).read_to_end(&mut head).ok()?;
    file.seek(SeekFrom::Start(0)).ok()?;
    let Sniffed::Image(media_type) = sniff::sniff(&head) else { return None };
    unwind_safe(|| Ok(raster::size_of(BufReader::new(file), media_type, limits))).ok().flatten()
}

fn read_open(name: &str, file: &mut File, limits: &Limits) -> Result<MediaFile> {
    let size = file.metadata()?.len();
    if size == 0 {
        return Err(Problem::new(ProblemCode::Empty, "the file is empty").into());
    }
    let mut head = Vec::with_capacity(sniff::HEAD_BYTES);
    file.by_ref().take(sniff::HEAD_BYTES as u64).read_to_end(&mut head)?;
    file.seek(SeekFrom::Start(0))?;

    let claimed = sniff::Claim::of_extension(&path::extension(name));
    let sniffed = sniff::resolve(sniff::sniff(&head), claimed)?;
    let mut media = match sniffed {
        Sniffed::Image(media_type) => {
            check_size(size, limits.image_bytes_max, "an image")?;
            let sha256 = hash::of_file(file)?;
            unwind_safe(|| raster::read(media_type, file, size, sha256, limits))?
        }
        Sniffed::Svg => {
            check_size(size, limits.svg_bytes_max, "an SVG drawing")?;
            let bytes = read_all(file, size)?;
            svg::read(bytes, limits)?
        }
        Sniffed::Text => {
            check_size(size, limits.text_bytes_max, "a text")?;
            text::read_bytes(read_all(file, size)?, limits)?
        }
        // `resolve` has refused the rest.
        Sniffed::Other(_) | Sniffed::Binary => return Err(unsupported("the file is of no known type").into()),
    };
    if let Some(note) = sniff::extension_note(name, claimed, sniffed) {
        media.notes.push(note);
    }
    Ok(media)
}

fn check_size(size: u64, max: u64, what: &str) -> Result<(), Problem> {
    if size <= max {
        return Ok(());
    }
    let message = format!("the file has {}, {what} may have {}", bytes_shown(size), bytes_shown(max));
    Err(Problem::new(ProblemCode::TooLarge, message).hint("make it smaller or cut it into parts"))
}

fn read_all(file: &mut File, size: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(size as usize);
    file.take(size).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The last net: the decoders are other people's code and run on other people's bytes.
fn unwind_safe<T>(decode: impl FnOnce() -> Result<T>) -> Result<T> {
    match catch_unwind(AssertUnwindSafe(decode)) {
        Ok(result) => result,
        Err(_) => Err(broken("decoding the image failed unexpectedly").into()),
    }
}

fn broken(message: impl Into<String>) -> Problem {
    Problem::new(ProblemCode::BrokenImage, message).hint("open the file, save it again, and upload that")
}

fn unsupported(message: impl Into<String>) -> Problem {
    Problem::new(ProblemCode::UnsupportedType, message)
        .hint("supported are PNG, JPEG, WebP, GIF, SVG and UTF-8 text")
}

fn too_many_pixels(width: u64, height: u64, max: u64) -> Error {
    let message =
        format!("the image has {width} x {height} pixels, {} megapixels are the most", max / 1_000_000);
    Problem::new(ProblemCode::TooManyPixels, message).hint("cut it into tiles or scale it down").into()
}
