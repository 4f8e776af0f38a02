//! The validation of a request body against the table of its resource.

mod additional_vips;
mod invalid;
mod list;
mod number;
mod python_repr;
mod session_persistence;
mod text;

pub use python_repr::python_repr;
pub use session_persistence::complete_session_persistence;

use super::error::OctaviaError;
use crate::model::{
    ADMIN_STATE_UP, FieldSpec, Kind, NAME, Presence, Resource, Row, TAGS, l7policy, resource,
};
use invalid::{InvalidValue, not_a_list, unknown_attributes};
use python_repr::{repeated, shortened};
use serde_json::{Map, Value};

/// What the body is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Required fields must be sent. Other fields get their defaults.
    Create,
    /// As `Create`, for an object that is nested in the create of another.
    CreateNested,
    /// Fields that are not sent stay as they are.
    Update,
    /// As `Create`, but name and tags get no default: existing objects keep them.
    BatchUpdate,
}

impl Purpose {
    fn presence(self, field: &FieldSpec) -> Presence {
        match self {
            Self::Create | Self::BatchUpdate => field.create,
            Self::CreateNested => field.create_nested,
            Self::Update if field.update => Presence::Optional,
            Self::Update => Presence::Refused,
        }
    }

    /// Whether a field that is not sent gets its default.
    fn fills_in(self, field: &FieldSpec) -> bool {
        let stored = field.stored && self.presence(field) != Presence::Refused;
        match self {
            Self::Create | Self::CreateNested => stored,
            Self::BatchUpdate => stored && ![NAME.name(), TAGS.name()].contains(&field.name),
            Self::Update => false,
        }
    }
}

/// Fields that an update with null leaves as they are. Others get their default.
const KEPT_ON_NULL: [&str; 2] = [TAGS.name(), l7policy::POSITION.name()];

/// The location in a body that is being validated.
#[derive(Clone, Copy)]
struct Location<'a> {
    argument: &'static str,
    path: &'a str,
    body: &'a Value,
}

/// Validates a body with one object, `{"member": {…}}`.
///
/// # Errors
/// 400, and 501 for a field that this provider does not support.
pub fn validate(resource: &Resource, purpose: Purpose, body: &Value) -> Result<Row, OctaviaError> {
    let content = unwrap_body(resource.argument, resource.singular, body)?;
    let Value::Object(entries) = content else {
        return Err(OctaviaError::field(
            resource.singular,
            python_repr(content),
            "Value should be an object",
        ));
    };
    let location = Location { argument: resource.argument, path: resource.singular, body };
    object(resource, purpose, entries, location)
}

/// Validates a body with the members of a batch update, `{"members": [{…}, …]}`.
///
/// # Errors
/// As [`validate`].
pub fn validate_batch(resource: &Resource, body: &Value) -> Result<Vec<Row>, OctaviaError> {
    let argument = "members_";
    let content = unwrap_body(argument, resource.plural, body)?;
    let Value::Array(items) = content else {
        return Err(OctaviaError::field(
            resource.plural,
            python_repr(content),
            "Value should be a list",
        ));
    };
    let location = Location { argument, path: resource.plural, body };
    items.iter().map(|item| list_item(resource, Purpose::BatchUpdate, item, location)).collect()
}

/// The value of the one key of a body.
fn unwrap_body<'b>(argument: &str, key: &str, body: &'b Value) -> Result<&'b Value, OctaviaError> {
    let Value::Object(entries) = body else {
        return Err(OctaviaError::bad("Request is not in valid JSON format"));
    };
    let unknown: Vec<_> = entries.keys().filter(|name| *name != key).collect();
    if !unknown.is_empty() {
        return Err(unknown_attributes(argument, &unknown));
    }
    entries.get(key).ok_or_else(|| OctaviaError::bad(format!("Missing argument: \"{key}\"")))
}

fn object(
    resource: &Resource,
    purpose: Purpose,
    entries: &Map<String, Value>,
    location: Location<'_>,
) -> Result<Row, OctaviaError> {
    let is_known = |name: &str| {
        resource.field(name).is_some_and(|field| purpose.presence(field) != Presence::Refused)
    };
    let unknown: Vec<_> = entries.keys().filter(|name| !is_known(name)).collect();
    if !unknown.is_empty() {
        let argument = format!("{}.{}", location.argument, location.path);
        return Err(unknown_attributes(&argument, &unknown));
    }
    let mut row = Row::default();
    for field in resource.fields {
        let is_required = purpose.presence(field) == Presence::Required;
        match entries.get(field.name) {
            None | Some(Value::Null) if is_required => {
                return Err(OctaviaError::missing_field(field.name));
            }
            Some(Value::Null)
                if purpose == Purpose::Update && KEPT_ON_NULL.contains(&field.name) => {}
            // Octavia reads null as false here.
            Some(Value::Null) if field.name == ADMIN_STATE_UP.name() => {
                row.set(ADMIN_STATE_UP, false);
            }
            Some(Value::Null) => row.set_json(field.name, field.default.to_json()),
            Some(sent) => set_field(&mut row, field, sent, location)?,
            None if purpose.fills_in(field) => {
                row.set_json(field.name, field.default.to_json());
            }
            None => {}
        }
    }
    Ok(row)
}

/// Validates the value that was sent for a field, and sets it.
fn set_field(
    row: &mut Row,
    field: &'static FieldSpec,
    sent: &Value,
    location: Location<'_>,
) -> Result<(), OctaviaError> {
    let path = format!("{}.{}", location.path, field.name);
    let inner = Location { path: &path, ..location };
    match field.kind {
        Kind::List(nested) => {
            let Value::Array(items) = sent else {
                return Err(invalid_value(field, sent, location, not_a_list(sent)));
            };
            let items = items
                .iter()
                .map(|item| list_item(resource(nested), Purpose::CreateNested, item, inner))
                .collect::<Result<_, _>>()?;
            row.set_nested_by_name(field.name, items);
        }
        Kind::Object(nested) => {
            let object = list_item(resource(nested), Purpose::CreateNested, sent, inner)?;
            row.set_nested_by_name(field.name, vec![object]);
        }
        Kind::DefaultOnly if *sent != field.default.to_json() => {
            return Err(OctaviaError::unsupported(field.name));
        }
        _ => {
            let value = value(&field.kind, sent)
                .map_err(|error| invalid_value(field, sent, location, error))?;
            row.set_json(field.name, value);
        }
    }
    Ok(())
}

fn invalid_value(
    field: &FieldSpec,
    sent: &Value,
    location: Location<'_>,
    error: InvalidValue,
) -> OctaviaError {
    match error {
        InvalidValue::NotAllowed(reason) => OctaviaError::field(field.name, repeated(sent), reason),
        InvalidValue::TooMany(reason) => OctaviaError::field(field.name, "…", reason),
        InvalidValue::WrongType(reason) => {
            let body = shortened(&python_repr(location.body));
            OctaviaError::field(location.argument, body, reason)
        }
        InvalidValue::Complete(error) => error,
    }
}

fn list_item(
    resource: &Resource,
    purpose: Purpose,
    item: &Value,
    location: Location<'_>,
) -> Result<Row, OctaviaError> {
    let Value::Object(entries) = item else {
        return Err(OctaviaError::field(
            resource.singular,
            repeated(item),
            "Value should be an object",
        ));
    };
    object(resource, purpose, entries, location)
}

/// Validates a value that is not null, and brings it into its stored form.
fn value(kind: &Kind, sent: &Value) -> Result<Value, InvalidValue> {
    match kind {
        Kind::Text(max) => text::text(sent, *max).map(Value::from),
        Kind::Uuid => text::uuid(sent),
        Kind::IpAddress => text::ip_address(sent),
        Kind::OneOf(words) => text::one_of(sent, words),
        Kind::UrlPath => text::url_path(sent),
        Kind::DomainName => text::domain_name(sent),
        Kind::StatusCodes => text::status_codes(sent),
        Kind::Ciphers => text::ciphers(sent),
        Kind::RedirectUrl => text::redirect_url(sent),
        Kind::Bool => number::boolean(sent),
        Kind::Integer(min, max) => number::integer(sent, *min, *max),
        Kind::HttpVersion => number::http_version(sent),
        Kind::RedirectCode => number::redirect_code(sent),
        Kind::TextList => list::text_list(sent),
        Kind::SubsetOf(words) => list::subset(sent, words),
        Kind::Cidrs => list::cidrs(sent),
        Kind::Headers => list::headers(sent),
        Kind::SessionPersistence => session_persistence::session_persistence(sent),
        Kind::AdditionalVips => additional_vips::additional_vips(sent),
        Kind::DefaultOnly | Kind::Object(_) | Kind::List(_) => Ok(sent.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        ADMIN_STATE_UP, HEALTH_MONITOR, LISTENER, LOAD_BALANCER, MEMBER, POOL, member,
    };
    use serde_json::json;

    fn message(error: OctaviaError) -> String {
        match error {
            OctaviaError::Api { message, .. } => message,
            other => format!("{other:?}"),
        }
    }

    fn refused(resource: &Resource, purpose: Purpose, body: Value) -> String {
        message(validate(resource, purpose, &body).expect_err("should be refused"))
    }

    const LB: &str = "0a110c61-76cf-4007-b1be-08683fc5c59e";

    #[test]
    fn error_texts_are_those_of_octavia() {
        use Purpose::{Create, Update};
        for (resource, purpose, body, want) in [
            (
                &LISTENER,
                Update,
                json!({"listener": {"admin_state_up": "maybe"}}),
                "Invalid input for field/attribute listener_. Value: '{'listener': {'admin_state_up': 'maybe'}}'. Value not an unambiguous boolean: maybe",
            ),
            (
                &LISTENER,
                Update,
                json!({"listener": {"sni_container_refs": "x"}}),
                "Invalid input for field/attribute listener_. Value: '{'listener': {'sni_container_refs': 'x'}}'. Value not a valid list: x",
            ),
            (
                &LISTENER,
                Update,
                json!({"listener": {"insert_headers": []}}),
                "Invalid input for field/attribute listener_. Value: '{'listener': {'insert_headers': []}}'. Value not a valid dict: []",
            ),
            (
                &LOAD_BALANCER,
                Create,
                json!({"loadbalancer": {"pools": {}}}),
                "Invalid input for field/attribute load_balancer. Value: '{'loadbalancer': {'pools': {}}}'. Value not a valid list: {}",
            ),
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
    fn text_for_a_number_is_refused_with_the_whole_body() {
        let body = json!({"listener": {"protocol_port": "abc", "protocol": "HTTP", "loadbalancer_id": LB}});
        let text = refused(&LISTENER, Purpose::Create, body);
        let sent = format!(
            "{{'listener': {{'protocol_port': 'abc', 'protocol': 'HTTP', 'loadbalancer_id': '{LB}'}}}}"
        );
        assert_eq!(
            text,
            format!(
                "Invalid input for field/attribute listener_. Value: '{sent}'. \
                 invalid literal for int() with base 10: 'abc'"
            )
        );
    }

    #[test]
    fn texts_of_the_engine_configuration_are_checked() {
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
            let text = refused(&HEALTH_MONITOR, Purpose::Create, monitor(json!({field: value})));
            assert!(
                text.starts_with(&format!("Invalid input for field/attribute {field}.")),
                "{text}"
            );
        }
        let cookie = json!({"pool": {"protocol": "HTTP", "lb_algorithm": "ROUND_ROBIN",
            "session_persistence": {"type": "APP_COOKIE", "cookie_name": "a b\n"}}});
        assert!(refused(&POOL, Purpose::Create, cookie).contains("attribute cookie_name."));
    }

    #[test]
    fn a_create_gets_defaults_and_an_update_does_not() {
        let body = json!({"member": {"address": "192.0.2.1", "protocol_port": "80"}});
        let created = validate(&MEMBER, Purpose::Create, &body).unwrap();
        assert_eq!((created.get(member::PROTOCOL_PORT), created.get(member::WEIGHT)), (80, 1));
        assert!(created.get(ADMIN_STATE_UP));
        let body = json!({"member": {"weight": null}});
        let updated = validate(&MEMBER, Purpose::Update, &body).unwrap();
        let mut expected = Row::default();
        expected.set(member::WEIGHT, 1);
        assert_eq!(updated, expected);
    }

    #[test]
    fn numbers_lose_their_fraction() {
        let body = json!({"member": {"weight": 5.9, "admin_state_up": 2}});
        let updated = validate(&MEMBER, Purpose::Update, &body).unwrap();
        assert_eq!((updated.get(member::WEIGHT), updated.get(ADMIN_STATE_UP)), (5, true));
        let body = json!({"member": {"weight": 1e300}});
        assert!(refused(&MEMBER, Purpose::Update, body).ends_with("lower or equal to 256"));
    }

    #[test]
    fn nested_objects_are_validated() {
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
        fn no_body_panics_or_makes_a_long_error(text in "\\PC{0,3000}", number in proptest::num::f64::ANY) {
            for value in [json!(text), json!(number), json!([text]), json!({"a": text})] {
                for field in POOL.fields.iter().chain(HEALTH_MONITOR.fields).chain(LISTENER.fields) {
                    for (resource, purpose) in [(&POOL, Purpose::Create), (&HEALTH_MONITOR, Purpose::Update), (&LISTENER, Purpose::Create)] {
                        let body = json!({resource.singular: {field.name: value}});
                        if let Err(error) = validate(resource, purpose, &body) {
                            proptest::prop_assert!(message(error).chars().count() < 2500);
                        }
                    }
                }
            }
        }
    }
}
