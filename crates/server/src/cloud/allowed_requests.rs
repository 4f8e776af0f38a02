//! The requests that the portal forwards. Everything else is refused.
//!
//! A path is parsed into ids, and the path that is sent is built from them. The text of the client never becomes
//! a part of a URL, so `..`, `%2f` or `;` can't reach the cloud.

use super::error::CloudError;
use crate::config::CloudService;
use axum::http::Method;
use std::borrow::Cow;
use uuid::Uuid;

/// Who answers a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    Keystone,
    Service(CloudService),
}

impl Target {
    /// What errors call it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Keystone => "identity service",
            Self::Service(CloudService::LoadBalancer) => "load balancing service",
            Self::Service(CloudService::KeyManager) => "key manager",
            Self::Service(CloudService::Network) => "network service",
        }
    }
}

/// A request that is allowed.
#[derive(Debug)]
pub(super) struct Allowed {
    method: Method,
    target: Target,
    /// Below the root of the API: `/listeners/{id}/stats`.
    template: &'static str,
    /// The keys that the query may have, each once.
    query: &'static [&'static str],
    /// Limit of the body in bytes; 0: no body.
    pub(super) max_body: usize,
    /// Whether the list is limited to the project of the session. An admin would otherwise get the objects of
    /// every project.
    of_project: bool,
}

/// Limit of a body for Octavia.
const OCTAVIA_BODY: usize = 1024 * 1024;
/// Barbican's own default limit.
const BARBICAN_BODY: usize = 25_000;

const LOAD_BALANCER: Target = Target::Service(CloudService::LoadBalancer);
const KEY_MANAGER: Target = Target::Service(CloudService::KeyManager);
const NETWORK: Target = Target::Service(CloudService::Network);

const LIST: &[&str] = &["limit", "marker", "sort", "loadbalancer_id"];
const PAGE: &[&str] = &["limit", "marker"];
const NONE: &[&str] = &[];

/// A list of a project's objects.
const fn list(template: &'static str, query: &'static [&'static str]) -> Allowed {
    let of_project = true;
    Allowed { method: Method::GET, target: LOAD_BALANCER, template, query, max_body: 0, of_project }
}

const fn get(target: Target, template: &'static str, query: &'static [&'static str]) -> Allowed {
    Allowed { method: Method::GET, target, template, query, max_body: 0, of_project: false }
}

const fn post(template: &'static str) -> Allowed {
    let max_body = OCTAVIA_BODY;
    let (method, target) = (Method::POST, LOAD_BALANCER);
    Allowed { method, target, template, query: NONE, max_body, of_project: false }
}

const fn put(template: &'static str, query: &'static [&'static str]) -> Allowed {
    let max_body = OCTAVIA_BODY;
    let (method, target) = (Method::PUT, LOAD_BALANCER);
    Allowed { method, target, template, query, max_body, of_project: false }
}

const fn delete(target: Target, template: &'static str, query: &'static [&'static str]) -> Allowed {
    Allowed { method: Method::DELETE, target, template, query, max_body: 0, of_project: false }
}

const fn secret(method: Method, template: &'static str) -> Allowed {
    let max_body = BARBICAN_BODY;
    Allowed { method, target: KEY_MANAGER, template, query: NONE, max_body, of_project: false }
}

/// What `src/client` and `plan::edit` of the page send.
static ALLOWED: [Allowed; 42] = [
    list("/loadbalancers", LIST),
    post("/loadbalancers"),
    get(LOAD_BALANCER, "/loadbalancers/{id}", NONE),
    put("/loadbalancers/{id}", NONE),
    delete(LOAD_BALANCER, "/loadbalancers/{id}", &["cascade"]),
    put("/loadbalancers/{id}/failover", NONE),
    get(LOAD_BALANCER, "/loadbalancers/{id}/stats", NONE),
    list("/listeners", LIST),
    post("/listeners"),
    get(LOAD_BALANCER, "/listeners/{id}", NONE),
    put("/listeners/{id}", NONE),
    delete(LOAD_BALANCER, "/listeners/{id}", NONE),
    get(LOAD_BALANCER, "/listeners/{id}/stats", NONE),
    list("/pools", LIST),
    post("/pools"),
    get(LOAD_BALANCER, "/pools/{id}", NONE),
    put("/pools/{id}", NONE),
    delete(LOAD_BALANCER, "/pools/{id}", NONE),
    get(LOAD_BALANCER, "/pools/{id}/members", PAGE),
    post("/pools/{id}/members"),
    put("/pools/{id}/members", &["additive_only"]),
    put("/pools/{id}/members/{id}", NONE),
    delete(LOAD_BALANCER, "/pools/{id}/members/{id}", NONE),
    post("/healthmonitors"),
    get(LOAD_BALANCER, "/healthmonitors/{id}", NONE),
    put("/healthmonitors/{id}", NONE),
    delete(LOAD_BALANCER, "/healthmonitors/{id}", NONE),
    list("/l7policies", &["limit", "marker", "listener_id"]),
    post("/l7policies"),
    put("/l7policies/{id}", NONE),
    delete(LOAD_BALANCER, "/l7policies/{id}", NONE),
    get(LOAD_BALANCER, "/l7policies/{id}/rules", PAGE),
    post("/l7policies/{id}/rules"),
    put("/l7policies/{id}/rules/{id}", NONE),
    delete(LOAD_BALANCER, "/l7policies/{id}/rules/{id}", NONE),
    get(KEY_MANAGER, "/secrets", &["limit", "offset", "sort"]),
    secret(Method::POST, "/secrets"),
    secret(Method::PUT, "/secrets/{id}/acl"),
    secret(Method::PUT, "/secrets/{id}/metadata"),
    delete(KEY_MANAGER, "/secrets/{id}", NONE),
    get(NETWORK, "/networks", NONE),
    get(NETWORK, "/subnets", NONE),
];

/// Read by the page to show who created something. Most clouds allow only one's own.
static USER: Allowed = get(Target::Keystone, "/users/{user}", NONE);

/// The roots of the APIs at this server, and at the service.
const ROOTS: [(&str, Target, &str); 4] = [
    ("/load-balancer/v2/lbaas", LOAD_BALANCER, "/v2.0/lbaas"),
    ("/key-manager/v1", KEY_MANAGER, "/v1"),
    ("/networking/v2.0", NETWORK, "/v2.0"),
    ("/identity/v3", Target::Keystone, ""),
];

/// The values of a query are ids, numbers and words.
const MAX_QUERY_VALUE: usize = 255;

/// A request as it is sent.
#[derive(Debug)]
pub(super) struct Match {
    pub(super) allowed: &'static Allowed,
    pub(super) target: Target,
    /// Below the root of the service, built from parsed ids.
    pub(super) path: String,
    /// Keys of the table with the client's values, to be encoded.
    pub(super) query: Vec<(&'static str, String)>,
    /// Whether the project has to be added to the query.
    pub(super) of_project: bool,
}

impl Match {
    pub(super) fn template(&self) -> &'static str {
        self.allowed.template
    }

    pub(super) fn is_octavia(&self) -> bool {
        self.target == LOAD_BALANCER
    }

    pub(super) fn is_octavia_read(&self) -> bool {
        self.is_octavia() && self.allowed.method == Method::GET
    }

    /// The ids of the path.
    pub(super) fn ids(&self) -> impl Iterator<Item = Uuid> {
        self.path.split('/').filter_map(uuid)
    }

    /// A value of the query.
    pub(super) fn value(&self, key: &str) -> Option<&str> {
        self.query.iter().find(|(name, _)| *name == key).map(|(_, value)| &**value)
    }

    /// Path and query, to tell requests apart.
    pub(super) fn request(&self) -> String {
        let mut request = self.path.clone();
        for (name, value) in &self.query {
            request.extend(["&", name, "=", value]);
        }
        request
    }
}

/// The request that is allowed for a method, path and query.
///
/// # Errors
/// 404 for a path that isn't in the table, 400 for a query with another key.
pub(super) fn find(method: &Method, path: &str, query: &str) -> Result<Match, CloudError> {
    let (below, target, root) = ROOTS
        .iter()
        .find_map(|(prefix, target, root)| Some((path.strip_prefix(prefix)?, *target, *root)))
        .ok_or(CloudError::NotFound)?;
    let mut candidates = ALLOWED.iter().chain([&USER]);
    let found = candidates.find_map(|allowed| {
        if allowed.method != *method || allowed.target != target {
            return None;
        }
        Some((allowed, build(allowed.template, below)?))
    });
    let (allowed, built) = found.ok_or(CloudError::NotFound)?;
    let query = allowed.parse_query(query)?;
    let of_project = allowed.of_project;
    Ok(Match { allowed, target, path: format!("{root}{built}"), query, of_project })
}

impl Allowed {
    fn parse_query(&self, query: &str) -> Result<Vec<(&'static str, String)>, CloudError> {
        let mut pairs: Vec<(&'static str, String)> = Vec::new();
        for (key, value) in form_urlencoded::parse(query.as_bytes()) {
            let known = self.query.iter().copied().find(|known| *known == key);
            let known = known.ok_or(CloudError::BadRequest(
                "The query has a key that this path doesn't take.",
            ))?;
            if pairs.iter().any(|(other, _)| *other == known) || !is_value(&value) {
                return Err(CloudError::BadRequest("The query has an invalid value."));
            }
            pairs.push((known, value.into_owned()));
        }
        Ok(pairs)
    }
}

fn is_value(value: &str) -> bool {
    value.len() <= MAX_QUERY_VALUE
        && value.bytes().all(|c| c.is_ascii_alphanumeric() || b"-_:.,".contains(&c))
}

/// The path of a template with the ids of `path`; `None` unless each part matches.
fn build(template: &str, path: &str) -> Option<String> {
    let mut built = String::new();
    let (mut wanted, mut given) = (template.split('/').skip(1), path.strip_prefix('/')?.split('/'));
    loop {
        let part = match (wanted.next(), given.next()) {
            (None, None) => return Some(built),
            (Some("{id}"), Some(text)) => uuid(text)?.to_string().into(),
            (Some("{user}"), Some(text)) => Cow::from(user_id(text)?),
            (Some(word), Some(text)) if word == text => Cow::from(word),
            _ => return None,
        };
        built.push('/');
        built.push_str(&part);
    }
}

/// Only the form with hyphens: others are parsed too, but no service sends them.
fn uuid(text: &str) -> Option<Uuid> {
    (text.len() == 36).then(|| text.parse().ok()).flatten()
}

/// Keystone's ids are hexadecimal; those of other directories may have more letters.
fn user_id(text: &str) -> Option<&str> {
    let is_id = !text.is_empty()
        && text.len() <= 64
        && text.bytes().all(|c| c.is_ascii_alphanumeric() || b"-_".contains(&c));
    is_id.then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ID: &str = "6b0aa4f3-7a1f-4c5c-8d8f-0a6f3f3c2b11";

    fn path(method: &Method, path: &str) -> Option<String> {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        find(method, path, query).ok().map(|found| found.path)
    }

    #[test]
    fn the_requests_of_the_page_are_built_from_their_ids() {
        for (method, from, to) in [
            (
                Method::GET,
                "/load-balancer/v2/lbaas/loadbalancers?sort=created_at:desc&limit=100",
                "/v2.0/lbaas/loadbalancers".to_owned(),
            ),
            (
                Method::DELETE,
                &*format!("/load-balancer/v2/lbaas/loadbalancers/{ID}?cascade=true"),
                format!("/v2.0/lbaas/loadbalancers/{ID}"),
            ),
            (
                Method::PUT,
                &format!("/load-balancer/v2/lbaas/pools/{ID}/members?additive_only=true"),
                format!("/v2.0/lbaas/pools/{ID}/members"),
            ),
            (
                Method::DELETE,
                &format!("/load-balancer/v2/lbaas/l7policies/{ID}/rules/{ID}"),
                format!("/v2.0/lbaas/l7policies/{ID}/rules/{ID}"),
            ),
            (
                Method::PUT,
                &format!("/key-manager/v1/secrets/{ID}/acl"),
                format!("/v1/secrets/{ID}/acl"),
            ),
            (Method::GET, "/networking/v2.0/subnets", "/v2.0/subnets".to_owned()),
            (
                Method::GET,
                "/identity/v3/users/da71e09b6610432dbd3953ea37577518",
                "/users/da71e09b6610432dbd3953ea37577518".to_owned(),
            ),
        ] {
            assert_eq!(path(&method, from), Some(to), "{method} {from}");
        }
    }

    #[test]
    fn a_list_is_limited_to_the_project() {
        for (list, want) in
            [("loadbalancers", true), ("listeners", true), ("pools", true), ("l7policies", true)]
        {
            let found = find(&Method::GET, &format!("/load-balancer/v2/lbaas/{list}"), "").unwrap();
            assert_eq!(found.of_project, want, "{list}");
        }
    }

    #[test]
    fn what_is_not_in_the_table_is_refused() {
        for (method, from) in [
            (Method::POST, "/identity/v3/auth/tokens".to_owned()),
            (Method::GET, "/identity/v3/auth/tokens".to_owned()),
            (Method::POST, "/identity/v3/users/a/application_credentials".to_owned()),
            (Method::GET, "/identity/v3/users".to_owned()),
            (Method::GET, format!("/key-manager/v1/secrets/{ID}/payload")),
            (Method::GET, format!("/key-manager/v1/secrets/{ID}")),
            (Method::GET, "/load-balancer/v2/octavia/amphorae".to_owned()),
            (Method::GET, "/load-balancer/v2/lbaas/quotas".to_owned()),
            (Method::GET, "/load-balancer".to_owned()),
            (Method::GET, "/load-balancer/v2/lbaas".to_owned()),
            (Method::GET, "/load-balancer/v2/lbaas/".to_owned()),
            (Method::PATCH, "/load-balancer/v2/lbaas/loadbalancers".to_owned()),
            (Method::DELETE, "/load-balancer/v2/lbaas/loadbalancers".to_owned()),
            (Method::GET, "/load-balancer/v2/lbaas//loadbalancers".to_owned()),
            (Method::GET, "/load-balancer/v2/lbaas/loadbalancers/".to_owned()),
            (Method::GET, "/load-balancer/v2/lbaasloadbalancers".to_owned()),
            (Method::GET, "/load-balancer/v2/lbaas/../lbaas/loadbalancers".to_owned()),
            (Method::GET, "/load-balancer/v2/lbaas/loadbalancers/..".to_owned()),
            (Method::GET, "/load-balancer/v2/lbaas/loadbalancers/%2e%2e".to_owned()),
            (Method::GET, format!("/load-balancer/v2/lbaas/loadbalancers%2f{ID}")),
            (Method::GET, format!("/load-balancer/v2/lbaas/loadbalancers/{ID};a=b")),
            (Method::GET, format!("/load-balancer/v2/lbaas/loadbalancers/{{{ID}}}")),
            (Method::GET, format!("/load-balancer/v2/lbaas/loadbalancers/{}", ID.replace('-', ""))),
            (Method::GET, "/load-balancer/v2/lbaas/loadbalancers?project_id=a".to_owned()),
            (Method::GET, "/load-balancer/v2/lbaas/loadbalancers?limit=1&limit=2".to_owned()),
            (Method::GET, "/load-balancer/v2/lbaas/loadbalancers?sort=a%0d%0ab".to_owned()),
            (Method::GET, "/networking/v2.0/ports".to_owned()),
            (Method::POST, "/networking/v2.0/networks".to_owned()),
        ] {
            assert_eq!(path(&method, &from), None, "{method} {from}");
        }
    }

    proptest! {
        /// Whatever a client sends, what reaches the cloud has the form of a template.
        #[test]
        fn a_built_path_has_only_words_and_ids(
            root in prop::sample::select(vec!["/load-balancer/v2/lbaas", "/key-manager/v1", "/networking/v2.0", "/identity/v3"]),
            parts in prop::collection::vec(prop::sample::select(vec![
                "loadbalancers", "pools", "members", "secrets", "users", "networks", "acl", "..", ".", "", "%2e%2e",
                "%2f", ";", "\\", "6b0aa4f3-7a1f-4c5c-8d8f-0a6f3f3c2b11", "6B0AA4F3-7a1f-4c5c-8d8f-0a6f3f3c2b11",
                "a%00", "@", "é", "auth", "tokens",
            ]), 0..6),
            noise in "[ -~]{0,8}",
        ) {
            let path = format!("{root}/{}{noise}", parts.join("/"));
            for method in [Method::GET, Method::POST, Method::PUT, Method::DELETE] {
                if let Ok(found) = find(&method, &path, "") {
                    let is_plain = |c: u8| c.is_ascii_alphanumeric() || b"/-_.".contains(&c);
                    prop_assert!(found.path.bytes().all(is_plain), "{}", found.path);
                    prop_assert!(!found.path.contains("..") && !found.path.contains("//"), "{}", found.path);
                    prop_assert!(!found.path.contains("auth"), "{}", found.path);
                }
            }
        }
    }
}
