use axum::{body::Body, http::request::Parts};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use report::{AttachmentKind, AttachmentPlan, ErrorCode};
use store::{AttachmentState, BlobKey, BlobWriter};
use uuid::Uuid;

use crate::{
    app::App,
    auth::CallingDevice,
    body::{self, BodyLimit},
    error::ApiError,
    limits, picture,
};

/// Stores an announced attachment as it comes in; when it returns `Ok`, its bytes survive a power cut. Nothing of one
/// that is refused is kept.
pub async fn store_attachment(
    app: &App,
    device: &CallingDevice,
    report_id: Uuid,
    n: u8,
    parts: &Parts,
    body: Body,
) -> Result<(), ApiError> {
    let scope = app.store.in_organisation(device.organisation_id);
    let found = scope.find_attachment(report_id, n).await?.filter(|found| found.device_id == device.id);
    let Some(found) = found else {
        body::drain(body).await;
        return Err(ApiError::new(ErrorCode::NotFound));
    };
    if let Err(refusal) = check_announcement(&found.plan, parts) {
        body::drain(body).await;
        return Err(refusal);
    }
    let key = BlobKey { organisation_id: device.organisation_id, report_id, n };
    let writer = app.store.blobs().create(key, found.plan.bytes).await?;
    let mut upload = Upload { plan: &found.plan, writer, gathered: BytesMut::new(), judged: false, bytes: 0 };
    upload.receive(body).await?;
    let was_here = found.state == AttachmentState::Stored;
    upload.finish().await?;
    scope.attachment_stored(report_id, n, app.clock.now()).await?;
    if !was_here {
        if found.plan.kind == AttachmentKind::Screenshot {
            app.screen_stored.notify_one();
        }
        app.metrics.attachment_bytes.increment(found.plan.bytes);
    }
    Ok(())
}

/// Refuses by the headers alone what is not what was announced.
fn check_announcement(plan: &AttachmentPlan, parts: &Parts) -> Result<(), ApiError> {
    let announced = plan.media_type.as_str();
    if !body::media_type(&parts.headers).is_some_and(|name| name.eq_ignore_ascii_case(announced)) {
        return Err(ApiError::with_detail(ErrorCode::UnsupportedMediaType, format!("{announced} was announced")));
    }
    match body::announced_length(&parts.headers) {
        Some(length) if length > plan.bytes => Err(body::too_large(BodyLimit(plan.bytes))),
        Some(length) if length < plan.bytes => Err(too_short(plan, length)),
        _ => Ok(()),
    }
}

fn too_short(plan: &AttachmentPlan, bytes: u64) -> ApiError {
    ApiError::with_detail(ErrorCode::TruncatedBody, format!("{bytes} of {} bytes", plan.bytes))
}

struct Upload<'a> {
    plan: &'a AttachmentPlan,
    writer: BlobWriter,
    gathered: BytesMut,
    judged: bool,
    bytes: u64,
}

impl Upload<'_> {
    async fn receive(&mut self, mut body: Body) -> Result<(), ApiError> {
        while let Some(frame) = body.frame().await {
            let Ok(data) = frame.map_err(|error| body::broken_off(&error))?.into_data() else { continue };
            if let Err(refusal) = self.take(data).await {
                body::drain(body).await;
                return Err(refusal);
            }
        }
        Ok(())
    }

    async fn take(&mut self, data: Bytes) -> Result<(), ApiError> {
        self.bytes += data.len() as u64;
        if self.bytes > self.plan.bytes {
            return Err(body::too_large(BodyLimit(self.plan.bytes)));
        }
        self.gathered.extend_from_slice(&data);
        if !self.judged && self.gathered.len() >= picture::HEADER_BYTES {
            self.judge()?;
        }
        if self.gathered.len() >= limits::UPLOAD_CHUNK_BYTES {
            self.writer.write(self.gathered.split().freeze()).await?;
        }
        Ok(())
    }

    fn judge(&mut self) -> Result<(), ApiError> {
        self.judged = true;
        picture::check_header(self.plan.media_type, &self.gathered, self.plan.size)
    }

    async fn finish(mut self) -> Result<(), ApiError> {
        if self.bytes < self.plan.bytes {
            return Err(too_short(self.plan, self.bytes));
        }
        if !self.judged {
            self.judge()?;
        }
        if !self.gathered.is_empty() {
            self.writer.write(self.gathered.split().freeze()).await?;
        }
        if hex::encode(self.writer.written().sha256) != self.plan.sha256 {
            return Err(ApiError::new(ErrorCode::ChecksumMismatch));
        }
        self.writer.commit().await?;
        Ok(())
    }
}
