//! Passwords: Argon2id on blocking threads, a few at a time.

use crate::store::users::PasswordHash;
use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc},
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use std::sync::{Arc, LazyLock};
use tokio::sync::Semaphore;

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
        Ok(Self(BASE64_URL_SAFE_NO_PAD.encode(random_bytes::<16>()?)))
    }

    /// To print it once, where it was just made.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// The system gave no randomness.
#[derive(Clone, Copy, Debug)]
pub struct RandomError;

impl std::fmt::Display for RandomError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the system gave no random numbers")
    }
}

impl std::error::Error for RandomError {}

/// Random bytes that nobody can guess.
pub fn random_bytes<const N: usize>() -> Result<[u8; N], RandomError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| RandomError)?;
    Ok(bytes)
}

/// The hash to keep of a password. Takes tens of milliseconds: not for an async thread.
pub fn hash(password: &Password) -> Result<PasswordHash, RandomError> {
    Argon2::default()
        .hash_password(password.0.as_bytes())
        .map(|hash| PasswordHash(hash.to_string()))
        .map_err(|_| RandomError)
}

/// Checks passwords, a few at a time; clones share the bound.
#[derive(Clone)]
pub struct Checker {
    permits: Arc<Semaphore>,
}

/// What an unknown user's password is checked against, so that it takes the same time.
static NOBODY: LazyLock<Option<PasswordHash>> =
    LazyLock::new(|| Password::random().and_then(|password| hash(&password)).ok());

impl Checker {
    /// At most so many at a time.
    pub fn new(at_a_time: usize) -> Self {
        Self { permits: Arc::new(Semaphore::new(at_a_time)) }
    }

    /// Whether this is the password. Without a hash it never is, after the same work.
    pub async fn check(&self, password: Password, kept: Option<PasswordHash>) -> bool {
        let permit = self.permits.clone().acquire_owned().await;
        let job = tokio::task::spawn_blocking(move || {
            let _permit = permit;
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
        assert!(checker.check(Password::new("right"), Some(kept.clone())).await);
        assert!(!checker.check(Password::new("wrong"), Some(kept)).await);
        assert!(!checker.check(Password::new("right"), None).await);
        assert!(!checker.check(Password::new(""), Some(PasswordHash(String::new()))).await);
    }
}
