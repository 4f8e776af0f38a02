//! Tokens, stored as SHA-256 hashes only.

use crate::{rights::Caller, store::roles, token::TokenHash};
use jiff::Timestamp;
use openstack_types::{ProjectId, UserId};
use rusqlite::{Connection, OptionalExtension, Row};

/// How far the clock may have been set back since a token was issued. The tokens of a clock that was wrong by years
/// would otherwise outlive its correction by years.
const MAX_CLOCK_CORRECTION: i64 = 300;

/// The stored properties of a token.
#[derive(Clone, Debug)]
pub struct Token {
    pub user_id: UserId,
    /// `None`: unscoped.
    pub project_id: Option<ProjectId>,
    /// The methods of authentication: `password`, `token`.
    pub methods: Vec<String>,
    /// The audit id of the token, and that of the first token of its chain.
    pub audit_ids: Vec<String>,
    pub issued_at: Timestamp,
    pub expires_at: Timestamp,
}

/// Inserts a token. Deletes expired ones, and the oldest ones of the user above `max_per_user`.
pub fn insert(
    db: &Connection,
    hash: &TokenHash,
    token: &Token,
    max_per_user: usize,
) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM token WHERE expires_at <= ?1")?
        .execute([token.issued_at.as_second()])?;
    db.prepare_cached(
        "INSERT INTO token (hash, user_id, project_id, methods, audit_ids, issued_at, expires_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute((
        hash.as_bytes(),
        token.user_id.as_str(),
        token.project_id.as_ref().map(ProjectId::as_str),
        joined(&token.methods),
        joined(&token.audit_ids),
        token.issued_at.as_second(),
        token.expires_at.as_second(),
    ))?;
    let others = i64::try_from(max_per_user.saturating_sub(1)).unwrap_or(i64::MAX);
    db.prepare_cached(
        "DELETE FROM token WHERE hash IN (
             SELECT hash FROM token WHERE user_id = ?1 AND hash != ?2
             ORDER BY issued_at DESC LIMIT -1 OFFSET ?3)",
    )?
    .execute((token.user_id.as_str(), hash.as_bytes(), others))?;
    Ok(())
}

/// Finds a token that is valid now: not expired, not issued in the future, its user and project enabled.
pub fn find(db: &Connection, hash: &TokenHash, now: Timestamp) -> rusqlite::Result<Option<Token>> {
    db.prepare_cached(
        "SELECT t.user_id, t.project_id, t.methods, t.audit_ids, t.issued_at, t.expires_at
         FROM token t
         JOIN user u ON u.id = t.user_id
         LEFT JOIN project p ON p.id = t.project_id
         WHERE t.hash = ?1 AND t.expires_at > ?2 AND t.issued_at <= ?3 AND u.enabled = 1
           AND (t.project_id IS NULL OR p.enabled = 1)",
    )?
    .query_row((hash.as_bytes(), now.as_second(), now.as_second() + MAX_CLOCK_CORRECTION), |row| {
        Ok(Token {
            user_id: UserId(row.get(0)?),
            project_id: row.get::<_, Option<String>>(1)?.map(ProjectId),
            methods: list(row, 2)?,
            audit_ids: list(row, 3)?,
            issued_at: time(row, 4)?,
            expires_at: time(row, 5)?,
        })
    })
    .optional()
}

/// The caller of a valid token. A scoped token is not valid if the user has no role in the project.
pub fn caller(
    db: &Connection,
    hash: &TokenHash,
    now: Timestamp,
) -> rusqlite::Result<Option<Caller>> {
    let Some(token) = find(db, hash, now)? else { return Ok(None) };
    let roles = match &token.project_id {
        Some(project) => roles::effective(db, &token.user_id, project)?,
        None => Vec::new(),
    };
    if token.project_id.is_some() && roles.is_empty() {
        return Ok(None);
    }
    let user_name = db
        .prepare_cached("SELECT name FROM user WHERE id = ?1")?
        .query_row([token.user_id.as_str()], |row| row.get(0))?;
    let project_name = match &token.project_id {
        Some(project) => db
            .prepare_cached("SELECT name FROM project WHERE id = ?1")?
            .query_row([project.as_str()], |row| row.get(0))
            .optional()?,
        None => None,
    };
    Ok(Some(Caller {
        user_id: token.user_id,
        user_name,
        project_id: token.project_id,
        project_name,
        roles: roles.into_iter().map(|role| role.name).collect(),
        expires_at: token.expires_at,
        token: *hash,
    }))
}

/// `false`: no such token.
pub fn revoke(db: &Connection, hash: &TokenHash) -> rusqlite::Result<bool> {
    Ok(db.prepare_cached("DELETE FROM token WHERE hash = ?1")?.execute([hash.as_bytes()])? > 0)
}

/// Revokes a token and all tokens of its chain: those it was issued for, and those issued for it.
pub fn revoke_chain(db: &Connection, hash: &TokenHash) -> rusqlite::Result<()> {
    let chain: Option<(String, String)> = db
        .prepare_cached("SELECT user_id, audit_ids FROM token WHERE hash = ?1")?
        .query_row([hash.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((user, audit_ids)) = chain else { return Ok(()) };
    // The last audit id is that of the first token of the chain.
    let Some(first) = audit_ids.rsplit(' ').next() else { return Ok(()) };
    db.prepare_cached(
        "DELETE FROM token WHERE user_id = ?1 AND substr(audit_ids, -length(?2)) = ?2",
    )?
    .execute([user.as_str(), first])?;
    Ok(())
}

pub fn revoke_all(db: &Connection, user: &UserId) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM token WHERE user_id = ?1")?.execute([user.as_str()])?;
    Ok(())
}

/// Neither methods nor audit ids contain a space.
fn joined(list: &[String]) -> String {
    list.join(" ")
}

fn list(row: &Row<'_>, column: usize) -> rusqlite::Result<Vec<String>> {
    let text: String = row.get(column)?;
    Ok(text.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect())
}

fn time(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    let seconds: i64 = row.get(column)?;
    Timestamp::from_second(seconds)
        .map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, seconds))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;
    use jiff::{Span, ToSpan};
    use std::sync::Arc;

    #[tokio::test]
    async fn a_clock_that_is_set_forward_ends_tokens_and_one_that_is_set_back_prolongs_none() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(&directory.path().join("db"), Arc::new(|_| {})).unwrap();
        let issued_at: Timestamp = "2030-01-01T12:00:00Z".parse().unwrap();
        store
            .write(move |tx| {
                tx.execute(
                    "INSERT INTO user (id, name, password_hash, created_at) VALUES ('u', 'u', '', 0)",
                    (),
                )?;
                let hash = TokenHash::of("token");
                let token = Token {
                    user_id: UserId("u".to_owned()),
                    project_id: None,
                    methods: vec!["password".to_owned()],
                    audit_ids: vec!["a".to_owned()],
                    issued_at,
                    expires_at: issued_at + 12.hours(),
                };
                insert(tx, &hash, &token, 10)?;
                let is_valid_after = |span: Span| -> rusqlite::Result<bool> { Ok(find(tx, &hash, issued_at + span)?.is_some()) };
                assert!(is_valid_after(0.hours())?);
                assert!(is_valid_after(11.hours())?);
                assert!(!is_valid_after(12.hours())?);
                assert!(!is_valid_after(8760.hours())?);
                // Corrections of a running clock sign nobody out.
                assert!(is_valid_after(-5.minutes())?);
                assert!(!is_valid_after(-6.minutes())?);
                assert!(!is_valid_after(-8760.hours())?);
                Ok::<_, rusqlite::Error>(())
            })
            .await
            .unwrap();
    }
}
