//! The L7 policies of a listener as `http-request` and `use_backend` rules.

use super::{
    backend_name::{BackendName, backends},
    config_writer::{Argument, ConfigWriter, Escaped},
};
use crate::spec::{
    Comparison, ListenerSpec, LoadBalancerSpec, PolicyAction, PolicySpec, RedirectCode, RulePart,
    RuleSpec,
};
use openstack_types::field::{CookieName, REGEX_STEPS, RedirectUrl, RuleValue};
use std::fmt::{self, Display};

/// Writes the policies in the order of their evaluation.
pub(super) fn policies(out: &mut ConfigWriter, listener: &ListenerSpec, spec: &LoadBalancerSpec) {
    let mut policies: Vec<&PolicySpec> =
        listener.policies.iter().filter(|policy| !policy.rules.is_empty()).collect();
    // HAProxy evaluates `http-request` before `use_backend`, independent of their order, and warns about
    // another order.
    policies.sort_by_key(|policy| match policy.action {
        PolicyAction::Reject => 0,
        PolicyAction::RedirectToUrl(..) | PolicyAction::RedirectPrefix(..) => 1,
        PolicyAction::RedirectToPool(_) => 2,
    });
    for rule in policies.iter().flat_map(|policy| &policy.rules) {
        out.line(format_args!("acl {} {}", rule.id, Criterion(rule)));
    }
    for policy in policies {
        let when = Conditions(&policy.rules);
        match &policy.action {
            PolicyAction::Reject => {
                out.line(format_args!("http-request deny deny_status 403 if{when}"));
            }
            PolicyAction::RedirectToUrl(url, code) => out.line(format_args!(
                "http-request redirect location {} code {code} if{when}",
                LogFormat(url)
            )),
            PolicyAction::RedirectPrefix(url, code) => out.line(format_args!(
                "http-request redirect prefix {} code {code} if{when}",
                LogFormat(url)
            )),
            PolicyAction::RedirectToPool(pool) => {
                let target = BackendName { pool: *pool, listener: listener.id };
                // A pool that does not exist has no backend.
                if backends(spec).any(|(_, _, name)| name == target) {
                    out.line(format_args!("use_backend {target} if{when}"));
                }
            }
        }
    }
}

/// The target of a redirect is a log format, where `%` starts an expression and `%%` is a literal `%`.
struct LogFormat<'a>(&'a RedirectUrl);

impl Display for LogFormat<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Escaped(&self.0.as_str().replace('%', "%%")).fmt(f)
    }
}

/// The ACLs of a policy's rules, each after a space.
struct Conditions<'a>(&'a [RuleSpec]);

impl Display for Conditions<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|rule| {
            let not = if rule.invert { "!" } else { "" };
            write!(f, " {not}{}", rule.id)
        })
    }
}

/// The criterion of an ACL. `--` ends its flags: a value can start with a dash, and `-f` would read a file.
struct Criterion<'a>(&'a RuleSpec);

impl Display for Criterion<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let RuleSpec { part, compare, value, .. } = self.0;
        let method = match compare {
            Comparison::EqualTo => "str",
            Comparison::StartsWith => "beg",
            Comparison::EndsWith => "end",
            Comparison::Contains => "sub",
            Comparison::Regex => "reg",
        };
        match part {
            RulePart::HostName => write!(f, "req.fhdr(host),host_only -i -m {method} -- ")?,
            RulePart::Path => write!(f, "path -m {method} -- ")?,
            RulePart::FileType => write!(f, "path,word(-1,.) -m {method} -- ")?,
            RulePart::Header(name) => {
                write!(f, "req.fhdr({}) -m {method} -- ", Argument(name.as_str()))?;
            }
            // Compares up to a comma.
            RulePart::Cookie(name) if *compare == Comparison::Regex => {
                write!(f, "req.cook({}) -m reg -- ", Argument(name.as_str()))?;
            }
            RulePart::ClientHasCertificate => return f.write_str("ssl_c_used"),
            RulePart::ClientVerifyResult(result) => return write!(f, "ssl_c_verify eq {result}"),
            RulePart::ClientDn(field) => write!(f, "ssl_c_s_dn({field}) -m {method} -- ")?,
            RulePart::Cookie(_) => write!(f, "req.fhdr(cookie) -m reg -- ")?,
        }
        Escaped(&pattern(part, *compare, value)).fmt(f)
    }
}

/// What HAProxy compares with, before it is escaped.
fn pattern(part: &RulePart, compare: Comparison, value: &RuleValue) -> String {
    match (part, compare) {
        // Without a dot, the last word is the path.
        (RulePart::FileType, Comparison::Regex) => limited(&format!("^(?!.*/).*?(?:{value})")),
        // PCRE2 counts steps for each start of a match. An expression that begins at the start and skips what is
        // in front of the match has a limit for the whole text.
        (_, Comparison::Regex) => limited(&format!("^(?s:.*?)(?:{value})")),
        (RulePart::Cookie(name), _) => limited(&cookie_pattern(name, compare, value)),
        (RulePart::FileType, _) => {
            let text = value.unquoted();
            // Octavia also finds `.php`.
            text.strip_prefix('.').filter(|rest| !rest.is_empty()).unwrap_or(text).to_owned()
        }
        _ => value.unquoted().to_owned(),
    }
}

/// With the most steps of a search. By default it is 10,000,000, for each start of a match: a request could stop
/// the process for longer than HAProxy's watchdog lets it live. A search that needs more finds no match.
fn limited(expression: &str) -> String {
    format!("(*LIMIT_MATCH={REGEX_STEPS}){expression}")
}

/// A regular expression on the Cookie header. `req.cook` would end a value at a comma, and `req.hdr` splits a
/// header at commas, so both compare a part only.
fn cookie_pattern(name: &CookieName, compare: Comparison, value: &RuleValue) -> String {
    const ANYTHING: &str = "[^;]*";
    const END: &str = "[[:space:]]*(;|$)";
    let (before, after) = match compare {
        Comparison::EqualTo | Comparison::Regex => ("", END),
        Comparison::StartsWith => ("", ""),
        Comparison::EndsWith => (ANYTHING, END),
        Comparison::Contains => (ANYTHING, ""),
    };
    let (name, value) = (literal(name.as_str()), literal(value.as_str()));
    format!("(^|;[[:space:]]*){name}={before}{value}{after}")
}

/// A text in a regular expression.
fn literal(text: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        if ".*+?()[]{}^$|\\".contains(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

impl Display for RedirectCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::MovedPermanently => "301",
            Self::Found => "302",
            Self::SeeOther => "303",
            Self::TemporaryRedirect => "307",
            Self::PermanentRedirect => "308",
        })
    }
}
