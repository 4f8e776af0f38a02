//! Terraform (and OpenTofu), for the provider `terraform-provider-openstack/openstack`.

use openstack_types::{
    field::is_invisible,
    octavia::{
        CreateHealthMonitor, CreateL7Policy, CreateL7Rule, CreateListener, CreateLoadBalancer,
        CreateMember, CreatePool, PoolByName,
    },
};
use std::fmt::Write as _;

/// The resources that create a load balancer.
pub fn terraform(request: &CreateLoadBalancer) -> String {
    let mut blocks = vec![loadbalancer(request)];
    for (index, pool) in request.pools.iter().enumerate() {
        let label = format!("pool_{}", index + 1);
        blocks.push(pool_block(&label, pool));
        blocks.extend(members(&label, &pool.members));
        if let Some(monitor) = &pool.healthmonitor {
            blocks.push(monitor_block(&label, monitor));
        }
    }
    for (index, listener) in request.listeners.iter().enumerate() {
        let pool = pool_label(request, listener.default_pool.as_ref());
        let label = format!("listener_{}", index + 1);
        blocks.push(listener_block(&label, listener, pool));
        for (index, policy) in listener.l7policies.iter().enumerate() {
            let policy_label = format!("{label}_policy_{}", index + 1);
            let pool = pool_label(request, policy.redirect_pool.as_ref());
            blocks.push(policy_block(&policy_label, &label, index + 1, policy, pool));
            for (index, rule) in policy.rules.iter().enumerate() {
                let label = format!("{policy_label}_rule_{}", index + 1);
                blocks.push(rule_block(&label, &policy_label, rule));
            }
        }
    }
    let resources: Vec<String> = blocks.into_iter().map(|block| block.render(0)).collect();
    format!(
        "terraform {{\n  required_providers {{\n    openstack = {{\n      source = \"terraform-provider-openstack/openstack\"\n    }}\n  }}\n}}\n\n{}",
        resources.join("\n")
    )
}

const LOADBALANCER_ID: &str = "openstack_lb_loadbalancer_v2.lb.id";

fn pool_label(request: &CreateLoadBalancer, pool: Option<&PoolByName>) -> Option<String> {
    let index = request.pools.iter().position(|other| Some(&other.name) == pool.map(|p| &p.name));
    index.map(|index| format!("pool_{}", index + 1))
}

fn loadbalancer(request: &CreateLoadBalancer) -> Block {
    let mut block = Block::resource("openstack_lb_loadbalancer_v2", "lb");
    block.text("name", Some(&request.name));
    block.text("description", request.description.as_ref());
    block.text("vip_subnet_id", request.vip_subnet_id);
    block.text("vip_network_id", request.vip_network_id);
    block.text("vip_address", request.vip_address.as_ref());
    block.text("vip_port_id", request.vip_port_id.as_ref());
    block.text("vip_qos_policy_id", request.vip_qos_policy_id.as_ref());
    block.list("security_group_ids", &request.vip_sg_ids);
    for vip in &request.additional_vips {
        let address = vip.ip_address.as_ref().map(|ip| format!(", ip_address {ip}"));
        let address = address.unwrap_or_default();
        block.unsupported(&format!("additional VIP: subnet_id {}{address}", vip.subnet_id));
    }
    if let Some(kind) = &request.vip_vnic_type {
        block.unsupported(&format!("vip_vnic_type {}", quoted(kind)));
    }
    block.text("loadbalancer_provider", request.provider.as_ref());
    block.text("flavor_id", request.flavor_id.as_ref());
    block.text("availability_zone", request.availability_zone.as_ref());
    block.raw("admin_state_up", request.admin_state_up);
    block.list("tags", &request.tags);
    block
}

fn pool_block(label: &str, pool: &CreatePool) -> Block {
    let mut block = Block::resource("openstack_lb_pool_v2", label);
    block.text("name", Some(&pool.name));
    block.text("description", pool.description.as_ref());
    block.raw("loadbalancer_id", Some(LOADBALANCER_ID));
    block.text("protocol", Some(&pool.protocol));
    block.text("lb_method", Some(&pool.lb_algorithm));
    block.raw("admin_state_up", pool.admin_state_up);
    block.raw("tls_enabled", pool.tls_enabled);
    block.text("tls_container_ref", pool.tls_container_ref.as_ref());
    block.text("ca_tls_container_ref", pool.ca_tls_container_ref.as_ref());
    block.text("crl_container_ref", pool.crl_container_ref.as_ref());
    block.text("tls_ciphers", pool.tls_ciphers.as_ref());
    block.texts("tls_versions", pool.tls_versions.as_ref());
    block.texts("alpn_protocols", strings(pool.alpn_protocols.as_deref()).as_ref());
    block.list("tags", &pool.tags);
    if let Some(persistence) = &pool.session_persistence {
        let mut inner = Block::new("persistence");
        inner.text("type", Some(&persistence.kind));
        inner.text("cookie_name", persistence.cookie_name.as_ref());
        if let Some(seconds) = persistence.persistence_timeout {
            inner.unsupported(&format!("persistence_timeout {seconds}"));
        }
        if let Some(mask) = &persistence.persistence_granularity {
            inner.unsupported(&format!("persistence_granularity {}", quoted(mask)));
        }
        block.blocks.push(inner);
    }
    block
}

fn strings<T: ToString>(values: Option<&[T]>) -> Option<Vec<String>> {
    values.map(|values| values.iter().map(ToString::to_string).collect())
}

/// One block for all members of a pool, or a block for each if any has tags, which the provider supports
/// only there.
fn members(pool: &str, members: &[CreateMember]) -> Vec<Block> {
    let pool_id = format!("openstack_lb_pool_v2.{pool}.id");
    if members.iter().any(|member| !member.tags.is_empty()) {
        let each = (1..).zip(members).map(|(number, member)| {
            let label = format!("{pool}_member_{number}");
            let mut block = Block::resource("openstack_lb_member_v2", &label);
            block.raw("pool_id", Some(&pool_id));
            member_attributes(&mut block, member);
            block.list("tags", &member.tags);
            block
        });
        return each.collect();
    }
    let mut block = Block::resource("openstack_lb_members_v2", pool);
    block.raw("pool_id", Some(pool_id));
    block.blocks.extend(members.iter().map(|member| {
        let mut inner = Block::new("member");
        member_attributes(&mut inner, member);
        inner
    }));
    if members.is_empty() { Vec::new() } else { vec![block] }
}

fn member_attributes(block: &mut Block, member: &CreateMember) {
    block.text("name", member.name.as_ref());
    block.text("address", Some(&member.address));
    block.raw("protocol_port", Some(member.protocol_port));
    block.raw("weight", member.weight);
    block.raw("backup", member.backup);
    block.raw("admin_state_up", member.admin_state_up);
    block.text("subnet_id", member.subnet_id);
    block.text("monitor_address", member.monitor_address.as_ref());
    block.raw("monitor_port", member.monitor_port);
}

/// The provider supports no tags of health monitors, policies and rules.
fn monitor_block(pool: &str, monitor: &CreateHealthMonitor) -> Block {
    let mut block = Block::resource("openstack_lb_monitor_v2", pool);
    block.raw("pool_id", Some(format!("openstack_lb_pool_v2.{pool}.id")));
    block.text("name", monitor.name.as_ref());
    block.text("type", Some(&monitor.kind));
    block.raw("delay", Some(monitor.delay));
    block.raw("timeout", Some(monitor.timeout));
    block.raw("max_retries", Some(monitor.max_retries));
    block.raw("max_retries_down", monitor.max_retries_down);
    block.text("http_method", monitor.http_method.as_ref());
    block.text("url_path", monitor.url_path.as_ref());
    block.text("expected_codes", monitor.expected_codes.as_ref());
    block.text("http_version", monitor.http_version);
    block.text("domain_name", monitor.domain_name.as_ref());
    block.raw("admin_state_up", monitor.admin_state_up);
    block.unsupported_tags(&monitor.tags);
    block
}

fn listener_block(label: &str, listener: &CreateListener, pool: Option<String>) -> Block {
    let mut block = Block::resource("openstack_lb_listener_v2", label);
    block.text("name", listener.name.as_ref());
    block.text("description", listener.description.as_ref());
    block.raw("loadbalancer_id", Some(LOADBALANCER_ID));
    block.text("protocol", Some(&listener.protocol));
    block.raw("protocol_port", Some(listener.protocol_port));
    block.raw("default_pool_id", pool.map(|pool| format!("openstack_lb_pool_v2.{pool}.id")));
    block.raw("connection_limit", listener.connection_limit);
    block.raw("timeout_client_data", listener.timeout_client_data);
    block.raw("timeout_member_connect", listener.timeout_member_connect);
    block.raw("timeout_member_data", listener.timeout_member_data);
    block.raw("timeout_tcp_inspect", listener.timeout_tcp_inspect);
    block.texts("allowed_cidrs", listener.allowed_cidrs.as_ref());
    block.text("default_tls_container_ref", listener.default_tls_container_ref.as_ref());
    block.list("sni_container_refs", &listener.sni_container_refs);
    block.texts("tls_versions", listener.tls_versions.as_ref());
    block.text("tls_ciphers", listener.tls_ciphers.as_ref());
    block.texts("alpn_protocols", strings(listener.alpn_protocols.as_deref()).as_ref());
    block.raw("hsts_max_age", listener.hsts_max_age);
    block.raw("hsts_include_subdomains", listener.hsts_include_subdomains);
    block.raw("hsts_preload", listener.hsts_preload);
    block.text("client_authentication", listener.client_authentication.as_ref());
    block.text("client_ca_tls_container_ref", listener.client_ca_tls_container_ref.as_ref());
    block.text("client_crl_container_ref", listener.client_crl_container_ref.as_ref());
    block.raw("admin_state_up", listener.admin_state_up);
    block.list("tags", &listener.tags);
    if !listener.insert_headers.is_empty() {
        let pairs =
            listener.insert_headers.iter().map(|(name, value)| (quoted(name), quoted(value)));
        let width = pairs.clone().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
        let pairs: Vec<String> =
            pairs.map(|(name, value)| format!("    {name:<width$} = {value}")).collect();
        block.raw("insert_headers", Some(format!("{{\n{}\n  }}", pairs.join("\n"))));
    }
    block
}

fn policy_block(
    label: &str,
    listener: &str,
    position: usize,
    policy: &CreateL7Policy,
    pool: Option<String>,
) -> Block {
    let mut block = Block::resource("openstack_lb_l7policy_v2", label);
    block.text("name", policy.name.as_ref());
    block.text("description", policy.description.as_ref());
    block.raw("listener_id", Some(format!("openstack_lb_listener_v2.{listener}.id")));
    block.text("action", Some(&policy.action));
    block.raw("position", Some(position));
    block.text("redirect_url", policy.redirect_url.as_ref());
    block.text("redirect_prefix", policy.redirect_prefix.as_ref());
    match policy.redirect_http_code {
        Some(code) if policy.redirect_url.is_some() => {
            block.unsupported(&format!("redirect_http_code {code}"));
        }
        code => block.raw("redirect_http_code", code),
    }
    block.raw("redirect_pool_id", pool.map(|pool| format!("openstack_lb_pool_v2.{pool}.id")));
    block.raw("admin_state_up", policy.admin_state_up);
    block.unsupported_tags(&policy.tags);
    block
}

fn rule_block(label: &str, policy: &str, rule: &CreateL7Rule) -> Block {
    let mut block = Block::resource("openstack_lb_l7rule_v2", label);
    block.raw("l7policy_id", Some(format!("openstack_lb_l7policy_v2.{policy}.id")));
    block.text("type", Some(&rule.kind));
    block.text("compare_type", Some(&rule.compare_type));
    block.text("key", rule.key.as_ref());
    block.text("value", Some(&rule.value));
    block.raw("invert", rule.invert);
    block.raw("admin_state_up", rule.admin_state_up);
    block.unsupported_tags(&rule.tags);
    block
}

/// An HCL block.
struct Block {
    header: String,
    attributes: Vec<(&'static str, String)>,
    /// What the provider has no argument for.
    comments: Vec<String>,
    blocks: Vec<Block>,
}

impl Block {
    fn new(header: &str) -> Self {
        Self {
            header: header.to_owned(),
            attributes: Vec::new(),
            comments: Vec::new(),
            blocks: Vec::new(),
        }
    }

    fn resource(kind: &str, label: &str) -> Self {
        Self::new(&format!("resource \"{kind}\" \"{label}\""))
    }

    fn text(&mut self, name: &'static str, value: Option<impl ToString>) {
        self.raw(name, value.map(|value| quoted(&value.to_string())));
    }

    fn texts(&mut self, name: &'static str, values: Option<&Vec<String>>) {
        let list = values.map(|values| {
            let quoted: Vec<String> = values.iter().map(|value| quoted(value)).collect();
            format!("[{}]", quoted.join(", "))
        });
        self.raw(name, list);
    }

    fn list(&mut self, name: &'static str, values: &Vec<String>) {
        self.texts(name, (!values.is_empty()).then_some(values));
    }

    /// A setting that the provider has no argument for, on one line.
    fn unsupported(&mut self, setting: &str) {
        self.comments.push(setting.to_owned());
    }

    fn unsupported_tags(&mut self, tags: &[String]) {
        for tag in tags {
            self.unsupported(&format!("tag {}", quoted(tag)));
        }
    }

    /// An unquoted expression: never user input.
    fn raw(&mut self, name: &'static str, value: Option<impl ToString>) {
        self.attributes.extend(value.map(|value| (name, value.to_string())));
    }

    fn render(&self, depth: usize) -> String {
        let indent = "  ".repeat(depth);
        let mut out = format!("{indent}{} {{\n", self.header);
        // As `terraform fmt`, aligns attributes on neighbouring lines.
        let is_single_line = |value: &str| !value.contains('\n');
        let width =
            self.attributes.iter().filter(|(_, v)| is_single_line(v)).map(|(n, _)| n.len()).max();
        for (name, value) in &self.attributes {
            let width = if is_single_line(value) { width.unwrap_or_default() } else { name.len() };
            let _ = writeln!(out, "{indent}  {name:<width$} = {value}");
        }
        for comment in &self.comments {
            let _ = writeln!(out, "{indent}  # The provider cannot set: {comment}");
        }
        for block in &self.blocks {
            if !(self.attributes.is_empty() && std::ptr::eq(block, &self.blocks[0])) {
                out.push('\n');
            }
            out.push_str(&block.render(depth + 1));
        }
        let _ = writeln!(out, "{indent}}}");
        out
    }
}

/// Quotes a text as an HCL template. A dollar or percent sign before a brace would start an
/// interpolation; as a Unicode escape it does not, not even after another dollar sign.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '$' | '%' if chars.peek() == Some(&'{') => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c if is_invisible(c) && c > '\u{ffff}' => {
                let _ = write!(out, "\\U{:08x}", c as u32);
            }
            c if is_invisible(c) => {
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
