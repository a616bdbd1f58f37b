//! Something to take a picture of: a photograph-like background and two windows full of text-like marks.

use std::{process::Stdio, time::Duration};

use anyhow::Context as _;
use image::{Rgb, RgbImage};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use tests::desktop::{Desktop, Guarded, until};

/// Frames of the windows, found again on the screen.
const FRAMES: [Rgb<u8>; 2] = [Rgb([226, 35, 199]), Rgb([18, 188, 205])];

/// The windows; gone when dropped.
pub struct Scene {
    _windows: Vec<Guarded>,
}

/// Draws it and waits until all of it is on the screen.
pub async fn draw(desktop: &Desktop) -> anyhow::Result<Scene> {
    let mut random = StdRng::seed_from_u64(1);
    let folder = desktop.home().join("scene");
    std::fs::create_dir_all(&folder)?;
    let background = folder.join("background.png");
    landscape(&mut random).save(&background)?;
    let mut root = desktop.command("display");
    // It ends with 1 though it has drawn; whether it has is looked at below.
    root.args(["-window", "root"]).arg(&background).stderr(Stdio::inherit()).status().context("display")?;

    let mut windows = Vec::new();
    for (n, frame) in FRAMES.into_iter().enumerate() {
        let file = folder.join(format!("page-{n}.png"));
        page(&mut random, frame).save(&file)?;
        let mut command = desktop.command("display");
        command.args(["-geometry", &format!("+{}+{}", 80 + 900 * n, 90 + 60 * n)]).arg(&file);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        windows.push(Guarded::spawn(&mut command)?);
    }
    until("the screen shows the background and both windows", Duration::from_secs(30), async || {
        let picture = desktop.picture()?;
        let count = |colour: Rgb<u8>| picture.pixels().filter(|pixel| **pixel == colour).count();
        let colours = picture.pixels().collect::<std::collections::HashSet<_>>().len();
        Ok((colours > 5_000 && FRAMES.into_iter().all(|frame| count(frame) > 500)).then_some(()))
    })
    .await?;
    Ok(Scene { _windows: windows })
}

/// Soft colours with the noise of a camera.
fn landscape(random: &mut StdRng) -> RgbImage {
    RgbImage::from_fn(1920, 1080, |x, y| {
        let (across, down) = (x as f32 / 1920.0, y as f32 / 1080.0);
        let wave = ((across * 9.0).sin() + (down * 7.0).cos()) * 18.0;
        let mut noisy = |value: f32| (value + wave + random.random_range(-2.0..2.0_f32)).clamp(0.0, 255.0) as u8;
        Rgb([noisy(60.0 + 90.0 * down), noisy(110.0 + 60.0 * across), noisy(190.0 - 80.0 * down)])
    })
}

/// A white page in a frame with rows of marks as wide and as far apart as letters.
fn page(random: &mut StdRng, frame: Rgb<u8>) -> RgbImage {
    let (width, height) = (860, 800);
    let mut page = RgbImage::from_pixel(width, height, Rgb([250, 250, 248]));
    for (x, y, pixel) in page.enumerate_pixels_mut() {
        if x < 3 || y < 3 || x >= width - 3 || y >= height - 3 {
            *pixel = frame;
        }
    }
    for line in (24..height - 24).step_by(18) {
        let end = random.random_range(width / 2..width - 24);
        let mut x = 24;
        while x < end {
            // A letter is strokes on a grid of 5×9; one in seven is a gap between words.
            if random.random_ratio(6, 7) {
                for stroke in 0..5 {
                    let (dx, top, long) = (stroke, random.random_range(0..5), random.random_range(1..5));
                    for dy in top..top + long {
                        let ink = random.random_range(20..110);
                        page.put_pixel(x + dx, line + dy, Rgb([ink, ink, ink]));
                    }
                }
            }
            x += 8;
        }
    }
    page
}
