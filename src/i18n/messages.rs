//! Messages of the services and of the engine in the words of the page.
//!
//! A message matches a pattern, whose `{}` stand for any text. The parts are `%1`, `%2` … in the translation.
//! `crates/xtask/src/invariants/messages.rs` checks that every message in the server's sources has a pattern.

use super::{I18nContext, Locale, Text, keys};

/// The patterns, the more specific ones first.
const PATTERNS: &[(&str, Text)] = &[
    ("port {} of {} is used by another program", keys::messages::port_taken),
    ("this program may not open port {}: {}", keys::messages::port_not_permitted),
    ("too many files are open: {}", keys::messages::too_many_files),
    ("port {} of {} could not be opened: {}", keys::messages::port_not_opened),
    ("this program may not send pings: {}", keys::messages::ping_not_permitted),
    ("pings cannot be sent: {}", keys::messages::pings_fail),
    ("port {} of {} is used by two listeners", keys::messages::port_twice),
    ("OpenSSL refuses its certificate: {}", keys::messages::weak_certificate),
    ("its certificate has no private key", keys::messages::no_private_key),
    ("the private key does not belong to its certificate", keys::messages::wrong_private_key),
    ("HAProxy does not accept its settings: {}", keys::messages::settings_refused),
    ("HAProxy could not be started: {}", keys::messages::haproxy_not_started),
    ("HAProxy ended at once", keys::messages::haproxy_ended),
    ("HAProxy refused to start: {}", keys::messages::haproxy_refused),
    ("HAProxy was not ready in {} seconds", keys::messages::haproxy_not_ready),
    ("HAProxy did not start: {}", keys::messages::haproxy_no_start),
    (
        "Invalid input for field/attribute {}. Value: 'None'. Mandatory field missing.",
        keys::messages::field_missing,
    ),
    ("Invalid input for field/attribute {}. Value: '{}'. {}", keys::messages::field_invalid),
    ("Validation failure: {}", keys::messages::validation),
    ("Quota has been met for resources: {}", keys::messages::quota),
    ("Could not retrieve certificate: {}", keys::messages::certificate_not_retrieved),
    ("This server has reached its limit of open files and has no room {}", keys::messages::no_room),
    ("Provider '{}' does not support a requested option: {}", keys::messages::unsupported),
    ("Invalid state {} of loadbalancer resource {}", keys::messages::in_state),
    ("This listener already has a default pool", keys::messages::has_default_pool),
    ("This pool already has a health monitor", keys::messages::has_monitor),
    ("Too many rules on L7 policy {}", keys::messages::too_many_rules),
    (
        "Error parsing L7Rule: Unable to parse regular expression: {}",
        keys::messages::rule_expression,
    ),
    (
        "Another Listener on this Load Balancer is already using protocol {} and protocol_port {}",
        keys::messages::listener_port_used,
    ),
    (
        "Another member on this pool is already using ip {} on protocol_port {}",
        keys::messages::member_used,
    ),
    (
        "Protocol PROMETHEUS listeners cannot have child objects.",
        keys::messages::metrics_without_children,
    ),
    ("Pool {} is in use by L7 policy {}", keys::messages::pool_in_use),
    ("The certificate {} cannot be used: {}.", keys::messages::certificate_unusable),
    ("The PKCS12 bundle is unreadable. {}", keys::messages::bundle_unreadable),
    ("Load Balancer {} is immutable and cannot be updated.", keys::messages::immutable),
    (
        "No more IP addresses available in subnet {}: all of {} are in use.",
        keys::messages::no_more_addresses,
    ),
    (
        "The VIP IP address is already in use: IP address {} already allocated in subnet {}",
        keys::messages::vip_used,
    ),
    (
        "Container cannot be deleted: it is used by {}. Use another one there first.",
        keys::messages::container_in_use,
    ),
    (
        "Secret cannot be deleted: it is used by {}. Use another one there first.",
        keys::messages::secret_in_use,
    ),
    (
        "Conflict. Key in request is already in the secret metadata",
        keys::messages::metadata_conflict,
    ),
    (
        "Key in request data does not match key in the request url.",
        keys::messages::metadata_other_key,
    ),
    ("Invalid microversion: invalid version string: {}", keys::messages::microversion),
    ("what HAProxy needs cannot be handed to it: {}", keys::messages::not_handed_over),
    ("Error parsing L7Rule: Invalid L7 Rule: {}", keys::messages::rule_invalid),
    ("Invalid L7 Policy arguments: {}", keys::messages::policy_invalid),
    ("Invalid L7 Policy action specified: {}", keys::messages::policy_action),
    ("Provider '{}' is not enabled.", keys::messages::provider_off),
    ("Unknown attribute{} for argument {}: {}", keys::messages::unknown_attribute),
    ("Missing argument: {}", keys::messages::missing_argument),
    ("One or more arguments are either duplicate or invalid", keys::messages::arguments),
    ("Malformed JSON", keys::messages::malformed),
    ("Request is not in valid JSON format", keys::messages::not_json),
    ("Unknown mimetype: {}", keys::messages::mimetype),
    ("Secret already has data, cannot modify it.", keys::messages::has_data),
    (
        "Provided object does not match schema '{}': {}. Invalid property: '{}'",
        keys::messages::schema,
    ),
    ("Unexpected content type. Expected content types are: {}", keys::messages::content_type),
    ("Supplied pagination marker '{}' is not valid.", keys::messages::marker),
    ("Supplied sort key '{}' is not valid.", keys::messages::sort_key),
    ("Provided transport key was not found.", keys::messages::transport_key),
    ("Invalid Metadata. Keys and Values must be Strings.", keys::messages::metadata),
    ("Invalid Key. Key must be URL safe.", keys::messages::metadata_key),
    ("URI provided invalid query string parameters.", keys::messages::query),
    ("{} is not an address of this machine: {}", keys::messages::address_not_local),
    ("{} is not a valid option for {}", keys::messages::not_an_option),
    ("{} {} not found.", keys::messages::no_such),
    (
        "{} attempt not allowed - please review your user/project privileges",
        keys::messages::not_allowed,
    ),
    ("{} issue seen - {}", keys::messages::issue),
];

/// A message of a service or the engine in the language of the page. An unknown one stays as it is, with a lead
/// in other languages.
pub fn translate(i18n: I18nContext<Locale>, message: &str) -> String {
    let known = PATTERNS.iter().find_map(|(pattern, text)| Some((parts(pattern, message)?, *text)));
    let (parts, text) = known.unwrap_or_else(|| (vec![message], keys::messages::unknown));
    let mut words = String::new();
    // Not by replacing one after the other: a part may contain `%2`.
    let mut rest = i18n.text(text);
    while let Some((before, after)) = rest.split_once('%') {
        words.push_str(before);
        let number = after.chars().next().and_then(|digit| digit.to_digit(10));
        match number.and_then(|number| parts.get((number as usize).checked_sub(1)?)) {
            Some(part) => {
                words.push_str(part);
                rest = &after[1..];
            }
            None => {
                words.push('%');
                rest = after;
            }
        }
    }
    words.push_str(rest);
    words
}

/// The texts that stand for the `{}` of a pattern; `None` if the message does not match.
fn parts<'a>(pattern: &str, message: &'a str) -> Option<Vec<&'a str>> {
    let mut literals = pattern.split("{}");
    let mut rest = message.strip_prefix(literals.next()?)?;
    let mut parts = Vec::new();
    let mut literals = literals.peekable();
    while let Some(literal) = literals.next() {
        // The last part takes all, so that a text with the same words in it matches too.
        let end = match (literals.peek(), literal) {
            (None, "") => rest.len(),
            (None, last) => rest.len().checked_sub(last.len()).filter(|_| rest.ends_with(last))?,
            (Some(_), literal) => rest.find(literal)?,
        };
        parts.push(&rest[..end]);
        rest = &rest[end + literal.len()..];
    }
    rest.is_empty().then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(message: &str) -> Option<(&'static str, Vec<&str>)> {
        PATTERNS.iter().find_map(|(pattern, _)| Some((*pattern, parts(pattern, message)?)))
    }

    #[test]
    fn a_message_matches_the_most_specific_pattern() {
        let (pattern, parts) = found("port 80 of 127.8.0.4 is used by another program").unwrap();
        assert_eq!(pattern, "port {} of {} is used by another program");
        assert_eq!(parts, ["80", "127.8.0.4"]);
        let message =
            "Invalid input for field/attribute vip_address. Value: '1.2.3.4'. It's taken.";
        assert_eq!(found(message).unwrap().1, ["vip_address", "1.2.3.4", "It's taken."]);
        let missing =
            "Invalid input for field/attribute name. Value: 'None'. Mandatory field missing.";
        assert_eq!(found(missing).unwrap().1, ["name"]);
        assert_eq!(found("Something else"), None);
        assert_eq!(found("HAProxy ended at once, it seems"), None);
    }

    #[test]
    fn no_pattern_hides_a_later_one() {
        for (i, (pattern, _)) in PATTERNS.iter().enumerate() {
            let (found, _) = found(&pattern.replace("{}", "x")).unwrap();
            assert_eq!(found, *pattern, "{i}");
        }
    }
}
