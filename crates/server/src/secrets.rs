//! Access to secrets.
//!
//! Only the creator can use a secret, in the project that it was created in. No role and no ACL
//! grants access to anybody else. A listener or a pool that the creator attached it to keeps using it until
//! it is removed there.

use crate::{
    certificates::Stored,
    rights::{Caller, Role},
    store::barbican::{
        self as store, Secret,
        containers::{self, Container},
    },
    vault::Vault,
};
use openstack_types::{ContainerId, ProjectId, SecretId, UserId};
use rusqlite::Connection;
use zeroize::Zeroizing;

/// Whether the caller may read the attributes of a secret.
pub fn may_view(caller: &Caller, secret: &Secret) -> bool {
    is_creator(caller, &secret.creator_id, &secret.project_id)
}

/// Whether the caller may read a container.
pub fn may_view_container(caller: &Caller, container: &Container) -> bool {
    is_creator(caller, &container.creator_id, &container.project_id)
}

/// Whether the caller may delete a container and use it.
pub fn may_use_container(caller: &Caller, container: &Container) -> bool {
    caller.role() >= Some(Role::Member) && may_view_container(caller, container)
}

fn is_creator(caller: &Caller, creator: &UserId, project: &ProjectId) -> bool {
    caller.role() >= Some(Role::Reader)
        && caller.user_id == *creator
        && caller.project_id.as_ref() == Some(project)
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

/// What the reference of a certificate names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateId {
    Secret(SecretId),
    Container(ContainerId),
}

impl CertificateId {
    pub fn from_ref(reference: &str) -> Option<Self> {
        let container = || ContainerId::from_ref(reference).map(Self::Container);
        SecretId::from_ref(reference).map(Self::Secret).or_else(container)
    }
}

/// The certificate of a reference, for a caller who may use it with all of its parts.
pub fn certificate_of_ref(
    db: &Connection,
    vault: &Vault,
    caller: &Caller,
    reference: &str,
) -> Result<(CertificateId, Stored), PayloadError> {
    let id = CertificateId::from_ref(reference).ok_or(PayloadError::NotFound)?;
    let parts = match id {
        CertificateId::Secret(id) => vec![id],
        CertificateId::Container(id) => {
            let container = containers::get(db, id)?.ok_or(PayloadError::NotFound)?;
            if !may_use_container(caller, &container) {
                return Err(PayloadError::NotFound);
            }
            container.secrets.iter().map(|part| part.secret_id).collect()
        }
    };
    for part in parts {
        let secret = store::get(db, part)?.ok_or(PayloadError::NotFound)?;
        if !may_use(caller, &secret) {
            return Err(PayloadError::NotFound);
        }
    }
    Ok((id, certificate(db, vault, id)?))
}

/// The payload of the secret of a reference, for a caller who may use it.
pub fn payload_of_ref(
    db: &Connection,
    vault: &Vault,
    caller: &Caller,
    reference: &str,
) -> Result<Zeroizing<Vec<u8>>, PayloadError> {
    let id = SecretId::from_ref(reference).ok_or(PayloadError::NotFound)?;
    let secret = store::get(db, id)?.filter(|secret| may_use(caller, secret));
    secret.ok_or(PayloadError::NotFound)?;
    payload(db, vault, id)
}

/// A certificate, without a check of rights: for listeners that use it already.
pub fn certificate(
    db: &Connection,
    vault: &Vault,
    id: CertificateId,
) -> Result<Stored, PayloadError> {
    let id = match id {
        CertificateId::Secret(id) => return Ok(Stored::Bundle(payload(db, vault, id)?)),
        CertificateId::Container(id) => id,
    };
    let container = containers::get(db, id)?.ok_or(PayloadError::NotFound)?;
    let (mut files, mut passphrase) = (Vec::new(), None);
    for part in &container.secrets {
        let payload = payload(db, vault, part.secret_id)?;
        if part.name == containers::PASSPHRASE {
            passphrase = Some(payload);
        } else {
            files.push(payload);
        }
    }
    Ok(Stored::Parts { files, passphrase })
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
