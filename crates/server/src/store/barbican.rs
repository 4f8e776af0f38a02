//! The tables of secrets. [`crate::secrets`] checks access; only lists are restricted to one creator in
//! one project here.

pub mod acl;
pub mod consumers;
pub mod containers;
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

/// An encrypted payload; see [`crate::vault::Vault`].
#[derive(Clone)]
pub struct Sealed(pub Vec<u8>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentType {
    /// UTF-8.
    Text,
    OctetStream,
    /// A private key in DER.
    Pkcs8,
}

impl ContentType {
    const ALL: [Self; 3] = [Self::Text, Self::OctetStream, Self::Pkcs8];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text/plain",
            Self::OctetStream => "application/octet-stream",
            Self::Pkcs8 => "application/pkcs8",
        }
    }

    /// Parses a media type, in any case. The only allowed charset is UTF-8.
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
    pub id: SecretId,
    pub project_id: ProjectId,
    pub creator_id: UserId,
    pub name: Option<String>,
    pub secret_type: SecretType,
    pub algorithm: Option<String>,
    pub bit_length: Option<u16>,
    pub mode: Option<String>,
    /// From this time on the secret is invisible.
    pub expiration: Option<String>,
    /// `None`: no payload yet.
    pub content_type: Option<ContentType>,
    pub created: String,
    /// Time of the last change of the secret, its ACL or its payload.
    pub updated: String,
}

const COLUMNS: &str = "id, project_id, creator_id, name, secret_type, algorithm, bit_length, mode, \
                       expiration, content_type, created, updated";
/// An expired secret is invisible. The parameter is the current time.
const NOT_EXPIRED: &str = "(expiration IS NULL OR expiration > ?1)";

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

/// How many secrets a user created, expired ones included.
pub fn count_of_creator(db: &Connection, creator: &UserId) -> rusqlite::Result<i64> {
    db.prepare_cached("SELECT count(*) FROM secret WHERE creator_id = ?1")?
        .query_row([creator.as_str()], |row| row.get(0))
}

pub fn get(db: &Connection, id: SecretId) -> rusqlite::Result<Option<Secret>> {
    db.prepare_cached(&format!("SELECT {COLUMNS} FROM secret WHERE {NOT_EXPIRED} AND id = ?2"))?
        .query_row((now(), id.to_string()), secret)
        .optional()
}

/// The encrypted payload. Also of an expired secret, because listeners keep using it. `None`: no such
/// secret, or no payload.
pub fn payload(db: &Connection, id: SecretId) -> rusqlite::Result<Option<Sealed>> {
    db.prepare_cached("SELECT payload FROM secret WHERE id = ?1")?
        .query_row([id.to_string()], |row| row.get::<_, Option<Vec<u8>>>(0))
        .optional()
        .map(|found| found.flatten().map(Sealed))
}

/// A few encrypted payloads, to check the key with.
pub fn sealed_samples(db: &Connection) -> rusqlite::Result<Vec<(SecretId, Sealed)>> {
    db.prepare("SELECT id, payload FROM secret WHERE payload IS NOT NULL LIMIT 8")?
        .query_map([], |row| Ok((id(row, 0)?, Sealed(row.get(1)?))))?
        .collect()
}

/// Inserts a secret, without its payload if that is sent later.
/// How many secrets a project has.
pub fn count(db: &Connection, project: &ProjectId) -> rusqlite::Result<usize> {
    db.prepare_cached("SELECT COUNT(*) FROM secret WHERE project_id = ?1")?
        .query_row([project.as_str()], |row| row.get(0))
        .map(isize::unsigned_abs)
}

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
    emit(tx, EventAction::Created, secret);
    Ok(())
}

/// Sets the payload. `false`: the secret has one already.
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

/// Deletes a secret with its ACL, metadata and consumers. Fails with a constraint violation while a
/// listener uses it.
pub fn delete(tx: &Tx<'_>, secret: &Secret) -> rusqlite::Result<()> {
    tx.prepare_cached("DELETE FROM secret WHERE id = ?1")?.execute([secret.id.to_string()])?;
    emit(tx, EventAction::Deleted, secret);
    Ok(())
}

/// Sets the time of the last change.
fn touch(tx: &Tx<'_>, secret: &Secret) -> rusqlite::Result<()> {
    let secret = Secret { updated: now(), ..secret.clone() };
    tx.prepare_cached("UPDATE secret SET updated = ?2 WHERE id = ?1")?
        .execute((secret.id.to_string(), &secret.updated))?;
    emit(tx, EventAction::Updated, &secret);
    Ok(())
}

/// Only the creator receives the event: [`Change::is_visible_to`].
fn emit(tx: &Tx<'_>, action: EventAction, secret: &Secret) {
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
