//! `openstack loadbalancer` commands of python-octaviaclient.

use openstack_types::{
    field::is_invisible,
    octavia::{
        CreateHealthMonitor, CreateL7Policy, CreateL7Rule, CreateListener, CreateLoadBalancer,
        CreateMember, CreatePool, PoolByName, SessionPersistence,
    },
};
use std::{collections::BTreeSet, fmt::Write};

/// The commands that create a load balancer, for a POSIX shell. Octavia locks a load balancer while any
/// part of it changes, so each command waits for its part. Commands refer to parts by id, because names
/// need not be unique.
pub fn openstack_commands(request: &CreateLoadBalancer) -> String {
    let mut out = String::new();
    out.push_str(&loadbalancer(request).assigned_to("lb"));
    for (index, pool) in request.pools.iter().enumerate() {
        let variable = format!("pool_{}", index + 1);
        out.push_str(&pool_command(pool).assigned_to(&variable));
        let reference = format!("\"${variable}\"");
        for member in &pool.members {
            out.push_str(&member_command(member).line_for(&reference));
        }
        if let Some(monitor) = &pool.healthmonitor {
            out.push_str(&monitor_command(monitor).line_for(&reference));
        }
    }
    let mut policies = 0;
    for (number, listener) in (1..).zip(&request.listeners) {
        let index = listener.default_pool.as_ref().and_then(|pool| pool_index(request, pool));
        let command = listener_command(listener, index);
        if listener.l7policies.is_empty() {
            out.push_str(&command.line_for("\"$lb\""));
            continue;
        }
        let variable = format!("listener_{number}");
        out.push_str(&command.print_id().target("\"$lb\"").assigned_to(&variable));
        for policy in &listener.l7policies {
            policies += 1;
            let of_listener = format!("\"${variable}\"");
            let variable = format!("l7policy_{policies}");
            let pool = policy.redirect_pool.as_ref().and_then(|pool| pool_index(request, pool));
            let enable_later = policy.rules.len() > 1 && policy.admin_state_up.is_none();
            let mut command = policy_command(policy, pool);
            // By one of several rules it would match too much.
            command.flag("disable", enable_later);
            out.push_str(&command.target(&of_listener).assigned_to(&variable));
            let reference = format!("\"${variable}\"");
            for rule in &policy.rules {
                out.push_str(&rule_command(rule).line_for(&reference));
            }
            if enable_later {
                let mut command = Command::new("l7policy set");
                command.flag("enable", true);
                out.push_str(&command.line_for(&reference));
            }
        }
    }
    invisible_characters(&out) + &out
}

/// Sets the variables of [`quoted`].
fn invisible_characters(commands: &str) -> String {
    let mut out = String::new();
    let mut rest = commands;
    let mut known = BTreeSet::new();
    while let Some(at) = rest.find("\"$u_") {
        rest = &rest[at + 4..];
        let digits = rest.split('"').next().unwrap_or_default();
        let Some(c) = u32::from_str_radix(digits, 16).ok().and_then(char::from_u32) else {
            continue;
        };
        if is_invisible(c) && known.insert(c) {
            let bytes = c.to_string();
            let octal: String = bytes.bytes().map(|byte| format!("\\{byte:03o}")).collect();
            // A substitution removes line feeds at its end.
            let _ = writeln!(out, "u_{digits}=$(printf '{octal}.') u_{digits}=${{u_{digits}%.}}");
        }
    }
    out
}

fn pool_index(request: &CreateLoadBalancer, pool: &PoolByName) -> Option<usize> {
    request.pools.iter().position(|other| other.name == pool.name)
}

fn loadbalancer(request: &CreateLoadBalancer) -> Command {
    let mut command = Command::new("create").print_id();
    command.option("name", &request.name);
    command.optional("description", request.description.as_deref());
    command.optional("vip-subnet-id", request.vip_subnet_id);
    command.optional("vip-network-id", request.vip_network_id);
    command.optional("vip-address", request.vip_address.as_deref());
    command.optional("vip-port-id", request.vip_port_id.as_deref());
    command.optional("vip-qos-policy-id", request.vip_qos_policy_id.as_deref());
    for group in &request.vip_sg_ids {
        command.option("vip-sg-id", group);
    }
    for vip in &request.additional_vips {
        let address = vip.ip_address.as_ref().map(|ip| format!(",ip-address={ip}"));
        let address = address.unwrap_or_default();
        command.option("additional-vip", format!("subnet-id={}{address}", vip.subnet_id));
    }
    command.optional("provider", request.provider.as_deref());
    command.optional("flavor", request.flavor_id.as_deref());
    command.optional("availability-zone", request.availability_zone.as_deref());
    command.flag("disable", request.admin_state_up == Some(false));
    for tag in &request.tags {
        command.option("tag", tag);
    }
    command
}

fn pool_command(pool: &CreatePool) -> Command {
    let mut command = Command::new("pool create").print_id();
    command.option("name", &pool.name);
    command.optional("description", pool.description.as_deref());
    command.raw("loadbalancer", "\"$lb\"");
    command.option("protocol", &pool.protocol);
    command.option("lb-algorithm", &pool.lb_algorithm);
    if let Some(persistence) = &pool.session_persistence {
        let SessionPersistence { kind, cookie_name, persistence_timeout, persistence_granularity } =
            persistence;
        let mut text = format!("type={kind}");
        let timeout = persistence_timeout.map(|seconds| seconds.to_string());
        for (name, value) in [
            ("cookie_name", cookie_name.as_ref()),
            ("persistence_timeout", timeout.as_ref()),
            ("persistence_granularity", persistence_granularity.as_ref()),
        ] {
            text.extend(value.map(|value| format!(",{name}={value}")));
        }
        command.option("session-persistence", text);
    }
    command.flag("enable-tls", pool.tls_enabled == Some(true));
    command.optional("tls-container-ref", pool.tls_container_ref.as_deref());
    command.optional("ca-tls-container-ref", pool.ca_tls_container_ref.as_deref());
    command.optional("crl-container-ref", pool.crl_container_ref.as_deref());
    command.optional("tls-ciphers", pool.tls_ciphers.as_deref());
    for version in pool.tls_versions.iter().flatten() {
        command.option("tls-version", version);
    }
    for protocol in pool.alpn_protocols.iter().flatten() {
        command.option("alpn-protocol", protocol);
    }
    command.flag("disable", pool.admin_state_up == Some(false));
    for tag in &pool.tags {
        command.option("tag", tag);
    }
    command
}

fn member_command(member: &CreateMember) -> Command {
    let mut command = Command::new("member create");
    command.optional("name", member.name.as_deref());
    command.option("address", &member.address);
    command.option("protocol-port", member.protocol_port);
    command.optional("weight", member.weight);
    command.flag("enable-backup", member.backup == Some(true));
    command.flag("disable", member.admin_state_up == Some(false));
    command.optional("subnet-id", member.subnet_id);
    command.optional("monitor-address", member.monitor_address.as_deref());
    command.optional("monitor-port", member.monitor_port);
    for tag in &member.tags {
        command.option("tag", tag);
    }
    command
}

fn monitor_command(monitor: &CreateHealthMonitor) -> Command {
    let mut command = Command::new("healthmonitor create");
    command.optional("name", monitor.name.as_deref());
    command.option("type", &monitor.kind);
    command.option("delay", monitor.delay);
    command.option("timeout", monitor.timeout);
    command.option("max-retries", monitor.max_retries);
    command.optional("max-retries-down", monitor.max_retries_down);
    command.optional("http-method", monitor.http_method.as_deref());
    command.optional("url-path", monitor.url_path.as_deref());
    command.optional("expected-codes", monitor.expected_codes.as_deref());
    command.optional("http-version", monitor.http_version);
    command.optional("domain-name", monitor.domain_name.as_deref());
    command.flag("disable", monitor.admin_state_up == Some(false));
    for tag in &monitor.tags {
        command.option("tag", tag);
    }
    command
}

fn listener_command(listener: &CreateListener, pool: Option<usize>) -> Command {
    let mut command = Command::new("listener create");
    command.optional("name", listener.name.as_deref());
    command.optional("description", listener.description.as_deref());
    // Takes all arguments up to the next option, so another option must follow.
    command.list("sni-container-refs", &listener.sni_container_refs);
    command.option("protocol", &listener.protocol);
    command.option("protocol-port", listener.protocol_port);
    if let Some(index) = pool {
        command.raw("default-pool", &format!("\"$pool_{}\"", index + 1));
    }
    command.optional("connection-limit", listener.connection_limit);
    if !listener.insert_headers.is_empty() {
        let headers: Vec<String> =
            listener.insert_headers.iter().map(|(name, value)| format!("{name}={value}")).collect();
        command.option("insert-headers", headers.join(","));
    }
    for range in listener.allowed_cidrs.iter().flatten() {
        command.option("allowed-cidr", range);
    }
    command.optional("timeout-client-data", listener.timeout_client_data);
    command.optional("timeout-member-connect", listener.timeout_member_connect);
    command.optional("timeout-member-data", listener.timeout_member_data);
    command.optional("timeout-tcp-inspect", listener.timeout_tcp_inspect);
    command.optional("default-tls-container-ref", listener.default_tls_container_ref.as_deref());
    for version in listener.tls_versions.iter().flatten() {
        command.option("tls-version", version);
    }
    command.optional("tls-ciphers", listener.tls_ciphers.as_ref());
    for protocol in listener.alpn_protocols.iter().flatten() {
        command.option("alpn-protocol", protocol);
    }
    command.optional("hsts-max-age", listener.hsts_max_age);
    command.flag("hsts-include-subdomains", listener.hsts_include_subdomains == Some(true));
    command.flag("hsts-preload", listener.hsts_preload == Some(true));
    command.optional("client-authentication", listener.client_authentication.as_ref());
    command
        .optional("client-ca-tls-container-ref", listener.client_ca_tls_container_ref.as_deref());
    command.optional("client-crl-container-ref", listener.client_crl_container_ref.as_deref());
    command.flag("disable", listener.admin_state_up == Some(false));
    for tag in &listener.tags {
        command.option("tag", tag);
    }
    command
}

fn policy_command(policy: &CreateL7Policy, pool: Option<usize>) -> Command {
    let mut command = Command::new("l7policy create").print_id();
    command.optional("name", policy.name.as_deref());
    command.optional("description", policy.description.as_deref());
    command.option("action", &policy.action);
    if let Some(index) = pool {
        command.raw("redirect-pool", &format!("\"$pool_{}\"", index + 1));
    }
    command.optional("redirect-url", policy.redirect_url.as_ref());
    command.optional("redirect-prefix", policy.redirect_prefix.as_ref());
    command.optional("redirect-http-code", policy.redirect_http_code);
    command.flag("disable", policy.admin_state_up == Some(false));
    for tag in &policy.tags {
        command.option("tag", tag);
    }
    command
}

fn rule_command(rule: &CreateL7Rule) -> Command {
    let mut command = Command::new("l7rule create");
    command.option("type", &rule.kind);
    command.option("compare-type", &rule.compare_type);
    command.optional("key", rule.key.as_deref());
    command.option("value", &rule.value);
    command.flag("invert", rule.invert == Some(true));
    command.flag("disable", rule.admin_state_up == Some(false));
    for tag in &rule.tags {
        command.option("tag", tag);
    }
    command
}

/// Longer commands are wrapped.
const LINE_MAX: usize = 110;

/// A command; each argument is quoted when it is added.
struct Command(Vec<String>);

impl Command {
    fn new(words: &str) -> Self {
        Self(vec![format!("openstack loadbalancer {words} --wait")])
    }

    fn print_id(mut self) -> Self {
        self.0.push("--format value --column id".to_owned());
        self
    }

    fn option(&mut self, name: &str, value: impl ToString) {
        let value = value.to_string();
        // After a space, a value that starts with a hyphen would be an option.
        let separator = if value.starts_with('-') { '=' } else { ' ' };
        self.0.push(format!("--{name}{separator}{}", quoted(&value)));
    }

    fn optional(&mut self, name: &str, value: Option<impl ToString>) {
        if let Some(value) = value {
            self.option(name, value);
        }
    }

    fn list(&mut self, name: &str, values: &[String]) {
        if !values.is_empty() {
            let values: Vec<String> = values.iter().map(|value| quoted(value)).collect();
            self.0.push(format!("--{name} {}", values.join(" ")));
        }
    }

    fn flag(&mut self, name: &str, set: bool) {
        if set {
            self.0.push(format!("--{name}"));
        }
    }

    /// A value that the shell expands: only for variables of this script.
    fn raw(&mut self, name: &str, value: &str) {
        self.0.push(format!("--{name} {value}"));
    }

    fn target(mut self, reference: &str) -> Self {
        self.0.push(reference.to_owned());
        self
    }

    fn line_for(self, reference: &str) -> String {
        format!("{}\n", self.target(reference).render())
    }

    fn assigned_to(self, variable: &str) -> String {
        format!("{variable}=$({})\n", self.render())
    }

    fn render(&self) -> String {
        let line = self.0.join(" ");
        if line.len() <= LINE_MAX { line } else { self.0.join(" \\\n    ") }
    }
}

/// Quotes an argument for a POSIX shell. NUL is removed: an argument cannot contain it. What is not shown is in variables,
/// so that a name can neither end a paste nor write to the terminal.
fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@%+".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    let mut out = "'".to_owned();
    for c in text.chars().filter(|c| *c != '\0') {
        match c {
            '\'' => out.push_str(r"'\''"),
            c if is_invisible(c) => {
                let _ = write!(out, "'\"$u_{:x}\"'", c as u32);
            }
            c => out.push(c),
        }
    }
    out + "'"
}
