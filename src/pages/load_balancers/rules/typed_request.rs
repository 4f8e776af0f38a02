//! A request as typed in `Try a request`, and what becomes of it.

use super::order::policies;
use l7::{ClientCertificate, Decision, Request, evaluate};
use openstack_types::{
    field,
    octavia::{ClientAuthentication, ClientCertificateHeader, ListenerProtocol},
};
use plan::{Draft, ListenerDraft, RowKey};
use std::net::IpAddr;

/// A request as typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct TypedRequest {
    pub(super) method: String,
    pub(super) url: String,
    /// `Name: value`, one a line.
    pub(super) headers: String,
    pub(super) cookies: String,
    /// The client's address; may be empty.
    pub(super) source: String,
    pub(super) sends_certificate: bool,
    /// `CN=client.example`, one a line.
    pub(super) subject: String,
    pub(super) verify_result: String,
}

/// Why a typed request can't be evaluated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TypedError {
    Url,
    /// The line, from 1, has no colon.
    Header(usize),
    Source,
    VerifyResult,
}

/// What becomes of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Invalid(TypedError),
    NoListener {
        scheme: &'static str,
        port: u16,
    },
    ListenerDisabled {
        port: u16,
    },
    /// The source is not allowed.
    Refused {
        source: String,
    },
    Decided {
        listener: RowKey,
        decision: Decision,
    },
}

/// The parts of a URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Url {
    pub(super) tls: bool,
    /// With the port, if the URL has one.
    pub(super) authority: String,
    pub(super) port: u16,
    pub(super) path: String,
    pub(super) query: Option<String>,
}

impl Url {
    /// Reads a URL; the fragment stays in the browser. `None` if it is none.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let is_allowed = |c: char| !c.is_whitespace() && !c.is_control() && c.is_ascii();
        if !text.chars().all(is_allowed) {
            return None;
        }
        let (scheme, rest) = text.split_once("://")?;
        let tls = match scheme.to_ascii_lowercase().as_str() {
            "http" => false,
            "https" => true,
            _ => return None,
        };
        let rest = rest.split('#').next().unwrap_or_default();
        let (authority, target) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        let authority = authority.rsplit('@').next().unwrap_or_default();
        let port = match authority.rsplit_once(':') {
            // The colons of an IPv6 address are in brackets.
            Some((host, port)) if !port.contains(']') => {
                if host.is_empty() {
                    return None;
                }
                port.parse().ok().filter(|port| *port > 0)?
            }
            _ => {
                if tls {
                    443
                } else {
                    80
                }
            }
        };
        if authority.is_empty() {
            return None;
        }
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query.to_owned())),
            None => (target, None),
        };
        let path = if path.is_empty() { "/" } else { path };
        Some(Self { tls, authority: authority.to_owned(), port, path: path.to_owned(), query })
    }
}

impl TypedRequest {
    /// The request that a listener receives from it, with the headers that the listener adds before rules
    /// are evaluated.
    fn request(&self, url: Url, listener: &ListenerDraft) -> Result<Request, TypedError> {
        let mut headers = vec![("Host".to_owned(), url.authority.clone())];
        for (index, line) in self.headers.lines().enumerate() {
            if line.trim().is_empty() {
                continue;
            }
            let (name, value) = line.split_once(':').ok_or(TypedError::Header(index + 1))?;
            if name.trim().eq_ignore_ascii_case("host") {
                headers.retain(|(name, _)| name != "Host");
            }
            headers.push((name.trim().to_owned(), value.trim().to_owned()));
        }
        if !self.cookies.trim().is_empty() {
            headers.push(("Cookie".to_owned(), self.cookies.trim().to_owned()));
        }
        let client_certificate =
            if url.tls && self.sends_certificate { Some(self.certificate()?) } else { None };
        let protocol = if url.tls { "https" } else { "http" };
        let Url { path, query, tls, .. } = url;
        let mut request =
            Request { path, query, headers, tls, client_certificate, ..Request::default() };
        if listener.forwarded.port {
            request.set_header("X-Forwarded-Port", listener.port.trim());
        }
        if listener.forwarded.protocol {
            request.set_header("X-Forwarded-Proto", protocol);
        }
        let added = ClientCertificateHeader::ALL.map(ClientCertificateHeader::name).into_iter();
        let added: Vec<_> = added.filter(|name| tls && listener.adds_header(name)).collect();
        if !added.is_empty() || authenticates_clients(listener) {
            request.insert_certificate_headers(added);
        }
        Ok(request)
    }

    fn certificate(&self) -> Result<ClientCertificate, TypedError> {
        let verify_result = match self.verify_result.trim() {
            "" => 0,
            number => number.parse().map_err(|_| TypedError::VerifyResult)?,
        };
        let fields = self.subject.lines().filter_map(|line| line.split_once('='));
        let field = |(name, value): (&str, &str)| (name.trim().to_owned(), value.trim().to_owned());
        Ok(ClientCertificate { verify_result, subject: fields.map(field).collect() })
    }

    /// What the load balancer does with it.
    pub(super) fn answer(&self, draft: &Draft) -> Answer {
        let Some(url) = Url::parse(&self.url) else { return Answer::Invalid(TypedError::Url) };
        let source: Option<IpAddr> = match self.source.trim() {
            "" => None,
            source => match source.parse() {
                Ok(source) => Some(source),
                Err(_) => return Answer::Invalid(TypedError::Source),
            },
        };
        let port = url.port;
        let protocol =
            if url.tls { ListenerProtocol::TerminatedHttps } else { ListenerProtocol::Http };
        let mut listeners = draft.listeners.iter();
        let listener =
            listeners.find(|one| one.protocol == protocol && one.port.trim().parse() == Ok(port));
        let Some(listener) = listener else {
            return Answer::NoListener { scheme: if url.tls { "https" } else { "http" }, port };
        };
        if !listener.enabled {
            return Answer::ListenerDisabled { port };
        }
        if let Some(source) = source.filter(|source| !is_allowed(draft, listener, *source)) {
            return Answer::Refused { source: source.to_string() };
        }
        match self.request(url, listener) {
            Err(error) => Answer::Invalid(error),
            Ok(request) => {
                let decision = evaluate(&request, &policies(draft, listener));
                Answer::Decided { listener: listener.key, decision }
            }
        }
    }
}

fn authenticates_clients(listener: &ListenerDraft) -> bool {
    let clients = listener.tls.clients.as_ref();
    clients.is_some_and(|clients| clients.authentication != ClientAuthentication::None)
}

/// Whether the listener accepts connections from an address.
fn is_allowed(draft: &Draft, listener: &ListenerDraft, source: IpAddr) -> bool {
    let options = listener.own_options.as_ref().unwrap_or(&draft.options);
    let ranges = options.allowed_cidrs.split([',', ' ', '\n', '\t']);
    let mut ranges = ranges.filter_map(|range| field::cidr(range).ok()).peekable();
    ranges.peek().is_none() || ranges.any(|range| range.contains(&source))
}

#[cfg(test)]
mod tests {
    use super::*;
    use l7::{Outcome, Verdict};
    use openstack_types::octavia::{L7RuleCompareType, L7RuleType};
    use plan::PolicyAction;

    /// What becomes of a request to a TLS listener whose one policy rejects by a header.
    fn rejects(typed: &TypedRequest, name: &str, value: &str) -> Option<bool> {
        let mut draft = Draft::default();
        let key = draft.listeners[0].key;
        let listener = draft.listener_mut(key)?;
        (listener.protocol, listener.port) = (ListenerProtocol::TerminatedHttps, "443".into());
        for name in ["X-SSL-Client-CN", "X-SSL-Client-Has-Cert", "X-SSL-Issuer"] {
            listener.set_header(name, true);
        }
        let policy = draft.add_policy(key, PolicyAction::Reject)?;
        let rule = draft.add_rule(key, policy)?;
        let rule = draft.policy_mut(key, policy)?.rule_mut(rule)?;
        (rule.kind, rule.compare) = (L7RuleType::Header, L7RuleCompareType::EqualTo);
        (rule.key_name, rule.value) = (name.into(), value.into());
        let Answer::Decided { decision, .. } = typed.answer(&draft) else { return None };
        match decision.outcome {
            Outcome::Unknown(_) => {
                assert_eq!(decision.trace[0].verdict(), Verdict::Unknown);
                None
            }
            outcome => Some(outcome == Outcome::Reject(0)),
        }
    }

    #[test]
    fn a_listener_adds_its_headers_before_its_rules() {
        let plain = TypedRequest {
            url: "https://shop.example.com/".into(),
            headers: "X-SSL-Client-CN: forged\nX_Forwarded_Proto: x".into(),
            ..TypedRequest::default()
        };
        assert_eq!(rejects(&plain, "x-forwarded-proto", "https"), Some(true));
        assert_eq!(rejects(&plain, "X-Forwarded-Port", "443"), Some(true));
        assert_eq!(rejects(&plain, "X-SSL-Client-CN", "forged"), Some(false));
        assert_eq!(rejects(&plain, "X-SSL-Client-Has-Cert", "0"), Some(true));
        assert_eq!(rejects(&plain, "X-SSL-Issuer", "/CN=ca"), Some(false));
        let known = TypedRequest {
            sends_certificate: true,
            subject: "O=Example, Inc.\nCN=alice".into(),
            ..plain
        };
        assert_eq!(rejects(&known, "X-SSL-Client-CN", "alice"), Some(true));
        assert_eq!(rejects(&known, "X-SSL-Client-Has-Cert", "1"), Some(true));
        // Nothing is typed of the issuer.
        assert_eq!(rejects(&known, "X-SSL-Issuer", "/CN=ca"), None);
    }

    #[test]
    fn a_url_has_a_host_a_port_a_path_and_a_query() {
        let url = |text| Url::parse(text).unwrap();
        let full = url("https://user@Shop.example.com:8443/a/b?c=d#e");
        assert_eq!((full.authority.as_str(), full.port), ("Shop.example.com:8443", 8443));
        assert_eq!((full.path.as_str(), full.query.as_deref()), ("/a/b", Some("c=d")));
        assert!(full.tls);
        let short = url("http://[2001:db8::1]?x");
        assert_eq!((short.authority.as_str(), short.port), ("[2001:db8::1]", 80));
        assert_eq!((short.path.as_str(), short.query.as_deref()), ("/", Some("x")));
        for bad in [
            "",
            "shop.example.com",
            "ftp://a/",
            "http://",
            "http://a b/",
            "http://a:0/",
            "http://:80/",
        ] {
            assert_eq!(Url::parse(bad), None, "{bad}");
        }
    }
}
