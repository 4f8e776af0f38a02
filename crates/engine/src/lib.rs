//! The traffic engine: one HAProxy process a load balancer.
//!
//! The only room that knows HAProxy. It is asked for load balancers as they should be
//! ([`spec::LoadBalancerSpec`]), makes them so without dropping a request, keeps them running, and
//! tells what it sees ([`report::Report`]).

pub mod report;
pub mod spec;

use openstack_types::{ListenerId, LoadBalancerId};
use std::{path::PathBuf, sync::Arc};
use tokio::sync::mpsc;

/// Where and how the engine works.
#[derive(Clone, Debug)]
pub struct EngineConfig {
    /// A directory of its own (made with mode 0700): configurations, sockets, pid files.
    pub run_dir: PathBuf,
    /// The HAProxy to run; found on PATH and in the usual places without one.
    pub haproxy: Option<PathBuf>,
}

/// Why the engine cannot start. `Display` is one clear line with what to do.
#[derive(Debug)]
pub struct StartError(pub String);

impl std::fmt::Display for StartError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for StartError {}

/// Why a load balancer could not be made as asked; what ran before still runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplyError {
    /// The listener that is the cause, when it is one.
    pub listener: Option<ListenerId>,
    /// In words for the person who asked: `port 80 of 127.8.0.5 is taken by another program`.
    pub reason: String,
}

impl std::fmt::Display for ApplyError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for ApplyError {}

/// A handle on the running engine; clones share it.
#[derive(Clone)]
pub struct Engine {
    _inner: Arc<()>,
}

impl Engine {
    /// Finds HAProxy, ends what an earlier engine left behind in `run_dir`, and is ready for
    /// [`Engine::apply`].
    pub async fn start(
        _config: EngineConfig,
    ) -> Result<(Self, mpsc::UnboundedReceiver<report::Report>), StartError> {
        let (_tx, rx) = mpsc::unbounded_channel();
        Ok((Self { _inner: Arc::new(()) }, rx))
    }

    /// Makes a load balancer as asked and returns when it serves so. Calls for one load balancer
    /// run in order; for different ones side by side.
    pub async fn apply(&self, _spec: spec::LoadBalancerSpec) -> Result<(), ApplyError> {
        Ok(())
    }

    /// Ends a load balancer's process softly; nothing happens when there is none.
    pub async fn remove(&self, _id: LoadBalancerId) {}

    /// Ends all processes softly: open requests are finished.
    pub async fn shutdown(&self) {}
}
