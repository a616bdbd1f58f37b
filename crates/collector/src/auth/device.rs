use axum::http::{HeaderMap, header};
use report::{DeviceInfo, ErrorCode};
use store::{OrganisationId, Store};
use uuid::Uuid;

use super::Token;
use crate::error::ApiError;

/// The device that is calling; there only where the routing table asked for one.
#[derive(Debug, Clone)]
pub struct CallingDevice {
    /// Its id.
    pub id: Uuid,
    /// Whose it is.
    pub organisation_id: OrganisationId,
    /// What it said of itself last.
    pub info: DeviceInfo,
}

/// Finds the device that `Authorization: Bearer {device_id}.{secret}` proves.
///
/// # Errors
/// `unauthenticated` without such a header or with a wrong secret, `unknown_device`, `device_revoked`.
pub async fn authenticate(headers: &HeaderMap, store: &Store) -> Result<CallingDevice, ApiError> {
    let (id, secret) = credentials(headers).ok_or_else(|| ApiError::new(ErrorCode::Unauthenticated))?;
    let device = store.device_by_id(id).await?.ok_or_else(|| ApiError::new(ErrorCode::UnknownDevice))?;
    if !secret.hash().matches(&device.secret_hash) {
        return Err(ApiError::new(ErrorCode::Unauthenticated));
    }
    // Told only to who has the secret.
    if device.revoked_at.is_some() {
        return Err(ApiError::new(ErrorCode::DeviceRevoked));
    }
    Ok(CallingDevice { id, organisation_id: device.organisation_id, info: device.info })
}

fn credentials(headers: &HeaderMap) -> Option<(Uuid, Token)> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, rest) = value.split_once(' ')?;
    let (id, secret) = rest.trim().split_once('.')?;
    // Schemes are compared without case (RFC 9110, 11.1).
    scheme.eq_ignore_ascii_case("bearer").then_some(())?;
    Some((Uuid::try_parse(id).ok()?, Token::parse(secret)?))
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;

    #[test]
    fn reads_credentials_and_nothing_that_only_looks_like_them() {
        let secret = Token::generate(&mut StdRng::seed_from_u64(1)).reveal();
        let id = Uuid::from_u128(7);
        let found = |value: String| {
            let mut headers = HeaderMap::new();
            headers.insert(header::AUTHORIZATION, value.parse().unwrap());
            credentials(&headers).map(|(id, _)| id)
        };
        assert_eq!(found(format!("Bearer {id}.{secret}")), Some(id));
        assert_eq!(found(format!("bearer {id}.{secret}")), Some(id));
        for wrong in
            ["Bearer".into(), format!("Basic {id}.{secret}"), format!("Bearer {id}"), format!("Bearer x.{secret}")]
        {
            assert_eq!(found(wrong), None);
        }
    }
}
