//! The validation of a request body against the table of its resource.

mod additional_vips;
mod invalid;
mod list;
mod number;
mod purpose;
mod python_repr;
mod session_persistence;
mod text;

pub use purpose::Purpose;
pub use python_repr::python_repr;
pub use session_persistence::complete_session_persistence;

use super::error::OctaviaError;
use crate::model::{
    ADMIN_STATE_UP, FieldSpec, Kind, Presence, Resource, Row, TAGS, l7policy, resource,
};
use invalid::{InvalidValue, not_a_list, unknown_attributes};
use python_repr::{repeated, shortened};
use serde_json::{Map, Value};

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
mod tests;
