//! Encryption at rest: XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha) with a random key that lies in the OS key
//! store, or, where there is none, in a file only this user may read.
//!
//! A sealed file is `RBX1`, 8 bytes that name the key, 24 bytes of nonce, ciphertext and tag. The file's own name is
//! authenticated with it, so that files cannot be exchanged for each other.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock, mpsc};
use std::time::Duration;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::durable;

const MAGIC: &[u8; 4] = b"RBX1";
const HEADER_BYTES: usize = 4 + 8 + 24;

/// 256 random bits. Its Debug prints nothing; its memory is wiped.
#[derive(Clone)]
pub struct Key(Zeroizing<[u8; 32]>);

impl Key {
    /// Takes 32 bytes as a key; `None` for any other length.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Some(Self(Zeroizing::new(bytes.try_into().ok()?)))
    }

    /// A new random key.
    pub fn generate() -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        rand::fill(&mut bytes[..]);
        Self(bytes)
    }

    fn name(&self) -> [u8; 8] {
        let digest = Sha256::new().chain_update(b"redbutton key name").chain_update(&self.0[..]).finalize();
        let mut name = [0; 8];
        name.copy_from_slice(&digest[..8]);
        name
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new((&*self.0).into())
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key")
    }
}

/// The key store cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("key store: {0}")]
pub struct KeyStoreError(pub String);

/// Where the operating system keeps secrets of a user. Calls may hang (a locked store waits for its owner), so
/// they are made on a thread that may be left behind.
pub trait KeyStore: Send + Sync + 'static {
    /// The key, made on the first call.
    ///
    /// # Errors
    /// [`KeyStoreError`] when there is no store, or it refuses.
    fn load_or_create(&self) -> Result<Key, KeyStoreError>;
}

/// Secret Service, Credential Manager or Keychain.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsKeyStore;

impl KeyStore for OsKeyStore {
    fn load_or_create(&self) -> Result<Key, KeyStoreError> {
        let failed = |error: keyring::Error| KeyStoreError(error.to_string());
        let entry = keyring::Entry::new("redbutton", "outbox").map_err(failed)?;
        let parse = |bytes: Vec<u8>| {
            let bytes = Zeroizing::new(bytes);
            Key::from_bytes(&bytes).ok_or_else(|| KeyStoreError("the stored key has a wrong length".to_owned()))
        };
        match entry.get_secret() {
            Ok(bytes) => parse(bytes),
            Err(keyring::Error::NoEntry) => {
                entry.set_secret(&Key::generate().0[..]).map_err(failed)?;
                // Read back what the store really keeps.
                parse(entry.get_secret().map_err(failed)?)
            }
            Err(error) => Err(failed(error)),
        }
    }
}

/// For machines without a key store, and for tests.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoKeyStore;

impl KeyStore for NoKeyStore {
    fn load_or_create(&self) -> Result<Key, KeyStoreError> {
        Err(KeyStoreError("not used".to_owned()))
    }
}

/// Where the key lies that new files are sealed with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyPlace {
    /// In the OS key store.
    KeyStore,
    /// In a file of this user: the outbox is not protected by a key store.
    File,
}

/// A sealed file that does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum UnsealError {
    #[error("the file is damaged")]
    Damaged,
    #[error("the key store that has its key does not open")]
    Locked,
    #[error("its key is gone")]
    KeyGone,
}

#[derive(Default)]
struct Known {
    store_key: Option<Key>,
    file_key: Option<Key>,
}

/// The keys of one state folder.
#[derive(Clone)]
pub(crate) struct Keys {
    key_file: PathBuf,
    known: Arc<RwLock<Known>>,
}

impl Keys {
    /// Asks the store, for `patience` at most, and falls back to a file. A store that answers later is used from
    /// then on.
    pub(crate) fn open(state: &Path, store: Arc<dyn KeyStore>, patience: Duration) -> io::Result<Self> {
        let key_file = state.join("key");
        let known = Arc::new(RwLock::new(Known::default()));
        let (done, answered) = mpsc::channel();
        let (late, lock_path) = (Arc::clone(&known), state.join("key.lock"));
        std::thread::Builder::new().name("key-store".to_owned()).spawn(move || {
            // One process at a time, or two would each make a key and one would be lost.
            let lock = std::fs::File::create(lock_path).and_then(|file| file.lock().map(|()| file));
            match store.load_or_create() {
                Ok(key) => late.write().unwrap_or_else(PoisonError::into_inner).store_key = Some(key),
                Err(error) => tracing::debug!(%error, "no key store"),
            }
            drop(lock);
            // Nobody listens any more after the patience has ended.
            let _ = done.send(());
        })?;
        let keys = Self { key_file, known };
        if answered.recv_timeout(patience).is_err() {
            tracing::warn!("the key store does not answer; it will be used when it does");
        }
        keys.read_key_file()?;
        if keys.place() == KeyPlace::File {
            keys.make_key_file()?;
        }
        Ok(keys)
    }

    /// Where the key lies that new files are sealed with.
    pub(crate) fn place(&self) -> KeyPlace {
        if self.known().store_key.is_some() { KeyPlace::KeyStore } else { KeyPlace::File }
    }

    fn known(&self) -> std::sync::RwLockReadGuard<'_, Known> {
        self.known.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn read_key_file(&self) -> io::Result<()> {
        if let Some(bytes) = durable::read(&self.key_file)?.map(Zeroizing::new) {
            let key = Key::from_bytes(&bytes).ok_or_else(|| {
                io::Error::new(io::ErrorKind::InvalidData, format!("{} is no key", self.key_file.display()))
            })?;
            self.known.write().unwrap_or_else(PoisonError::into_inner).file_key = Some(key);
        }
        Ok(())
    }

    fn make_key_file(&self) -> io::Result<()> {
        if self.known().file_key.is_some() {
            return Ok(());
        }
        match durable::write_new(&self.key_file, &Key::generate().0[..]) {
            Ok(()) => durable::sync_folder(self.key_file.parent().unwrap_or(Path::new(".")))?,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
        self.read_key_file()
    }

    /// Seals `plain` for the file called `name`.
    pub(crate) fn seal(&self, name: &str, plain: &[u8]) -> io::Result<Vec<u8>> {
        let key = {
            let known = self.known();
            known.store_key.as_ref().or(known.file_key.as_ref()).cloned()
        };
        let key = key.ok_or_else(|| io::Error::other("there is no key"))?;
        let mut nonce = XNonce::default();
        rand::fill(&mut nonce[..]);
        let sealed = key
            .cipher()
            .encrypt(&nonce, Payload { msg: plain, aad: name.as_bytes() })
            .map_err(|_| io::Error::other("sealing failed"))?;
        let mut file = Vec::with_capacity(HEADER_BYTES + sealed.len());
        file.extend_from_slice(MAGIC);
        file.extend_from_slice(&key.name());
        file.extend_from_slice(&nonce);
        file.extend_from_slice(&sealed);
        Ok(file)
    }

    /// Opens what [`Self::seal`] made for the file called `name`.
    pub(crate) fn unseal(&self, name: &str, file: &[u8]) -> Result<Zeroizing<Vec<u8>>, UnsealError> {
        if file.len() < HEADER_BYTES || &file[..4] != MAGIC {
            return Err(UnsealError::Damaged);
        }
        let key = match self.find(&file[4..12]) {
            Some(key) => key,
            None => {
                // Another process may have made the key file since.
                self.read_key_file().map_err(|_| UnsealError::Damaged)?;
                let missing =
                    if self.place() == KeyPlace::KeyStore { UnsealError::KeyGone } else { UnsealError::Locked };
                self.find(&file[4..12]).ok_or(missing)?
            }
        };
        let mut nonce = XNonce::default();
        nonce.copy_from_slice(&file[12..HEADER_BYTES]);
        key.cipher()
            .decrypt(&nonce, Payload { msg: &file[HEADER_BYTES..], aad: name.as_bytes() })
            .map(Zeroizing::new)
            .map_err(|_| UnsealError::Damaged)
    }

    fn find(&self, name: &[u8]) -> Option<Key> {
        let known = self.known();
        [&known.store_key, &known.file_key].into_iter().flatten().find(|key| key.name() == name).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Store(Key);
    impl KeyStore for Store {
        fn load_or_create(&self) -> Result<Key, KeyStoreError> {
            Ok(self.0.clone())
        }
    }

    /// Answers when it is told to.
    struct Hanging(std::sync::Mutex<mpsc::Receiver<()>>, Key);
    impl KeyStore for Hanging {
        fn load_or_create(&self) -> Result<Key, KeyStoreError> {
            self.0.lock().unwrap().recv().map_err(|_| KeyStoreError("gone".into()))?;
            Ok(self.1.clone())
        }
    }

    #[test]
    fn what_is_sealed_opens_under_its_own_name_alone() {
        let folder = tempfile::tempdir().unwrap();
        let keys = Keys::open(folder.path(), Arc::new(NoKeyStore), Duration::from_secs(2)).unwrap();
        let sealed = keys.seal("a", b"text").unwrap();
        assert!(!sealed.windows(4).any(|w| w == b"text"));
        assert_eq!(&keys.unseal("a", &sealed).unwrap()[..], b"text");
        assert_eq!(keys.unseal("b", &sealed).unwrap_err(), UnsealError::Damaged);
        for cut in [0, 3, HEADER_BYTES - 1, HEADER_BYTES, sealed.len() - 1] {
            assert!(keys.unseal("a", &sealed[..cut]).is_err(), "cut at {cut}");
        }
        let mut flipped = sealed.clone();
        *flipped.last_mut().unwrap() ^= 1;
        assert_eq!(keys.unseal("a", &flipped).unwrap_err(), UnsealError::Damaged);
    }

    #[test]
    fn without_a_store_the_key_lies_in_a_file_of_this_user_alone_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        let keys = Keys::open(folder.path(), Arc::new(NoKeyStore), Duration::from_secs(2)).unwrap();
        assert_eq!(keys.place(), KeyPlace::File);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(folder.path().join("key")).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        let sealed = keys.seal("a", b"x").unwrap();
        let again = Keys::open(folder.path(), Arc::new(NoKeyStore), Duration::from_secs(2)).unwrap();
        assert!(again.unseal("a", &sealed).is_ok());
    }

    #[test]
    fn a_store_protects_without_a_key_file_and_its_absence_locks_rather_than_loses() {
        let folder = tempfile::tempdir().unwrap();
        let keys = Keys::open(folder.path(), Arc::new(Store(Key::generate())), Duration::from_secs(2)).unwrap();
        assert_eq!(keys.place(), KeyPlace::KeyStore);
        assert!(!folder.path().join("key").exists());
        let sealed = keys.seal("a", b"x").unwrap();
        let without = Keys::open(folder.path(), Arc::new(NoKeyStore), Duration::from_secs(2)).unwrap();
        assert_eq!(without.unseal("a", &sealed).unwrap_err(), UnsealError::Locked);
        let other = Keys::open(folder.path(), Arc::new(Store(Key::generate())), Duration::from_secs(2)).unwrap();
        assert_eq!(other.unseal("a", &sealed).unwrap_err(), UnsealError::KeyGone);
    }

    #[test]
    fn a_hanging_store_is_left_alone_after_its_time_and_used_when_it_answers() {
        let folder = tempfile::tempdir().unwrap();
        let (answer, wait) = mpsc::channel();
        let key = Key::generate();
        let keys = Keys::open(folder.path(), Arc::new(Hanging(wait.into(), key)), Duration::from_millis(20)).unwrap();
        assert_eq!(keys.place(), KeyPlace::File);
        let sealed = keys.seal("a", b"x").unwrap();
        answer.send(()).unwrap();
        let deadline = std::time::Instant::now() + Duration::from_secs(300);
        while keys.place() == KeyPlace::File {
            assert!(std::time::Instant::now() < deadline, "the late key never came");
            std::thread::yield_now();
        }
        assert!(keys.unseal("a", &sealed).is_ok(), "what the file's key sealed still opens");
    }

    #[test]
    fn a_key_prints_nothing_of_itself() {
        assert_eq!(format!("{:?}", Key::generate()), "Key");
    }
}
