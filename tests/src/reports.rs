//! Reports and pictures as a device would send them.

use std::io::Cursor;

use chrono::{DateTime, Utc};
use image::{ImageFormat, RgbImage};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use report::{
    AgentInfo, AttachmentKind, AttachmentPlan, Fact, FactOutcome, Language, MediaType, OsFamily, Privacy, Report,
    SCHEMA_VERSION,
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

/// A report pressed now, by somebody who cannot print; without attachments.
pub fn sample() -> Report {
    pressed_at(Utc::now())
}

/// The same, pressed at `at`.
pub fn pressed_at(at: DateTime<Utc>) -> Report {
    Report {
        schema: SCHEMA_VERSION,
        id: Uuid::now_v7(),
        pressed_at: DateTime::from_timestamp_millis(at.timestamp_millis()).expect("a time of our days"),
        agent: AgentInfo { version: "0.1.0".into(), os: OsFamily::Linux },
        hostname: "desk-17".into(),
        user: Some("m.ivanova".into()),
        language: Language::Ru,
        text: Some("не печатает принтер".into()),
        facts: vec![fact("uptime", json!({ "uptime_s": 86_400 }))],
        attachments: vec![],
        omissions: vec![],
    }
}

/// The answer of a probe.
pub fn fact(probe: &str, data: Value) -> Fact {
    Fact { probe: probe.to_owned(), outcome: FactOutcome::Ok { data }, took_ms: 3, privacy: Privacy::Technical }
}

/// A report that announces `picture` as its only screenshot.
pub fn with_screenshot(picture: &Picture) -> Report {
    Report { attachments: vec![picture.plan(0)], ..sample() }
}

/// A picture with what is announced of it.
#[derive(Debug, Clone)]
pub struct Picture {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its media type.
    pub media_type: MediaType,
    /// Width and height.
    pub size: (u32, u32),
}

impl Picture {
    /// A PNG of noise, so that its bytes hardly compress: about three bytes a pixel.
    pub fn noise(width: u32, height: u32, seed: u64) -> Self {
        let mut pixels = vec![0; width as usize * height as usize * 3];
        StdRng::seed_from_u64(seed).fill_bytes(&mut pixels);
        let picture = RgbImage::from_raw(width, height, pixels).expect("as many bytes as pixels need");
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, ImageFormat::Png).expect("encoding to memory");
        Self { bytes: bytes.into_inner(), media_type: MediaType::Png, size: (width, height) }
    }

    /// What a report announces of it.
    pub fn plan(&self, n: u8) -> AttachmentPlan {
        AttachmentPlan {
            n,
            kind: AttachmentKind::Screenshot,
            media_type: self.media_type,
            bytes: self.bytes.len() as u64,
            sha256: sha256_hex(&self.bytes),
            size: Some(self.size),
            monitor: Some("DP-1".into()),
        }
    }
}

/// 64 lower-case hex digits.
pub fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
