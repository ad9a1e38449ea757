//! PNG, JPEG, WebP and GIF, sound and broken.

use image::ImageFormat;
use sheaf_intake::{
    Limits, ProblemCode,
    media::{Content, MediaFile, MediaKind, MediaType, image_size},
};

use crate::samples::*;

const FORMATS: [(&str, ImageFormat, MediaType); 4] = [
    ("png", ImageFormat::Png, MediaType::Png),
    ("jpg", ImageFormat::Jpeg, MediaType::Jpeg),
    ("webp", ImageFormat::WebP, MediaType::Webp),
    ("gif", ImageFormat::Gif, MediaType::Gif),
];

fn thumbnail_of(media: &MediaFile) -> image::DynamicImage {
    let thumbnail = media.thumbnail.as_ref().unwrap();
    let image = image::load_from_memory(&thumbnail.bytes).unwrap();
    assert_eq!((image.width(), image.height()), (thumbnail.width, thumbnail.height));
    image
}

#[test]
fn every_format_is_read_and_kept_as_it_is() {
    for (extension, format, media_type) in FORMATS {
        let bytes = encode(&picture(800, 500, 255), format);
        let media = read(&format!("a/b.{extension}"), &bytes).unwrap();
        assert_eq!((media.media_type, media.kind), (media_type, MediaKind::Image), "{extension}");
        assert_eq!((media.width, media.height, media.size), (Some(800), Some(500), bytes.len() as u64));
        assert_eq!(media.content, Content::Original);
        assert_eq!(media.notes, Vec::<String>::new(), "{extension}");
        let thumbnail = thumbnail_of(&media).to_rgb8();
        assert_eq!(thumbnail.dimensions(), (320, 200));
        assert_eq!(media.thumbnail.as_ref().unwrap().media_type, MediaType::Jpeg);
        let (left, right) = (thumbnail.get_pixel(2, 100).0, thumbnail.get_pixel(317, 100).0);
        assert!(
            left[0] > 200 && left[2] < 60 && right[0] < 60 && right[2] > 200,
            "{extension}: {left:?} {right:?}"
        );
    }
}

#[test]
fn see_through_pictures_keep_that_in_their_thumbnail() {
    for (extension, format, _) in [FORMATS[0], FORMATS[2]] {
        let media = read(&format!("a.{extension}"), &encode(&picture(640, 640, 100), format)).unwrap();
        assert_eq!(media.thumbnail.as_ref().unwrap().media_type, MediaType::Webp);
        assert_eq!(thumbnail_of(&media).to_rgba8().get_pixel(100, 100).0[3], 100);
    }
}

#[test]
fn small_pictures_are_not_blown_up_and_thin_ones_do_not_vanish() {
    for (width, height, expected) in
        [(1, 1, (1, 1)), (40, 30, (40, 30)), (5000, 2, (320, 1)), (2, 5000, (1, 320))]
    {
        let media = read("a.png", &encode(&picture(width, height, 255), ImageFormat::Png)).unwrap();
        let image = thumbnail_of(&media);
        assert_eq!((image.width(), image.height()), expected);
    }
}

#[test]
fn sixteen_bit_and_grey_pictures_have_thumbnails() {
    let colour = picture(700, 350, 255);
    for image in [
        image::DynamicImage::ImageRgb16(colour.to_rgb16()),
        image::DynamicImage::ImageLuma16(colour.to_luma16()),
        image::DynamicImage::ImageLuma8(colour.to_luma8()),
        image::DynamicImage::ImageLumaA8(colour.to_luma_alpha8()),
        image::DynamicImage::ImageRgba16(colour.to_rgba16()),
    ] {
        let media = read("a.png", &encode(&image, ImageFormat::Png)).unwrap();
        assert_eq!(thumbnail_of(&media).width(), 320, "{:?}", image.color());
    }
}

#[test]
fn a_jpeg_is_as_wide_as_browsers_show_it() {
    let jpeg = encode(&picture(600, 200, 255), ImageFormat::Jpeg);
    for orientation in 1..=8 {
        let bytes = jpeg_with_exif(&jpeg, orientation);
        let media = read("a.jpg", &bytes).unwrap();
        let turned = orientation >= 5;
        let expected = if turned { (Some(200), Some(600)) } else { (Some(600), Some(200)) };
        assert_eq!((media.width, media.height), expected, "orientation {orientation}");
        assert_eq!(media.content, Content::Original);
        // Where the red side, stored to the left, must be seen.
        let image = thumbnail_of(&media).to_rgb8();
        let (width, height) = image.dimensions();
        assert_eq!(height > width, turned);
        let (x, y) = match orientation {
            1 | 4 => (3, height / 2),
            2 | 3 => (width - 4, height / 2),
            5 | 6 => (width / 2, 3),
            _ => (width / 2, height - 4),
        };
        let pixel = image.get_pixel(x, y).0;
        assert!(
            pixel[0] > 180 && pixel[2] < 80,
            "orientation {orientation}: {pixel:?} at {x},{y} of {width}x{height}"
        );
    }
}

#[test]
fn the_turn_of_a_png_is_baked_in_because_browsers_disagree_on_it() {
    let png = png_with_exif(&encode(&picture(60, 20, 255), ImageFormat::Png), 6);
    let media = read("a.png", &png).unwrap();
    assert_eq!((media.width, media.height, media.media_type), (Some(20), Some(60), MediaType::Png));
    let Content::Replaced(bytes) = &media.content else { panic!("{media:?}") };
    assert_eq!(media.size, bytes.len() as u64);
    let stored = image::load_from_memory(bytes).unwrap();
    assert_eq!((stored.width(), stored.height()), (20, 60));
    assert_eq!(stored.to_rgba8().get_pixel(10, 0).0[0], 255);
    assert_eq!(media.notes.len(), 1);
    // Stored again, it is what it is.
    assert_eq!(read("a.png", bytes).unwrap().content, Content::Original);
}

#[test]
fn the_size_from_the_header_is_the_one_that_is_stored() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("image");
    let size = |bytes: &[u8], limits: &Limits| {
        std::fs::write(&file, bytes).unwrap();
        image_size(&file, limits)
    };
    let limits = Limits::default();
    for (extension, format, _) in FORMATS {
        let bytes = encode(&picture(60, 20, 255), format);
        assert_eq!(size(&bytes, &limits), Some((60, 20)), "{extension}");
        assert_eq!(size(&bytes[..12], &limits), None, "{extension}");
    }
    let [jpeg, png] = [ImageFormat::Jpeg, ImageFormat::Png].map(|it| encode(&picture(60, 20, 255), it));
    let small = Limits { pixels_decoded_max: 100, ..Limits::default() };
    for orientation in 1..=8 {
        let (jpeg, png) = (jpeg_with_exif(&jpeg, orientation), png_with_exif(&png, orientation));
        for limits in [&limits, &small] {
            for (name, bytes) in [("a.jpg", &jpeg), ("a.png", &png)] {
                let media = read_within(name, bytes, limits).unwrap();
                let stored = media.width.zip(media.height);
                assert_eq!(size(bytes, limits), stored, "{name}, orientation {orientation}");
            }
        }
    }
    assert_eq!(size(b"<svg xmlns='http://www.w3.org/2000/svg' width='60' height='20'/>", &limits), None);
    assert_eq!(image_size(&dir.path().join("nothing"), &limits), None);
}

#[test]
fn the_content_decides_and_a_wrong_name_is_noted() {
    for (_, format, media_type) in FORMATS {
        let bytes = encode(&picture(20, 20, 255), format);
        for name in ["a.png", "a.jpeg", "a.webp", "a.gif", "a.heic", "a.bin"] {
            let media = read(name, &bytes).unwrap();
            assert_eq!(media.media_type, media_type);
            let extension = name.strip_prefix("a.").unwrap().replace("jpeg", "jpg");
            let own = FORMATS.iter().any(|(e, _, t)| *e == extension && *t == media_type);
            assert_eq!(media.notes.len(), usize::from(!own), "{name} as {media_type:?}: {:?}", media.notes);
        }
        assert_eq!(read("IMG_0001", &bytes).unwrap().notes.len(), 0);
        assert_eq!(code(read("a.txt", &bytes)), ProblemCode::UnsupportedType);
    }
}

#[test]
fn what_is_no_supported_image_is_refused() {
    let broken = ProblemCode::BrokenImage;
    let unsupported = ProblemCode::UnsupportedType;
    let cases: [(&str, &[u8], ProblemCode); 20] = [
        ("a.png", b"", ProblemCode::Empty),
        ("a.png", b"hello", broken),
        ("a.jpg", b"<!doctype html><html>", broken),
        ("a.gif", &[0, 1, 2, 3, 0, 0, 0, 9, 9, 9, 9, 9], broken),
        ("a.png", b"\x89PNG\r\n\x1a\n", broken),
        ("a.png", b"\x89PNG\r\n\x1a\ngarbage garbage garbage", broken),
        ("a.jpg", b"\xff\xd8\xff", broken),
        ("a.jpg", b"\xff\xd8\xff\xe0\x00\x00\xff\xd9", broken),
        ("a.gif", b"GIF89a", broken),
        ("a.webp", b"RIFF\x04\x00\x00\x00WEBP", broken),
        ("a.png", b"%PDF-1.7 etc", unsupported),
        ("a.png", b"PK\x03\x04 and so on", unsupported),
        ("a.png", b"II*\x00\x08\x00\x00\x00", unsupported),
        ("a.png", b"\x1f\x8b\x08\x00", unsupported),
        ("a", b"\x00\x00\x00\x1cftypavif", unsupported),
        ("a", b"\x00\x00\x00\x18ftypheic", unsupported),
        ("a", b"\x00\x00\x00\x18ftypisom", unsupported),
        ("a.exe", b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00", unsupported),
        ("a", &[0, 1, 2, 3, 4, 5, 6, 7], unsupported),
        ("a.pdf", b"just text", unsupported),
    ];
    for (name, bytes, expected) in cases {
        assert_eq!(code(read(name, bytes)), expected, "{name} with {:?}", String::from_utf8_lossy(bytes));
    }
}

#[test]
fn an_image_cut_anywhere_is_refused() {
    for (extension, format, _) in FORMATS {
        let bytes = encode(&picture(64, 48, 255), format);
        for cut in (0..bytes.len()).step_by(bytes.len() / 60 + 1) {
            // The last bytes of PNG are the end mark's checksum and of GIF a trailer that many leave away.
            if cut + 1 == bytes.len() {
                continue;
            }
            let result = read(&format!("a.{extension}"), &bytes[..cut]);
            let expected = match cut {
                0 => ProblemCode::Empty,
                // Some RIFF file, but it does not say that it is WebP.
                4..12 if extension == "webp" => ProblemCode::UnsupportedType,
                _ => ProblemCode::BrokenImage,
            };
            assert_eq!(code(result), expected, "{extension} cut at {cut} of {}", bytes.len());
        }
    }
}

#[test]
fn damage_in_the_middle_of_a_png_is_found() {
    let mut bytes = encode(&picture(300, 300, 255), ImageFormat::Png);
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x55;
    assert_eq!(code(read("a.png", &bytes)), ProblemCode::BrokenImage);
}

#[test]
fn bombs_are_refused_by_their_header() {
    for (width, height) in [(100_000, 100_000), (u32::MAX / 2, 1), (16_000, 16_000), (1, 300_000_000)] {
        assert_eq!(
            code(read("a.png", &png_header(width, height))),
            ProblemCode::TooManyPixels,
            "{width} x {height}"
        );
    }
    // A GIF screen of 65,535 squared.
    let mut gif = b"GIF89a\xff\xff\xff\xff\x00\x00\x00".to_vec();
    gif.extend_from_slice(b"\x2c\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00\x3b");
    assert_eq!(code(read("a.gif", &gif)), ProblemCode::TooManyPixels);
    // Claims a size that passes, and has no data for it.
    assert_eq!(code(read("a.png", &png_header(5000, 5000))), ProblemCode::BrokenImage);
    assert_eq!(code(read("a.png", &png_header(0, 10))), ProblemCode::BrokenImage);
}

#[test]
fn images_between_the_limits_are_kept_without_a_thumbnail() {
    let bytes = encode(&picture(300, 200, 255), ImageFormat::Png);
    let limits = Limits { pixels_decoded_max: 50_000, ..Limits::default() };
    let media = read_within("a.png", &bytes, &limits).unwrap();
    assert_eq!((media.width, media.thumbnail.as_ref(), media.notes.len()), (Some(300), None, 1));
    let limits = Limits { decoder_bytes_max: 200_000, ..Limits::default() };
    assert_eq!(read_within("a.png", &bytes, &limits).unwrap().thumbnail, None);
    // Cut off is seen without decoding, too.
    let limits = Limits { pixels_decoded_max: 50_000, ..Limits::default() };
    assert_eq!(code(read_within("a.png", &bytes[..bytes.len() - 20], &limits)), ProblemCode::BrokenImage);
    let limits = Limits { pixels_max: 50_000, ..Limits::default() };
    assert_eq!(code(read_within("a.png", &bytes, &limits)), ProblemCode::TooManyPixels);
    let limits = Limits { image_bytes_max: 100, ..Limits::default() };
    assert_eq!(code(read_within("a.png", &bytes, &limits)), ProblemCode::TooLarge);
}

#[test]
fn a_polyglot_is_what_its_first_bytes_say_and_nothing_else() {
    let mut bytes = encode(&picture(20, 20, 255), ImageFormat::Gif);
    bytes.extend_from_slice(b"<script>alert(1)</script>");
    assert_eq!(read("a.html.gif", &bytes).unwrap().media_type, MediaType::Gif);
    assert_eq!(code(read("a.html", &bytes)), ProblemCode::UnsupportedType);
}

#[test]
fn a_missing_file_is_trouble_of_the_machine() {
    let missing = std::path::Path::new("/nonexistent/a.png");
    let error = sheaf_intake::media::read_file("a.png", missing, &Limits::default()).unwrap_err();
    assert!(error.problem().is_none(), "{error}");
}

#[test]
fn a_refusal_names_its_file() {
    let error = read("day 1/a.png", b"no image").unwrap_err();
    assert_eq!(error.problem().unwrap().path.as_deref(), Some("day 1/a.png"));
}

proptest::proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(
        format in 0..5_usize,
        name in "[a-z]{0,3}\\.(png|jpg|gif|webp|svg|txt|x)?",
        flips in proptest::collection::vec((proptest::num::usize::ANY, proptest::num::u8::ANY), 0..12),
        cut in proptest::num::usize::ANY,
        noise in proptest::collection::vec(proptest::num::u8::ANY, 0..200),
    ) {
        let mut bytes = match FORMATS.get(format) {
            Some((_, format, _)) => encode(&picture(23, 17, 200), *format),
            None => noise,
        };
        for (at, value) in flips {
            if !bytes.is_empty() {
                let at = at % bytes.len();
                bytes[at] = value;
            }
        }
        if cut % 3 == 0 && !bytes.is_empty() {
            bytes.truncate(cut % bytes.len());
        }
        let _ = read(&name, &bytes);
    }
}
