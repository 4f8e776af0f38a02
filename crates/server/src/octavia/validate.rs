//! The check of a request body against the table of its kind of object.

use super::error::OctaviaError;
use crate::model::{Field, Fixed, Kind, Object, Resource};
use openstack_types::{
    field::{self, CookieName, DomainName, ExpectedCodes, FieldError, RedirectUrl, UrlPath},
    tls::TlsCiphers,
};
use serde_json::{Map, Value, json};
use std::net::IpAddr;
use uuid::Uuid;

/// Tags of one object.
const TAGS_MAX: usize = 64;
/// Characters of a list of ciphers: Octavia's.
const CIPHERS_MAX: usize = 2048;
/// Characters of a value that an error repeats.
const REPEATED_MAX: usize = 1000;

/// What a body is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Fields not sent get their default; required ones must be there.
    Create,
    /// Fields not sent stay as they are.
    Update,
    /// As a create, but name and tags stay unset when they are not sent: of an object that is there
    /// already they stay as they are.
    Batch,
}

/// What a field's value is not, before the error text is made of it.
enum Wrong {
    /// A value of the right kind that is not allowed; the text says what is.
    Value(String),
    /// A value that cannot be read as the kind at all: Octavia then repeats the whole body.
    Unreadable(String),
    /// Already a whole answer.
    OctaviaError(OctaviaError),
}

/// Where in a body the check is.
#[derive(Clone, Copy)]
struct Place<'a> {
    argument: &'static str,
    path: &'a str,
    body: &'a Value,
}

/// Checks the JSON `body` of a request that carries one `resource` under its key.
pub fn check(resource: &Resource, purpose: Purpose, body: &Value) -> Result<Object, OctaviaError> {
    let inner = root(resource.argument, resource.wire, body)?;
    let Value::Object(entries) = inner else {
        return Err(OctaviaError::field(
            resource.wire,
            python_repr(inner),
            "Value should be an object",
        ));
    };
    let place = Place { argument: resource.argument, path: resource.wire, body };
    object(resource, purpose, entries, place)
}

/// Checks the JSON `body` of a request that carries many: `{"members": [ … ]}`.
pub fn check_many(resource: &Resource, body: &Value) -> Result<Vec<Object>, OctaviaError> {
    let argument = "members_";
    let inner = root(argument, resource.plural, body)?;
    let Value::Array(items) = inner else {
        return Err(OctaviaError::field(
            resource.plural,
            python_repr(inner),
            "Value should be a list",
        ));
    };
    let place = Place { argument, path: resource.plural, body };
    items.iter().map(|item| item_of(resource, Purpose::Batch, item, place)).collect()
}

fn root<'b>(argument: &str, key: &str, body: &'b Value) -> Result<&'b Value, OctaviaError> {
    let Value::Object(entries) = body else {
        return Err(OctaviaError::bad("Request is not in valid JSON format"));
    };
    let strangers: Vec<_> = entries.keys().filter(|name| *name != key).collect();
    if !strangers.is_empty() {
        return Err(unknown(argument, &strangers));
    }
    entries.get(key).ok_or_else(|| OctaviaError::bad(format!("Missing argument: \"{key}\"")))
}

fn unknown(at: &str, names: &[&String]) -> OctaviaError {
    let plural = if names.len() > 1 { "s" } else { "" };
    let names = names.iter().map(|name| shortened(name)).collect::<Vec<_>>().join(", ");
    OctaviaError::bad(format!("Unknown attribute{plural} for argument {at}: {names}"))
}

fn object(
    resource: &Resource,
    purpose: Purpose,
    entries: &Map<String, Value>,
    place: Place<'_>,
) -> Result<Object, OctaviaError> {
    let known = |name: &str| {
        resource.field(name).is_some_and(|field| match purpose {
            Purpose::Create | Purpose::Batch => field.create,
            Purpose::Update => field.update,
        })
    };
    let strangers: Vec<_> = entries.keys().filter(|name| !known(name)).collect();
    if !strangers.is_empty() {
        return Err(unknown(&format!("{}.{}", place.argument, place.path), &strangers));
    }
    let mut checked = Object::default();
    for field in resource.fields {
        match (entries.get(field.name), purpose) {
            (Some(Value::Null), Purpose::Create | Purpose::Batch) if field.required => {
                return Err(missing(field.name));
            }
            (Some(Value::Null), _) => {
                // Octavia reads a null admin state as false.
                let value = if field.name == "admin_state_up" {
                    Value::Bool(false)
                } else {
                    field.default.value()
                };
                checked.fields.insert(field.name, value);
            }
            (Some(sent), _) => put(&mut checked, field, sent, place)?,
            (None, Purpose::Create | Purpose::Batch) if field.required => {
                return Err(missing(field.name));
            }
            (None, Purpose::Create) if field.create && field.stored => {
                checked.fields.insert(field.name, field.default.value());
            }
            (None, Purpose::Batch)
                if field.create && field.stored && !["name", "tags"].contains(&field.name) =>
            {
                checked.fields.insert(field.name, field.default.value());
            }
            (None, _) => {}
        }
    }
    Ok(checked)
}

fn missing(name: &str) -> OctaviaError {
    OctaviaError::field(name, "None", "Mandatory field missing.")
}

fn put(
    checked: &mut Object,
    field: &'static Field,
    sent: &Value,
    place: Place<'_>,
) -> Result<(), OctaviaError> {
    let path = format!("{}.{}", place.path, field.name);
    let inner = Place { path: &path, ..place };
    match field.kind {
        Kind::Many(of) => {
            let Value::Array(items) = sent else {
                return Err(OctaviaError::field(
                    field.name,
                    repeated(sent),
                    "Value should be a list",
                ));
            };
            let items = items
                .iter()
                .map(|item| item_of(of, Purpose::Create, item, inner))
                .collect::<Result<_, _>>()?;
            checked.within.insert(field.name, items);
        }
        Kind::One(of) => {
            checked.within.insert(field.name, vec![item_of(of, Purpose::Create, sent, inner)?]);
        }
        _ => {
            let value = scalar(&field.kind, field.default, sent).map_err(|wrong| match wrong {
                Wrong::Value(why) => OctaviaError::field(field.name, repeated(sent), why),
                Wrong::Unreadable(why) => {
                    let whole = shortened(&python_repr(place.body));
                    OctaviaError::field(place.argument, whole, why)
                }
                Wrong::OctaviaError(fault) => fault,
            })?;
            if matches!(field.kind, Kind::OnlyDefault) && value != field.default.value() {
                return Err(OctaviaError::unsupported(field.name));
            }
            checked.fields.insert(field.name, value);
        }
    }
    Ok(())
}

fn item_of(
    of: &Resource,
    purpose: Purpose,
    item: &Value,
    place: Place<'_>,
) -> Result<Object, OctaviaError> {
    let Value::Object(entries) = item else {
        return Err(OctaviaError::field(of.wire, repeated(item), "Value should be an object"));
    };
    object(of, purpose, entries, place)
}

fn scalar(kind: &Kind, default: Fixed, sent: &Value) -> Result<Value, Wrong> {
    match kind {
        Kind::Text(max) => text(sent, *max).map(Value::from),
        Kind::Bool => boolean(sent),
        Kind::Integer(min, max) => integer(sent, *min, *max),
        Kind::Uuid => {
            let why = || Wrong::Value("Value should be UUID format".to_owned());
            let text = sent.as_str().ok_or_else(why)?;
            let id = Uuid::parse_str(text).map_err(|_| why())?;
            Ok(json!(id.as_hyphenated().to_string()))
        }
        Kind::Address => address(sent).map(|ip| json!(ip.to_string())),
        Kind::ServerAddress => {
            let ip = address(sent)?;
            field::server_address(&ip.to_string()).map_err(what)?;
            if ip.to_string() == "169.254.169.254" {
                return Err(Wrong::OctaviaError(OctaviaError::option(ip, "member address")));
            }
            Ok(json!(ip.to_string()))
        }
        Kind::Word(words) => match sent.as_str() {
            Some(word) if words.contains(&word) => Ok(json!(word)),
            _ => Err(Wrong::Value(format!("Value should be one of: {}", words.join(", ")))),
        },
        Kind::Tags => tags(sent),
        Kind::Cidrs => cidrs(sent),
        Kind::Headers => headers(sent),
        Kind::UrlPath => parsed::<UrlPath>(sent),
        Kind::Domain => parsed::<DomainName>(sent),
        Kind::Codes => {
            let codes: String = text(sent, 64)?.chars().filter(|c| !c.is_whitespace()).collect();
            parsed::<ExpectedCodes>(&json!(codes))
        }
        Kind::HttpVersion => {
            let version = match sent {
                Value::String(text) => text.parse().ok(),
                other => other.as_f64(),
            };
            match version {
                Some(version) if version == 1.0 || version == 1.1 => Ok(json!(version)),
                _ => Err(Wrong::Value("Value should be one of: 1.0, 1.1".to_owned())),
            }
        }
        Kind::Persistence => persistence(sent),
        Kind::Words(words) => some_of(sent, words),
        Kind::Ciphers => parsed_of::<TlsCiphers>(sent, CIPHERS_MAX),
        Kind::RedirectUrl => parsed::<RedirectUrl>(sent),
        Kind::RedirectCode => match sent.as_i64() {
            Some(301 | 302 | 303 | 307 | 308) => Ok(sent.clone()),
            _ => Err(Wrong::Value("Value should be one of: 301, 302, 303, 307, 308".to_owned())),
        },
        Kind::OnlyDefault if *sent == default.value() => Ok(sent.clone()),
        Kind::OnlyDefault | Kind::One(_) | Kind::Many(_) => Ok(sent.clone()),
    }
}

fn what(error: FieldError) -> Wrong {
    Wrong::Value(format!("Value {error}"))
}

fn text(sent: &Value, max: usize) -> Result<&str, Wrong> {
    let text = sent.as_str().ok_or_else(|| Wrong::Value("Value should be string".to_owned()))?;
    field::at_most(text, max).map_err(|_| {
        Wrong::Value(format!("Value should have a maximum character requirement of {max}"))
    })
}

fn boolean(sent: &Value) -> Result<Value, Wrong> {
    let read = match sent {
        Value::Bool(yes) => Some(*yes),
        Value::String(word) => match word.to_ascii_lowercase().as_str() {
            "true" | "t" | "yes" | "y" | "on" | "1" => Some(true),
            "false" | "f" | "no" | "n" | "off" | "0" => Some(false),
            _ => None,
        },
        Value::Number(number) => match number.as_i64() {
            Some(1) => Some(true),
            Some(0) => Some(false),
            _ => None,
        },
        _ => None,
    };
    read.map(Value::Bool)
        .ok_or_else(|| Wrong::Value("Value should be one of: true, false".to_owned()))
}

fn integer(sent: &Value, min: i64, max: i64) -> Result<Value, Wrong> {
    let unreadable = || {
        Wrong::Unreadable(format!(
            "invalid literal for int() with base 10: {}",
            repeated_repr(sent)
        ))
    };
    let number = match sent {
        Value::Number(number) => match number.as_i64() {
            Some(number) => number,
            // Whole, but past 64 bits.
            None if number.is_u64() => i64::MAX,
            None => return Err(unreadable()),
        },
        Value::String(text) => text.trim().parse().map_err(|_| unreadable())?,
        _ => return Err(unreadable()),
    };
    if number < min {
        return Err(Wrong::Value(format!("Value should be greater or equal to {min}")));
    }
    if number > max {
        return Err(Wrong::Value(format!("Value should be lower or equal to {max}")));
    }
    Ok(json!(number))
}

fn address(sent: &Value) -> Result<IpAddr, Wrong> {
    sent.as_str()
        .and_then(|text| text.parse().ok())
        .ok_or_else(|| Wrong::Value("Value should be IPv4 or IPv6 format".to_owned()))
}

fn tags(sent: &Value) -> Result<Value, Wrong> {
    let items = sent.as_array().ok_or_else(|| Wrong::Value("Value should be a list".to_owned()))?;
    if items.len() > TAGS_MAX {
        return Err(Wrong::Value(format!("Value should have at most {TAGS_MAX} entries")));
    }
    let mut tags: Vec<&str> = Vec::with_capacity(items.len());
    for item in items {
        let tag = text(item, 255)?;
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    Ok(json!(tags))
}

fn some_of(sent: &Value, words: &[&str]) -> Result<Value, Wrong> {
    let why = || Wrong::Value(format!("Value should be a list of: {}", words.join(", ")));
    let mut chosen: Vec<&str> = Vec::new();
    for item in sent.as_array().ok_or_else(why)? {
        let word = item.as_str().filter(|word| words.contains(word)).ok_or_else(why)?;
        if !chosen.contains(&word) {
            chosen.push(word);
        }
    }
    Ok(json!(chosen))
}

fn cidrs(sent: &Value) -> Result<Value, Wrong> {
    let why = || Wrong::Value("Value should be IPv4 or IPv6 CIDR format".to_owned());
    let items = sent.as_array().ok_or_else(why)?;
    let mut ranges = Vec::with_capacity(items.len());
    for item in items {
        let range = field::cidr(item.as_str().ok_or_else(why)?).map_err(|_| why())?.trunc();
        if !ranges.contains(&range) {
            ranges.push(range);
        }
    }
    if ranges.is_empty() {
        return Ok(Value::Null);
    }
    Ok(json!(ranges.iter().map(ToString::to_string).collect::<Vec<_>>()))
}

fn headers(sent: &Value) -> Result<Value, Wrong> {
    let why = || Wrong::Value("Value should be an object of texts".to_owned());
    let entries = sent.as_object().ok_or_else(why)?;
    let mut headers = Map::new();
    for (name, value) in entries {
        let value = match value {
            Value::String(text) => text.clone(),
            Value::Bool(yes) => yes.to_string(),
            _ => return Err(why()),
        };
        headers.insert(name.clone(), Value::String(value));
    }
    Ok(Value::Object(headers))
}

fn parsed<T>(sent: &Value) -> Result<Value, Wrong>
where
    T: std::str::FromStr<Err = FieldError> + Into<String>,
{
    parsed_of::<T>(sent, 255)
}

fn parsed_of<T>(sent: &Value, max: usize) -> Result<Value, Wrong>
where
    T: std::str::FromStr<Err = FieldError> + Into<String>,
{
    let text = text(sent, max)?;
    let checked: T = text.parse().map_err(what)?;
    let checked: String = checked.into();
    Ok(json!(checked))
}

fn persistence(sent: &Value) -> Result<Value, Wrong> {
    const TYPES: &[&str] = &["APP_COOKIE", "HTTP_COOKIE", "SOURCE_IP"];
    const FIELDS: &[&str] =
        &["type", "cookie_name", "persistence_timeout", "persistence_granularity"];
    let entries =
        sent.as_object().ok_or_else(|| Wrong::Value("Value should be an object".to_owned()))?;
    let strangers: Vec<_> =
        entries.keys().filter(|name| !FIELDS.contains(&name.as_str())).collect();
    if !strangers.is_empty() {
        return Err(Wrong::OctaviaError(unknown("pool_.pool.session_persistence", &strangers)));
    }
    let given = |name: &str| entries.get(name).filter(|value| !value.is_null());
    let kind = given("type").ok_or_else(|| Wrong::OctaviaError(missing("type")))?;
    let Some(kind) = kind.as_str().filter(|kind| TYPES.contains(kind)) else {
        return Err(Wrong::OctaviaError(OctaviaError::field(
            "type",
            repeated(kind),
            format!("Value should be one of: {}", TYPES.join(", ")),
        )));
    };
    if given("persistence_timeout").is_some() || given("persistence_granularity").is_some() {
        return Err(Wrong::OctaviaError(OctaviaError::validation(
            "persistence_timeout and persistence_granularity is only for UDP and SCTP protocol pools.",
        )));
    }
    let cookie = match given("cookie_name") {
        None => None,
        Some(name) => Some(text(name, 255)?),
    };
    match (kind, cookie) {
        ("APP_COOKIE", None | Some("")) => Err(Wrong::OctaviaError(OctaviaError::validation(
            "Field \"cookie_name\" must be specified when using the \"APP_COOKIE\" session persistence type.",
        ))),
        ("APP_COOKIE", Some(name)) => {
            let name: CookieName = name.parse().map_err(|error| {
                Wrong::OctaviaError(OctaviaError::field(
                    "cookie_name",
                    shortened(name),
                    format!("Value {error}"),
                ))
            })?;
            Ok(json!({"type": kind, "cookie_name": name.as_str()}))
        }
        (_, Some(name)) if !name.is_empty() => Err(Wrong::OctaviaError(OctaviaError::validation(
            "Field \"cookie_name\" can only be specified with session persistence of type \"APP_COOKIE\".",
        ))),
        _ => Ok(json!({"type": kind, "cookie_name": null})),
    }
}

/// A value as Python's `str` writes it, cut where it is long.
fn repeated(value: &Value) -> String {
    match value {
        Value::String(text) => shortened(text),
        other => shortened(&python_repr(other)),
    }
}

fn repeated_repr(value: &Value) -> String {
    shortened(&python_repr(value))
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(REPEATED_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// A value as Python's `repr` writes it: Octavia repeats a body so in its errors.
pub fn python_repr(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => quoted(text),
        Value::Array(items) => {
            format!("[{}]", items.iter().map(python_repr).collect::<Vec<_>>().join(", "))
        }
        Value::Object(entries) => {
            let entries = entries
                .iter()
                .map(|(name, value)| format!("{}: {}", quoted(name), python_repr(value)))
                .collect::<Vec<_>>();
            format!("{{{}}}", entries.join(", "))
        }
    }
}

fn quoted(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => out.push_str(&format!("\\x{:02x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push(quote);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{HEALTH_MONITOR, LISTENER, LOAD_BALANCER, MEMBER, POOL};

    fn message(fault: OctaviaError) -> String {
        match fault {
            OctaviaError::Api { message, .. } => message,
            other => format!("{other:?}"),
        }
    }

    fn refused(resource: &Resource, purpose: Purpose, body: Value) -> String {
        message(check(resource, purpose, &body).expect_err("should be refused"))
    }

    const LB: &str = "0a110c61-76cf-4007-b1be-08683fc5c59e";

    #[test]
    fn texts_are_octavias() {
        use Purpose::{Create, Update};
        for (resource, purpose, body, want) in [
            (
                &LISTENER,
                Create,
                json!({"listener": {"protocol": "GOPHER", "protocol_port": 8081, "loadbalancer_id": LB}}),
                "Invalid input for field/attribute protocol. Value: 'GOPHER'. Value should be one of: PROMETHEUS, TERMINATED_HTTPS, TCP, HTTP, HTTPS, UDP, SCTP",
            ),
            (
                &LISTENER,
                Create,
                json!({"listener": {"protocol": "HTTP", "protocol_port": 70000, "loadbalancer_id": LB}}),
                "Invalid input for field/attribute protocol_port. Value: '70000'. Value should be lower or equal to 65535",
            ),
            (
                &LISTENER,
                Create,
                json!({"listener": {"protocol": "HTTP", "loadbalancer_id": LB}}),
                "Invalid input for field/attribute protocol_port. Value: 'None'. Mandatory field missing.",
            ),
            (
                &LISTENER,
                Create,
                json!({"listener": {"protocol": "HTTP", "protocol_port": 8081, "loadbalancer_id": LB, "colour": "red"}}),
                "Unknown attribute for argument listener_.listener: colour",
            ),
            (
                &LISTENER,
                Create,
                json!({"lisener": {}}),
                "Unknown attribute for argument listener_: lisener",
            ),
            (
                &LISTENER,
                Update,
                json!({"listener": {"protocol": "TCP"}}),
                "Unknown attribute for argument listener_.listener: protocol",
            ),
            (
                &LOAD_BALANCER,
                Create,
                json!({"loadbalancer": {"vip_subnet_id": "zzz"}}),
                "Invalid input for field/attribute vip_subnet_id. Value: 'zzz'. Value should be UUID format",
            ),
            (
                &MEMBER,
                Create,
                json!({"member": {"address": "10.10.0.15", "protocol_port": 80, "weight": 999}}),
                "Invalid input for field/attribute weight. Value: '999'. Value should be lower or equal to 256",
            ),
            (
                &POOL,
                Create,
                json!({"pool": {"protocol": "HTTP", "lb_algorithm": "BEST"}}),
                "Invalid input for field/attribute lb_algorithm. Value: 'BEST'. Value should be one of: SOURCE_IP_PORT, ROUND_ROBIN, LEAST_CONNECTIONS, SOURCE_IP",
            ),
        ] {
            assert_eq!(refused(resource, purpose, body), want);
        }
    }

    #[test]
    fn text_for_a_number_repeats_the_body() {
        let body = json!({"listener": {"protocol_port": "abc", "protocol": "HTTP", "loadbalancer_id": LB}});
        let said = refused(&LISTENER, Purpose::Create, body);
        let sent = format!(
            "{{'listener': {{'protocol_port': 'abc', 'protocol': 'HTTP', 'loadbalancer_id': '{LB}'}}}}"
        );
        assert_eq!(
            said,
            format!(
                "Invalid input for field/attribute listener_. Value: '{sent}'. \
                 invalid literal for int() with base 10: 'abc'"
            )
        );
    }

    #[test]
    fn what_could_reach_a_configuration_names_its_field() {
        let monitor = |more: Value| {
            let mut body = json!({"healthmonitor": {"pool_id": LB, "type": "HTTP", "delay": 5, "timeout": 3, "max_retries": 3}});
            body["healthmonitor"]
                .as_object_mut()
                .unwrap()
                .extend(more.as_object().unwrap().clone());
            body
        };
        for (field, value) in [
            ("url_path", "/%[env(HOME)]"),
            ("url_path", "/a b"),
            ("domain_name", "a\nb"),
            ("expected_codes", "200-"),
            ("http_method", "GET / HTTP/1.1\r\n"),
        ] {
            let said = refused(&HEALTH_MONITOR, Purpose::Create, monitor(json!({field: value})));
            assert!(
                said.starts_with(&format!("Invalid input for field/attribute {field}.")),
                "{said}"
            );
        }
        let cookie = json!({"pool": {"protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN",
            "session_persistence": {"type": "APP_COOKIE", "cookie_name": "a b\n"}}});
        assert!(refused(&POOL, Purpose::Create, cookie).contains("attribute cookie_name."));
    }

    #[test]
    fn a_create_is_filled_up_and_an_update_is_not() {
        let body = json!({"member": {"address": "192.0.2.1", "protocol_port": "80"}});
        let made = check(&MEMBER, Purpose::Create, &body).unwrap();
        assert_eq!((made.integer("protocol_port"), made.integer("weight")), (80, 1));
        assert!(made.is("admin_state_up"));
        let body = json!({"member": {"weight": null}});
        let changed = check(&MEMBER, Purpose::Update, &body).unwrap();
        assert_eq!(changed.fields.len(), 1);
        assert_eq!(changed.integer("weight"), 1);
    }

    #[test]
    fn a_graph_is_checked_all_the_way_down() {
        let body = json!({"loadbalancer": {"vip_subnet_id": LB, "pools": [
            {"name": "p", "protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN",
             "members": [{"address": "192.0.2.1", "protocol_port": 80, "colour": 1}]}]}});
        assert_eq!(
            refused(&LOAD_BALANCER, Purpose::Create, body),
            "Unknown attribute for argument load_balancer.loadbalancer.pools.members: colour"
        );
    }

    proptest::proptest! {
        #[test]
        fn no_body_panics_or_is_repeated_without_end(text in "\\PC{0,3000}", number in proptest::num::f64::ANY) {
            for value in [json!(text), json!(number), json!([text]), json!({"a": text})] {
                for field in POOL.fields.iter().chain(HEALTH_MONITOR.fields).chain(LISTENER.fields) {
                    for (resource, purpose) in [(&POOL, Purpose::Create), (&HEALTH_MONITOR, Purpose::Update), (&LISTENER, Purpose::Create)] {
                        let body = json!({resource.key: {field.name: value}});
                        if let Err(fault) = check(resource, purpose, &body) {
                            proptest::prop_assert!(message(fault).chars().count() < 2500);
                        }
                    }
                }
            }
        }
    }
}
