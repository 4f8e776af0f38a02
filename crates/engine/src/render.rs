//! A load balancer as HAProxy configuration. Pure.
//!
//! What can stand in the text: identifiers, parsed addresses, integers, words of this file, and the
//! checked strings of [`openstack_types::field`]. Never a name or a description, not even in a
//! comment.

mod l7;
mod tls;

pub(crate) use tls::secret_files;

use crate::{
    sockets::BACKLOG,
    spec::{
        Balance, HttpCheck, ListenerMode, ListenerSpec, LoadBalancerSpec, MemberSpec, MonitorKind,
        MonitorSpec, Persistence, PolicyAction, PoolMode, PoolSpec,
    },
};
use openstack_types::{ListenerId, PoolId};
use std::{
    collections::HashSet,
    fmt::{self, Display, Write},
    net::{IpAddr, SocketAddr},
    os::fd::RawFd,
    time::Duration,
};

/// The file descriptors that HAProxy finds when it starts. Fixed, so that the same load balancer is
/// always the same text.
pub(crate) mod fd {
    use super::RawFd;

    /// The configuration.
    pub(crate) const CONFIG: RawFd = 3;
    /// The listening admin socket.
    pub(crate) const ADMIN: RawFd = 4;
    /// What the generation before knew about the members.
    pub(crate) const STATE: RawFd = 5;
    /// The socket of the first listener; the others follow, then [`super::secret_files`].
    pub(crate) const FIRST_LISTENER: RawFd = 6;
}

/// The cookie of [`Persistence::HttpCookie`]; the name that Octavia uses.
const PERSISTENCE_COOKIE: &str = "SRV";

/// The name of a backend: timeouts belong to listeners, so a pool has one for each that it serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct BackendName {
    /// The pool.
    pub(crate) pool: PoolId,
    /// The listener that it serves.
    pub(crate) listener: ListenerId,
}

impl Display for BackendName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.pool, self.listener)
    }
}

impl BackendName {
    /// Reads it back.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (pool, listener) = text.split_once(':')?;
        Some(Self { pool: pool.parse().ok()?, listener: listener.parse().ok()? })
    }
}

/// What the process that runs the configuration is like.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Process {
    /// Open files that it may have.
    pub(crate) open_files: u64,
    /// Whether [`fd::STATE`] is there.
    pub(crate) state: bool,
}

/// The backends of a load balancer, one for each pool that a listener uses: the first of each pool
/// is the one that checks its members.
pub(crate) fn backends(
    spec: &LoadBalancerSpec,
) -> impl Iterator<Item = (&ListenerSpec, &PoolSpec, BackendName)> {
    spec.listeners.iter().flat_map(move |listener| {
        let mut seen = HashSet::new();
        used_pools(listener).filter(move |id| seen.insert(*id)).filter_map(move |id| {
            let pool = spec.pools.iter().find(|pool| pool.id == id)?;
            Some((listener, pool, BackendName { pool: id, listener: listener.id }))
        })
    })
}

fn used_pools(listener: &ListenerSpec) -> impl Iterator<Item = PoolId> {
    let policies = if listener.mode.is_http() { listener.policies.as_slice() } else { &[] };
    let chosen = policies.iter().filter_map(|policy| match policy.action {
        PolicyAction::RedirectToPool(pool) => Some(pool),
        _ => None,
    });
    listener.default_pool.into_iter().chain(chosen)
}

/// The whole configuration.
pub(crate) fn render(spec: &LoadBalancerSpec, process: Process) -> String {
    let connections = connections(spec, process.open_files);
    let mut out = Lines::default();
    out.section("global");
    out.line(format_args!("stats socket fd@{} level admin", fd::ADMIN));
    // The engine keeps one session open as long as the process lives.
    out.line("stats timeout 1h");
    if process.state {
        out.line(format_args!("server-state-file /proc/self/fd/{}", fd::STATE));
    }
    out.line(format_args!("maxconn {connections}"));
    out.line("nbthread 1");
    out.line("noreuseport");
    out.line("hard-stop-after 60s");
    // A new member's first check comes within a second, however long the delay.
    out.line("max-spread-checks 1000");
    if spec.listeners.iter().any(|listener| listener.mode.tls().is_some()) {
        // The default of 20,000 sessions is memory that each process takes at its start.
        out.line("tune.ssl.cachesize 1000");
        // A certificate, its chain and its key are one file.
        out.line("ssl-load-extra-files none");
    }
    out.section("defaults");
    out.line("retries 3");
    // A refused connection goes to the next member at once.
    out.line("option redispatch 1");

    for (index, listener) in spec.listeners.iter().enumerate() {
        frontend(&mut out, spec, index, listener, connections);
    }
    let mut first = std::collections::HashMap::<PoolId, BackendName>::new();
    for (listener, pool, name) in backends(spec) {
        let primary = *first.entry(pool.id).or_insert(name);
        backend(&mut out, listener, pool, name, primary, process.state);
    }
    out.0
}

/// Connections that the process can carry: each takes two open files, one a side.
fn connections(spec: &LoadBalancerSpec, open_files: u64) -> u64 {
    let checked: usize = backends(spec).map(|(_, pool, _)| pool.members.len()).sum();
    let files = secret_files(spec).len();
    // Poller, admin sessions, log, signals, configuration.
    let reserved = 200 + spec.listeners.len() as u64 + checked as u64 + files as u64;
    (open_files.saturating_sub(reserved) / 2).clamp(10, 50_000)
}

fn frontend(
    out: &mut Lines,
    spec: &LoadBalancerSpec,
    index: usize,
    listener: &ListenerSpec,
    connections: u64,
) {
    let limit = listener.connection_limit.map_or(connections, |l| u64::from(l).min(connections));
    let socket = fd::FIRST_LISTENER + index as RawFd;
    out.section(format_args!("frontend {}", listener.id));
    out.line(mode(&listener.mode));
    if listener.mode.is_http() {
        // Without it, a process that goes would cut idle connections that a client is about to use.
        out.line("option idle-close-on-response");
    }
    out.line(format_args!("timeout client {}", Millis(listener.timeout_client)));
    // 0 would be no limit at all.
    out.line(format_args!("maxconn {}", limit.max(1)));
    out.line(format_args!("backlog {BACKLOG}"));
    match listener.mode.tls() {
        Some(tls) => {
            let bind = tls::Bind { tls, list: tls::list_descriptor(spec, index) };
            out.line(format_args!("bind fd@{socket}{bind}"));
        }
        None => out.line(format_args!("bind fd@{socket}")),
    }
    if !listener.allowed_cidrs.is_empty() {
        for cidr in &listener.allowed_cidrs {
            out.line(format_args!("acl allowed src {}", cidr.trunc()));
        }
        out.line("tcp-request connection reject unless allowed");
    }
    if listener.mode.is_http() {
        let headers = listener.insert_headers;
        if headers.x_forwarded_for {
            out.line("option forwardfor");
        }
        if headers.x_forwarded_port {
            out.line(format_args!("http-request set-header X-Forwarded-Port {}", listener.port));
        }
        if headers.x_forwarded_proto {
            let proto = if listener.mode.tls().is_some() { "https" } else { "http" };
            out.line(format_args!("http-request set-header X-Forwarded-Proto {proto}"));
        }
        l7::policies(out, listener, spec);
        if let Some(hsts) = listener.mode.tls().and_then(|tls| tls.hsts) {
            out.line(format_args!("http-response set-header Strict-Transport-Security {hsts}"));
        }
    }
    let default = backends(spec)
        .map(|(_, _, name)| name)
        .find(|name| name.listener == listener.id && Some(name.pool) == listener.default_pool);
    if let Some(backend) = default {
        out.line(format_args!("default_backend {backend}"));
    }
}

fn backend(
    out: &mut Lines,
    listener: &ListenerSpec,
    pool: &PoolSpec,
    name: BackendName,
    primary: BackendName,
    state: bool,
) {
    out.section(format_args!("backend {name}"));
    out.line(mode(&listener.mode));
    out.line(match pool.balance {
        Balance::RoundRobin => "balance roundrobin",
        Balance::LeastConnections => "balance leastconn",
        Balance::SourceIp => "balance source",
    });
    out.line("option allbackups");
    out.line(format_args!("timeout connect {}", Millis(listener.timeout_connect)));
    out.line(format_args!("timeout server {}", Millis(listener.timeout_server)));
    // Also for PING: members that the engine found down stay so in the next generation.
    if state && pool.monitor.is_some() {
        out.line("load-server-state-from-file global");
    }
    persistence(out, &listener.mode, pool, name, primary);
    let monitor = pool.monitor.as_ref().filter(|monitor| monitor.kind != MonitorKind::Ping);
    if let Some(monitor) = monitor.filter(|_| name == primary) {
        out.line(format_args!("timeout check {}", Millis(monitor.timeout)));
        match &monitor.kind {
            MonitorKind::Http(check) | MonitorKind::Https(check) => http_check(out, check),
            MonitorKind::Tcp | MonitorKind::TlsHello | MonitorKind::Ping => {}
        }
    }
    let mut seen = HashSet::new();
    for member in pool.members.iter().filter(|member| seen.insert(member.id)) {
        let checked = match monitor {
            None => Checked::No,
            Some(_) if name != primary => Checked::By(primary),
            Some(monitor) => Checked::Here(monitor),
        };
        server(out, &listener.mode, pool, member, checked);
    }
}

fn persistence(
    out: &mut Lines,
    mode: &ListenerMode,
    pool: &PoolSpec,
    name: BackendName,
    primary: BackendName,
) {
    match (&pool.persistence, mode.is_http()) {
        (Some(Persistence::SourceIp), _) => {
            if name == primary {
                out.line("stick-table type ipv6 size 100k expire 60m");
                out.line("stick on src");
            } else {
                out.line(format_args!("stick on src table {primary}"));
            }
        }
        (Some(Persistence::HttpCookie), true) => {
            out.line(format_args!("cookie {PERSISTENCE_COOKIE} insert indirect nocache httponly"))
        }
        (Some(Persistence::AppCookie(cookie)), true) => {
            if name == primary {
                out.line("stick-table type string len 64 size 100k expire 60m");
                out.line(format_args!("stick store-response res.cook({cookie})"));
                out.line(format_args!("stick match req.cook({cookie})"));
            } else {
                out.line(format_args!("stick store-response res.cook({cookie}) table {primary}"));
                out.line(format_args!("stick match req.cook({cookie}) table {primary}"));
            }
        }
        (None, _) | (Some(Persistence::HttpCookie | Persistence::AppCookie(_)), _) => {}
    }
}

fn http_check(out: &mut Lines, check: &HttpCheck) {
    out.line("option httpchk");
    match &check.host {
        Some(host) => out.line(format_args!(
            "http-check send meth {} uri {} ver HTTP/1.1 hdr Host {host}",
            check.method, check.path
        )),
        None => out.line(format_args!(
            "http-check send meth {} uri {} ver HTTP/1.0",
            check.method, check.path
        )),
    }
    out.line(format_args!("http-check expect status {}", check.expected));
}

enum Checked<'a> {
    No,
    By(BackendName),
    Here(&'a MonitorSpec),
}

fn server(
    out: &mut Lines,
    mode: &ListenerMode,
    pool: &PoolSpec,
    member: &MemberSpec,
    checked: Checked<'_>,
) {
    let mut line = format!(
        "server {} {} weight {}",
        member.id,
        SocketAddr::new(member.address, member.port),
        member.weight.min(256)
    );
    let mut word = |text: fmt::Arguments<'_>| {
        line.push(' ');
        // Writing to a String cannot fail.
        let _ = line.write_fmt(text);
    };
    if mode.is_http() && pool.persistence == Some(Persistence::HttpCookie) {
        word(format_args!("cookie {}", member.id));
    }
    match pool.mode {
        PoolMode::ProxyV1 => word(format_args!("send-proxy")),
        PoolMode::ProxyV2 => word(format_args!("send-proxy-v2")),
        PoolMode::Http | PoolMode::Tcp => {}
    }
    if member.backup {
        word(format_args!("backup"));
    }
    if !member.enabled {
        word(format_args!("disabled"));
    }
    match checked {
        Checked::No => {}
        Checked::By(primary) => word(format_args!("track {primary}/{}", member.id)),
        Checked::Here(monitor) => {
            word(format_args!(
                "check inter {} fall {} rise {}",
                Millis(monitor.delay.max(Duration::from_millis(100))),
                monitor.fall.max(1),
                monitor.rise.max(1)
            ));
            match member.monitor_address {
                Some(IpAddr::V4(ip)) => word(format_args!("addr {ip}")),
                Some(IpAddr::V6(ip)) => word(format_args!("addr [{ip}]")),
                None => {}
            }
            if let Some(port) = member.monitor_port {
                word(format_args!("port {port}"));
            }
            match &monitor.kind {
                MonitorKind::Https(check) => {
                    word(format_args!("check-ssl verify none"));
                    if let Some(host) = &check.host {
                        word(format_args!("check-sni {host}"));
                    }
                }
                MonitorKind::TlsHello => word(format_args!("check-ssl verify none")),
                MonitorKind::Tcp | MonitorKind::Http(_) | MonitorKind::Ping => {}
            }
        }
    }
    out.line(line);
}

fn mode(mode: &ListenerMode) -> &'static str {
    if mode.is_http() { "mode http" } else { "mode tcp" }
}

/// A duration as HAProxy reads it, at most what it can read.
struct Millis(Duration);

impl Display for Millis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}ms", self.0.as_millis().min(i32::MAX as u128))
    }
}

#[derive(Default)]
struct Lines(String);

impl Lines {
    fn section(&mut self, title: impl Display) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.0, "{title}");
    }

    fn line(&mut self, text: impl Display) {
        let _ = writeln!(self.0, "    {text}");
    }
}

#[cfg(test)]
mod tests;
