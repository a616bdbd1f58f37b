//! What a picture's first bytes promise. Nothing is unpacked: a viewer's memory is decided by the header's width and
//! height, so a bomb is refused by these alone, before its bytes are stored.

use report::{ErrorCode, MediaType};

use crate::{error::ApiError, limits};

/// Bytes of a picture that must be there before it can be judged.
pub const HEADER_BYTES: usize = 33;

/// Judges the first bytes of a file announced as `media_type` with `size`. Files that are no pictures pass.
pub fn check_header(media_type: MediaType, first: &[u8], size: Option<(u32, u32)>) -> Result<(), ApiError> {
    let found = match media_type {
        MediaType::Json => return Ok(()),
        MediaType::Png => png_size(first),
        MediaType::Webp => webp_size(first),
    };
    let Some((width, height)) = found.filter(|(width, height)| *width > 0 && *height > 0) else {
        let detail = format!("does not begin like {}", media_type.as_str());
        return Err(ApiError::with_detail(ErrorCode::NotAPicture, detail));
    };
    if u64::from(width) * u64::from(height) > limits::PICTURE_PIXELS {
        let detail = format!("{width}×{height} is more than {} pixels", limits::PICTURE_PIXELS);
        return Err(ApiError::with_detail(ErrorCode::PictureTooLarge, detail));
    }
    if size.is_some_and(|size| size != (width, height)) {
        let detail = format!("{width}×{height} is not the announced size");
        return Err(ApiError::with_detail(ErrorCode::NotAPicture, detail));
    }
    Ok(())
}

/// Width and height of a PNG: signature, then an IHDR chunk of 13 bytes (W3C PNG, 5.2 and 11.2.1).
fn png_size(first: &[u8]) -> Option<(u32, u32)> {
    let rest = first.strip_prefix(b"\x89PNG\r\n\x1a\n")?.strip_prefix(b"\0\0\0\rIHDR")?;
    Some((u32::from_be_bytes(*rest.first_chunk()?), u32::from_be_bytes(*rest.get(4..)?.first_chunk()?)))
}

/// Width and height of a WebP: RIFF container, then the first chunk of one of three kinds (RFC 9649, 2.4 to 2.7 and 3.4).
fn webp_size(first: &[u8]) -> Option<(u32, u32)> {
    let chunk = first.strip_prefix(b"RIFF")?.get(4..)?.strip_prefix(b"WEBP")?;
    let (kind, data) = (chunk.first_chunk::<4>()?, chunk.get(8..)?);
    match kind {
        b"VP8L" => {
            let packed = u32::from_le_bytes(*data.strip_prefix(b"\x2f")?.first_chunk()?);
            Some(((packed & 0x3fff) + 1, ((packed >> 14) & 0x3fff) + 1))
        }
        b"VP8X" => {
            let (width, height) = (data.get(4..7)?, data.get(7..10)?);
            let of = |b: &[u8]| u32::from(b[0]) | u32::from(b[1]) << 8 | u32::from(b[2]) << 16;
            Some((of(width) + 1, of(height) + 1))
        }
        b"VP8 " => {
            // A key frame's tag of three bytes, then its start code (RFC 6386, 9.1).
            let frame = data.get(3..)?.strip_prefix(b"\x9d\x01\x2a")?;
            let side = |at: usize| Some(u32::from(u16::from_le_bytes(*frame.get(at..)?.first_chunk()?) & 0x3fff));
            Some((side(0)?, side(2)?))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::{ImageFormat, RgbImage, RgbaImage};

    use super::*;

    fn encoded(format: ImageFormat, width: u32, height: u32, alpha: bool) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        if alpha {
            RgbaImage::from_fn(width, height, |x, y| image::Rgba([x as u8, y as u8, 7, 100]))
                .write_to(&mut bytes, format)
        } else {
            RgbImage::from_fn(width, height, |x, y| image::Rgb([x as u8, y as u8, 7])).write_to(&mut bytes, format)
        }
        .unwrap();
        bytes.into_inner()
    }

    #[test]
    fn reads_the_size_an_encoder_wrote() {
        for (width, height) in [(1, 1), (1920, 1080), (3, 4000), (257, 16)] {
            for alpha in [false, true] {
                let png = encoded(ImageFormat::Png, width, height, alpha);
                assert_eq!(png_size(&png[..HEADER_BYTES]), Some((width, height)));
                let webp = encoded(ImageFormat::WebP, width, height, alpha);
                assert_eq!(webp_size(&webp[..HEADER_BYTES]), Some((width, height)));
            }
        }
    }

    #[test]
    fn reads_lossy_and_extended_webp_headers() {
        let lossy = b"RIFF\x24\0\0\0WEBPVP8 \x18\0\0\0\x30\x01\0\x9d\x01\x2a\x80\x07\x38\x04\0\0\0\0\0\0\0";
        assert_eq!(webp_size(lossy), Some((1920, 1080)));
        let extended = b"RIFF\x24\0\0\0WEBPVP8X\x0a\0\0\0\x10\0\0\0\x7f\x07\0\x37\x04\0";
        assert_eq!(webp_size(extended), Some((1920, 1080)));
    }

    #[test]
    fn refuses_a_bomb_by_its_header() {
        let mut png = encoded(ImageFormat::Png, 1, 1, false);
        png[16..20].copy_from_slice(&50_000_u32.to_be_bytes());
        png[20..24].copy_from_slice(&50_000_u32.to_be_bytes());
        assert_eq!(check_header(MediaType::Png, &png, None).unwrap_err().code(), ErrorCode::PictureTooLarge);
    }

    #[test]
    fn refuses_what_is_no_picture_or_another_one() {
        let png = encoded(ImageFormat::Png, 4, 4, false);
        for bytes in [&b""[..], b"GIF89a", &png[..20], &[0; 64]] {
            assert_eq!(check_header(MediaType::Png, bytes, None).unwrap_err().code(), ErrorCode::NotAPicture);
        }
        assert_eq!(check_header(MediaType::Webp, &png, None).unwrap_err().code(), ErrorCode::NotAPicture);
        assert_eq!(check_header(MediaType::Png, &png, Some((4, 5))).unwrap_err().code(), ErrorCode::NotAPicture);
        assert!(check_header(MediaType::Png, &png, Some((4, 4))).is_ok());
    }
}
