//! The `frontend` section of a listener.

use super::{
    backend_name::backends,
    client_certificate,
    config_writer::{ConfigWriter, Millis, mode},
    fd,
    inherited_files::InheritedFiles,
    l7policies, tls,
};
use crate::{
    sockets::BACKLOG,
    spec::{ListenerMode, ListenerSpec, LoadBalancerSpec},
};
use std::{os::fd::RawFd, time::Duration};

/// The most time for the head of a request. `timeout client` starts again with each byte.
const REQUEST_HEAD_TIMEOUT: Duration = Duration::from_secs(30);

/// `connections` is the limit of the process.
pub(super) fn connection_limit(listener: &ListenerSpec, connections: u64) -> u64 {
    let limit = listener.connection_limit.map_or(connections, |l| u64::from(l).min(connections));
    // 0 would mean no limit in a configuration, and no connection in an admin command.
    limit.max(1)
}

fn adds_headers(listener: &ListenerSpec) -> bool {
    let headers = &listener.insert_headers;
    headers.x_forwarded_for
        || headers.x_forwarded_port
        || headers.x_forwarded_proto
        || !headers.client_certificate.is_empty()
}

/// A client names in `Connection` which headers the next server drops (RFC 9110, 7.6.1), and HAProxy passes the names
/// on: a proxy among the members would drop the headers that the listener adds. Only the upgrade stays, of a WebSocket.
fn connection_header(out: &mut ConfigWriter) {
    out.line("acl upgrades req.hdr(connection) -m str -i upgrade");
    out.line("http-request set-header Connection Upgrade if upgrades");
    out.line("http-request del-header Connection unless upgrades");
}

pub(super) fn frontend(
    out: &mut ConfigWriter,
    spec: &LoadBalancerSpec,
    (index, listener): (usize, &ListenerSpec),
    files: &InheritedFiles<'_>,
    connections: u64,
) {
    out.section(format_args!("frontend {}", listener.id));
    out.line(mode(&listener.mode));
    if listener.mode.is_http() {
        // Without it, a stopping process would close idle connections that a client is about to use.
        out.line("option idle-close-on-response");
    }
    out.line(format_args!("timeout client {}", Millis(listener.timeout_client)));
    if listener.mode.is_http() {
        // Zero is no limit, and HAProxy would take it as the limit of the head too.
        let limit = Some(listener.timeout_client).filter(|timeout| !timeout.is_zero());
        let limit = limit.map_or(REQUEST_HEAD_TIMEOUT, |timeout| timeout.min(REQUEST_HEAD_TIMEOUT));
        out.line(format_args!("timeout http-request {}", Millis(limit)));
        // Otherwise it would be the same.
        out.line(format_args!("timeout http-keep-alive {}", Millis(listener.timeout_client)));
    }
    out.line(format_args!("maxconn {}", connection_limit(listener, connections)));
    out.line(format_args!("backlog {BACKLOG}"));
    let vips = spec.vips().count();
    for socket in (fd::FIRST_LISTENER + (index * vips) as RawFd..).take(vips) {
        match (listener.mode.tls(), files.listener(index)) {
            (Some(tls), Some(files)) => {
                let bind = tls::BindOptions { tls, files };
                out.line(format_args!("bind fd@{socket}{bind}"));
            }
            _ => out.line(format_args!("bind fd@{socket}")),
        }
    }
    if !listener.allowed_cidrs.is_empty() {
        for cidr in &listener.allowed_cidrs {
            out.line(format_args!("acl allowed src {}", cidr.trunc()));
        }
        out.line("tcp-request connection reject unless allowed");
    }
    if !listener.timeout_tcp_inspect.is_zero() {
        let delay = Millis(listener.timeout_tcp_inspect);
        out.line(format_args!("tcp-request inspect-delay {delay}"));
    }
    if let ListenerMode::Prometheus(_) = listener.mode {
        // The exporter shows this process, whose proxies and servers have ids for names.
        out.line("http-request deny deny_status 404 unless { path /metrics }");
        out.line("http-request use-service prometheus-exporter");
        return;
    }
    if listener.mode.is_http() {
        let headers = &listener.insert_headers;
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
        client_certificate::headers(out, listener);
        if adds_headers(listener) {
            connection_header(out);
        }
        l7policies::policies(out, listener, spec);
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
