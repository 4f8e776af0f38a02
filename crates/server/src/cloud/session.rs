//! Sessions: a random id in the cookie, and everything else in memory on the server. A restart ends them all.

use super::{catalog::Endpoints, token::CloudToken};
use crate::{
    config::{CloudService, Config},
    time,
    token::{PlainToken, TokenHash},
};
use jiff::Timestamp;
use openstack_types::{
    ProjectId, UserId,
    portal::{self, Capabilities, Named},
};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::{Notify, Semaphore};

/// Limit of sessions, and of those of one user. Beyond it the oldest one ends.
const SESSIONS: usize = 20_000;
const SESSIONS_PER_USER: usize = 50;
/// Requests to the cloud for one session at the same time.
const REQUESTS: usize = 8;

/// A valid session, and the hash of its id.
#[derive(Clone)]
pub(super) struct SignedIn {
    pub(super) id: TokenHash,
    pub(super) session: Arc<CloudSession>,
}

/// Somebody signed in to a project. Deliberately not `Debug`: it holds tokens.
pub(super) struct CloudSession {
    pub(super) user: Named<UserId>,
    /// As typed, to sign in again.
    pub(super) domain: String,
    /// Tokens for other projects are derived from it: a cloud may refuse to derive one from a scoped token.
    pub(super) unscoped: CloudToken,
    pub(super) token: CloudToken,
    pub(super) project: Named<ProjectId>,
    pub(super) projects: Vec<Named<ProjectId>>,
    pub(super) roles: Vec<String>,
    pub(super) expires_at: Timestamp,
    pub(super) region: String,
    /// Other regions with load balancers.
    pub(super) regions: Vec<String>,
    pub(super) endpoints: Endpoints,
    /// Of Octavia's API.
    pub(super) api_version: Option<String>,
    pub(super) providers: Vec<String>,
    pub(super) created: Timestamp,
    pub(super) requests: Semaphore,
    /// Notifies event streams of the end of the session.
    pub(super) woken: Notify,
}

impl CloudSession {
    fn is_valid(&self, now: Timestamp) -> bool {
        now < self.expires_at
    }

    /// What the page gets.
    pub(super) fn view(&self, config: &Config) -> portal::Session {
        portal::Session {
            user: self.user.clone(),
            project: self.project.clone(),
            projects: self.projects.clone(),
            roles: self.roles.clone(),
            expires_at: time::keystone(self.expires_at),
            allowed_servers: config.members.allowed_servers(),
            cloud: Some(Capabilities {
                domain: self.domain.clone(),
                region: self.region.clone(),
                regions: self.regions.clone(),
                load_balancers: self.endpoints.has(CloudService::LoadBalancer),
                certificates: self.endpoints.has(CloudService::KeyManager),
                networks: self.endpoints.has(CloudService::Network),
                api_version: self.api_version.clone(),
                providers: self.providers.clone(),
            }),
        }
    }
}

/// The turns of a session's requests.
pub(super) fn request_slots() -> Semaphore {
    Semaphore::new(REQUESTS)
}

/// The id of a session is kept as a hash: what this holds can't be used as a cookie.
#[derive(Default)]
pub(super) struct Sessions(Mutex<HashMap<TokenHash, Arc<CloudSession>>>);

impl Sessions {
    fn lock(&self) -> MutexGuard<'_, HashMap<TokenHash, Arc<CloudSession>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The session of a cookie, unless it has expired.
    pub(super) fn find(&self, id: &str) -> Option<(TokenHash, Arc<CloudSession>)> {
        let hash = TokenHash::of(id);
        let found = self.lock().get(&hash).cloned()?;
        found.is_valid(Timestamp::now()).then_some((hash, found))
    }

    /// Adds a session by the hash of its id, in place of an earlier one of the same browser.
    pub(super) fn insert(
        &self,
        id: &PlainToken,
        session: CloudSession,
        former: Option<TokenHash>,
    ) -> Arc<CloudSession> {
        let session = Arc::new(session);
        let now = Timestamp::now();
        let mut all = self.lock();
        if let Some(former) = former.and_then(|former| all.remove(&former)) {
            former.woken.notify_waiters();
        }
        all.retain(|_, other| other.is_valid(now));
        let of_user = all.iter().filter(|(_, other)| other.user.id == session.user.id);
        if of_user.clone().count() >= SESSIONS_PER_USER {
            let oldest = of_user.min_by_key(|(_, other)| other.created).map(|(hash, _)| *hash);
            oldest.map(|oldest| all.remove(&oldest));
        }
        if all.len() >= SESSIONS {
            let oldest = all.iter().min_by_key(|(_, other)| other.created).map(|(hash, _)| *hash);
            oldest.map(|oldest| all.remove(&oldest));
        }
        all.insert(TokenHash::of(id.reveal()), session.clone());
        session
    }

    pub(super) fn remove(&self, hash: &TokenHash) -> Option<Arc<CloudSession>> {
        let removed = self.lock().remove(hash)?;
        removed.woken.notify_waiters();
        Some(removed)
    }

    /// Whether a session still exists. Event streams end with it.
    pub(super) fn has(&self, hash: &TokenHash) -> bool {
        self.lock().get(hash).is_some_and(|session| session.is_valid(Timestamp::now()))
    }
}
