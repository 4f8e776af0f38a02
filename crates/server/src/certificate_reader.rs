//! Opens stored certificates on threads of their own. Opening one takes milliseconds by design, and
//! many of them must not keep anything else waiting.

use crate::workers::{WorkerEnded, Workers};
use certificate::{CertificateMetadata, Limits};
use openstack_types::SecretId;
use std::{
    collections::HashMap,
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use zeroize::Zeroizing;

const THREADS: usize = 2;
/// Limit of remembered certificates, about 1 KB each.
const MAX_REMEMBERED: usize = 10_000;

type Facts = HashMap<SecretId, Option<Arc<CertificateMetadata>>>;

/// Remembers what it has read of a secret: a payload never changes.
pub struct CertificateReader {
    threads: Workers,
    facts: Arc<Mutex<Facts>>,
}

impl CertificateReader {
    /// # Errors
    /// The system starts no further thread.
    pub fn start() -> io::Result<Self> {
        Ok(Self { threads: Workers::start("certificate", THREADS)?, facts: Arc::default() })
    }

    /// Runs work that opens a certificate.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, WorkerEnded> {
        self.threads.run(work).await
    }

    /// What was read of a secret; the inner `None` if it is no certificate.
    pub fn remembered(&self, id: SecretId) -> Option<Option<Arc<CertificateMetadata>>> {
        lock(&self.facts).get(&id).cloned()
    }

    /// Reads the certificate of a secret; `None` if it is no certificate.
    pub async fn read(
        &self,
        id: SecretId,
        payload: Zeroizing<Vec<u8>>,
    ) -> Result<Option<Arc<CertificateMetadata>>, WorkerEnded> {
        let facts = self.facts.clone();
        self.run(move || {
            // Another request may have waited for the same secret.
            if let Some(known) = lock(&facts).get(&id) {
                return known.clone();
            }
            let bundle = certificate::open(&[&payload], None, Limits::SERVER).ok();
            let read =
                bundle.map(|bundle| Arc::new(CertificateMetadata::from_summary(&bundle.summary())));
            let mut facts = lock(&facts);
            if facts.len() >= MAX_REMEMBERED {
                facts.clear();
            }
            facts.insert(id, read.clone());
            read
        })
        .await
    }
}

fn lock(facts: &Mutex<Facts>) -> MutexGuard<'_, Facts> {
    facts.lock().unwrap_or_else(PoisonError::into_inner)
}
