//! Pictures as they travel: lossless WebP without alpha, painted over where a window is private.

use image::codecs::webp::WebPEncoder;
use image::{ExtendedColorType, ImageEncoder};
use sha2::{Digest, Sha256};

use crate::capture::{Rectangle, Shot};

/// What stands where a private window was.
const PAINT: [u8; 3] = [0x4a, 0x4a, 0x4a];

/// A picture ready to travel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    /// Lossless WebP.
    pub bytes: Vec<u8>,
    /// Width and height in pixels.
    pub size: (u32, u32),
    /// SHA-256 of the bytes, 64 lower-case hex digits.
    pub sha256: String,
}

/// A picture could not be encoded.
#[derive(Debug, thiserror::Error)]
pub enum EncodeError {
    /// Larger than [`report::MAX_ATTACHMENT_BYTES`].
    #[error("{0} bytes are more than an attachment may have")]
    TooLarge(u64),
    /// The encoder refused.
    #[error(transparent)]
    Image(#[from] image::ImageError),
}

/// Paints over what is private, drops alpha, encodes.
///
/// # Errors
/// [`EncodeError`].
pub fn encode(shot: Shot) -> Result<Encoded, EncodeError> {
    let (width, height) = (shot.width, shot.height);
    let mut rgb = without_alpha(&shot.rgba);
    for rectangle in &shot.private {
        paint(&mut rgb, width, height, *rectangle);
    }
    let mut bytes = Vec::with_capacity(rgb.len() / 3);
    WebPEncoder::new_lossless(&mut bytes).write_image(&rgb, width, height, ExtendedColorType::Rgb8)?;
    if bytes.len() as u64 > report::MAX_ATTACHMENT_BYTES {
        return Err(EncodeError::TooLarge(bytes.len() as u64));
    }
    let sha256 = hex::encode(Sha256::digest(&bytes));
    Ok(Encoded { bytes, size: (width, height), sha256 })
}

fn without_alpha(rgba: &[u8]) -> Vec<u8> {
    let mut rgb = vec![0; rgba.len() / 4 * 3];
    for (to, from) in rgb.chunks_exact_mut(3).zip(rgba.chunks_exact(4)) {
        to.copy_from_slice(&from[..3]);
    }
    rgb
}

fn paint(rgb: &mut [u8], width: u32, height: u32, rectangle: Rectangle) {
    let clamp = |value: i64, most: u32| usize::try_from(value.clamp(0, i64::from(most))).unwrap_or(0);
    let (left, right) =
        (clamp(rectangle.x.into(), width), clamp(i64::from(rectangle.x) + i64::from(rectangle.width), width));
    let (top, bottom) =
        (clamp(rectangle.y.into(), height), clamp(i64::from(rectangle.y) + i64::from(rectangle.height), height));
    for row in rgb.chunks_exact_mut(width as usize * 3).take(bottom).skip(top) {
        for pixel in row[left * 3..right * 3].chunks_exact_mut(3) {
            pixel.copy_from_slice(&PAINT);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A picture whose every pixel tells its place.
    fn shot(width: u32, height: u32, private: Vec<Rectangle>) -> Shot {
        let rgba =
            (0..height).flat_map(|y| (0..width).flat_map(move |x| [x as u8, y as u8, (x ^ y) as u8, 0])).collect();
        Shot { width, height, rgba, private }
    }

    fn decoded(picture: &Encoded) -> image::RgbImage {
        image::load_from_memory_with_format(&picture.bytes, image::ImageFormat::WebP).unwrap().to_rgb8()
    }

    #[test]
    fn every_pixel_comes_back_and_alpha_is_gone() {
        let picture = encode(shot(67, 41, Vec::new())).unwrap();
        let back = decoded(&picture);
        assert_eq!(picture.size, back.dimensions());
        for (x, y, pixel) in back.enumerate_pixels() {
            assert_eq!(pixel.0, [x as u8, y as u8, (x ^ y) as u8]);
        }
        assert_eq!(picture.sha256, hex::encode(Sha256::digest(&picture.bytes)));
    }

    #[test]
    fn private_windows_are_painted_over_also_where_they_leave_the_screen() {
        let private = vec![
            Rectangle { x: 10, y: 5, width: 20, height: 10 },
            Rectangle { x: -30, y: 30, width: 40, height: 400 },
            Rectangle { x: 500, y: 500, width: 10, height: 10 },
            Rectangle { x: i32::MAX, y: i32::MIN, width: u32::MAX, height: u32::MAX },
        ];
        let back = decoded(&encode(shot(67, 41, private)).unwrap());
        for (x, y, pixel) in back.enumerate_pixels() {
            let hidden = (10..30).contains(&x) && (5..15).contains(&y) || x < 10 && y >= 30;
            assert_eq!(pixel.0 == PAINT, hidden, "{x},{y}");
        }
    }
}
