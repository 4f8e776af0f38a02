//! The field of a draft that an error of Octavia is about.

use super::{
    FieldPath, GroupField, ListenerField, RuleField, ServerField,
    api_fields::{RejectedPart, fields_of},
};
use crate::{Draft, RowKey};
use openstack_types::{error::ApiError, octavia::L7RuleCompareType};

impl FieldPath {
    /// The field that an error of Octavia is about: by the name of the field that it gives, or by what
    /// else it says, and by the value that it quotes. `None` if no field or several match.
    pub fn from_service_error(draft: &Draft, part: RejectedPart, error: &ApiError) -> Option<Self> {
        let message = error.message.as_str();
        let (names, value) = match error.field.as_deref() {
            Some(field) if message.starts_with("Invalid input") => (vec![field], quoted(message)),
            Some(field) => (vec![field], None),
            None => described(message)?,
        };
        let mut candidates: Vec<_> = fields_of(draft, part)
            .into_iter()
            .filter(|(name, _)| names.contains(name))
            .map(|(_, path)| path)
            .collect();
        // Several names can be of one field.
        candidates.dedup();
        let holding: Vec<_> =
            candidates.iter().filter(|path| holds(draft, path, value, message)).cloned().collect();
        let candidates =
            if holding.is_empty() && !has_value(&candidates, draft) { candidates } else { holding };
        match candidates.as_slice() {
            [one] => Some(one.clone()),
            // The same name of several objects: the load balancer's comes first.
            [first @ (Self::Name | Self::Description), ..] => Some(first.clone()),
            // An object that belongs to several groups is in each of them.
            [first @ Self::Server { field: ServerField::Address, .. }, ..] => Some(first.clone()),
            _ => None,
        }
    }
}

/// Whether the values of fields tell them apart.
fn has_value(candidates: &[FieldPath], draft: &Draft) -> bool {
    candidates.len() > 1 && candidates.iter().all(|path| draft.text(path).is_some())
}

/// The value that Octavia quotes in `Invalid input for field/attribute X. Value: 'Y'. …`.
fn quoted(message: &str) -> Option<&str> {
    let value = message.split_once("Value: '")?.1;
    Some(value.split_once("'. ").map_or_else(|| value.trim_end_matches(['\'', '.']), |(v, _)| v))
}

/// The names of the fields that a message without one is about, and the value that it quotes.
fn described(message: &str) -> Option<(Vec<&'static str>, Option<&str>)> {
    let last_word = || message.trim_end_matches('.').rsplit(' ').next();
    // In the order of their search: the more specific words first.
    let known: [(&str, &[&'static str]); 33] = [
        // Of L7 rules and policies.
        ("Unable to parse regular expression", &["value"]),
        ("distinguished name field", &["key"]),
        ("requires a key", &["key"]),
        ("not use the \"key\" field", &["key"]),
        ("characters in header name", &["key"]),
        ("characters in cookie name", &["key"]),
        ("Invalid L7 Rule: invalid comparison type", &["compare_type"]),
        ("the EQUAL_TO compare type", &["compare_type"]),
        ("Invalid L7 Rule: invalid rule type", &["type"]),
        ("Error parsing L7Rule", &["value"]),
        ("Invalid L7 Policy action", &["action"]),
        ("not a valid URL", &["redirect_url", "redirect_prefix"]),
        ("already using protocol", &["protocol_port"]),
        ("member on this pool is already using", &["address"]),
        ("client authentication CA certificate", &["client_ca_tls_container_ref"]),
        ("CRL specified", &["client_crl_container_ref"]),
        ("certificate revocation list", &["client_crl_container_ref", "crl_container_ref"]),
        ("client CA container", &["client_ca_tls_container_ref"]),
        ("CA reference", &["ca_tls_container_ref"]),
        ("default certificate container reference", &["default_tls_container_ref"]),
        ("retrieve certificate", CERTIFICATES),
        ("The certificate ", CERTIFICATES),
        ("PKCS12 bundle", CERTIFICATES),
        ("CIDR", &["allowed_cidrs"]),
        ("tls_ciphers", &["tls_ciphers"]),
        ("cipher string", &["tls_ciphers"]),
        ("TLS versions", &["tls_versions"]),
        ("HSTS", &["hsts_max_age"]),
        ("pool protocol", &["protocol"]),
        ("cookie_name", &["cookie_name"]),
        ("VIP port", &["vip_port_id"]),
        ("No more IP addresses", &["vip_subnet_id"]),
        ("is not enabled", &["provider"]),
    ];
    let (words, fields) = known.into_iter().find(|(words, _)| message.contains(words))?;
    let value = match words {
        "already using protocol" => last_word(),
        "member on this pool is already using" => {
            message.split_once(" ip ").and_then(|(_, rest)| rest.split(' ').next())
        }
        _ => None,
    };
    Some((fields.to_vec(), value))
}

const CERTIFICATES: &[&str] = &[
    "default_tls_container_ref",
    "sni_container_refs",
    "client_ca_tls_container_ref",
    "client_crl_container_ref",
    "tls_container_ref",
    "ca_tls_container_ref",
    "crl_container_ref",
];

/// Whether a field has the quoted value, or a reference that the message names.
fn holds(draft: &Draft, path: &FieldPath, value: Option<&str>, message: &str) -> bool {
    let named = |reference: &Option<String>| {
        reference.as_ref().is_some_and(|reference| message.contains(reference.as_str()))
    };
    let clients = |listener: &RowKey| draft.listener(*listener)?.tls.clients.as_ref();
    match path {
        FieldPath::Listener { listener, field: ListenerField::Certificate } => {
            draft.listener(*listener).is_some_and(|one| named(&one.certificate))
        }
        FieldPath::Listener { listener, field: ListenerField::Sni } => draft
            .listener(*listener)
            .is_some_and(|one| one.sni.iter().any(|sni| message.contains(sni.as_str()))),
        FieldPath::Rule { listener, policy, rule, field: RuleField::Value } if value.is_none() => {
            let rule = draft.policy(*listener, *policy).and_then(|one| one.rule(*rule));
            message.contains("regular expression")
                && rule.is_some_and(|rule| rule.compare == L7RuleCompareType::Regex)
        }
        FieldPath::Listener { listener, field: ListenerField::ClientCa } => {
            clients(listener).is_some_and(|clients| named(&clients.ca))
        }
        FieldPath::Listener { listener, field: ListenerField::ClientCrl } => {
            clients(listener).is_some_and(|clients| named(&clients.crl))
        }
        FieldPath::Group { group, field } => draft.group(*group).is_some_and(|one| match field {
            GroupField::Certificate => named(&one.tls.certificate),
            GroupField::Ca => named(&one.tls.ca),
            GroupField::Crl => named(&one.tls.crl),
            _ => has_text(draft, path, value),
        }),
        // The message quotes the list, or one of its entries.
        FieldPath::AllowedCidrs { .. } => {
            let entries = draft.text(path).unwrap_or_default();
            let mut entries = entries.split([',', ' ', '\n', '\t']).filter(|one| !one.is_empty());
            entries.any(|entry| message.contains(entry))
        }
        FieldPath::AdditionalVip { .. } | FieldPath::VipAddress => {
            let text = draft.text(path).unwrap_or_default().trim();
            !text.is_empty() && message.contains(text)
        }
        _ => has_text(draft, path, value),
    }
}

fn has_text(draft: &Draft, path: &FieldPath, value: Option<&str>) -> bool {
    value.is_some() && draft.text(path).map(str::trim) == value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{HealthField, OptionsScope, PolicyAction, PolicyField};

    fn error(message: &str) -> ApiError {
        let body = format!("{{\"faultstring\": {}}}", serde_json::Value::from(message));
        ApiError::from_body(400, &body)
    }

    fn at(draft: &Draft, part: RejectedPart, message: &str) -> Option<FieldPath> {
        FieldPath::from_service_error(draft, part, &error(message))
    }

    fn invalid(field: &str, value: &str) -> String {
        format!("Invalid input for field/attribute {field}. Value: '{value}'. Value should be less")
    }

    #[test]
    fn a_quoted_value_tells_rows_apart() {
        let mut draft = Draft { name: "x".into(), ..Draft::default() };
        let (listener, group) = (draft.listeners[0].key, draft.groups[0].key);
        let server = draft.add_server_at(group, "192.0.2.1".into(), "8080".into(), None).unwrap();
        let whole = |message: &str| at(&draft, RejectedPart::Whole, message);
        let server_port = FieldPath::Server { group, server, field: ServerField::Port };
        let listener_port = FieldPath::Listener { listener, field: ListenerField::Port };
        assert_eq!(whole(&invalid("protocol_port", "8080")), Some(server_port.clone()));
        assert_eq!(whole(&invalid("protocol_port", "80")), Some(listener_port.clone()));
        assert_eq!(whole(&invalid("protocol_port", "81")), None);
        assert_eq!(whole(&invalid("colour", "red")), None);
        assert_eq!(whole(&invalid("name", "x")), Some(FieldPath::Name));
        assert_eq!(
            at(&draft, RejectedPart::Listener(listener), &invalid("protocol_port", "81")),
            Some(listener_port)
        );
        let servers = RejectedPart::Servers { group, server: None };
        assert_eq!(at(&draft, servers, &invalid("protocol_port", "8080")), Some(server_port));
    }

    #[test]
    fn several_rows_with_the_quoted_value_have_no_field() {
        let mut draft = Draft::default();
        let group = draft.groups[0].key;
        draft.add_server_at(group, "192.0.2.1".into(), "80".into(), None);
        assert_eq!(at(&draft, RejectedPart::Whole, &invalid("protocol_port", "80")), None);
    }

    #[test]
    fn messages_without_a_field_are_placed_by_what_they_say() {
        let mut draft = Draft::default();
        let (listener, group) = (draft.listeners[0].key, draft.groups[0].key);
        let server = draft.add_server_at(group, "192.0.2.1".into(), "8080".into(), None).unwrap();
        draft.listeners[0].certificate = Some("http://x/secrets/1".into());
        draft.listeners[0].sni = vec!["http://x/secrets/2".into()];
        draft.vip_address = "127.8.0.4".into();
        draft.options.allowed_cidrs = "10.0.0.0/8, 2001:db8::/32".into();
        let whole = |message: &str| at(&draft, RejectedPart::Whole, message);
        let of_listener = |field| Some(FieldPath::Listener { listener, field });
        assert_eq!(
            whole(
                "Another Listener on this Load Balancer is already using protocol HTTP and protocol_port 80"
            ),
            of_listener(ListenerField::Port)
        );
        assert_eq!(
            whole(
                "Another member on this pool is already using ip 192.0.2.1 on protocol_port 8080"
            ),
            Some(FieldPath::Server { group, server, field: ServerField::Address })
        );
        assert_eq!(
            whole("The certificate http://x/secrets/1 cannot be used: it has expired."),
            of_listener(ListenerField::Certificate)
        );
        assert_eq!(
            whole("Could not retrieve certificate: ['http://x/secrets/2']"),
            of_listener(ListenerField::Sni)
        );
        assert_eq!(
            whole(
                "The VIP IP address is already in use: IP address 127.8.0.4 already allocated in subnet s"
            ),
            Some(FieldPath::VipAddress)
        );
        assert_eq!(
            whole(
                "Validation failure: CIDR 2001:db8::/32 IP version incompatible with all VIPs ['127.8.0.4'] IP version."
            ),
            Some(FieldPath::AllowedCidrs { scope: OptionsScope::Shared, entry: 0 })
        );
        assert_eq!(whole("Quota has been met for resources: Load Balancer"), None);
    }

    #[test]
    fn a_refused_condition_is_placed_by_what_octavia_says() {
        let mut draft = Draft::default();
        let listener = draft.listeners[0].key;
        let policy = draft.add_policy(listener, PolicyAction::Reject).unwrap();
        let host = draft.add_rule(listener, policy).unwrap();
        let path = draft.add_rule(listener, policy).unwrap();
        let rules = &mut draft.policy_mut(listener, policy).unwrap().rules;
        rules[1].compare = L7RuleCompareType::Regex;
        rules[1].value = "^/a++".to_owned();
        let of = |rule, message: &str| {
            at(&draft, RejectedPart::Rules { listener, policy, rule }, message)
        };
        let field = |rule, field| Some(FieldPath::Rule { listener, policy, rule, field });
        let expression = "Error parsing L7Rule: Unable to parse regular expression: multiple repeat at position 4";
        // The one that is an expression.
        assert_eq!(of(None, expression), field(path, RuleField::Value));
        for (message, name) in [
            (
                "Error parsing L7Rule: Invalid L7 Rule: L7 rule type requires a key",
                RuleField::KeyName,
            ),
            ("Error parsing L7Rule: Invalid characters in header name", RuleField::KeyName),
            ("Error parsing L7Rule: Invalid L7 Rule: invalid rule type", RuleField::Kind),
            (
                "Error parsing L7Rule: Invalid L7 Rule: invalid comparison type for rule type",
                RuleField::Compare,
            ),
            (
                "Error parsing L7Rule: Invalid L7 Rule: L7 rule type requires a value",
                RuleField::Value,
            ),
        ] {
            assert_eq!(of(Some(host), message), field(host, name), "{message}");
        }
        // Of several conditions it could be any.
        let requires = "Error parsing L7Rule: Invalid L7 Rule: L7 rule type requires a key";
        assert_eq!(of(None, requires), None);
        assert_eq!(
            at(
                &draft,
                RejectedPart::Policy { listener, policy },
                "Invalid L7 Policy action specified: X"
            ),
            Some(FieldPath::Policy { listener, policy, field: PolicyField::Action })
        );
    }

    #[test]
    fn every_field_of_a_health_check_is_found_in_its_group() {
        let draft = Draft::default();
        let group = draft.groups[0].key;
        let part = RejectedPart::HealthCheck(group);
        let path = Some(FieldPath::Health { group, field: HealthField::Path });
        assert_eq!(at(&draft, part, &invalid("url_path", "x")), path);
        assert_eq!(at(&draft, RejectedPart::Whole, &invalid("url_path", "x")), path);
    }
}
