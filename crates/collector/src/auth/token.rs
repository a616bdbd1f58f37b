use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rand::CryptoRng;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroize;

/// 256 random bits that prove who is calling: a device's secret, a session, an enrolment token. Written as base64url
/// without padding (RFC 4648, 5).
pub struct Token([u8; 32]);

/// What is kept of a [`Token`]: its SHA-256. A slow hash would add nothing to 256 random bits.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenHash([u8; 32]);

impl Token {
    /// Makes a token from `random`.
    pub fn generate(random: &mut impl CryptoRng) -> Self {
        let mut bytes = [0; 32];
        random.fill_bytes(&mut bytes);
        Self(bytes)
    }

    /// Reads a token as it is written; nothing else than 43 characters of base64url is one.
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        (URL_SAFE_NO_PAD.decode_slice(text, &mut bytes).ok()? == bytes.len()).then_some(Self(bytes))
    }

    /// As the caller writes it. Shown once, never logged.
    pub fn reveal(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// What is kept of it.
    pub fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(self.0).into())
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token")
    }
}

impl TokenHash {
    /// Its bytes, as stored.
    pub fn bytes(&self) -> [u8; 32] {
        self.0
    }

    /// Whether `stored` is this hash, in a time that does not tell how much of it fits.
    pub fn matches(&self, stored: &[u8; 32]) -> bool {
        self.0.ct_eq(stored).into()
    }
}

impl std::fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TokenHash")
    }
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;

    #[test]
    fn a_token_is_read_as_it_is_written_and_matches_its_own_hash_alone() {
        let mut random = StdRng::seed_from_u64(1);
        let (one, other) = (Token::generate(&mut random), Token::generate(&mut random));
        let again = Token::parse(&one.reveal()).unwrap();
        assert!(again.hash().matches(&one.hash().bytes()));
        assert!(!other.hash().matches(&one.hash().bytes()));
        assert_eq!(one.reveal().len(), 43);
    }

    #[test]
    fn nothing_else_is_a_token() {
        let mut random = StdRng::seed_from_u64(1);
        let good = Token::generate(&mut random).reveal();
        for text in ["", "short", &good[1..], &format!("{good}A"), &good.replacen(|_| true, "!", 1)] {
            assert!(Token::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn debug_prints_nothing_of_it() {
        let token = Token::generate(&mut StdRng::seed_from_u64(1));
        assert_eq!(format!("{token:?} {:?}", token.hash()), "Token TokenHash");
    }
}
