//! Whose a secret is, and what the rest of the server may do with one.
//!
//! A secret is its creator's alone, in the project that it was created in: no role and no ACL opens
//! it to anybody else. A listener that its creator gave it to serves with it until it is taken away.

use crate::{
    rights::{Caller, Role},
    store::barbican::{self as store, Secret},
    vault::Vault,
};
use openstack_types::SecretId;
use rusqlite::Connection;
use zeroize::Zeroizing;

/// Whether the caller may look at what is known of a secret.
pub fn may_look(caller: &Caller, secret: &Secret) -> bool {
    caller.role() >= Some(Role::Reader)
        && caller.user_id == secret.creator_id
        && caller.project_id.as_ref() == Some(&secret.project_id)
}

/// Whether the caller may read its payload, use it, change it and delete it.
pub fn may_use(caller: &Caller, secret: &Secret) -> bool {
    caller.role() >= Some(Role::Member) && may_look(caller, secret)
}

/// Why there is no payload.
#[derive(Debug)]
pub enum PayloadError {
    /// There is no such secret, or it is somebody else's, or has no payload: the caller is not told
    /// which.
    NotFound,
    /// What lies on the disk does not open. Logged.
    Corrupt,
    /// The database failed.
    Database(rusqlite::Error),
}

impl From<rusqlite::Error> for PayloadError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error)
    }
}

/// The secret that a reference names, and its payload, for a caller who wants to use it: a PKCS#12
/// bundle, if it is a certificate's.
pub fn payload_of_ref(
    db: &Connection,
    vault: &Vault,
    caller: &Caller,
    reference: &str,
) -> Result<(SecretId, Zeroizing<Vec<u8>>), PayloadError> {
    let id = SecretId::from_ref(reference).ok_or(PayloadError::NotFound)?;
    let secret = store::get(db, id)?.ok_or(PayloadError::NotFound)?;
    if !may_use(caller, &secret) {
        return Err(PayloadError::NotFound);
    }
    Ok((id, payload(db, vault, id)?))
}

/// The payload of a secret, whoever asks: for what was allowed to use it, and serves with it.
pub fn payload(
    db: &Connection,
    vault: &Vault,
    id: SecretId,
) -> Result<Zeroizing<Vec<u8>>, PayloadError> {
    let sealed = store::payload(db, id)?.ok_or(PayloadError::NotFound)?;
    vault.unseal(id, &sealed).map_err(|_| {
        tracing::error!(secret = %id, "a payload does not open: the database was changed by hand");
        PayloadError::Corrupt
    })
}
