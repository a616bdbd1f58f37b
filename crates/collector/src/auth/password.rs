use std::sync::Arc;

use argon2::{Argon2, PasswordHasher, PasswordVerifier, password_hash::phc::PasswordHash};
use rand::{CryptoRng, RngExt};
use tokio::sync::Semaphore;

use crate::limits;

/// Why a password could not be hashed or set.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// Too short to be safe.
    #[error("a password needs at least {} characters", limits::PASSWORD_CHARS)]
    TooShort,
    /// Longer than anybody types.
    #[error("a password has at most {} bytes", limits::PASSWORD_MAX_BYTES)]
    TooLong,
    /// The hash function failed.
    #[error("the password could not be hashed: {0}")]
    Hash(String),
    /// The runtime is stopping.
    #[error("stopping")]
    Stopping,
}

/// Argon2id over the passwords of staff (RFC 9106; 19 MiB, 2 passes), few at a time: each costs memory and tens of
/// milliseconds of a core, and strangers may ask for it.
#[derive(Debug, Clone)]
pub struct Passwords {
    at_once: Arc<Semaphore>,
}

impl Default for Passwords {
    fn default() -> Self {
        Self { at_once: Arc::new(Semaphore::new(limits::PASSWORDS_AT_ONCE)) }
    }
}

impl Passwords {
    /// Hashes a new password (PHC string format).
    pub async fn hash(&self, password: String) -> Result<String, PasswordError> {
        if password.chars().count() < limits::PASSWORD_CHARS {
            return Err(PasswordError::TooShort);
        }
        if password.len() > limits::PASSWORD_MAX_BYTES {
            return Err(PasswordError::TooLong);
        }
        self.apart(move || {
            let hash: PasswordHash = Argon2::default()
                .hash_password(password.as_bytes())
                .map_err(|error| PasswordError::Hash(error.to_string()))?;
            Ok(hash.to_string())
        })
        .await?
    }

    /// Whether `password` is the one `stored` was made of. Without a stored one the same work is done in vain, so that
    /// the time does not tell whether a login exists.
    pub async fn verify(&self, password: String, stored: Option<String>) -> Result<bool, PasswordError> {
        if password.len() > limits::PASSWORD_MAX_BYTES {
            return Ok(false);
        }
        self.apart(move || match stored.as_deref().map(PasswordHash::new) {
            Some(Ok(hash)) => Argon2::default().verify_password(password.as_bytes(), &hash).is_ok(),
            Some(Err(_)) | None => {
                let spent: Result<PasswordHash, _> = Argon2::default().hash_password(password.as_bytes());
                drop(spent);
                false
            }
        })
        .await
    }

    async fn apart<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, PasswordError> {
        let permit = Arc::clone(&self.at_once).acquire_owned().await.map_err(|_| PasswordError::Stopping)?;
        tokio::task::spawn_blocking(move || {
            // Held by the work, not by the waiter: a client that goes away does not make room for another hash.
            let _permit = permit;
            work()
        })
        .await
        .map_err(|_| PasswordError::Stopping)
    }
}

/// A password to be written down once: 20 characters of an alphabet without look-alikes, some 98 bits.
pub fn generate_password(random: &mut impl CryptoRng) -> String {
    const ALPHABET: &[u8] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut text = String::new();
    for n in 0..20 {
        if n > 0 && n % 5 == 0 {
            text.push('-');
        }
        text.push(char::from(ALPHABET[random.random_range(0..ALPHABET.len())]));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_opens() {
        let passwords = Passwords::default();
        let stored = passwords.hash("correct horse".into()).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert!(passwords.verify("correct horse".into(), Some(stored.clone())).await.unwrap());
        assert!(!passwords.verify("correct horsf".into(), Some(stored.clone())).await.unwrap());
        assert!(!passwords.verify("correct horse".into(), None).await.unwrap());
        assert!(!passwords.verify("correct horse".into(), Some("nonsense".into())).await.unwrap());
        assert_ne!(stored, passwords.hash("correct horse".into()).await.unwrap(), "salted");
    }

    #[tokio::test]
    async fn refuses_to_set_a_short_or_endless_password() {
        let passwords = Passwords::default();
        assert!(matches!(passwords.hash("пароль123".into()).await, Err(PasswordError::TooShort)));
        assert!(matches!(passwords.hash("x".repeat(2000)).await, Err(PasswordError::TooLong)));
    }

    #[test]
    fn generated_passwords_differ_and_read_well() {
        let mut random = rand::rng();
        let (one, other) = (generate_password(&mut random), generate_password(&mut random));
        assert_ne!(one, other);
        assert_eq!(one.len(), 23);
        assert!(!one.contains(['l', 'o', '0', '1']));
    }
}
