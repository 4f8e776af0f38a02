//! Responses that stay the same until the database changes.

use axum::body::Bytes;
use sha2::{Digest, Sha256};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// Limit of all bodies together. What is above is forgotten.
const MAX_BYTES: usize = 16 << 20;
const MAX_ENTRIES: usize = 256;

#[derive(Default)]
pub struct ResponseCache {
    entries: Mutex<HashMap<String, Arc<Entry>>>,
}

/// Requests for the same response wait for the one that computes it.
type Entry = tokio::sync::Mutex<Option<Cached>>;

struct Cached {
    revision: u64,
    response: CachedResponse,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CachedResponse {
    pub body: Bytes,
    /// A strong entity tag, with its quotation marks.
    pub etag: String,
}

impl CachedResponse {
    fn new(body: Vec<u8>) -> Self {
        let etag = format!("\"{}\"", hex::encode(&Sha256::digest(&body)[..16]));
        Self { body: body.into(), etag }
    }
}

impl ResponseCache {
    /// The response of `key` at this revision of the database or a later one.
    pub async fn get<E>(
        &self,
        key: String,
        revision: u64,
        compute: impl Future<Output = Result<Vec<u8>, E>>,
    ) -> Result<CachedResponse, E> {
        let entry = self.entry(key);
        let mut entry = entry.lock().await;
        if let Some(cached) = &*entry
            && cached.revision >= revision
        {
            return Ok(cached.response.clone());
        }
        // What is read now may be newer than `revision`, and never older.
        let response = CachedResponse::new(compute.await?);
        *entry = Some(Cached { revision, response: response.clone() });
        Ok(response)
    }

    fn entry(&self, key: String) -> Arc<Entry> {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = entries.get(&key) {
            return entry.clone();
        }
        let size = |entry: &Arc<Entry>| {
            // One that is being computed counts when the next one is added.
            let entry = entry.try_lock().ok();
            entry.and_then(|entry| Some(entry.as_ref()?.response.body.len())).unwrap_or_default()
        };
        if entries.len() >= MAX_ENTRIES || entries.values().map(size).sum::<usize>() >= MAX_BYTES {
            entries.clear();
        }
        entries.entry(key).or_default().clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::convert::Infallible;

    #[tokio::test]
    async fn a_response_is_computed_once_for_a_revision() {
        let cache = ResponseCache::default();
        let get = async |key: &str, revision, body: &str| {
            let compute = async { Ok::<_, Infallible>(body.as_bytes().to_vec()) };
            let Ok(response) = cache.get(key.to_owned(), revision, compute).await;
            String::from_utf8(response.body.to_vec()).unwrap()
        };
        assert_eq!(get("a", 1, "first").await, "first");
        assert_eq!(get("a", 1, "second").await, "first");
        assert_eq!(get("b", 1, "other").await, "other");
        assert_eq!(get("a", 2, "third").await, "third");
        assert_eq!(get("a", 1, "fourth").await, "third", "newer than asked for");
    }

    #[tokio::test]
    async fn memory_is_bounded() {
        let cache = ResponseCache::default();
        for n in 0..2 * MAX_ENTRIES {
            let compute = async { Ok::<_, Infallible>(vec![0; 1 << 20]) };
            let Ok(_) = cache.get(n.to_string(), 1, compute).await;
            assert!(cache.entries.lock().unwrap().len() <= 17);
        }
    }
}
