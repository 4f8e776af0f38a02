//! Renders a load balancer as HAProxy configuration. Pure.
//!
//! The text contains only identifiers, parsed addresses, integers, keywords of this module, and the checked
//! strings of [`openstack_types::field`]. It never contains a name or a description, not even in a comment.

mod backend;
mod backend_name;
mod client_certificate;
mod config_writer;
pub(crate) mod fd;
mod frontend;
mod inherited_files;
mod l7policies;
mod tls;

pub(crate) use backend::{Place, host_of_members, server_arguments};
pub(crate) use backend_name::{BackendName, ServerName, backends};
pub(crate) use inherited_files::InheritedFiles;

use crate::{
    server_ids::ServerIds,
    spec::{ListenerSpec, LoadBalancerSpec},
};
use config_writer::ConfigWriter;
use openstack_types::PoolId;
use std::collections::HashMap;

/// The properties of the process that runs the configuration.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ProcessOptions {
    /// The limit of open files.
    pub(crate) open_files: u64,
    /// Whether the process inherits [`fd::STATE`].
    pub(crate) has_state: bool,
}

/// Renders the whole configuration. `ids` has all members.
pub(crate) fn render(spec: &LoadBalancerSpec, ids: &ServerIds, process: ProcessOptions) -> String {
    let connections = max_connections(spec, process.open_files);
    let mut out = ConfigWriter::default();
    out.section("global");
    out.line(format_args!("stats socket sockpair@{} level admin", fd::ADMIN));
    // The engine keeps one session open for the lifetime of the process.
    out.line("stats timeout 1h");
    if process.has_state {
        out.line(format_args!("server-state-file /proc/self/fd/{}", fd::STATE));
    }
    out.line(format_args!("maxconn {connections}"));
    out.line("nbthread 1");
    out.line("noreuseport");
    // The first check of a new member runs within a second, independent of the delay.
    out.line("max-spread-checks 1000");
    let files = InheritedFiles::of(spec);
    if files.count() > 0 || spec.pools.iter().any(|pool| pool.tls.is_some()) {
        // Each process allocates the session cache at its start. The default is 20,000 sessions.
        out.line("tune.ssl.cachesize 1000");
        // Certificate, chain and key are in one file.
        out.line("ssl-load-extra-files none");
    }
    out.section("defaults");
    out.line("retries 3");
    // A refused connection is retried on the next member immediately.
    out.line("option redispatch 1");

    for (index, listener) in spec.listeners.iter().enumerate() {
        frontend::frontend(&mut out, spec, (index, listener), &files, connections);
    }
    let mut primaries = HashMap::<PoolId, BackendName>::new();
    for (listener, pool, name) in backends(spec) {
        let primary = *primaries.entry(pool.id).or_insert(name);
        let place = Place { listener, name, primary, files: files.pool(pool.id) };
        backend::backend(&mut out, pool, place, ids, process.has_state);
    }
    out.into_text()
}

/// The number of connections that a listener accepts.
pub(crate) fn connection_limit(
    spec: &LoadBalancerSpec,
    listener: &ListenerSpec,
    open_files: u64,
) -> u64 {
    frontend::connection_limit(listener, max_connections(spec, open_files))
}

/// The number of connections that the process can carry: each needs two open files.
fn max_connections(spec: &LoadBalancerSpec, open_files: u64) -> u64 {
    let checked: usize = backends(spec).map(|(_, pool, _)| pool.members.len()).sum();
    let files = InheritedFiles::of(spec).count();
    // The poller, admin sessions, the log, signals and the configuration need the rest.
    let reserved = 200 + spec.listeners.len() as u64 + checked as u64 + files as u64;
    (open_files.saturating_sub(reserved) / 2).clamp(10, 50_000)
}

#[cfg(test)]
mod tests;
