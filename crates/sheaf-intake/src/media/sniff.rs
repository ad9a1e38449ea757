//! What a file is, from its first bytes, and whether that agrees with what its name claims.

use super::{MediaKind, MediaType, broken, unsupported};
use crate::{
    path,
    problem::{Problem, ProblemCode, shown},
};

/// How much of a file [`sniff`] wants to see.
pub const HEAD_BYTES: usize = 8192;

/// What the bytes say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sniffed {
    Image(MediaType),
    Svg,
    /// Could be text; the whole of it is checked when it is read.
    Text,
    /// Recognised and not supported; the name of the format.
    Other(&'static str),
    /// Recognised as nothing, and no text either.
    Binary,
}

/// What the extension says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    Image(MediaType),
    Svg,
    /// An image or another medium that is not supported.
    Unsupported,
    Text,
    /// No extension, or one that says nothing about the medium.
    Nothing,
}

impl Claim {
    pub fn of_extension(extension: &str) -> Claim {
        match extension {
            "png" | "apng" => Claim::Image(MediaType::Png),
            "jpg" | "jpeg" | "jpe" | "jfif" => Claim::Image(MediaType::Jpeg),
            "webp" => Claim::Image(MediaType::Webp),
            "gif" => Claim::Image(MediaType::Gif),
            "svg" => Claim::Svg,
            "bmp" | "tif" | "tiff" | "heic" | "heif" | "avif" | "jxl" | "jp2" | "ico" | "psd" | "dcm"
            | "dng" | "svgz" | "pdf" | "mp4" | "mov" | "avi" | "mkv" | "webm" | "mp3" | "wav" | "flac"
            | "ogg" | "m4a" | "zip" | "gz" | "tgz" | "bz2" | "xz" | "zst" | "7z" | "rar" | "tar" | "doc"
            | "docx" | "xls" | "xlsx" | "ppt" | "pptx" | "odt" | "ods" | "exe" | "dll" | "so" | "jar"
            | "parquet" | "sqlite" => Claim::Unsupported,
            "txt" | "text" | "md" | "markdown" | "rst" | "log" | "eml" | "html" | "htm" | "xml" | "json"
            | "yaml" | "yml" | "tex" | "srt" | "vtt" => Claim::Text,
            _ => Claim::Nothing,
        }
    }

    fn kind(self) -> Option<MediaKind> {
        match self {
            Claim::Image(_) | Claim::Svg => Some(MediaKind::Image),
            Claim::Text => Some(MediaKind::Text),
            Claim::Unsupported | Claim::Nothing => None,
        }
    }
}

/// Looks at the first [`HEAD_BYTES`] of a file.
pub fn sniff(head: &[u8]) -> Sniffed {
    if let Some(found) = by_magic(head) {
        return found;
    }
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    if looks_like_svg(text) {
        return Sniffed::Svg;
    }
    // Bytes above 0x7f may be UTF-8, or the Latin-1 of somebody who will be told so.
    let control =
        text.iter().filter(|&&b| b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b)).count();
    if control * 50 > text.len() { Sniffed::Binary } else { Sniffed::Text }
}

/// Is it an archive? Those are not opened inside of archives.
pub fn is_archive(head: &[u8]) -> bool {
    matches!(by_magic(head), Some(Sniffed::Other(name)) if name.ends_with("archive"))
}

fn by_magic(head: &[u8]) -> Option<Sniffed> {
    const MAGIC: [(&[u8], Sniffed); 27] = [
        (b"\x89PNG\r\n\x1a\n", Sniffed::Image(MediaType::Png)),
        (b"\xff\xd8\xff", Sniffed::Image(MediaType::Jpeg)),
        (b"GIF87a", Sniffed::Image(MediaType::Gif)),
        (b"GIF89a", Sniffed::Image(MediaType::Gif)),
        (b"PK\x03\x04", Sniffed::Other("a zip archive")),
        (b"PK\x05\x06", Sniffed::Other("a zip archive")),
        (b"\x1f\x8b", Sniffed::Other("a gzip archive")),
        (b"BZh", Sniffed::Other("a bzip2 archive")),
        (b"\xfd7zXZ\x00", Sniffed::Other("an xz archive")),
        (b"\x28\xb5\x2f\xfd", Sniffed::Other("a zstd archive")),
        (b"7z\xbc\xaf\x27\x1c", Sniffed::Other("a 7z archive")),
        (b"Rar!\x1a\x07", Sniffed::Other("a rar archive")),
        (b"%PDF-", Sniffed::Other("a PDF document")),
        (b"II*\x00", Sniffed::Other("a TIFF image")),
        (b"MM\x00*", Sniffed::Other("a TIFF image")),
        (b"8BPS", Sniffed::Other("a Photoshop file")),
        (b"\x00\x00\x01\x00", Sniffed::Other("an icon file")),
        (b"\x00\x00\x00\x0cJXL ", Sniffed::Other("a JPEG XL image")),
        (b"\xff\x0a", Sniffed::Other("a JPEG XL image")),
        (b"\x00\x00\x00\x0cjP  ", Sniffed::Other("a JPEG 2000 image")),
        (b"OggS", Sniffed::Other("an Ogg file")),
        (b"fLaC", Sniffed::Other("a FLAC file")),
        (b"ID3", Sniffed::Other("an MP3 file")),
        (b"\x1a\x45\xdf\xa3", Sniffed::Other("a Matroska or WebM file")),
        (b"PAR1", Sniffed::Other("a Parquet file")),
        (b"\x7fELF", Sniffed::Other("a program")),
        (b"SQLite format 3\x00", Sniffed::Other("an SQLite database")),
    ];
    let at = |offset: usize, magic: &[u8]| head.get(offset..offset + magic.len()) == Some(magic);
    if let Some((_, found)) = MAGIC.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Some(*found);
    }
    if at(0, b"RIFF") {
        return Some(match head.get(8..12) {
            Some(b"WEBP") => Sniffed::Image(MediaType::Webp),
            Some(b"WAVE") => Sniffed::Other("a WAV file"),
            Some(b"AVI ") => Sniffed::Other("an AVI file"),
            _ => Sniffed::Other("a RIFF file"),
        });
    }
    if at(4, b"ftyp") {
        return Some(match head.get(8..12) {
            Some(b"avif" | b"avis") => Sniffed::Other("an AVIF image"),
            Some(b"heic" | b"heix" | b"heim" | b"heis" | b"mif1" | b"msf1") => Sniffed::Other("a HEIC image"),
            _ => Sniffed::Other("an MP4 or QuickTime file"),
        });
    }
    if at(0, b"BM") && at(6, b"\x00\x00\x00\x00") {
        return Some(Sniffed::Other("a BMP image"));
    }
    if at(257, b"ustar") {
        return Some(Sniffed::Other("a tar archive"));
    }
    if at(128, b"DICM") {
        return Some(Sniffed::Other("a DICOM file"));
    }
    if at(0, b"MZ") && head.len() > 64 && head.contains(&0) {
        return Some(Sniffed::Other("a program"));
    }
    None
}

/// The root element is `svg`, after an XML declaration, comments, and a document type.
fn looks_like_svg(text: &[u8]) -> bool {
    let mut rest = text.trim_ascii_start();
    loop {
        let end: &[u8] = if rest.starts_with(b"<?") {
            b"?>"
        } else if rest.starts_with(b"<!--") {
            b"-->"
        } else if rest.starts_with(b"<!DOCTYPE svg") {
            return true;
        } else {
            break;
        };
        let Some(at) = memchr::memmem::find(rest, end) else { return false };
        rest = rest[at + end.len()..].trim_ascii_start();
    }
    rest.strip_prefix(b"<svg").or_else(|| rest.strip_prefix(b"<svg:svg")).is_some_and(|after| {
        after.first().is_none_or(|b| b.is_ascii_whitespace() || matches!(b, b'>' | b'/' | b':'))
    })
}

/// Brings bytes and name together. An image named like another image passes; an image named `.txt` or a text named
/// `.png` does not: one of the two is a mistake, and labelling would run on it.
pub(super) fn resolve(sniffed: Sniffed, claim: Claim) -> Result<Sniffed, Problem> {
    match (sniffed, claim) {
        (Sniffed::Other(what), _) => Err(unsupported(format!("the file is {what}, which is not supported"))),
        (Sniffed::Binary | Sniffed::Text, Claim::Image(_)) => {
            Err(broken("the file is named like an image and is none"))
        }
        // The parser says what is wrong with it.
        (Sniffed::Text, Claim::Svg) => Ok(Sniffed::Svg),
        (Sniffed::Binary, Claim::Text) => {
            Err(unsupported("the file is named like a text and has binary content"))
        }
        (Sniffed::Binary, _) => Err(unsupported("the file is of no known type")),
        (Sniffed::Text, Claim::Unsupported) => {
            Err(unsupported("the file is named like a type that is not supported"))
        }
        // Source of a drawing, to be labelled as text.
        (Sniffed::Svg, Claim::Text) => Ok(Sniffed::Text),
        (Sniffed::Image(_), Claim::Text) => {
            Err(Problem::new(ProblemCode::UnsupportedType, "the file is named like a text and is an image")
                .hint("give it the extension of an image"))
        }
        (sniffed, _) => Ok(sniffed),
    }
}

/// What to tell the user when name and content differ within the same kind.
pub(super) fn extension_note(name: &str, claim: Claim, sniffed: Sniffed) -> Option<String> {
    let (agrees, is) = match sniffed {
        Sniffed::Image(media_type) => (claim == Claim::Image(media_type), media_type.as_str()),
        Sniffed::Svg => (claim == Claim::Svg, "image/svg+xml"),
        _ => return None,
    };
    let silent = claim == Claim::Nothing && path::extension(name).is_empty();
    if agrees || silent {
        return None;
    }
    let named = shown(&path::extension(name), 16);
    debug_assert!(claim.kind() != Some(MediaKind::Text), "resolve refuses images that are named like texts");
    Some(format!("the name ends in .{named}, the content is {is}"))
}
