//! Pictures: turned upright, made anew without metadata, and a small one to show. Runs on a blocking thread.
//!
//! PNG and JPEG are decoded and encoded again (an animated PNG keeps its first frame). GIF and WebP keep their
//! pixels as they are, because encoding them again would lose frames or quality; their container is written
//! anew with picture chunks only. A still WebP that says it lies on its side is turned and encoded losslessly.
//! Colour profiles stay: they say how to show the picture, not where it was taken.

use crate::strip;
use image::{
    DynamicImage, ExtendedColorType, ImageDecoder, ImageEncoder, ImageError, ImageFormat, ImageReader, Limits, RgbImage,
    codecs::{jpeg::JpegEncoder, png::PngEncoder, webp::WebPEncoder},
    metadata::Orientation,
};
use kernel::Fault;
use std::io::Cursor;

/// Pixels at most.
const PIXELS: u64 = 50_000_000;
/// Bytes a decoder may take: 8 a pixel.
const MEMORY: u64 = 8 * PIXELS;
/// A side of the preview at most.
const SMALL: u32 = 640;
/// A larger colour profile is not a colour profile.
const PROFILE: usize = 1024 * 1024;
/// Media type of previews.
pub(crate) const PREVIEW: &str = "image/jpeg";

/// A picture as it is stored.
pub(crate) struct Picture {
    /// In its own format.
    pub(crate) bytes: Vec<u8>,
    /// A JPEG of at most 640 pixels a side, on white where it was clear.
    pub(crate) preview: Vec<u8>,
}

/// Makes the picture anew. What can't be decoded is not taken.
pub(crate) fn wash(mime: &str, bytes: &[u8]) -> Result<Picture, Fault> {
    let format = ImageFormat::from_mime_type(mime).ok_or_else(|| unreadable(&mime))?;
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MEMORY);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| refused(&error))?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > PIXELS {
        return Err(too_many_pixels());
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let profile = decoder.icc_profile().ok().flatten().filter(|profile| is_rgb(profile));
    let mut image = DynamicImage::from_decoder(decoder).map_err(|error| refused(&error))?;
    let bytes = match format {
        ImageFormat::Gif => strip::gif(bytes).ok_or_else(|| unreadable(&"broken blocks"))?,
        ImageFormat::WebP if orientation == Orientation::NoTransforms || strip::is_animated(bytes) => {
            strip::webp(bytes).ok_or_else(|| unreadable(&"broken chunks"))?
        }
        _ => {
            image.apply_orientation(orientation);
            encode(&image, format, profile)?
        }
    };
    Ok(Picture { preview: preview(image)?, bytes })
}

fn encode(image: &DynamicImage, format: ImageFormat, profile: Option<Vec<u8>>) -> Result<Vec<u8>, Fault> {
    let mut out = Vec::new();
    let written = match format {
        ImageFormat::Jpeg => {
            let encoder = JpegEncoder::new_with_quality(&mut out, 90);
            match image {
                DynamicImage::ImageLuma8(_) => write(image, encoder, None),
                DynamicImage::ImageRgb8(_) => write(image, encoder, profile),
                other => write(&other.to_rgb8().into(), encoder, None),
            }
        }
        ImageFormat::WebP => {
            let encoder = WebPEncoder::new_lossless(&mut out);
            match image {
                DynamicImage::ImageRgb8(_) | DynamicImage::ImageRgba8(_) => write(image, encoder, profile),
                other => write(&other.to_rgba8().into(), encoder, profile),
            }
        }
        _ => write(image, PngEncoder::new(&mut out), profile.filter(|_| image.color().has_color())),
    };
    written.map_err(|error| Fault::Broken(format!("a picture can't be encoded: {error}")))?;
    Ok(out)
}

fn write(image: &DynamicImage, mut encoder: impl ImageEncoder, profile: Option<Vec<u8>>) -> Result<(), ImageError> {
    if let Some(profile) = profile {
        // an encoder that has no place for it shows the picture nearly right
        let _ = encoder.set_icc_profile(profile);
    }
    image.write_with_encoder(encoder)
}

/// A profile for red, green and blue (ICC.1:2022, 7.2.6), which is what decoders give us.
fn is_rgb(profile: &[u8]) -> bool {
    profile.len() <= PROFILE && profile.get(16..20) == Some(b"RGB ")
}

fn preview(image: DynamicImage) -> Result<Vec<u8>, Fault> {
    let small = if image.width() > SMALL || image.height() > SMALL { image.thumbnail(SMALL, SMALL) } else { image };
    let flat = on_white(&small);
    let mut out = Vec::new();
    JpegEncoder::new_with_quality(&mut out, 80)
        .write_image(&flat, flat.width(), flat.height(), ExtendedColorType::Rgb8)
        .map_err(|error| Fault::Broken(format!("a preview can't be encoded: {error}")))?;
    Ok(out)
}

fn on_white(image: &DynamicImage) -> RgbImage {
    if !image.color().has_alpha() {
        return image.to_rgb8();
    }
    let clear = image.to_rgba8();
    RgbImage::from_fn(clear.width(), clear.height(), |x, y| {
        let [red, green, blue, alpha] = clear.get_pixel(x, y).0;
        let blend = |colour: u8| {
            let mixed = (u32::from(colour) * u32::from(alpha) + 255 * (255 - u32::from(alpha))) / 255;
            u8::try_from(mixed).unwrap_or(u8::MAX)
        };
        image::Rgb([blend(red), blend(green), blend(blue)])
    })
}

fn refused(error: &ImageError) -> Fault {
    if matches!(error, ImageError::Limits(_)) { too_many_pixels() } else { unreadable(error) }
}

fn too_many_pixels() -> Fault {
    Fault::TooLarge(format!("An image may have {} megapixels.", PIXELS / 1_000_000))
}

fn unreadable(reason: &dyn std::fmt::Display) -> Fault {
    tracing::debug!(%reason, "a picture can't be decoded");
    Fault::Unsupported("This image is damaged and can't be read. Save it again in another program, or put it in a ZIP file.".to_owned())
}
