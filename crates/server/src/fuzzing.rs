//! Entry points of the fuzz targets in `fuzz/`: the checks of requests that any tenant can send.
//!
//! They are part of this crate because no other build compiles `fuzz/`. A rename of a function that they call
//! breaks this crate at once. Each function takes arbitrary bytes and panics if a check has a bug.

use crate::{
    barbican::new_secret::NewSecret,
    keystone::request,
    model::{
        HEALTH_MONITOR, L7POLICY, L7RULE, LISTENER, LOAD_BALANCER, MEMBER, POOL, QUOTA, Resource,
    },
    octavia::{
        error::OctaviaError,
        query::{ListQuery, RequestedFields},
        validate::{Purpose, validate, validate_batch},
    },
};
use jiff::Timestamp;
use serde_json::{Value, json};

static RESOURCES: [&Resource; 8] =
    [&LOAD_BALANCER, &LISTENER, &POOL, &MEMBER, &HEALTH_MONITOR, &L7POLICY, &L7RULE, &QUOTA];

/// The longest error message, in characters. Messages repeat a part of the request.
const MAX_MESSAGE: usize = 2_500;

/// The body of a create, an update and a batch. The first byte selects the resource, the rest is JSON.
pub fn octavia_body(data: &[u8]) {
    let Some((selector, body)) = data.split_first() else { return };
    let Ok(body) = serde_json::from_slice::<Value>(body) else { return };
    let resource = select(*selector);
    for purpose in [Purpose::Create, Purpose::Update] {
        if let Err(error) = validate(resource, purpose, &body) {
            assert_bounded(&error);
        }
    }
    if let Err(error) = validate_batch(resource, &body) {
        assert_bounded(&error);
    }
}

/// The query string of a list. The first byte selects the resource.
pub fn octavia_list_query(data: &[u8]) {
    let Some((selector, query_string)) = data.split_first() else { return };
    let Ok(query_string) = std::str::from_utf8(query_string) else { return };
    RequestedFields::parse(query_string).select(json!({"id": "id", "name": "name"}));
    if let Ok(query) = ListQuery::parse(select(*selector), query_string) {
        let links = query.links("http://host/path", Some("first"), Some("last"), usize::MAX);
        for link in links.as_array().into_iter().flatten() {
            let href = link["href"].as_str().unwrap_or_default();
            let is_url_text = |byte: u8| byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte);
            assert!(href.bytes().all(is_url_text), "{href}");
            // The next page is a valid list of the same resource.
            let next = href.split_once('?').map_or("", |(_, query)| query);
            assert!(ListQuery::parse(select(*selector), next).is_ok(), "{next}");
        }
    }
}

/// The body of `POST /v1/secrets`.
pub fn barbican_secret(data: &[u8]) {
    let Ok(body) = serde_json::from_slice::<Value>(data) else { return };
    let max_payload = 20_000;
    if let Ok(secret) = NewSecret::read(body, max_payload, Timestamp::UNIX_EPOCH)
        && let Some((_, payload)) = secret.payload
    {
        assert!(payload.len() <= 20_000);
    }
}

/// The body of `POST /v3/auth/tokens`.
pub fn keystone_auth(data: &[u8]) {
    let _ = request::parse(data);
}

fn select(selector: u8) -> &'static Resource {
    RESOURCES[usize::from(selector) % RESOURCES.len()]
}

fn assert_bounded(error: &OctaviaError) {
    let message = match error {
        OctaviaError::Api { message, .. } => message,
        OctaviaError::Framework { description, .. } => description,
        OctaviaError::Internal => return,
    };
    let characters = message.chars().count();
    assert!(characters < MAX_MESSAGE, "{characters} characters: {message}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, path::Path};

    #[test]
    fn the_entry_points_accept_the_seeds_of_the_fuzz_targets() {
        type Target = (&'static str, fn(&[u8]));
        let targets: [Target; 4] = [
            ("octavia_body", octavia_body),
            ("octavia_list_query", octavia_list_query),
            ("barbican_secret", barbican_secret),
            ("keystone_auth", keystone_auth),
        ];
        for (name, target) in targets {
            let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds").join(name);
            let mut count = 0;
            for entry in fs::read_dir(seeds).unwrap() {
                target(&fs::read(entry.unwrap().path()).unwrap());
                count += 1;
            }
            assert!(count > 0, "{name} has no seeds");
        }
    }
}
