//! The `backend` section of a pool behind one listener.

use super::{
    backend_name::BackendName,
    config_writer::{Argument, ConfigWriter, Escaped, Millis, mode},
    inherited_files::PoolFiles,
    tls::ServerOptions,
};
use crate::{
    server_ids::ServerIds,
    spec::{
        Balance, CheckHost, HttpCheck, ListenerMode, ListenerSpec, MemberSpec, MonitorKind,
        MonitorSpec, Persistence, PoolMode, PoolSpec,
    },
};
use std::{
    fmt::{self, Write},
    net::{IpAddr, SocketAddr},
    time::Duration,
};

/// The cookie of [`Persistence::HttpCookie`], with the same name as in Octavia.
const PERSISTENCE_COOKIE: &str = "SRV";

/// Where the servers of a pool are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    pub(crate) listener: &'a ListenerSpec,
    pub(crate) name: BackendName,
    /// The backend of the same pool that runs the checks and has the stick table.
    pub(crate) primary: BackendName,
    /// If the pool uses TLS.
    pub(crate) files: Option<PoolFiles>,
}

pub(super) fn backend(
    out: &mut ConfigWriter,
    pool: &PoolSpec,
    place: Place<'_>,
    ids: &ServerIds,
    has_state: bool,
) {
    let Place { listener, name, primary, .. } = place;
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
    // Also with a PING monitor: members that the engine found down stay down in the next generation.
    if has_state && pool.monitor.is_some() {
        out.line("load-server-state-from-file global");
    }
    persistence(out, &listener.mode, pool, name, primary);
    let monitor = pool.monitor.as_ref().filter(|monitor| monitor.kind != MonitorKind::Ping);
    if let Some(monitor) = monitor.filter(|_| name == primary) {
        out.line(format_args!("timeout check {}", Millis(monitor.timeout)));
        match &monitor.kind {
            MonitorKind::Http(check) | MonitorKind::Https(check) => http_check(out, pool, check),
            MonitorKind::Tcp | MonitorKind::TlsHello | MonitorKind::Ping => {}
        }
    }
    for member in pool.unique_members() {
        let arguments = server_arguments(pool, member, place, ids);
        out.line(format_args!("server {} {arguments}", member.id));
    }
}

fn persistence(
    out: &mut ConfigWriter,
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
            let cookie = Argument(cookie.as_str());
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

fn http_check(out: &mut ConfigWriter, pool: &PoolSpec, check: &HttpCheck) {
    let path = Escaped(check.path.as_str());
    out.line("option httpchk");
    let send = format!("http-check send meth {} uri {path}", check.method);
    match &check.host {
        CheckHost::Absent => out.line(format_args!("{send} ver HTTP/1.0")),
        CheckHost::Member => {
            out.line(format_args!("{send} ver HTTP/1.1 hdr Host {}", host_of_members(pool)));
        }
        CheckHost::Name(host) => out.line(format_args!("{send} ver HTTP/1.1 hdr Host {host}")),
    }
    out.line(format_args!("http-check expect status {}", check.expected));
}

/// The address and port of a check as a log format, which HAProxy evaluates for each check. All checks of a pool
/// have the same, so a pool with addresses of both families gets the ids of its members.
pub(crate) fn host_of_members(pool: &PoolSpec) -> &'static str {
    let mut addresses = pool.members.iter().map(|m| m.monitor_address.unwrap_or(m.address));
    let is_v6 = addresses.next().is_some_and(|first| first.is_ipv6());
    match (is_v6, addresses.all(|address| address.is_ipv6() == is_v6)) {
        (false, true) => "%[bc_dst]:%[bc_dst_port]",
        (true, true) => "[%[bc_dst]]:%[bc_dst_port]",
        (_, false) => "%[srv_name]",
    }
}

/// How a server in one backend gets its health.
enum HealthCheck<'a> {
    None,
    /// From the server in this backend, which runs the checks.
    Track(BackendName),
    Run(&'a MonitorSpec),
}

/// What follows the name of a server, in the configuration and in `add server`.
pub(crate) fn server_arguments(
    pool: &PoolSpec,
    member: &MemberSpec,
    place: Place<'_>,
    ids: &ServerIds,
) -> String {
    let mode = &place.listener.mode;
    let monitor = pool.monitor.as_ref().filter(|monitor| monitor.kind != MonitorKind::Ping);
    let check = match monitor {
        None => HealthCheck::None,
        Some(_) if place.name != place.primary => HealthCheck::Track(place.primary),
        Some(monitor) => HealthCheck::Run(monitor),
    };
    let mut line = SocketAddr::new(member.address, member.port).to_string();
    let mut option = |text: fmt::Arguments<'_>| {
        line.push(' ');
        // Writing to a String cannot fail.
        let _ = line.write_fmt(text);
    };
    if let Some(id) = ids.get(member.id) {
        option(format_args!("id {id}"));
    }
    option(format_args!("weight {}", member.weight.min(256)));
    if mode.is_http() && pool.persistence == Some(Persistence::HttpCookie) {
        option(format_args!("cookie {}", member.id));
    }
    match pool.mode {
        PoolMode::ProxyV1 => option(format_args!("send-proxy")),
        PoolMode::ProxyV2 if mode.tls().is_some() => option(format_args!("send-proxy-v2-ssl-cn")),
        PoolMode::ProxyV2 => option(format_args!("send-proxy-v2")),
        PoolMode::Http | PoolMode::Tcp => {}
    }
    if member.backup {
        option(format_args!("backup"));
    }
    if !member.enabled {
        option(format_args!("disabled"));
    }
    let tls = pool.tls.as_ref().zip(place.files);
    if let Some((tls, files)) = tls {
        option(format_args!("{}", ServerOptions { tls, files, is_http: mode.is_http() }));
    }
    // One server verifies all certificates alike.
    let check_ssl = if tls.is_some() { "check-ssl" } else { "check-ssl verify none" };
    match check {
        HealthCheck::None => {}
        HealthCheck::Track(primary) => option(format_args!("track {primary}/{}", member.id)),
        HealthCheck::Run(monitor) => {
            option(format_args!(
                "check inter {} fall {} rise {}",
                Millis(monitor.delay.max(Duration::from_millis(100))),
                monitor.fall.max(1),
                monitor.rise.max(1)
            ));
            match member.monitor_address {
                Some(IpAddr::V4(ip)) => option(format_args!("addr {ip}")),
                Some(IpAddr::V6(ip)) => option(format_args!("addr [{ip}]")),
                None => {}
            }
            if let Some(port) = member.monitor_port {
                option(format_args!("port {port}"));
            }
            match &monitor.kind {
                MonitorKind::Https(check) => {
                    option(format_args!("{check_ssl}"));
                    if let CheckHost::Name(host) = &check.host {
                        option(format_args!("check-sni {host}"));
                    }
                }
                MonitorKind::TlsHello => option(format_args!("{check_ssl}")),
                // Another port speaks without TLS, as in Octavia.
                MonitorKind::Tcp | MonitorKind::Http(_)
                    if tls.is_some() && member.monitor_port.is_none() =>
                {
                    option(format_args!("{check_ssl}"));
                }
                MonitorKind::Tcp | MonitorKind::Http(_) | MonitorKind::Ping => {}
            }
        }
    }
    line
}
