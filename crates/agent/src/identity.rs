//! Who this device is to its collector.

use zeroize::Zeroizing;

/// A token a device enrols with. Its Debug prints nothing of it; its memory is wiped.
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
