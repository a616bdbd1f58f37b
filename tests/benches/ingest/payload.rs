//! Bodies: noise is made once and read from another place for every report, so that making one costs next to nothing
//! while a server is measured.

use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::{BufMut as _, Bytes, BytesMut};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use report::{AttachmentKind, AttachmentPlan, MediaType, Report};
use serde_json::json;
use tests::reports;

/// About this many bytes of JSON.
pub const REPORT_BYTES: usize = 40_000;
/// This many bytes of picture.
pub const PICTURE_BYTES: usize = 400_000;
const SIZE: (u32, u32) = (1920, 1080);

/// Makes bodies.
pub struct Payloads {
    noise: Bytes,
    made: AtomicUsize,
}

/// One report and its picture.
pub struct Payload {
    /// Its id.
    pub id: uuid::Uuid,
    /// Its JSON.
    pub body: Bytes,
    /// Its picture.
    pub picture: Bytes,
}

impl Payloads {
    /// Makes the noise.
    pub fn new() -> Self {
        let mut noise = vec![0; PICTURE_BYTES * 2];
        StdRng::seed_from_u64(1).fill_bytes(&mut noise);
        Self { noise: noise.into(), made: AtomicUsize::new(0) }
    }

    /// The next one; never the same twice.
    pub fn next(&self) -> Payload {
        let n = self.made.fetch_add(1, Ordering::Relaxed);
        let picture = self.picture(n);
        let mut report = reports::sample();
        report.facts.push(reports::fact("events", json!({ "events": events(n) })));
        report.attachments.push(AttachmentPlan {
            n: 0,
            kind: AttachmentKind::Screenshot,
            media_type: MediaType::Png,
            bytes: picture.len() as u64,
            sha256: reports::sha256_hex(&picture),
            size: Some(SIZE),
            monitor: None,
        });
        Payload { id: report.id, body: serialised(&report), picture }
    }

    /// A true PNG header, then noise from a place of its own.
    fn picture(&self, n: usize) -> Bytes {
        let mut bytes = BytesMut::with_capacity(PICTURE_BYTES);
        bytes.put_slice(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
        bytes.put_u32(SIZE.0);
        bytes.put_u32(SIZE.1);
        bytes.put_slice(&[8, 2, 0, 0, 0]);
        bytes.put_u64(n as u64);
        let start = (n * 4_099) % PICTURE_BYTES;
        bytes.put_slice(&self.noise[start..start + PICTURE_BYTES - bytes.len()]);
        bytes.freeze()
    }
}

/// Error events as a machine folds them, as many as fill the report.
fn events(n: usize) -> Vec<serde_json::Value> {
    let event = |k: usize| {
        json!({
            "provider": format!("Service {}", (n * 31 + k) % 97), "id": 1_000 + k, "count": 1 + (n + k) % 7,
            "message": format!("The service {k} ended unexpectedly. It has done this {} time(s). Code {:08x}.", n % 9, n * 7_919 + k),
        })
    };
    (0..REPORT_BYTES / 160).map(event).collect()
}

fn serialised(report: &Report) -> Bytes {
    serde_json::to_vec(report).map(Bytes::from).unwrap_or_default()
}
