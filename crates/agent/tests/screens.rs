//! The real screen of an X server without a screen: taken, masked, encoded, and how long it takes.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends here")]

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use agent::{ScreenSource, SystemScreens};
use image::{ExtendedColorType, ImageEncoder};

struct Server {
    process: Child,
    display: String,
}

impl Server {
    /// An Xvfb on a display number of its own choice; `None`, said plainly, where there is none.
    fn start() -> Option<Self> {
        let started = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1920x1080x24", "-nolisten", "tcp", "-noreset"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let Ok(mut process) = started else {
            eprintln!("SKIPPED: Xvfb is not installed");
            return None;
        };
        let mut number = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut number).unwrap();
        Some(Self { process, display: format!(":{}", number.trim()) })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

mod window {
    use x11rb::connection::Connection;
    use x11rb::protocol::xproto::{AtomEnum, ConnectionExt, CreateWindowAux, PropMode, WindowClass};
    use x11rb::rust_connection::RustConnection;
    use x11rb::wrapper::ConnectionExt as _;

    /// A red window of a frame and a client in it, as a window manager would have it; only the client has a name.
    pub fn open(display: &str, class: &str, (x, y, width, height): (i16, i16, u16, u16)) -> RustConnection {
        let (connection, screen) = x11rb::connect(Some(display)).unwrap();
        let root = connection.setup().roots[screen].root;
        let (frame, client) = (connection.generate_id().unwrap(), connection.generate_id().unwrap());
        let red = CreateWindowAux::new().background_pixel(0xff_00_00).override_redirect(1);
        let class_of = WindowClass::INPUT_OUTPUT;
        connection.create_window(24, frame, root, x, y, width, height, 0, class_of, 0, &red).unwrap();
        connection.create_window(24, client, frame, 0, 20, width, height - 20, 0, class_of, 0, &red).unwrap();
        let name = format!("main\0{class}\0");
        let (property, kind) = (AtomEnum::WM_CLASS, AtomEnum::STRING);
        connection.change_property8(PropMode::REPLACE, client, property, kind, name.as_bytes()).unwrap();
        connection.map_window(client).unwrap();
        connection.map_window(frame).unwrap();
        connection.sync().unwrap();
        connection
    }
}

#[test]
fn the_screen_is_taken_within_its_time_and_private_windows_never_show() {
    let Some(server) = Server::start() else { return };
    // SAFETY: the only test of this binary, and no other thread of it runs yet.
    unsafe {
        std::env::set_var("DISPLAY", &server.display);
        std::env::remove_var("WAYLAND_DISPLAY");
        std::env::set_var("XDG_SESSION_TYPE", "x11");
    }
    let private = window::open(&server.display, "KeePassXC", (100, 50, 600, 400));
    let public = window::open(&server.display, "Firefox", (900, 500, 300, 200));

    let names = ["keepass".to_owned()];
    let mut times: Vec<_> = (0..9)
        .map(|_| {
            let started = Instant::now();
            SystemScreens.capture(&names).unwrap();
            started.elapsed()
        })
        .collect();
    times.sort();
    let mut bare: Vec<_> = (0..9)
        .map(|_| {
            let started = Instant::now();
            SystemScreens.capture(&[]).unwrap();
            started.elapsed()
        })
        .collect();
    bare.sort();
    println!(
        "capture of 1920×1080, median of 9: {:?} with private windows looked for, {:?} without",
        times[4], bare[4]
    );

    let mut screens = SystemScreens.capture(&names).unwrap();
    assert_eq!(screens.len(), 1);
    let shot = screens.remove(0).shot.unwrap();
    assert_eq!((shot.width, shot.height, shot.private.len()), (1920, 1080, 1));
    let mut rgb: Vec<u8> = shot.rgba.chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
    let red = |rgb: &[u8], x: usize, y: usize| rgb[(y * 1920 + x) * 3..][..3] == [0xff, 0, 0];
    assert!(red(&rgb, 300, 200) && red(&rgb, 1000, 600), "both windows are on the screen");

    let started = Instant::now();
    let picture = agent::encode(shot).unwrap();
    let webp = (started.elapsed(), picture.bytes.len());
    let started = Instant::now();
    let mut png = Vec::new();
    image::codecs::png::PngEncoder::new_with_quality(
        &mut png,
        image::codecs::png::CompressionType::Fast,
        image::codecs::png::FilterType::Up,
    )
    .write_image(&rgb, 1920, 1080, ExtendedColorType::Rgb8)
    .unwrap();
    println!(
        "lossless WebP {:?}, {} bytes; PNG fast + Up {:?}, {} bytes",
        webp.0,
        webp.1,
        started.elapsed(),
        png.len()
    );

    rgb = image::load_from_memory(&picture.bytes).unwrap().to_rgb8().into_raw();
    assert!(red(&rgb, 1000, 600), "other windows stay");
    for (x, y) in [(100, 50), (300, 60), (699, 449), (300, 200)] {
        assert!(!red(&rgb, x, y), "the private window shows at {x},{y}");
    }
    drop((private, public));
}
