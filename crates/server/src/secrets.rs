//! Access to secrets.
//!
//! Only the creator can use a secret, in the project that it was created in. No role and no ACL
//! grants access to anybody else. A listener that the creator attached it to keeps using it until it
//! is removed from the listener.

use crate::{
    rights::{Caller, Role},
    store::barbican::{self as store, Secret},
    vault::Vault,
};
use openstack_types::SecretId;
use rusqlite::Connection;
use zeroize::Zeroizing;

/// Whether the caller may read the attributes of a secret.
pub fn may_view(caller: &Caller, secret: &Secret) -> bool {
    caller.role() >= Some(Role::Reader)
        && caller.user_id == secret.creator_id
        && caller.project_id.as_ref() == Some(&secret.project_id)
}

/// Whether the caller may read the payload of a secret, use it, change it and delete it.
pub fn may_use(caller: &Caller, secret: &Secret) -> bool {
    caller.role() >= Some(Role::Member) && may_view(caller, secret)
}

/// Why a payload cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum PayloadError {
    /// The secret does not exist, belongs to another user, or has no payload. The caller cannot tell
    /// which.
    #[error("no such payload")]
    NotFound,
    /// The stored payload cannot be decrypted. Logged.
    #[error("the payload cannot be decrypted")]
    Corrupt,
    #[error("the database failed")]
    Database(#[from] rusqlite::Error),
}

/// The secret of a reference, and its payload, for a caller who may use it.
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

/// The payload of a secret, without a check of rights: for listeners that use it already.
pub fn payload(
    db: &Connection,
    vault: &Vault,
    id: SecretId,
) -> Result<Zeroizing<Vec<u8>>, PayloadError> {
    let sealed = store::payload(db, id)?.ok_or(PayloadError::NotFound)?;
    vault.unseal(id, &sealed).map_err(|_| {
        tracing::error!(secret = %id, "a payload cannot be decrypted: the database was modified");
        PayloadError::Corrupt
    })
}
