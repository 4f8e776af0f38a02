//! Generated names.

use openstack_types::{field::NAME_MAX, octavia::ListenerProtocol};
use std::collections::BTreeSet;

/// The name of a listener without a typed one: `http-80`.
pub(crate) fn listener_name(protocol: &ListenerProtocol, port: u16) -> String {
    format!("{}-{port}", protocol.as_str().to_ascii_lowercase().replace('_', "-"))
}

/// The beginning of the names of a load balancer's pools.
pub(crate) fn pool_name_stem(loadbalancer: &str) -> String {
    const TAIL: usize = "-servers-999".len();
    let head: String = loadbalancer.chars().take(NAME_MAX - TAIL).collect();
    format!("{head}-servers")
}

/// Names in use.
#[derive(Default)]
pub(crate) struct Names(BTreeSet<String>);

impl Names {
    pub(crate) fn new(used: BTreeSet<String>) -> Self {
        Self(used)
    }

    /// A name that is not in use, made of a stem and, if necessary, a number.
    pub(crate) fn unique(&mut self, stem: &str) -> String {
        let wanted = stem.to_owned();
        let numbered = (2_u32..).map(|n| format!("{wanted}-{n}"));
        let mut candidates = std::iter::once(wanted.clone()).chain(numbered);
        let name = candidates.find(|name| !self.0.contains(name)).unwrap_or(wanted);
        self.0.insert(name.clone());
        name
    }
}
