//! Passwords: hashed and verified with Argon2id on blocking threads, a few at a time.

use crate::{
    random::{self, RandomError},
    store::users::PasswordHash,
};
use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier as _, phc},
};
use std::sync::{Arc, LazyLock};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// A password in plain text. Has neither `Debug` nor `Display`, so that it cannot be logged.
#[derive(Clone)]
pub struct Password(String);

impl Password {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// 128 random bits, in characters that are easy to type.
    pub fn random() -> Result<Self, RandomError> {
        random::text::<16>().map(Self)
    }

    /// The text, to print a generated password once.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// Hashes a password. Takes tens of milliseconds: call it on a blocking thread.
pub fn hash(password: &Password) -> Result<PasswordHash, RandomError> {
    Argon2::default()
        .hash_password(password.0.as_bytes())
        .map(|hash| PasswordHash(hash.to_string()))
        .map_err(|_| RandomError)
}

/// Limit of verifications that wait for a permit. Further ones are rejected.
const MAX_WAITING: usize = 64;

/// Limits how many passwords are verified at the same time.
pub struct PasswordVerifier {
    running: Arc<Semaphore>,
    /// Running and waiting verifications.
    queue: Arc<Semaphore>,
}

/// Permission to verify one password now.
pub struct Permit {
    _running: OwnedSemaphorePermit,
    _queue: OwnedSemaphorePermit,
}

/// The hash that the password of an unknown user is verified against, so that it takes the same
/// time as for a known user.
static UNKNOWN_USER: LazyLock<Option<PasswordHash>> =
    LazyLock::new(|| Password::random().and_then(|password| hash(&password)).ok());

/// Computes [`UNKNOWN_USER`] ahead of the first sign-in.
pub fn warm_up() {
    LazyLock::force(&UNKNOWN_USER);
}

impl PasswordVerifier {
    pub fn new(concurrency: usize) -> Self {
        Self {
            running: Arc::new(Semaphore::new(concurrency)),
            queue: Arc::new(Semaphore::new(concurrency + MAX_WAITING)),
        }
    }

    /// Waits for a permit; `None` if too many verifications wait already.
    pub async fn acquire(&self) -> Option<Permit> {
        let queue = self.queue.clone().try_acquire_owned().ok()?;
        let running = self.running.clone().acquire_owned().await.ok()?;
        Some(Permit { _running: running, _queue: queue })
    }
}

impl Permit {
    /// Whether the password matches the hash. `None` never matches, and takes the same time.
    pub async fn verify(self, password: Password, hash: Option<PasswordHash>) -> bool {
        let job = tokio::task::spawn_blocking(move || {
            let _permit = self;
            let user_exists = hash.is_some();
            let Some(hash) = hash.or_else(|| UNKNOWN_USER.clone()) else { return false };
            let Ok(hash) = phc::PasswordHash::new(&hash.0) else { return false };
            Argon2::default().verify_password(password.0.as_bytes(), &hash).is_ok() && user_exists
        });
        job.await.unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_of_a_known_user_matches() {
        let verifier = PasswordVerifier::new(1);
        let stored = hash(&Password::new("right")).unwrap();
        assert!(stored.0.starts_with("$argon2id$"));
        for (password, stored, matches) in [
            ("right", Some(stored.clone()), true),
            ("wrong", Some(stored), false),
            ("right", None, false),
            ("", Some(PasswordHash(String::new())), false),
        ] {
            let permit = verifier.acquire().await.unwrap();
            assert_eq!(permit.verify(Password::new(password), stored).await, matches, "{password}");
        }
    }

    #[tokio::test]
    async fn verifications_beyond_the_queue_are_rejected() {
        let verifier = Arc::new(PasswordVerifier::new(1));
        let held = verifier.acquire().await.unwrap();
        let waiting: Vec<_> = (0..MAX_WAITING)
            .map(|_| {
                let verifier = verifier.clone();
                tokio::spawn(async move { verifier.acquire().await.is_some() })
            })
            .collect();
        while verifier.queue.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert!(verifier.acquire().await.is_none());
        drop(held);
        for waiting in waiting {
            assert!(waiting.await.unwrap());
        }
    }
}
