//! Encryption of secret payloads: XChaCha20-Poly1305 with a key in a file next to the database. Each
//! payload is bound to the id of its secret.

use crate::{random::RandomError, store::barbican::Sealed};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use openstack_types::SecretId;
use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};
use zeroize::Zeroizing;

/// Version of the format, its first byte. A nonce of 24 bytes and the ciphertext follow.
const FORMAT: u8 = 1;
const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;

/// Encrypts and decrypts. Holds the key, so it has neither `Debug` nor `Clone`.
pub struct Vault(XChaCha20Poly1305);

/// Why the key file cannot be used. The message is one line for the operator.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("cannot use the key file {}", path.display())]
    Unusable { path: PathBuf, source: io::Error },
    #[error("cannot use the key file {}: it does not hold a key", .0.display())]
    Invalid(PathBuf),
    #[error("others may read the key file {0} (mode {mode:03o}); chmod 600 {0}", path.display())]
    Readable { path: PathBuf, mode: u32 },
    #[error(
        "the key file {} is missing, and nothing else opens the certificates in the database; put \
         it back from the backup",
        .0.display()
    )]
    Missing(PathBuf),
    #[error(
        "the key file {} does not open the certificates in the database; put back the one that \
         belongs to it",
        .0.display()
    )]
    Wrong(PathBuf),
}

/// A payload cannot be decrypted: another key, another secret, or corrupt data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the payload cannot be decrypted")]
pub struct UnsealError;

/// A payload cannot be encrypted: the system gave no random numbers.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error(transparent)]
pub struct SealError(#[from] RandomError);

impl Vault {
    /// Reads the key file. Creates it if nothing has been encrypted yet.
    ///
    /// `samples` are some encrypted payloads. The key has to decrypt at least one of them. A single
    /// corrupt payload does not prevent the start.
    pub fn open(path: &Path, samples: &[(SecretId, Sealed)]) -> Result<Self, KeyError> {
        let unusable = |source| KeyError::Unusable { path: path.to_owned(), source };
        let vault = match File::open(path) {
            Ok(file) => Self::read(file, path)?,
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(unusable(error)),
            Err(_) if !samples.is_empty() => return Err(KeyError::Missing(path.to_owned())),
            Err(_) => Self::create(path).map_err(unusable)?,
        };
        let opens = |(id, sealed): &(SecretId, Sealed)| vault.unseal(*id, sealed).is_ok();
        if samples.is_empty() || samples.iter().any(opens) {
            return Ok(vault);
        }
        Err(KeyError::Wrong(path.to_owned()))
    }

    fn read(mut file: File, path: &Path) -> Result<Self, KeyError> {
        let unusable = |source| KeyError::Unusable { path: path.to_owned(), source };
        let mode = file.metadata().map_err(unusable)?.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(KeyError::Readable { path: path.to_owned(), mode });
        }
        let mut text = Zeroizing::new(String::new());
        file.read_to_string(&mut text).map_err(unusable)?;
        let key = BASE64_STANDARD.decode(text.trim()).map(Zeroizing::new).ok();
        key.and_then(|key| XChaCha20Poly1305::new_from_slice(&key).ok())
            .map(Self)
            .ok_or_else(|| KeyError::Invalid(path.to_owned()))
    }

    /// Writes the file atomically: after a crash it is complete or absent.
    fn create(path: &Path) -> io::Result<Self> {
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        getrandom::fill(key.as_mut()).map_err(|_| io::Error::other(RandomError))?;
        let text = Zeroizing::new(format!("{}\n", BASE64_STANDARD.encode(*key)));
        let temporary = path.with_extension("key.new");
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&temporary)?;
        file.set_permissions(PermissionsExt::from_mode(0o600))?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&temporary, path)?;
        if let Some(dir) = path.parent() {
            File::open(dir)?.sync_all()?;
        }
        Ok(Self(XChaCha20Poly1305::new((&*key).into())))
    }

    /// Encrypts the payload of a secret.
    pub fn seal(&self, id: SecretId, payload: &[u8]) -> Result<Sealed, SealError> {
        let mut nonce = [0; NONCE_BYTES];
        getrandom::fill(&mut nonce).map_err(|_| SealError(RandomError))?;
        let payload = Payload { msg: payload, aad: id.0.as_bytes() };
        let text =
            self.0.encrypt(&XNonce::from(nonce), payload).map_err(|_| SealError(RandomError))?;
        let mut sealed = Vec::with_capacity(1 + NONCE_BYTES + text.len());
        sealed.push(FORMAT);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&text);
        Ok(Sealed(sealed))
    }

    /// Decrypts a payload that [`Self::seal`] encrypted for the same secret.
    pub fn unseal(&self, id: SecretId, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, UnsealError> {
        let (format, rest) = sealed.0.split_first().ok_or(UnsealError)?;
        let (nonce, text) = rest.split_first_chunk::<NONCE_BYTES>().ok_or(UnsealError)?;
        if *format != FORMAT {
            return Err(UnsealError);
        }
        let payload = Payload { msg: text, aad: id.0.as_bytes() };
        self.0.decrypt(&XNonce::from(*nonce), payload).map(Zeroizing::new).map_err(|_| UnsealError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids;

    fn vault() -> (tempfile::TempDir, Vault) {
        let dir = tempfile::tempdir().unwrap();
        let vault = Vault::open(&dir.path().join("k"), &[]).unwrap();
        (dir, vault)
    }

    #[test]
    fn a_payload_decrypts_only_for_its_own_secret() {
        let (_dir, vault) = vault();
        let (id, other) = (ids::uuid().into(), ids::uuid().into());
        let sealed = vault.seal(id, b"a private key").unwrap();
        assert!(!sealed.0.windows(7).any(|part| part == b"private"));
        assert_eq!(vault.unseal(id, &sealed).unwrap().as_slice(), b"a private key");
        assert_eq!(vault.unseal(other, &sealed), Err(UnsealError));
        assert_ne!(
            vault.seal(id, b"a private key").unwrap().0,
            sealed.0,
            "every encryption has a new nonce"
        );
        for at in 0..sealed.0.len() {
            let mut changed = sealed.0.clone();
            changed[at] ^= 1;
            assert_eq!(vault.unseal(id, &Sealed(changed)), Err(UnsealError), "byte {at}");
            assert_eq!(vault.unseal(id, &Sealed(sealed.0[..at].to_vec())), Err(UnsealError));
        }
    }

    #[test]
    fn the_key_file_is_private_and_reused() {
        let (dir, vault) = vault();
        let path = dir.path().join("k");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let id = ids::uuid().into();
        let sealed = vault.seal(id, b"x").unwrap();
        let again = Vault::open(&path, &[(id, sealed.clone())]).unwrap();
        assert_eq!(again.unseal(id, &sealed).unwrap().as_slice(), b"x");
        let broken = (ids::uuid().into(), sealed.clone());
        assert!(
            Vault::open(&path, &[broken, (id, sealed)]).is_ok(),
            "one readable sample is enough"
        );
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "no temporary file remains");
    }

    #[test]
    fn an_unusable_key_file_is_rejected_with_one_line() {
        let (dir, vault) = vault();
        let path = dir.path().join("k");
        let id = ids::uuid().into();
        let sealed = [(id, vault.seal(id, b"x").unwrap())];
        let assert_rejected = |says: &str| {
            let why = Vault::open(&path, &sealed).err().unwrap().to_string();
            assert!(why.contains(says) && !why.contains('\n'), "{why}");
        };
        for mode in [0o644, 0o640, 0o604, 0o620] {
            std::fs::set_permissions(&path, PermissionsExt::from_mode(mode)).unwrap();
            assert_rejected("chmod 600");
        }
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();
        std::fs::write(&path, "no key\n").unwrap();
        assert_rejected("does not hold a key");
        std::fs::write(&path, BASE64_STANDARD.encode([7; 16])).unwrap();
        assert_rejected("does not hold a key");
        std::fs::write(&path, BASE64_STANDARD.encode([7; 32])).unwrap();
        assert_rejected("does not open");
        std::fs::remove_file(&path).unwrap();
        assert_rejected("is missing");
        assert!(!path.exists(), "no new key replaces one that is still needed");
    }
}
