//! The icon's pictures. States differ in shape, not in colour alone: a plain button, an arrow, two bars, a bubble.

use agent::IconState;
use tauri::{image::Image, include_image};

/// The picture for a panel: 32 px is what ordinary panels scale down from, 64 px is for displays of double density.
pub fn picture(state: IconState, dense: bool) -> Image<'static> {
    match (state, dense) {
        (IconState::Idle, false) => include_image!("icons/tray/idle-32.png"),
        (IconState::Idle, true) => include_image!("icons/tray/idle-64.png"),
        (IconState::Sending, false) => include_image!("icons/tray/sending-32.png"),
        (IconState::Sending, true) => include_image!("icons/tray/sending-64.png"),
        (IconState::WaitingForNetwork, false) => include_image!("icons/tray/waiting-32.png"),
        (IconState::WaitingForNetwork, true) => include_image!("icons/tray/waiting-64.png"),
        (IconState::Answered, false) => include_image!("icons/tray/answered-32.png"),
        (IconState::Answered, true) => include_image!("icons/tray/answered-64.png"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [IconState; 4] =
        [IconState::Idle, IconState::Sending, IconState::WaitingForNetwork, IconState::Answered];

    /// Brightness of every pixel laid on mid grey: what somebody sees who tells no colours apart.
    fn grey(picture: &Image<'_>) -> Vec<f32> {
        let pixels = picture.rgba().chunks_exact(4);
        pixels
            .map(|pixel| {
                let alpha = f32::from(pixel[3]) / 255.0;
                let light = 0.2126 * f32::from(pixel[0]) + 0.7152 * f32::from(pixel[1]) + 0.0722 * f32::from(pixel[2]);
                light * alpha + 128.0 * (1.0 - alpha)
            })
            .collect()
    }

    #[test]
    fn states_can_be_told_apart_without_colour() {
        for (at, one) in ALL.iter().enumerate() {
            for other in &ALL[at + 1..] {
                let (a, b) = (grey(&picture(*one, false)), grey(&picture(*other, false)));
                let differing = a.iter().zip(&b).filter(|(x, y)| (**x - **y).abs() > 48.0).count();
                assert!(differing * 10 > a.len(), "{one:?} and {other:?} differ in {differing} of {} pixels", a.len());
            }
        }
    }

    #[test]
    fn pictures_have_the_announced_sizes() {
        for state in ALL {
            assert_eq!((picture(state, false).width(), picture(state, true).width()), (32, 64));
        }
    }
}
