//! What a listener does with some requests.

use super::{BackendName, Lines, backends};
use crate::spec::{
    Comparison, ListenerSpec, LoadBalancerSpec, PolicyAction, PolicySpec, RedirectCode, RulePart,
    RuleSpec,
};
use openstack_types::field::RedirectUrl;
use std::fmt::{self, Display};

/// The policies of a listener, in the order in which they decide.
pub(super) fn policies(out: &mut Lines, listener: &ListenerSpec, spec: &LoadBalancerSpec) {
    let mut policies: Vec<&PolicySpec> =
        listener.policies.iter().filter(|policy| !policy.rules.is_empty()).collect();
    // HAProxy asks `http-request` before `use_backend`, wherever they stand, and warns when they
    // stand otherwise.
    policies.sort_by_key(|policy| match policy.action {
        PolicyAction::Reject => 0,
        PolicyAction::RedirectToUrl(..) | PolicyAction::RedirectPrefix(..) => 1,
        PolicyAction::RedirectToPool(_) => 2,
    });
    for rule in policies.iter().flat_map(|policy| &policy.rules) {
        out.line(format_args!("acl {} {}", rule.id, Condition(rule)));
    }
    for policy in policies {
        let when = When(&policy.rules);
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
                let wanted = BackendName { pool: *pool, listener: listener.id };
                // A pool that is not there is none to choose.
                if backends(spec).any(|(_, _, name)| name == wanted) {
                    out.line(format_args!("use_backend {wanted} if{when}"));
                }
            }
        }
    }
}

/// A redirect's target is a log format, in which `%` begins an expression and `%%` is a `%`.
struct LogFormat<'a>(&'a RedirectUrl);

impl Display for LogFormat<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.as_str().replace('%', "%%"))
    }
}

struct When<'a>(&'a [RuleSpec]);

impl Display for When<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|rule| {
            let not = if rule.invert { "!" } else { "" };
            write!(f, " {not}{}", rule.id)
        })
    }
}

/// `--` ends the flags of a condition: a value may begin with a dash, and `-f` would read a file.
struct Condition<'a>(&'a RuleSpec);

impl Display for Condition<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let RuleSpec { of, compare, value, .. } = self.0;
        let how = match compare {
            Comparison::EqualTo => "str",
            Comparison::StartsWith => "beg",
            Comparison::EndsWith => "end",
            Comparison::Contains => "sub",
        };
        match of {
            RulePart::HostName => {
                write!(f, "req.hdr(host),host_only -i -m {how} -- {value}")
            }
            RulePart::Path => write!(f, "path -m {how} -- {value}"),
            RulePart::FileType => write!(f, "path,word(-1,.) -m {how} -- {value}"),
            RulePart::Header(name) => write!(f, "req.hdr({name}) -m {how} -- {value}"),
            RulePart::Cookie(name) => write!(f, "req.cook({name}) -m {how} -- {value}"),
        }
    }
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
