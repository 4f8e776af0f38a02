//! Passwords: hashed and verified with Argon2id on threads of their own, a few at a time.

use crate::{
    client_network::ClientNetwork,
    config::Limits,
    fair_queue::{FairQueue, QueueFull, Turn},
    random::{self, RandomError},
    store::users::PasswordHash,
    workers::Workers,
};
use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::phc::{self, Output, ParamsString, Salt},
};
use std::{
    io,
    sync::{Arc, LazyLock},
};

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
    let mut salt = [0; Salt::RECOMMENDED_LENGTH];
    getrandom::fill(&mut salt).map_err(|_| RandomError)?;
    hash_with_salt(password, &salt).map(PasswordHash).ok_or(RandomError)
}

fn hash_with_salt(password: &Password, salt: &[u8]) -> Option<String> {
    let params = Params::default();
    let hash = phc::PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(&params).ok()?,
        salt: Some(Salt::new(salt).ok()?),
        hash: Some(argon2id(password, salt, params)?),
    };
    Some(hash.to_string())
}

/// Whether the password has this hash. Compares in constant time.
fn matches(password: &Password, hash: &PasswordHash) -> bool {
    let matches = || -> Option<bool> {
        let hash = phc::PasswordHash::new(&hash.0).ok()?;
        let params = Params::try_from(&hash).ok()?;
        Some(argon2id(password, hash.salt.as_ref()?, params)? == hash.hash?)
    };
    matches().unwrap_or(false)
}

fn argon2id(password: &Password, salt: &[u8], params: Params) -> Option<Output> {
    let mut memory = memory(params.block_count());
    let mut output = [0; Output::MAX_LENGTH];
    let output = &mut output[..params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN)];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into_with_memory(password.0.as_bytes(), salt, output, memory.as_mut_slice())
        .ok()?;
    Output::new(output).ok()
}

/// More than 32 MiB, of blocks of 1 KiB.
const MAPPED_BLOCKS: usize = 33 * 1024;

/// The memory that one hash works in.
///
/// glibc keeps freed memory for later, and each thread would keep its own, unless it is more than
/// 32 MiB: that is mapped, and unmapped when it is freed. The part that is reserved and not used takes
/// no memory.
fn memory(blocks: usize) -> Vec<Block> {
    let mut memory = Vec::with_capacity(blocks.max(MAPPED_BLOCKS));
    memory.resize(blocks, Block::new());
    memory
}

/// Verifies a few passwords at the same time. Further ones wait in a queue that clients share fairly.
pub struct PasswordVerifier {
    queue: FairQueue<ClientNetwork>,
    workers: Arc<Workers>,
}

/// Permission to verify one password now.
pub struct Permit {
    turn: Turn<ClientNetwork>,
    workers: Arc<Workers>,
}

/// The hash that the password of an unknown user is verified against, so that it takes the same
/// time as for a known user.
static UNKNOWN_USER: LazyLock<Option<PasswordHash>> =
    LazyLock::new(|| Password::random().and_then(|password| hash(&password)).ok());

impl PasswordVerifier {
    /// # Errors
    /// The system starts no further thread.
    pub fn start(limits: &Limits) -> io::Result<Self> {
        let workers = Workers::start("password", limits.password_checks)?;
        // Ahead of the first sign-in.
        drop(workers.run(|| LazyLock::force(&UNKNOWN_USER)));
        let queue = FairQueue::new(
            limits.password_checks,
            limits.waiting_sign_ins,
            limits.waiting_sign_ins_per_address,
        );
        Ok(Self { queue, workers: Arc::new(workers) })
    }

    /// Waits for a permit. `is_known`: the user has signed in from this address before.
    ///
    /// # Errors
    /// Too many verifications wait already.
    pub async fn acquire(
        &self,
        client: ClientNetwork,
        is_known: bool,
    ) -> Result<Permit, QueueFull> {
        let turn = self.queue.turn(client, is_known).await?;
        Ok(Permit { turn, workers: self.workers.clone() })
    }

    /// How many verifications wait for a permit.
    pub fn waiting(&self) -> usize {
        self.queue.waiting()
    }
}

impl Permit {
    /// Whether the password matches the hash. `None` never matches, and takes the same time.
    pub async fn verify(self, password: Password, hash: Option<PasswordHash>) -> bool {
        let Self { turn, workers } = self;
        let job = workers.run(move || {
            let _turn = turn;
            let user_exists = hash.is_some();
            let Some(hash) = hash.or_else(|| UNKNOWN_USER.clone()) else { return false };
            matches(&password, &hash) && user_exists
        });
        job.await.unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use argon2::password_hash::PasswordVerifier as _;
    use std::net::{IpAddr, Ipv4Addr};

    #[tokio::test]
    async fn only_the_right_password_of_a_known_user_matches() {
        let verifier = PasswordVerifier::start(&Limits::default()).unwrap();
        let client = ClientNetwork::from(IpAddr::V4(Ipv4Addr::LOCALHOST));
        let stored = hash(&Password::new("right")).unwrap();
        assert!(stored.0.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", stored.0);
        for (password, stored, matches) in [
            ("right", Some(stored.clone()), true),
            ("wrong", Some(stored), false),
            ("right", None, false),
            ("", Some(PasswordHash(String::new())), false),
        ] {
            let permit = verifier.acquire(client, false).await.unwrap();
            assert_eq!(permit.verify(Password::new(password), stored).await, matches, "{password}");
        }
    }

    #[test]
    fn the_library_verifies_the_same_hashes() {
        let stored = hash(&Password::new("right")).unwrap();
        let parsed = phc::PasswordHash::new(&stored.0).unwrap();
        assert!(Argon2::default().verify_password(b"right", &parsed).is_ok());
        assert!(Argon2::default().verify_password(b"wrong", &parsed).is_err());
    }
}
