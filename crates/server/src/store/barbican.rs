//! Secrets, as the database keeps them. Who may see one is decided elsewhere ([`crate::secrets`]),
//! but for lists: those are of one creator in one project, always.

pub mod acl;
pub mod consumers;
pub mod list;
pub mod metadata;
pub mod uses;

use crate::{change::Change, store::Tx, time};
use jiff::Timestamp;
use openstack_types::{
    ProjectId, SecretId, UserId,
    barbican::SecretType,
    portal::{Event, EventAction, EventKind},
};
use rusqlite::{Connection, OptionalExtension, Row, types::Type};

/// A payload as it lies on the disk; [`crate::vault::Vault`] makes and opens it.
#[derive(Clone)]
pub struct Sealed(pub Vec<u8>);

/// What a payload is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentType {
    /// UTF-8.
    Text,
    /// Bytes.
    OctetStream,
    /// A private key; bytes.
    Pkcs8,
}

impl ContentType {
    const ALL: [Self; 3] = [Self::Text, Self::OctetStream, Self::Pkcs8];

    /// Its name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text/plain",
            Self::OctetStream => "application/octet-stream",
            Self::Pkcs8 => "application/pkcs8",
        }
    }

    /// Reads a name, in any case, with nothing but UTF-8 as its charset.
    pub fn parse(text: &str) -> Option<Self> {
        let lower = text.to_ascii_lowercase();
        let (name, parameter) = match lower.split_once(';') {
            Some((name, parameter)) => (name.trim(), Some(parameter.trim())),
            None => (lower.trim(), None),
        };
        let known = Self::ALL.into_iter().find(|kind| kind.as_str() == name)?;
        let charset = parameter.is_none_or(|text| {
            text.split_once('=').is_some_and(|(_, charset)| charset.trim() == "utf-8")
        });
        charset.then_some(known)
    }
}

/// A secret without its payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    /// Its id.
    pub id: SecretId,
    /// Where it was stored.
    pub project_id: ProjectId,
    /// Who stored it.
    pub creator_id: UserId,
    /// What people call it.
    pub name: Option<String>,
    /// What it holds.
    pub secret_type: SecretType,
    /// Of a key: what it is for.
    pub algorithm: Option<String>,
    /// Of a key: how long it is.
    pub bit_length: Option<u16>,
    /// Of a key: how it is used.
    pub mode: Option<String>,
    /// From then on it is not found.
    pub expiration: Option<String>,
    /// What the payload is; `None` while there is none.
    pub content_type: Option<ContentType>,
    /// When it was stored.
    pub created: String,
    /// When it, its ACL or its payload last changed.
    pub updated: String,
}

const COLUMNS: &str = "id, project_id, creator_id, name, secret_type, algorithm, bit_length, mode, \
                       expiration, content_type, created, updated";
/// What is past its time is there for nobody. Takes the time now.
const ALIVE: &str = "(expiration IS NULL OR expiration > ?1)";

fn secret(row: &Row<'_>) -> rusqlite::Result<Secret> {
    Ok(Secret {
        id: id(row, 0)?,
        project_id: ProjectId(row.get(1)?),
        creator_id: UserId(row.get(2)?),
        name: row.get(3)?,
        secret_type: SecretType::from_wire(&row.get::<_, String>(4)?),
        algorithm: row.get(5)?,
        bit_length: row.get(6)?,
        mode: row.get(7)?,
        expiration: row.get(8)?,
        content_type: row.get::<_, Option<String>>(9)?.and_then(|name| ContentType::parse(&name)),
        created: row.get(10)?,
        updated: row.get(11)?,
    })
}

fn id(row: &Row<'_>, column: usize) -> rusqlite::Result<SecretId> {
    let text: String = row.get(column)?;
    text.parse().map_err(|why: uuid::Error| {
        rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(why))
    })
}

fn now() -> String {
    time::barbican(Timestamp::now())
}

/// The secret of this id.
pub fn get(db: &Connection, id: SecretId) -> rusqlite::Result<Option<Secret>> {
    db.prepare_cached(&format!("SELECT {COLUMNS} FROM secret WHERE {ALIVE} AND id = ?2"))?
        .query_row((now(), id.to_string()), secret)
        .optional()
}

/// The sealed payload of a secret, whether or not the secret is past its time: a listener that was
/// allowed to use it serves on. `None`: no such secret, or no payload.
pub fn payload(db: &Connection, id: SecretId) -> rusqlite::Result<Option<Sealed>> {
    db.prepare_cached("SELECT payload FROM secret WHERE id = ?1")?
        .query_row([id.to_string()], |row| row.get::<_, Option<Vec<u8>>>(0))
        .optional()
        .map(|found| found.flatten().map(Sealed))
}

/// A few sealed payloads; none while nothing is sealed.
pub fn sealed_samples(db: &Connection) -> rusqlite::Result<Vec<(SecretId, Sealed)>> {
    db.prepare("SELECT id, payload FROM secret WHERE payload IS NOT NULL LIMIT 8")?
        .query_map([], |row| Ok((id(row, 0)?, Sealed(row.get(1)?))))?
        .collect()
}

/// Stores a secret, with its payload or for one to come, and tells of it.
pub fn insert(tx: &Tx<'_>, secret: &Secret, payload: Option<&Sealed>) -> rusqlite::Result<()> {
    tx.prepare_cached(&format!(
        "INSERT INTO secret ({COLUMNS}, payload)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)"
    ))?
    .execute((
        secret.id.to_string(),
        secret.project_id.as_str(),
        secret.creator_id.as_str(),
        &secret.name,
        secret.secret_type.as_str(),
        &secret.algorithm,
        secret.bit_length,
        &secret.mode,
        &secret.expiration,
        secret.content_type.map(ContentType::as_str),
        &secret.created,
        &secret.updated,
        payload.map(|sealed| &sealed.0),
    ))?;
    tell(tx, EventAction::Created, secret);
    Ok(())
}

/// Gives a secret its payload. `false`: it has one.
pub fn set_payload(
    tx: &Tx<'_>,
    secret: &Secret,
    content_type: ContentType,
    payload: &Sealed,
) -> rusqlite::Result<bool> {
    let changed = tx
        .prepare_cached(
            "UPDATE secret SET content_type = ?2, payload = ?3 WHERE id = ?1 AND payload IS NULL",
        )?
        .execute((secret.id.to_string(), content_type.as_str(), &payload.0))?;
    if changed > 0 {
        touch(tx, secret)?;
    }
    Ok(changed > 0)
}

/// Forgets a secret and what was said of it, and tells of it. Fails with a constraint violation
/// while a listener uses it.
pub fn delete(tx: &Tx<'_>, secret: &Secret) -> rusqlite::Result<()> {
    tx.prepare_cached("DELETE FROM secret WHERE id = ?1")?.execute([secret.id.to_string()])?;
    tell(tx, EventAction::Deleted, secret);
    Ok(())
}

/// Something about a secret changed: says when, and tells of it.
fn touch(tx: &Tx<'_>, secret: &Secret) -> rusqlite::Result<()> {
    let secret = Secret { updated: now(), ..secret.clone() };
    tx.prepare_cached("UPDATE secret SET updated = ?2 WHERE id = ?1")?
        .execute((secret.id.to_string(), &secret.updated))?;
    tell(tx, EventAction::Updated, &secret);
    Ok(())
}

/// Only the creator hears of it: [`Change::is_visible_to`].
fn tell(tx: &Tx<'_>, action: EventAction, secret: &Secret) {
    let event = Event {
        kind: EventKind::Secret,
        action,
        id: secret.id.0,
        loadbalancer_id: None,
        project_id: secret.project_id.clone(),
        provisioning_status: None,
        operating_status: None,
        updated_at: Some(secret.updated.clone()),
        reason: None,
        since: None,
    };
    tx.emit(Change { event, owner: Some(secret.creator_id.clone()) });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_types() {
        for (text, is) in [
            ("text/plain", Some(ContentType::Text)),
            ("Text/Plain; charset=UTF-8", Some(ContentType::Text)),
            ("text/plain;charset=latin-1", None),
            ("text/plain; charset", None),
            ("application/octet-stream", Some(ContentType::OctetStream)),
            ("application/pkcs8", Some(ContentType::Pkcs8)),
            ("application/json", None),
            ("", None),
        ] {
            assert_eq!(ContentType::parse(text), is, "{text}");
        }
    }
}
