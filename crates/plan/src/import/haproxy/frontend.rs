//! Frontends: listeners and their policies.

use super::{
    Defaults, Line, Reader, Section,
    condition::{Acls, Test},
    duration,
};
use crate::{ListenerDraft, PolicyAction, RowKey, import::Reason, paste::split_port};
use openstack_types::{octavia::ListenerProtocol, rules::LbType};

impl Defaults {
    /// Reads a line that configures a frontend, or both; `false` if it is not such a line.
    pub(super) fn read_frontend(&mut self, line: &Line) -> bool {
        match (line.word(0), line.word(1)) {
            ("mode", mode) => {
                self.is_tcp = mode == "tcp";
                ["tcp", "http"].contains(&mode)
            }
            ("maxconn", limit) => {
                self.connection_limit = limit.to_owned();
                true
            }
            ("option", "forwardfor") => {
                self.forwarded_for = true;
                true
            }
            ("timeout", kind) => {
                let text = match kind {
                    "client" => &mut self.options.timeout_client_data,
                    "server" => &mut self.options.timeout_member_data,
                    "connect" => &mut self.options.timeout_member_connect,
                    _ => return false,
                };
                let Some(seconds) = duration(line.word(2)) else { return false };
                *text = seconds;
                true
            }
            _ => false,
        }
    }
}

impl Reader {
    /// Adds a listener for each address that a frontend binds to.
    pub(super) fn frontend(&mut self, section: &Section, defaults: &Defaults) {
        let mut settings = defaults.clone();
        let mut acls = Acls::default();
        let (mut binds, mut rules, mut backend) = (Vec::new(), Vec::new(), None);
        let is_listen = section.kind == "listen";
        if is_listen && self.groups.contains_key(&section.name) {
            backend = Some(section.name.clone());
        }
        let mut proto = false;
        for line in &section.lines {
            match (line.word(0), line.word(1)) {
                ("bind", _) => binds.push(line),
                ("acl", _) => {
                    if !acls.read(line) {
                        self.report(line, Reason::Unknown);
                    }
                }
                ("default_backend", name) => {
                    if !self.groups.contains_key(name) {
                        self.report(line, Reason::Missing { name: name.to_owned() });
                    }
                    backend = Some(name.to_owned());
                }
                ("use_backend" | "redirect", _) => rules.push(line),
                ("http-request", "redirect" | "deny" | "reject") => rules.push(line),
                ("http-request", "set-header") if line.word(2) == "X-Forwarded-Proto" => {
                    proto = true
                }
                ("server" | "cookie" | "stick" | "stick-table", _) if is_listen => {}
                _ if settings.read_frontend(line) => {}
                _ if is_listen && settings.clone().read_backend(line) => {}
                _ => self.report(line, Reason::Unknown),
            }
        }
        let group = backend.and_then(|name| self.groups.get(&name).copied());
        for bind in binds {
            let key = self.listener(section, bind, &settings, proto);
            if let Some(row) = self.draft.listener_mut(key) {
                row.group = group;
            }
            for line in &rules {
                self.policy(key, line, &acls);
            }
        }
    }

    fn listener(
        &mut self,
        section: &Section,
        bind: &Line,
        settings: &Defaults,
        proto: bool,
    ) -> RowKey {
        let (_, port) = split_port(bind.word(1));
        let has = |word: &str| bind.words.iter().any(|other| other == word);
        if has("crt") {
            self.report(bind, Reason::CertificateFile);
        }
        if settings.is_tcp && self.draft.listeners.is_empty() {
            self.draft.lb_type = LbType::Network;
        } else if !settings.is_tcp {
            self.draft.lb_type = LbType::Application;
        }
        let key = self.draft.add_listener();
        let Some(row) = self.draft.listener_mut(key) else { return key };
        row.protocol = match (has("ssl"), settings.is_tcp) {
            (true, _) => ListenerProtocol::TerminatedHttps,
            (false, true) => ListenerProtocol::Tcp,
            (false, false) => ListenerProtocol::Http,
        };
        row.name = section.name.clone();
        row.port = port.unwrap_or_default().to_owned();
        row.connection_limit = settings.connection_limit.clone();
        row.own_options = Some(settings.options.clone());
        row.forwarded.address = settings.forwarded_for;
        row.forwarded.port = false;
        row.forwarded.protocol = proto;
        key
    }

    fn policy(&mut self, listener: RowKey, line: &Line, acls: &Acls) {
        let words = if line.word(0) == "http-request" { line.rest(1) } else { line.rest(0) };
        let at = words.iter().position(|word| word == "if" || word == "unless");
        let (action, condition) = words.split_at(at.unwrap_or(words.len()));
        let (keyword, condition) = match condition.split_first() {
            Some((keyword, condition)) => (keyword.as_str(), condition),
            None => ("", condition),
        };
        let option = |name: &str| {
            let at = action.iter().position(|word| word == name)?;
            action.get(at + 1).cloned()
        };
        let code = option("code").and_then(|code| code.parse().ok());
        let action = match action.first().map(String::as_str) {
            Some("use_backend") => {
                let name = action.get(1).cloned().unwrap_or_default();
                match self.groups.get(&name) {
                    Some(group) => PolicyAction::Group(Some(*group)),
                    None => return self.report(line, Reason::Missing { name }),
                }
            }
            Some("redirect") if option("scheme").as_deref() == Some("https") => {
                let is_http = |row: &ListenerDraft| row.protocol == ListenerProtocol::Http;
                if self.draft.listener(listener).is_some_and(is_http) {
                    // The host of the request is not known here.
                    self.draft.set_redirect(listener, Some(String::new()));
                    self.report(line, Reason::NeedsHost);
                }
                return;
            }
            Some("redirect") => match (option("prefix"), option("location")) {
                (Some(prefix), _) => PolicyAction::Prefix { prefix, code },
                (_, Some(url)) => PolicyAction::Url { url, code },
                _ => return self.report(line, Reason::Unknown),
            },
            _ => PolicyAction::Reject,
        };
        let alternatives = match keyword {
            "if" => acls.alternatives(condition),
            "" => Some(vec![vec![every_request()]]),
            _ => None,
        };
        let Some(alternatives) = alternatives else { return self.report(line, Reason::Unknown) };
        for tests in alternatives {
            let Some(policy) = self.draft.add_policy(listener, action.clone()) else { return };
            for test in tests {
                self.rule(listener, policy, test);
            }
        }
    }

    fn rule(&mut self, listener: RowKey, policy: RowKey, test: Test) {
        let key = self.draft.add_rule(listener, policy);
        let policy = self.draft.policy_mut(listener, policy);
        if let Some(rule) = policy.zip(key).and_then(|(policy, key)| policy.rule_mut(key)) {
            rule.kind = test.kind;
            rule.compare = test.compare;
            rule.key_name = test.key;
            rule.value = test.value;
            rule.invert = test.invert;
        }
    }
}

fn every_request() -> Test {
    use openstack_types::octavia::{L7RuleCompareType, L7RuleType};
    Test {
        kind: L7RuleType::Path,
        compare: L7RuleCompareType::StartsWith,
        key: String::new(),
        value: "/".to_owned(),
        invert: false,
    }
}
