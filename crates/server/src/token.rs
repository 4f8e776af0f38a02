//! Keystone tokens: 256 random bits for the client, a SHA-256 hash for the database.

use crate::random::{self, RandomError};
use sha2::{Digest, Sha256};

/// A token in plain text. Has neither `Debug` nor `Display`, so that it cannot be logged.
#[derive(Clone)]
pub struct PlainToken(String);

impl PlainToken {
    pub fn generate() -> Result<Self, RandomError> {
        random::text::<32>().map(Self)
    }

    /// The text, to be sent to the client that it was issued to.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

/// SHA-256 of a token: identifies the token and cannot be used as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    pub fn of(token: &str) -> Self {
        Self(Sha256::digest(token.as_bytes()).into())
    }

    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}
