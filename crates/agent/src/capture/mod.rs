//! The screens as they are at the press, and where private windows stand on them.
//!
//! `cfg(target_os)` lives here: what window lists are worth differs by system, see the file named for each.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
use linux as system;
#[cfg(not(target_os = "linux"))]
mod window_list;
#[cfg(not(target_os = "linux"))]
use window_list as system;

use screenshots::Monitor;

/// A rectangle in pixels of a picture; may leave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rectangle {
    /// Left edge.
    pub x: i32,
    /// Upper edge.
    pub y: i32,
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
}

/// One monitor's picture, not yet encoded.
#[derive(Clone, PartialEq, Eq)]
pub struct Shot {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// Four bytes a pixel, rows from above.
    pub rgba: Vec<u8>,
    /// Where private windows stand; painted over before encoding.
    pub private: Vec<Rectangle>,
}

impl std::fmt::Debug for Shot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Shot({}×{}, {} private)", self.width, self.height, self.private.len())
    }
}

/// One monitor.
#[derive(Debug)]
pub struct Screen {
    /// Its name as the operating system gives it.
    pub monitor: String,
    /// Its picture, or why there is none.
    pub shot: Result<Shot, CaptureError>,
}

/// A screen could not be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CaptureError {
    /// The operating system refused, or there is no screen.
    #[error("the screen could not be taken: {0}")]
    System(String),
    /// Private windows are to be painted over, but where they stand cannot be known.
    #[error("private windows cannot be told apart: {0}")]
    PrivateWindowsUnknown(String),
}

/// Who takes the screens.
pub trait ScreenSource: Send + Sync + 'static {
    /// Takes every monitor now. `private_windows` are parts of application names or titles, empty for none.
    ///
    /// # Errors
    /// [`CaptureError`] when there is no screen at all.
    fn capture(&self, private_windows: &[String]) -> Result<Vec<Screen>, CaptureError>;
}

/// The screens of this machine.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemScreens;

impl ScreenSource for SystemScreens {
    fn capture(&self, private_windows: &[String]) -> Result<Vec<Screen>, CaptureError> {
        // Windows may open, move and close while the pictures are taken: they are listed beside and after it, and
        // every place counts.
        let (taken, before) = std::thread::scope(|scope| {
            let listing = scope.spawn(|| list(private_windows));
            let taken = take_all();
            (taken, listing.join().unwrap_or_else(|_| Err("the list of windows panicked".to_owned())))
        });
        let taken = taken?;
        let windows = before.and_then(|mut windows| {
            for window in list(private_windows)? {
                if !windows.contains(&window) {
                    windows.push(window);
                }
            }
            Ok(windows)
        });
        Ok(taken.into_iter().map(|(monitor, picture)| masked(monitor, picture, &windows)).collect())
    }
}

fn list(private_windows: &[String]) -> Result<Vec<Rectangle>, String> {
    // A portal shows the person what is taken and asks; there is no list of windows to go by.
    if private_windows.is_empty() || system::is_consented_to() {
        return Ok(Vec::new());
    }
    system::private_windows(|text| is_private(text, private_windows))
}

fn is_private(text: &str, private_windows: &[String]) -> bool {
    let text = text.to_lowercase();
    private_windows.iter().any(|name| text.contains(&name.to_lowercase()))
}

type Taken = (Monitor, Result<screenshots::image::RgbaImage, String>);

fn take_all() -> Result<Vec<Taken>, CaptureError> {
    let failed = |error: screenshots::XCapError| CaptureError::System(error.to_string());
    // The library panics on some displays it does not know.
    let monitors = std::panic::catch_unwind(Monitor::all)
        .map_err(|_| CaptureError::System("listing the monitors panicked".to_owned()))?
        .map_err(failed)?;
    if monitors.is_empty() {
        return Err(CaptureError::System("no monitor".to_owned()));
    }
    Ok(monitors
        .into_iter()
        .map(|monitor| {
            let picture = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| monitor.capture_image()))
                .map_err(|_| "the capture panicked".to_owned())
                .and_then(|outcome| outcome.map_err(|error| error.to_string()));
            (monitor, picture)
        })
        .collect())
}

/// Puts the private windows of the desktop into the pixels of one monitor's picture.
fn masked(
    monitor: Monitor,
    picture: Result<screenshots::image::RgbaImage, String>,
    windows: &Result<Vec<Rectangle>, String>,
) -> Screen {
    let name = monitor.name().unwrap_or_else(|_| "unknown".to_owned());
    let shot = picture.map_err(CaptureError::System).and_then(|picture| {
        let windows = windows.as_ref().map_err(|why| CaptureError::PrivateWindowsUnknown(why.clone()))?;
        let (width, height) = picture.dimensions();
        let private = match windows.is_empty() {
            true => Vec::new(),
            false => {
                let place = system::place(&monitor, width)
                    .map_err(|error| CaptureError::PrivateWindowsUnknown(error.to_string()))?;
                windows.iter().map(|window| place.into_picture(*window)).collect()
            }
        };
        Ok(Shot { width, height, rgba: picture.into_raw(), private })
    });
    Screen { monitor: name, shot }
}

/// Where a picture's first pixel stands among the coordinates windows are given in.
#[derive(Debug, Clone, Copy)]
struct Place {
    x: f64,
    y: f64,
    /// Pixels of the picture in one unit of window coordinates.
    scale: f64,
    /// Painted around a window, in pixels: what rounding and shadows may leave over.
    margin: f64,
}

impl Place {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "float casts saturate, and clipping follows"
    )]
    fn into_picture(self, window: Rectangle) -> Rectangle {
        let edge = |value: f64, origin: f64, margin: f64| (value - origin) * self.scale + margin;
        let left = edge(window.x.into(), self.x, -self.margin).floor();
        let top = edge(window.y.into(), self.y, -self.margin).floor();
        let right = edge(f64::from(window.x) + f64::from(window.width), self.x, self.margin).ceil();
        let bottom = edge(f64::from(window.y) + f64::from(window.height), self.y, self.margin).ceil();
        Rectangle { x: left as i32, y: top as i32, width: (right - left) as u32, height: (bottom - top) as u32 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_private_by_a_part_of_its_name_without_regard_to_case() {
        let names = ["KeePass".to_owned(), "Сейф".to_owned()];
        assert!(is_private("base.kdbx - keepassXC", &names));
        assert!(is_private("СЕЙФ паролей", &names));
        assert!(!is_private("Firefox", &names));
        assert!(!is_private("", &names));
    }

    #[test]
    fn a_window_lands_on_the_right_pixels_of_a_scaled_second_monitor() {
        let place = Place { x: 1920.0, y: -100.0, scale: 1.5, margin: 2.0 };
        let there = place.into_picture(Rectangle { x: 2020, y: 0, width: 100, height: 50 });
        assert_eq!(there, Rectangle { x: 148, y: 148, width: 154, height: 79 });
    }
}
