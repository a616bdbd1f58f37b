//! Screens are flat: windows, bars and buttons are areas of one colour with small, thin things on them. Read as it is, a
//! screen has light text on dark and dark on light side by side, and grey on grey; so every pixel becomes its distance
//! from the area it stands on, and text is dark on white everywhere, whatever the theme.

/// Neighbouring pixels that differ by no more belong to one area: a gradient is one, an antialiased stroke is none.
const SAME_AREA: u8 = 3;
/// Smallest area that text can stand on, in pixels; the strokes of a headline are smaller.
const SMALLEST_AREA: u32 = 1_200;
/// How much distances are stretched, in sixteenths: grey text on white becomes nearly black.
const STRETCH: u16 = 24;

/// A grey picture, row by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grey {
    /// Pixels of a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// `width × height` values, 0 black to 255 white.
    pub pixels: Vec<u8>,
}

/// The picture with text dark on white.
pub fn flatten(grey: &Grey) -> Grey {
    let background = background(grey);
    let ink = |(pixel, background): (&u8, &u8)| {
        let distance = u16::from(pixel.abs_diff(*background)) * STRETCH / 16;
        255 - u8::try_from(distance).unwrap_or(255)
    };
    let pixels = grey.pixels.iter().zip(&background).map(ink).collect();
    Grey { pixels, ..*grey }
}

/// For each pixel the grey of the area it stands on: its own within an area, else that of the nearest.
fn background(grey: &Grey) -> Vec<u8> {
    let areas = Areas::of(grey);
    let mut nearest: Vec<(u16, u8)> = (0..grey.pixels.len())
        .map(|at| match areas.is_large(at) {
            true => (0, grey.pixels[at]),
            // Nothing is nearer than infinitely far: a picture without any area keeps white as its ground.
            false => (u16::MAX, 255),
        })
        .collect();
    let width = grey.width;
    // A distance transform in two passes, each pixel carrying the grey it found.
    for at in 1..nearest.len() {
        if at % width > 0 {
            carry(&mut nearest, at - 1, at);
        }
        if at >= width {
            carry(&mut nearest, at - width, at);
        }
    }
    for at in (0..nearest.len().saturating_sub(1)).rev() {
        if (at + 1) % width > 0 {
            carry(&mut nearest, at + 1, at);
        }
        if at + width < nearest.len() {
            carry(&mut nearest, at + width, at);
        }
    }
    nearest.into_iter().map(|(_, grey)| grey).collect()
}

fn carry(nearest: &mut [(u16, u8)], from: usize, to: usize) {
    let (distance, grey) = nearest[from];
    if distance.saturating_add(1) < nearest[to].0 {
        nearest[to] = (distance + 1, grey);
    }
}

/// Connected areas of about one grey: a forest of pixels, each root with its size.
struct Areas {
    parent: Vec<u32>,
    size: Vec<u32>,
}

impl Areas {
    fn of(grey: &Grey) -> Self {
        // Pictures are limited to far fewer pixels than u32 holds.
        let count = u32::try_from(grey.pixels.len()).unwrap_or(u32::MAX);
        let mut areas = Self { parent: (0..count).collect(), size: vec![1; grey.pixels.len()] };
        let pixels = &grey.pixels;
        for at in 0..pixels.len() {
            if at % grey.width > 0 && pixels[at].abs_diff(pixels[at - 1]) <= SAME_AREA {
                areas.join(at, at - 1);
            }
            if at >= grey.width && pixels[at].abs_diff(pixels[at - grey.width]) <= SAME_AREA {
                areas.join(at, at - grey.width);
            }
        }
        for at in 0..pixels.len() {
            areas.parent[at] = areas.root(at) as u32;
        }
        areas
    }

    fn root(&mut self, mut at: usize) -> usize {
        while self.parent[at] as usize != at {
            // Halving the path keeps trees flat.
            self.parent[at] = self.parent[self.parent[at] as usize];
            at = self.parent[at] as usize;
        }
        at
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        if a != b {
            let (small, large) = if self.size[a] < self.size[b] { (a, b) } else { (b, a) };
            self.parent[small] = large as u32;
            self.size[large] += self.size[small];
        }
    }

    fn is_large(&self, at: usize) -> bool {
        self.size[self.parent[at] as usize] >= SMALLEST_AREA
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A dark half beside a light one, each with a stroke of the other's grey.
    fn two_windows() -> Grey {
        let (width, height) = (200, 60);
        let mut pixels: Vec<u8> = (0..width * height).map(|at| if at % width < 100 { 30 } else { 240 }).collect();
        for x in 20..60 {
            pixels[30 * width + x] = 230;
            pixels[30 * width + x + 100] = 20;
        }
        Grey { width, height, pixels }
    }

    #[test]
    fn text_is_dark_on_white_in_both_themes() {
        let flat = flatten(&two_windows());
        let at = |x: usize, y: usize| flat.pixels[y * flat.width + x];
        assert_eq!([at(10, 10), at(99, 50), at(100, 50), at(190, 10)], [255; 4], "areas are white up to their edge");
        assert_eq!([at(40, 30), at(140, 30)], [0; 2], "strokes are black");
    }

    #[test]
    fn faint_text_becomes_plain() {
        let mut faint = Grey { width: 100, height: 50, pixels: vec![255; 5_000] };
        faint.pixels[25 * 100 + 50] = 150;
        assert!(flatten(&faint).pixels[25 * 100 + 50] < 100);
    }

    #[test]
    fn any_size_is_taken() {
        for (width, height) in [(1, 1), (1, 9), (9, 1), (3, 3)] {
            let pixels = (0..width * height).map(|at| (at * 37 % 256) as u8).collect();
            assert_eq!(flatten(&Grey { width, height, pixels }).pixels.len(), width * height);
        }
    }
}
