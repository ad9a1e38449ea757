//! Files made on the fly, so that the repository holds no binary samples.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgba, RgbaImage};
use sheaf_intake::{
    Error, Limits, ProblemCode,
    media::{MediaFile, read_file},
};

/// Red to the left, blue to the right, and a little of everything between.
pub fn picture(width: u32, height: u32, alpha: u8) -> DynamicImage {
    let pixel = |x: u32, y: u32| {
        let red = 255 - (x * 255 / width.max(1)) as u8;
        Rgba([red, (y % 251) as u8, 255 - red, alpha])
    };
    DynamicImage::ImageRgba8(RgbaImage::from_fn(width, height, pixel))
}

pub fn encode(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Vec::new();
    let image = match format {
        ImageFormat::Jpeg => DynamicImage::ImageRgb8(image.to_rgb8()),
        _ => image.clone(),
    };
    image.write_to(&mut Cursor::new(&mut bytes), format).unwrap();
    bytes
}

pub fn read(name: &str, bytes: &[u8]) -> Result<MediaFile, Error> {
    read_within(name, bytes, &Limits::default())
}

pub fn read_within(name: &str, bytes: &[u8], limits: &Limits) -> Result<MediaFile, Error> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), bytes).unwrap();
    read_file(name, file.path(), limits)
}

/// The code of the refusal, with the path filled in and words for the user.
#[track_caller]
pub fn code<T: std::fmt::Debug>(result: Result<T, Error>) -> ProblemCode {
    match result {
        Err(Error::Refused(problem)) => {
            assert!(!problem.message.is_empty() && !problem.message.ends_with('.'), "{problem:?}");
            problem.code
        }
        other => panic!("expected a refusal, got {other:?}"),
    }
}

/// A PNG chunk with its checksum.
pub fn png_chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut chunk = (data.len() as u32).to_be_bytes().to_vec();
    chunk.extend_from_slice(kind);
    chunk.extend_from_slice(data);
    let crc = crc32(&chunk[4..]);
    chunk.extend_from_slice(&crc.to_be_bytes());
    chunk
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg()))
    })
}

/// A PNG that claims a size and holds next to nothing.
pub fn png_header(width: u32, height: u32) -> Vec<u8> {
    let mut header = width.to_be_bytes().to_vec();
    header.extend_from_slice(&height.to_be_bytes());
    header.extend_from_slice(&[8, 6, 0, 0, 0]);
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    png.extend(png_chunk(b"IHDR", &header));
    png.extend(png_chunk(b"IDAT", &[0x78, 0x9c, 3, 0, 0, 0, 0, 1]));
    png.extend(png_chunk(b"IEND", &[]));
    png
}

/// EXIF data that holds nothing but an orientation.
pub fn exif(orientation: u8) -> Vec<u8> {
    let mut tiff = b"MM\x00\x2a\x00\x00\x00\x08\x00\x01".to_vec();
    tiff.extend_from_slice(&[0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]);
    tiff.extend_from_slice(&[0, 0, 0, 0]);
    tiff
}

pub fn jpeg_with_exif(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let mut data = b"Exif\0\0".to_vec();
    data.extend(exif(orientation));
    let mut out = jpeg[..2].to_vec();
    out.extend_from_slice(b"\xff\xe1");
    out.extend_from_slice(&(data.len() as u16 + 2).to_be_bytes());
    out.extend(data);
    out.extend_from_slice(&jpeg[2..]);
    out
}

pub fn png_with_exif(png: &[u8], orientation: u8) -> Vec<u8> {
    // Behind the signature and the header chunk.
    let mut out = png[..33].to_vec();
    out.extend(png_chunk(b"eXIf", &exif(orientation)));
    out.extend_from_slice(&png[33..]);
    out
}
