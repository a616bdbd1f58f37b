//! A file into what the recogniser reads best. Files come from outside: their size is judged before anything is unpacked,
//! and unpacking has a limit of memory.

use std::io::Cursor;

use image::{ImageReader, Limits};

use super::{
    enlarge::double,
    flatten::{Grey, flatten},
};

/// Pictures with more pixels are read as they are: they come from screens so dense that letters are large enough.
const ENLARGED_BELOW: usize = 9_000_000;
/// Fewer pixels hold no letter.
const SMALLEST_SIDE: u32 = 8;
/// Bytes a pixel takes at most while it is unpacked: RGBA, and the same again inside the decoder.
const BYTES_PER_PIXEL: u64 = 8;
/// What a decoder may take beside that.
const DECODER_BYTES: u64 = 16 * 1024 * 1024;

/// Why a file cannot be read, now or ever.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It is no picture, or a broken one.
    #[error("it is no picture that can be unpacked")]
    Broken,
    /// It has more pixels than `screens.max_megapixels`.
    #[error("it has more than {0} megapixels")]
    TooLarge(u32),
}

/// A picture ready to be read.
#[derive(Debug)]
pub struct Prepared {
    /// Text dark on white.
    pub grey: Grey,
    /// Dots per inch the recogniser is told, so that it judges sizes of letters rightly.
    pub dpi: u32,
    /// Width and height as they came.
    pub size: (u32, u32),
}

/// Unpacks a PNG or WebP (of an animation the first picture), and makes it ready. Takes a second of CPU for a large screen:
/// not for an async task.
pub fn prepare(file: &[u8], max_megapixels: u32) -> Result<Prepared, Unreadable> {
    let reader = || ImageReader::new(Cursor::new(file)).with_guessed_format().map_err(|_| Unreadable::Broken);
    let (width, height) = reader()?.into_dimensions().map_err(|_| Unreadable::Broken)?;
    let pixels = u64::from(width) * u64::from(height);
    if pixels > u64::from(max_megapixels) * 1_000_000 {
        return Err(Unreadable::TooLarge(max_megapixels));
    }
    let mut limited = reader()?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(pixels * BYTES_PER_PIXEL + DECODER_BYTES);
    limited.limits(limits);
    let picture = limited.decode().map_err(|_| Unreadable::Broken)?.into_luma8();
    let (width, height) = picture.dimensions();
    if width < SMALLEST_SIDE || height < SMALLEST_SIDE {
        return Err(Unreadable::Broken);
    }
    let grey = Grey { width: width as usize, height: height as usize, pixels: picture.into_raw() };
    let flat = flatten(&grey);
    drop(grey);
    let (grey, dpi) = if flat.pixels.len() < ENLARGED_BELOW { (double(&flat), 192) } else { (flat, 96) };
    Ok(Prepared { grey, dpi, size: (width, height) })
}

#[cfg(test)]
mod tests {
    use image::{GrayImage, ImageFormat, Luma};

    use super::*;

    fn encoded(format: ImageFormat, width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        let picture = image::DynamicImage::ImageLuma8(GrayImage::from_pixel(width, height, Luma([255]))).to_rgb8();
        picture.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    #[test]
    fn png_and_webp_are_unpacked_and_doubled() {
        for format in [ImageFormat::Png, ImageFormat::WebP] {
            let prepared = prepare(&encoded(format, 40, 20), 40).unwrap();
            assert_eq!((prepared.grey.width, prepared.grey.height, prepared.size), (80, 40, (40, 20)));
        }
    }

    #[test]
    fn what_is_no_picture_is_refused_and_so_is_half_a_picture() {
        let whole = encoded(ImageFormat::Png, 300, 300);
        for file in [&b""[..], b"GIF89a", &[0; 64], &whole[..40], &whole[..whole.len() / 2]] {
            assert_eq!(prepare(file, 40).unwrap_err(), Unreadable::Broken);
        }
    }

    #[test]
    fn a_bomb_is_refused_by_its_header() {
        let mut png = encoded(ImageFormat::Png, 10, 10);
        // Width and height of IHDR, and its checksum made right again.
        png[16..24].copy_from_slice(&[0, 0, 0x1f, 0x40, 0, 0, 0x1f, 0x40]);
        let crc = crc32(&png[12..29]);
        png[29..33].copy_from_slice(&crc.to_be_bytes());
        assert_eq!(prepare(&png, 40).unwrap_err(), Unreadable::TooLarge(40));
    }

    /// As PNG has it (W3C PNG, annex D).
    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(u32::MAX, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
        })
    }
}
