//! Backends: server groups.

use super::{Defaults, Line, Reader, Section, whole_seconds};
use crate::{RowKey, draft::HealthDraft, import::Reason, paste::split_port};
use openstack_types::octavia::{
    HealthMonitorType, HttpVersion, LbAlgorithm, PoolProtocol, SessionPersistenceType,
};

impl Defaults {
    /// Reads a line that configures a backend; `false` if it is not such a line.
    pub(super) fn read_backend(&mut self, line: &Line) -> bool {
        match (line.word(0), line.word(1)) {
            ("balance", method) => {
                self.method = match method {
                    "roundrobin" | "static-rr" => Some(LbAlgorithm::RoundRobin),
                    "leastconn" => Some(LbAlgorithm::LeastConnections),
                    "source" => Some(LbAlgorithm::SourceIp),
                    _ => return false,
                };
                true
            }
            ("option", "httpchk") => {
                let health = self.health.get_or_insert_default();
                health.kind = Some(HealthMonitorType::Http);
                match line.rest(2) {
                    [] => {}
                    [path] => health.path = path.clone(),
                    [method, path, version @ ..] => {
                        (health.method, health.path) = (method.clone(), path.clone());
                        let is_1_1 = version.first().is_some_and(|one| one.ends_with("1.1"));
                        health.http_version = is_1_1.then_some(HttpVersion::V1_1);
                    }
                }
                true
            }
            ("option", kind @ ("tcp-check" | "ssl-hello-chk")) => {
                let kind = if kind == "tcp-check" {
                    HealthMonitorType::Tcp
                } else {
                    HealthMonitorType::TlsHello
                };
                self.health.get_or_insert_default().kind = Some(kind);
                true
            }
            ("http-check", "expect") if line.word(2) == "status" && line.words.len() == 4 => {
                self.health.get_or_insert_default().codes = line.word(3).to_owned();
                true
            }
            ("http-check", "send") => self.read_http_check(line),
            ("timeout", "check") => match whole_seconds(line.word(2)) {
                Some(seconds) => {
                    self.health.get_or_insert_default().timeout = seconds.to_string();
                    true
                }
                None => false,
            },
            _ => false,
        }
    }

    fn read_http_check(&mut self, line: &Line) -> bool {
        let health = self.health.get_or_insert_default();
        let mut words = line.rest(2).iter();
        while let Some(word) = words.next() {
            let Some(value) = words.next() else { return false };
            match word.as_str() {
                "meth" => health.method = value.clone(),
                "uri" => health.path = value.clone(),
                "ver" => {
                    health.http_version = value.ends_with("1.1").then_some(HttpVersion::V1_1);
                }
                "hdr" if value.eq_ignore_ascii_case("host") => {
                    health.domain = words.next().cloned().unwrap_or_default();
                }
                _ => return false,
            }
        }
        health.kind = Some(HealthMonitorType::Http);
        true
    }
}

impl Reader {
    /// Adds the group of a backend, and reports what it lacks. Lines of a frontend in a `listen` are left
    /// to the frontend.
    pub(super) fn backend(&mut self, section: &Section, defaults: &Defaults) {
        let has_servers = section.lines.iter().any(|line| line.word(0) == "server");
        if section.kind == "listen" && !has_servers {
            return;
        }
        let mut settings = defaults.clone();
        let key = self.draft.add_group();
        self.groups.insert(section.name.clone(), key);
        if let Some(group) = self.draft.group_mut(key) {
            group.name = section.name.clone();
        }
        let mut is_checked = false;
        for line in &section.lines {
            let read = match (line.word(0), line.word(1)) {
                ("server", _) => {
                    is_checked |= line.words.iter().any(|word| word == "check");
                    self.server(key, line, &mut settings);
                    true
                }
                ("cookie", name) => self.cookie(key, name, line),
                ("stick", "on") if line.word(2) == "src" => {
                    if let Some(group) = self.draft.group_mut(key) {
                        group.persistence.kind = Some(SessionPersistenceType::SourceIp);
                    }
                    true
                }
                ("stick-table", "type") => line.word(2).starts_with("ip"),
                _ => settings.read_backend(line),
            };
            let is_of_frontend = section.kind == "listen";
            let is_shared = settings.clone().read_frontend(line);
            if !read && !is_shared && !is_of_frontend {
                self.report(line, Reason::Unknown);
            }
            if !read && is_shared {
                settings.read_frontend(line);
            }
        }
        let Some(group) = self.draft.group_mut(key) else { return };
        if let Some(method) = settings.method {
            group.method = method;
        }
        if settings.is_tcp && group.protocol == PoolProtocol::Http {
            group.protocol = PoolProtocol::Tcp;
        }
        // Checks run for servers with `check` only.
        if is_checked {
            group.health = settings.health.unwrap_or_default();
            group.health.kind.get_or_insert(HealthMonitorType::Tcp);
            keep_timeout_below_delay(&mut group.health);
        }
    }

    fn cookie(&mut self, group: RowKey, name: &str, line: &Line) -> bool {
        let has = |word: &str| line.words.iter().any(|other| other == word);
        let Some(group) = self.draft.group_mut(group) else { return false };
        if has("insert") {
            group.persistence.kind = Some(SessionPersistenceType::HttpCookie);
        } else if has("prefix") || has("rewrite") {
            group.persistence.kind = Some(SessionPersistenceType::AppCookie);
            group.persistence.cookie_name = name.to_owned();
        } else {
            return false;
        }
        true
    }

    fn server(&mut self, group: RowKey, line: &Line, settings: &mut Defaults) {
        let (address, port) = split_port(line.word(2));
        if address.parse::<std::net::IpAddr>().is_err() {
            self.report(line, Reason::HostName);
        }
        let port = port.unwrap_or_default().to_owned();
        let key = self.draft.add_server_at(group, address.to_owned(), port, None);
        let mut unknown = Vec::new();
        let mut proxy = None;
        let mut tls = false;
        let Some(server) = key.and_then(|key| self.draft.server_mut(group, key)) else { return };
        server.name = line.word(1).to_owned();
        let mut words = line.rest(3).iter();
        while let Some(word) = words.next() {
            let mut value = || words.next().cloned().unwrap_or_default();
            match word.as_str() {
                "check" => {}
                "backup" => server.backup = true,
                "disabled" => server.enabled = false,
                "weight" => server.weight = value(),
                "addr" => server.monitor_address = value(),
                "port" => server.monitor_port = value(),
                "cookie" => drop(value()),
                "ssl" => tls = true,
                "verify" if value() == "none" => {}
                "send-proxy" => proxy = Some(PoolProtocol::Proxy),
                "send-proxy-v2" => proxy = Some(PoolProtocol::ProxyV2),
                "inter" => {
                    let seconds = whole_seconds(&value()).unwrap_or(5);
                    settings.health.get_or_insert_default().delay = seconds.to_string();
                }
                "rise" => settings.health.get_or_insert_default().rise = value(),
                "fall" => settings.health.get_or_insert_default().fall = value(),
                other => unknown.push(other.to_owned()),
            }
        }
        if let Some(group) = self.draft.group_mut(group) {
            group.tls.enabled |= tls;
            if let Some(protocol) = proxy {
                group.protocol = protocol;
            }
        }
        if !unknown.is_empty() {
            self.report(line, Reason::Invalid { message: unknown.join(" ") });
        }
    }
}

/// HAProxy's timeout may be longer than the interval; Octavia's may not.
fn keep_timeout_below_delay(health: &mut HealthDraft) {
    let number = |text: &str| text.parse::<u64>().ok();
    if let (Some(delay), Some(timeout)) = (number(&health.delay), number(&health.timeout)) {
        let delay = delay.max(2);
        health.delay = delay.to_string();
        health.timeout = timeout.min(delay - 1).to_string();
    }
}
