//! Pictures come out upright, small enough, and without what their camera wrote into them.

use crate::world::{ANA, World, person};
use axum::http::StatusCode;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use std::io::Cursor;

fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// EXIF that says: lies on its left side (orientation 6), taken at a place.
fn exif() -> Vec<u8> {
    let mut tiff = b"II*\0\x08\0\0\0".to_vec();
    tiff.extend_from_slice(b"\x02\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\x25\x88\x04\0\x01\0\0\0\x26\0\0\0\0\0\0\0");
    tiff.extend_from_slice(b"\x01\0\x01\0\x02\0\x02\0\0\0N\0\0\0\0\0\0\0GPSPLACE-52.5N13.4E");
    tiff
}

/// A JPEG, red on the left and blue on the right, with that EXIF.
fn photo() -> Vec<u8> {
    let image = RgbImage::from_fn(1600, 800, |x, _| if x < 800 { Rgb([250, 0, 0]) } else { Rgb([0, 0, 250]) });
    let plain = encoded(&image.into(), ImageFormat::Jpeg);
    let app1 = [b"Exif\0\0".as_slice(), &exif()].concat();
    let length = u16::try_from(app1.len() + 2).unwrap().to_be_bytes();
    [&plain[..2], b"\xff\xe1", &length, &app1, &plain[2..]].concat()
}

fn holds(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle)
}

#[tokio::test]
async fn a_photo_loses_its_place_and_stands_upright() {
    let world = World::new().await;
    let original = photo();
    assert!(holds(&original, b"GPSPLACE"));
    let (_, file) = world.message("IMG_0001.jpg", &original).await;

    let told = world.send(ANA, "GET", &files::link(&world.app, &person(ANA), &file), &[], "").await;
    let small = world.send(ANA, "GET", &files::preview_link(&world.app, &person(ANA), &file).unwrap(), &[], "").await;

    assert!(!holds(&told.bytes, b"GPSPLACE") && !holds(&told.bytes, b"Exif"));
    let image = image::load_from_memory(&told.bytes).unwrap().to_rgb8();
    assert_eq!(image.dimensions(), (800, 1600));
    assert!(image.get_pixel(400, 100).0[0] > 200 && image.get_pixel(400, 1500).0[2] > 200);
    assert_eq!((told.header("content-type"), file.size), ("image/jpeg", i64::try_from(told.bytes.len()).unwrap()));
    assert!(told.header("content-disposition").starts_with("inline"));
    let preview = image::load_from_memory(&small.bytes).unwrap();
    assert_eq!((small.header("content-type"), preview.width(), preview.height()), ("image/jpeg", 320, 640));
    assert!(small.bytes.len() < told.bytes.len());
}

#[tokio::test]
async fn a_png_and_a_webp_lose_what_is_written_beside_the_picture() {
    let world = World::new().await;
    let image: DynamicImage = RgbaImage::from_pixel(20, 10, Rgba([0, 200, 0, 128])).into();
    let plain = encoded(&image, ImageFormat::WebP);
    let chunk = |name: &[u8], content: &[u8]| [name, &u32::try_from(content.len()).unwrap().to_le_bytes(), content].concat();
    let extended = chunk(b"VP8X", &[0b0001_1000, 0, 0, 0, 19, 0, 0, 9, 0, 0]);
    let mut exif = exif();
    exif[18] = 1;
    if exif.len() % 2 == 1 {
        exif.push(0);
    }
    let parts = [b"WEBP".as_slice(), &extended, &plain[12..], &chunk(b"EXIF", &exif)].concat();
    let webp = chunk(b"RIFF", &parts);
    let png = encoded(&image, ImageFormat::Png);
    let text = [b"\0\0\0\x10".as_slice(), b"tEXtPlace\0GPSPLACE-52", b"\x68\x1f\x39\xdc"].concat();
    let end = png.len() - 12;
    let png = [&png[..end], &text, &png[end..]].concat();

    for (name, bytes) in [("a.webp", webp), ("a.png", png)] {
        assert!(holds(&bytes, b"GPSPLACE"), "{name}");
        let (_, file) = world.message(name, &bytes).await;
        let told = world.send(ANA, "GET", &files::link(&world.app, &person(ANA), &file), &[], "").await;
        assert!(!holds(&told.bytes, b"GPSPLACE"), "{name}");
        assert_eq!(image::load_from_memory(&told.bytes).unwrap().to_rgba8().get_pixel(5, 5).0, [0, 200, 0, 128], "{name}");
    }
}

#[tokio::test]
async fn an_animation_keeps_its_frames_and_loses_its_comments() {
    let world = World::new().await;
    let mut bytes = Vec::new();
    {
        let mut encoder = image::codecs::gif::GifEncoder::new(&mut bytes);
        encoder.set_repeat(image::codecs::gif::Repeat::Infinite).unwrap();
        for shade in [0, 120, 250] {
            encoder.encode_frame(image::Frame::new(RgbaImage::from_pixel(8, 8, Rgba([shade, 0, 0, 255])))).unwrap();
        }
    }
    bytes.truncate(bytes.len() - 1);
    bytes.extend_from_slice(b"\x21\xfe\x08GPSPLACE\0\x3bPK\x03\x04 hidden");
    let (_, file) = world.message("loop.gif", &bytes).await;

    let told = world.send(ANA, "GET", &files::link(&world.app, &person(ANA), &file), &[], "").await;

    assert!(!holds(&told.bytes, b"GPSPLACE") && !holds(&told.bytes, b"hidden") && holds(&told.bytes, b"NETSCAPE2.0"));
    let decoder = image::codecs::gif::GifDecoder::new(Cursor::new(&told.bytes)).unwrap();
    assert_eq!(image::AnimationDecoder::into_frames(decoder).count(), 3);
}

#[tokio::test]
async fn a_picture_of_too_many_pixels_or_none_is_refused() {
    let world = World::new().await;
    let mut bomb = encoded(&RgbImage::new(1, 1).into(), ImageFormat::Png);
    // width and height of 60,000, and the checksum that belongs to them
    let mut header = b"IHDR\0\0\xea\x60\0\0\xea\x60\x08\x02\0\0\0".to_vec();
    let checksum = crc32(&header);
    header.extend_from_slice(&checksum.to_be_bytes());
    bomb.splice(12..33, header);
    let broken = b"\x89PNG\r\n\x1a\nnothing more".to_vec();

    for (bytes, status) in [(bomb, StatusCode::PAYLOAD_TOO_LARGE), (broken, StatusCode::UNSUPPORTED_MEDIA_TYPE)] {
        let path = world.begin(ANA, "a.png", bytes.len()).await;
        let told = world.patch(ANA, &path, 0, bytes).await;
        assert_eq!(told.status, status, "{}", told.text());
    }
    assert!(world.names("files").is_empty());
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 }))
}
