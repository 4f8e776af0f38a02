//! Payloads of secrets, sealed for the disk: XChaCha20-Poly1305 with a key in a file beside the
//! database, every payload bound to the id of its secret.

use crate::{random::RandomError, store::barbican::Sealed};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use openstack_types::SecretId;
use std::{
    fmt,
    fs::{File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
};
use zeroize::Zeroizing;

/// The form of what is sealed, its first byte: 24 bytes of nonce and the ciphertext follow.
const FORM: u8 = 1;
const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;

/// Seals and opens. Neither `Debug` nor `Clone`: it is the key.
pub struct Vault(XChaCha20Poly1305);

/// Why the key file cannot be used. `Display` is one clear line.
#[derive(Debug)]
pub struct KeyError(String);

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for KeyError {}

/// What is sealed does not open: another key, another secret's, or changed on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnsealError;

/// The system gave no randomness.
#[derive(Clone, Copy, Debug)]
pub struct SealError;

impl Vault {
    /// Reads the key file, or makes it where nothing has been sealed yet. `sealed` is some of what has
    /// been: the key has to open one of it, not each, since a payload broken on the disk is no reason
    /// to serve nothing.
    pub fn open(path: &Path, sealed: &[(SecretId, Sealed)]) -> Result<Self, KeyError> {
        let unusable =
            |why: io::Error| KeyError(format!("cannot use the key file {}: {why}", path.display()));
        let vault = match File::open(path) {
            Ok(file) => Self::read(file, path)?,
            Err(why) if why.kind() != io::ErrorKind::NotFound => return Err(unusable(why)),
            Err(_) if !sealed.is_empty() => {
                return Err(KeyError(format!(
                    "the key file {} is missing, and nothing else opens the certificates in the \
                     database; put it back from the backup",
                    path.display()
                )));
            }
            Err(_) => Self::make(path).map_err(unusable)?,
        };
        let opens = |(id, sealed): &(SecretId, Sealed)| vault.unseal(*id, sealed).is_ok();
        if sealed.is_empty() || sealed.iter().any(opens) {
            return Ok(vault);
        }
        Err(KeyError(format!(
            "the key file {} does not open the certificates in the database; put back the one that \
             belongs to it",
            path.display()
        )))
    }

    fn read(mut file: File, path: &Path) -> Result<Self, KeyError> {
        let unusable = |why: &dyn fmt::Display| {
            KeyError(format!("cannot use the key file {}: {why}", path.display()))
        };
        let mode = file.metadata().map_err(|why| unusable(&why))?.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(KeyError(format!(
                "others may read the key file {0} (mode {mode:03o}); chmod 600 {0}",
                path.display()
            )));
        }
        let mut text = Zeroizing::new(String::new());
        file.read_to_string(&mut text).map_err(|why| unusable(&why))?;
        let key = BASE64_STANDARD.decode(text.trim()).map(Zeroizing::new).ok();
        key.and_then(|key| XChaCha20Poly1305::new_from_slice(&key).ok())
            .map(Self)
            .ok_or_else(|| unusable(&"it does not hold a key"))
    }

    /// The file is there whole or not at all, whatever happens meanwhile.
    fn make(path: &Path) -> io::Result<Self> {
        let mut key = Zeroizing::new([0; KEY_BYTES]);
        getrandom::fill(key.as_mut()).map_err(|_| io::Error::other(RandomError))?;
        let text = Zeroizing::new(format!("{}\n", BASE64_STANDARD.encode(*key)));
        let half = path.with_extension("key.new");
        let mut file =
            OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&half)?;
        file.set_permissions(PermissionsExt::from_mode(0o600))?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&half, path)?;
        if let Some(dir) = path.parent() {
            File::open(dir)?.sync_all()?;
        }
        Ok(Self(XChaCha20Poly1305::new((&*key).into())))
    }

    /// Seals the payload of a secret.
    pub fn seal(&self, id: SecretId, payload: &[u8]) -> Result<Sealed, SealError> {
        let mut nonce = [0; NONCE_BYTES];
        getrandom::fill(&mut nonce).map_err(|_| SealError)?;
        let payload = Payload { msg: payload, aad: id.0.as_bytes() };
        let text = self.0.encrypt(&XNonce::from(nonce), payload).map_err(|_| SealError)?;
        let mut sealed = Vec::with_capacity(1 + NONCE_BYTES + text.len());
        sealed.push(FORM);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&text);
        Ok(Sealed(sealed))
    }

    /// Opens what [`Self::seal`] sealed for the same secret.
    pub fn unseal(&self, id: SecretId, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, UnsealError> {
        let (form, rest) = sealed.0.split_first().ok_or(UnsealError)?;
        let (nonce, text) = rest.split_first_chunk::<NONCE_BYTES>().ok_or(UnsealError)?;
        if *form != FORM {
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
    fn what_is_sealed_opens_for_its_secret_alone() {
        let (_dir, vault) = vault();
        let (id, other) = (ids::uuid().into(), ids::uuid().into());
        let sealed = vault.seal(id, b"a private key").unwrap();
        assert!(!sealed.0.windows(7).any(|part| part == b"private"));
        assert_eq!(vault.unseal(id, &sealed).unwrap().as_slice(), b"a private key");
        assert_eq!(vault.unseal(other, &sealed), Err(UnsealError));
        assert_ne!(vault.seal(id, b"a private key").unwrap().0, sealed.0, "a nonce of its own");
        for at in 0..sealed.0.len() {
            let mut changed = sealed.0.clone();
            changed[at] ^= 1;
            assert_eq!(vault.unseal(id, &Sealed(changed)), Err(UnsealError), "byte {at}");
            assert_eq!(vault.unseal(id, &Sealed(sealed.0[..at].to_vec())), Err(UnsealError));
        }
    }

    #[test]
    fn the_key_is_kept_and_private() {
        let (dir, vault) = vault();
        let path = dir.path().join("k");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        let id = ids::uuid().into();
        let sealed = vault.seal(id, b"x").unwrap();
        let again = Vault::open(&path, &[(id, sealed.clone())]).unwrap();
        assert_eq!(again.unseal(id, &sealed).unwrap().as_slice(), b"x");
        let broken = (ids::uuid().into(), sealed.clone());
        assert!(Vault::open(&path, &[broken, (id, sealed)]).is_ok(), "one that opens is enough");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "nothing is left over");
    }

    #[test]
    fn a_key_that_is_not_right_is_refused_in_one_line() {
        let (dir, vault) = vault();
        let path = dir.path().join("k");
        let id = ids::uuid().into();
        let sealed = [(id, vault.seal(id, b"x").unwrap())];
        let refused = |says: &str| {
            let why = Vault::open(&path, &sealed).err().unwrap().to_string();
            assert!(why.contains(says) && !why.contains('\n'), "{why}");
        };
        for mode in [0o644, 0o640, 0o604, 0o620] {
            std::fs::set_permissions(&path, PermissionsExt::from_mode(mode)).unwrap();
            refused("chmod 600");
        }
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();
        std::fs::write(&path, "no key\n").unwrap();
        refused("does not hold a key");
        std::fs::write(&path, BASE64_STANDARD.encode([7; 16])).unwrap();
        refused("does not hold a key");
        std::fs::write(&path, BASE64_STANDARD.encode([7; 32])).unwrap();
        refused("does not open");
        std::fs::remove_file(&path).unwrap();
        refused("is missing");
        assert!(!path.exists(), "none is made over what only the old one opens");
    }
}
