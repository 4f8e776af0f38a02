//! Which request created which object, for clients that repeat a request whose answer they have not received.

use crate::store::Tx;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension};

/// How long a key is known.
const LIFETIME: SignedDuration = SignedDuration::from_hours(24);
/// Keys of one user. Beyond it, the oldest is forgotten.
const MAX_KEYS: i64 = 1000;

/// Whose key it is.
pub struct Owner<'a> {
    pub user: &'a str,
    pub project: &'a str,
}

/// The request that a key was sent with.
pub struct Creation {
    pub fingerprint: String,
    pub object_id: String,
}

pub fn find(
    db: &Connection,
    owner: &Owner<'_>,
    key: &str,
    now: Timestamp,
) -> rusqlite::Result<Option<Creation>> {
    db.prepare_cached(
        "SELECT fingerprint, object_id FROM idempotency_key
         WHERE user_id = ?1 AND project_id = ?2 AND key = ?3 AND created_at > ?4",
    )?
    .query_row((owner.user, owner.project, key, oldest(now)), |row| {
        Ok(Creation { fingerprint: row.get(0)?, object_id: row.get(1)? })
    })
    .optional()
}

/// Records a key, and forgets those that are too old or too many.
pub fn record(
    tx: &Tx<'_>,
    owner: &Owner<'_>,
    key: &str,
    fingerprint: &str,
    object_id: &str,
    now: Timestamp,
) -> rusqlite::Result<()> {
    tx.prepare_cached("DELETE FROM idempotency_key WHERE created_at <= ?1")?
        .execute([oldest(now)])?;
    tx.prepare_cached(
        "INSERT INTO idempotency_key (user_id, project_id, key, fingerprint, object_id, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute((
        owner.user,
        owner.project,
        key,
        fingerprint,
        object_id,
        now.as_millisecond(),
    ))?;
    tx.prepare_cached(
        "DELETE FROM idempotency_key WHERE rowid IN (
             SELECT rowid FROM idempotency_key WHERE user_id = ?1
             ORDER BY created_at DESC, rowid DESC LIMIT -1 OFFSET ?2)",
    )?
    .execute((owner.user, MAX_KEYS))?;
    Ok(())
}

fn oldest(now: Timestamp) -> i64 {
    (now - LIFETIME).as_millisecond()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;
    use std::sync::Arc;

    #[tokio::test]
    async fn a_key_is_known_for_a_day_and_a_user_has_a_thousand() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(&directory.path().join("db"), Arc::new(|_| {})).unwrap();
        let now = Timestamp::now();
        store
            .write(move |tx| {
                let user = |user| Owner { user, project: "p" };
                record(tx, &user("a"), "k", "f", "1", now)?;
                let known = |owner: &Owner<'_>, key: &str, hours| {
                    let later = now + SignedDuration::from_hours(hours);
                    find(tx, owner, key, later).map(|found| found.map(|found| found.object_id))
                };
                assert_eq!(known(&user("a"), "k", 23)?, Some("1".to_owned()));
                assert_eq!(known(&user("a"), "k", 24)?, None);
                assert_eq!(known(&user("b"), "k", 0)?, None);
                assert_eq!(known(&Owner { user: "a", project: "q" }, "k", 0)?, None);
                record(tx, &user("b"), "k", "f", "2", now)?;
                for n in 0..MAX_KEYS {
                    record(tx, &user("a"), &n.to_string(), "f", "3", now)?;
                }
                assert_eq!(known(&user("a"), "k", 0)?, None);
                assert_eq!(known(&user("a"), "0", 0)?, Some("3".to_owned()));
                assert_eq!(known(&user("b"), "k", 0)?, Some("2".to_owned()));
                Ok::<_, rusqlite::Error>(())
            })
            .await
            .unwrap();
    }
}
