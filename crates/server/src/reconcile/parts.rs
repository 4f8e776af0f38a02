//! The parts of the server that reconciliation works with.

use super::traffic::Traffic;
use crate::{address_policy::AddressPolicy, config, store::Store, vault::Vault};
use engine::Engine;
use std::sync::Arc;

/// Clones share the parts.
#[derive(Clone)]
pub struct Parts {
    pub store: Store,
    pub engine: Engine,
    pub vault: Arc<Vault>,
    pub traffic: Arc<Traffic>,
    pub tls: config::Tls,
    pub address_policy: Arc<AddressPolicy>,
}
