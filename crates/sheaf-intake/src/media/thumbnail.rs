//! The small picture of an asset that the grid shows: JPEG, or lossless WebP when the picture is see-through.

use std::io::Cursor;

use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};
use image::{
    DynamicImage, ExtendedColorType, ImageEncoder,
    codecs::{jpeg::JpegEncoder, webp::WebPEncoder},
    metadata::Orientation,
};

use super::{MediaType, Thumbnail, broken};
use crate::problem::{Problem, Result};

const JPEG_QUALITY: u8 = 82;

/// The picture is shrunk first and turned then, which is cheaper and gives the same pixels.
pub(super) fn make(image: &DynamicImage, orientation: Orientation, side_max: u32) -> Result<Thumbnail> {
    let mut small = shrink(image, side_max)?;
    small.apply_orientation(orientation);
    let (width, height) = (small.width(), small.height());
    let mut bytes = Vec::new();
    let mut out = Cursor::new(&mut bytes);
    let see_through = small.color().has_alpha() && small.to_rgba8().pixels().any(|pixel| pixel.0[3] < 255);
    let (media_type, written) = if see_through {
        let rgba = small.into_rgba8();
        let encoder = WebPEncoder::new_lossless(&mut out);
        (MediaType::Webp, encoder.write_image(&rgba, width, height, ExtendedColorType::Rgba8))
    } else {
        let rgb = small.into_rgb8();
        let encoder = JpegEncoder::new_with_quality(&mut out, JPEG_QUALITY);
        (MediaType::Jpeg, encoder.write_image(&rgb, width, height, ExtendedColorType::Rgb8))
    };
    written.map_err(|_| failed())?;
    Ok(Thumbnail { media_type, width, height, bytes })
}

fn failed() -> Problem {
    broken("no thumbnail can be made of the image")
}

/// Never larger than the picture, never less than a pixel wide or high.
fn thumbnail_size(width: u32, height: u32, side_max: u32) -> (u32, u32) {
    let longer = width.max(height);
    if longer <= side_max {
        return (width, height);
    }
    let scale = |side: u32| {
        let scaled = (u64::from(side) * u64::from(side_max) + u64::from(longer) / 2) / u64::from(longer);
        (scaled as u32).clamp(1, side_max)
    };
    (scale(width), scale(height))
}

fn shrink(image: &DynamicImage, side_max: u32) -> Result<DynamicImage> {
    let (width, height) = thumbnail_size(image.width(), image.height(), side_max);
    if (width, height) == (image.width(), image.height()) {
        return Ok(image.clone());
    }
    // Weighing by alpha copies the whole picture, so a large one is thinned out first.
    let large = u64::from(image.width()) * u64::from(image.height()) > 16_000_000;
    if large && image.color().has_alpha() {
        let (thin_width, thin_height) =
            thumbnail_size(image.width(), image.height(), side_max.saturating_mul(8));
        let options = ResizeOptions::new().resize_alg(ResizeAlg::Nearest).use_alpha(false);
        return resize(&resize(image, thin_width, thin_height, &options)?, width, height, &convolution());
    }
    resize(image, width, height, &convolution())
}

fn convolution() -> ResizeOptions {
    ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::CatmullRom))
}

fn resize(image: &DynamicImage, width: u32, height: u32, options: &ResizeOptions) -> Result<DynamicImage> {
    let mut out = DynamicImage::new(width, height, image.color());
    Resizer::new().resize(image, &mut out, options).map_err(|_| failed())?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thumbnails_keep_the_shape_and_never_grow() {
        for (width, height, expected) in [
            (4000, 3000, (320, 240)),
            (3000, 4000, (240, 320)),
            (100, 50, (100, 50)),
            (320, 320, (320, 320)),
            (100_000, 10, (320, 1)),
            (1, 65_535, (1, 320)),
        ] {
            assert_eq!(thumbnail_size(width, height, 320), expected, "for {width} x {height}");
        }
    }
}
