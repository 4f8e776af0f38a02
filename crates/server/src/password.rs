//! Passwords: Argon2id on blocking threads, a few at a time.

use crate::{
    random::{self, RandomError},
    store::users::PasswordHash,
};
use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc},
};
use std::sync::{Arc, LazyLock};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// A password in the clear: neither `Debug` nor `Display`, so that it cannot be logged.
#[derive(Clone)]
pub struct Password(String);

impl Password {
    /// As typed.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// A random one of 128 bits, for a person to type.
    pub fn random() -> Result<Self, RandomError> {
        random::text::<16>().map(Self)
    }

    /// To print it once, where it was just made.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// The hash to keep of a password. Takes tens of milliseconds: not for an async thread.
pub fn hash(password: &Password) -> Result<PasswordHash, RandomError> {
    Argon2::default()
        .hash_password(password.0.as_bytes())
        .map(|hash| PasswordHash(hash.to_string()))
        .map_err(|_| RandomError)
}

/// Passwords that may wait for their check; more are turned away.
const MOST_WAITING: usize = 64;

/// Checks passwords, a few at a time.
pub struct Checker {
    turns: Arc<Semaphore>,
    places: Arc<Semaphore>,
}

/// The right to check one password now.
pub struct Turn {
    _turn: OwnedSemaphorePermit,
    _place: OwnedSemaphorePermit,
}

/// What an unknown user's password is checked against, so that it takes the same time.
static NOBODY: LazyLock<Option<PasswordHash>> =
    LazyLock::new(|| Password::random().and_then(|password| hash(&password)).ok());

/// Does early what the first check of an unknown user's password would have to wait for.
pub fn warm_up() {
    LazyLock::force(&NOBODY);
}

impl Checker {
    /// At most so many at a time.
    pub fn new(at_a_time: usize) -> Self {
        Self {
            turns: Arc::new(Semaphore::new(at_a_time)),
            places: Arc::new(Semaphore::new(at_a_time + MOST_WAITING)),
        }
    }

    /// Waits for a turn; `None` when too many wait already.
    pub async fn turn(&self) -> Option<Turn> {
        let place = self.places.clone().try_acquire_owned().ok()?;
        let turn = self.turns.clone().acquire_owned().await.ok()?;
        Some(Turn { _turn: turn, _place: place })
    }
}

impl Turn {
    /// Whether this is the password. Without a hash it never is, after the same work.
    pub async fn check(self, password: Password, kept: Option<PasswordHash>) -> bool {
        let job = tokio::task::spawn_blocking(move || {
            let _turn = self;
            let known = kept.is_some();
            let Some(kept) = kept.or_else(|| NOBODY.clone()) else { return false };
            let Ok(kept) = phc::PasswordHash::new(&kept.0) else { return false };
            Argon2::default().verify_password(password.0.as_bytes(), &kept).is_ok() && known
        });
        job.await.unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_password_itself_is_it() {
        let checker = Checker::new(1);
        let kept = hash(&Password::new("right")).unwrap();
        assert!(kept.0.starts_with("$argon2id$"));
        for (password, kept, is_it) in [
            ("right", Some(kept.clone()), true),
            ("wrong", Some(kept), false),
            ("right", None, false),
            ("", Some(PasswordHash(String::new())), false),
        ] {
            let turn = checker.turn().await.unwrap();
            assert_eq!(turn.check(Password::new(password), kept).await, is_it, "{password}");
        }
    }

    #[tokio::test]
    async fn too_many_are_turned_away() {
        let checker = Arc::new(Checker::new(1));
        let held = checker.turn().await.unwrap();
        let waiting: Vec<_> = (0..MOST_WAITING)
            .map(|_| {
                let checker = checker.clone();
                tokio::spawn(async move { checker.turn().await.is_some() })
            })
            .collect();
        while checker.places.available_permits() > 0 {
            tokio::task::yield_now().await;
        }
        assert!(checker.turn().await.is_none());
        drop(held);
        for waiting in waiting {
            assert!(waiting.await.unwrap());
        }
    }
}
