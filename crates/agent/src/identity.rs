//! Who this device is to its collector. Secrets are newtypes whose Debug prints nothing and whose memory is wiped.

use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use report::DeviceCredentials;
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::durable;
use crate::seal::{Keys, UnsealError};

const FILE: &str = "identity";

/// A token a device enrols with.
#[derive(Clone, PartialEq, Eq)]
pub struct EnrolmentToken(Zeroizing<String>);

impl EnrolmentToken {
    /// Takes a token as IT gave it.
    pub fn new(token: String) -> Self {
        Self(Zeroizing::new(token))
    }

    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for EnrolmentToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EnrolmentToken")
    }
}

/// What a device proves itself with.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct DeviceSecret(Zeroizing<String>);

impl std::fmt::Debug for DeviceSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DeviceSecret")
    }
}

/// The device as its collector knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    /// The collector that gave the credentials; they go nowhere else.
    pub collector_url: String,
    pub device_id: Uuid,
    pub organisation: String,
    secret: DeviceSecret,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    collector_url: String,
    device_id: Uuid,
    organisation: String,
    secret: Zeroizing<String>,
}

impl Identity {
    /// The device after an enrolment.
    pub(crate) fn new(collector_url: String, credentials: DeviceCredentials) -> Self {
        let DeviceCredentials { device_id, secret, organisation } = credentials;
        Self { collector_url, device_id, organisation, secret: DeviceSecret(Zeroizing::new(secret)) }
    }

    /// The value of the `Authorization` header.
    pub(crate) fn authorization(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("Bearer {}.{}", self.device_id, *self.secret.0))
    }

    /// Writes it, sealed and durable.
    pub(crate) fn save(&self, state: &Path, keys: &Keys) -> io::Result<()> {
        let stored = Stored {
            collector_url: self.collector_url.clone(),
            device_id: self.device_id,
            organisation: self.organisation.clone(),
            secret: self.secret.0.clone(),
        };
        let plain = Zeroizing::new(serde_json::to_vec(&stored).map_err(io::Error::other)?);
        durable::write(&state.join(FILE), &keys.seal(FILE, &plain)?)?;
        durable::sync_folder(state)
    }

    /// Reads it; `None` where this device never enrolled.
    pub(crate) fn find(state: &Path, keys: &Keys) -> Result<Option<Self>, IdentityError> {
        let Some(sealed) = durable::read(&state.join(FILE))? else { return Ok(None) };
        let plain = keys.unseal(FILE, &sealed)?;
        let stored: Stored = serde_json::from_slice(&plain).map_err(|_| IdentityError::Unseal(UnsealError::Damaged))?;
        let Stored { collector_url, device_id, organisation, secret } = stored;
        Ok(Some(Self { collector_url, device_id, organisation, secret: DeviceSecret(secret) }))
    }

    /// When it was written last: tells that another process has enrolled.
    pub(crate) fn stamp(state: &Path) -> Option<SystemTime> {
        std::fs::metadata(Self::path(state)).and_then(|metadata| metadata.modified()).ok()
    }

    fn path(state: &Path) -> PathBuf {
        state.join(FILE)
    }
}

/// The identity is there but cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum IdentityError {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Unseal(#[from] UnsealError),
}

/// A device could not enrol.
#[derive(Debug, thiserror::Error)]
pub enum EnrolError {
    /// The collector answered with a code.
    #[error("the collector refused: {0}")]
    Refused(report::ErrorCode),
    /// The collector did not answer as one.
    #[error("{0}")]
    Unreachable(String),
    /// The credentials could not be kept.
    #[error("the credentials could not be kept: {0}")]
    NotKept(#[source] io::Error),
    /// There is no collector or no token to enrol with.
    #[error("a collector and a token are needed")]
    NothingToEnrolWith,
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;
    use crate::seal::NoKeyStore;

    #[test]
    fn an_identity_comes_back_as_it_was_and_prints_no_secret() {
        let folder = tempfile::tempdir().unwrap();
        let keys = Keys::open(folder.path(), Arc::new(NoKeyStore), Duration::from_secs(2)).unwrap();
        assert!(Identity::find(folder.path(), &keys).unwrap().is_none());
        let credentials =
            DeviceCredentials { device_id: Uuid::now_v7(), secret: "s3cr3t".into(), organisation: "Firma".into() };
        let identity = Identity::new("https://desk.example".into(), credentials);
        identity.save(folder.path(), &keys).unwrap();
        assert_eq!(Identity::find(folder.path(), &keys).unwrap().unwrap(), identity);
        assert!(!format!("{identity:?}").contains("s3cr3t"));
        let on_disk = std::fs::read(folder.path().join(FILE)).unwrap();
        assert!(!on_disk.windows(6).any(|w| w == b"s3cr3t") && !on_disk.windows(5).any(|w| w == b"Firma"));
        assert!(identity.authorization().ends_with(".s3cr3t"));
    }
}
