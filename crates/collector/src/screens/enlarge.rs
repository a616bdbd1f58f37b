//! Letters of 12 pixels are too small for the recogniser, which was trained on print; of twice the size they are not.

use super::flatten::Grey;

/// Weights of four neighbours for a place a quarter of a pixel after the second, in 128ths: Catmull and Rom's cubic.
const WEIGHTS: [i32; 4] = [-9, 111, 29, -3];

/// The picture, twice as wide and high.
pub fn double(grey: &Grey) -> Grey {
    let Grey { width, height, pixels } = grey;
    let mut wide = Vec::with_capacity(pixels.len() * 2);
    for row in pixels.chunks_exact(*width) {
        let at = |x: isize| i32::from(row[x.clamp(0, *width as isize - 1) as usize]);
        for x in 0..*width as isize {
            wide.push(between([at(x + 1), at(x), at(x - 1), at(x - 2)]));
            wide.push(between([at(x - 1), at(x), at(x + 1), at(x + 2)]));
        }
    }
    let wide_width = width * 2;
    let mut pixels = Vec::with_capacity(wide.len() * 2);
    for y in 0..*height as isize {
        let row = |y: isize| {
            let start = y.clamp(0, *height as isize - 1) as usize * wide_width;
            &wide[start..start + wide_width]
        };
        for direction in [-1, 1] {
            let rows = [row(y - direction), row(y), row(y + direction), row(y + 2 * direction)];
            pixels.extend((0..wide_width).map(|x| between(rows.map(|row| i32::from(row[x])))));
        }
    }
    Grey { width: wide_width, height: height * 2, pixels }
}

fn between(neighbours: [i32; 4]) -> u8 {
    let sum: i32 = neighbours.iter().zip(WEIGHTS).map(|(value, weight)| value * weight).sum();
    ((sum + 64) / 128).clamp(0, 255) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_picture_stays_plain_and_doubles() {
        let plain = Grey { width: 3, height: 2, pixels: vec![200; 6] };
        assert_eq!(double(&plain), Grey { width: 6, height: 4, pixels: vec![200; 24] });
    }

    #[test]
    fn an_edge_stays_where_it_was() {
        let edge = Grey { width: 4, height: 1, pixels: vec![0, 0, 255, 255] };
        let row = &double(&edge).pixels[..8];
        assert!(row[..4].iter().all(|value| *value < 128) && row[4..].iter().all(|value| *value > 128), "{row:?}");
    }
}
