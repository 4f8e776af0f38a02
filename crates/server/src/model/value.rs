//! The Rust types of field values, and how each is read from and written to JSON.

use openstack_types::{
    OperatingStatus, ProvisioningStatus,
    octavia::{
        AdditionalVip, ClientAuthentication, HealthMonitorType, L7PolicyAction, L7RuleCompareType,
        L7RuleType, LbAlgorithm, ListenerProtocol, PoolProtocol, SessionPersistence,
        SessionPersistenceType,
    },
};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The shape of a field's JSON value when it is not null.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Bool,
    Integer,
    Float,
    Text,
    TextList,
    Headers,
    SessionPersistence,
    AdditionalVips,
}

/// A type that the value of a field can have.
pub trait FieldType {
    /// The JSON that holds such a value.
    const SHAPE: Shape;
    /// Whether the value may be null.
    const NULLABLE: bool = false;
    /// The value as [`super::Row::get`] gives it.
    type Ref<'a>;

    /// Reads a value. A field that is not in the row reads as null, and null as the empty value of a
    /// type that is not nullable.
    fn from_json(value: &Value) -> Self::Ref<'_>;

    fn to_json(value: Self::Ref<'_>) -> Value;
}

impl FieldType for bool {
    const SHAPE: Shape = Shape::Bool;
    type Ref<'a> = bool;

    fn from_json(value: &Value) -> bool {
        value.as_bool().unwrap_or_default()
    }

    fn to_json(value: bool) -> Value {
        json!(value)
    }
}

impl FieldType for i64 {
    const SHAPE: Shape = Shape::Integer;
    type Ref<'a> = i64;

    fn from_json(value: &Value) -> i64 {
        value.as_i64().unwrap_or_default()
    }

    fn to_json(value: i64) -> Value {
        json!(value)
    }
}

impl FieldType for f64 {
    const SHAPE: Shape = Shape::Float;
    type Ref<'a> = f64;

    fn from_json(value: &Value) -> f64 {
        value.as_f64().unwrap_or_default()
    }

    fn to_json(value: f64) -> Value {
        json!(value)
    }
}

impl FieldType for String {
    const SHAPE: Shape = Shape::Text;
    type Ref<'a> = &'a str;

    fn from_json(value: &Value) -> &str {
        value.as_str().unwrap_or_default()
    }

    fn to_json(value: &str) -> Value {
        json!(value)
    }
}

impl FieldType for Vec<String> {
    const SHAPE: Shape = Shape::TextList;
    type Ref<'a> = Vec<&'a str>;

    fn from_json(value: &Value) -> Vec<&str> {
        value.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
    }

    fn to_json(value: Vec<&str>) -> Value {
        json!(value)
    }
}

impl FieldType for BTreeMap<String, String> {
    const SHAPE: Shape = Shape::Headers;
    type Ref<'a> = BTreeMap<&'a str, &'a str>;

    fn from_json(value: &Value) -> BTreeMap<&str, &str> {
        let entries = value.as_object().into_iter().flatten();
        entries.filter_map(|(name, value)| Some((name.as_str(), value.as_str()?))).collect()
    }

    fn to_json(value: BTreeMap<&str, &str>) -> Value {
        json!(value)
    }
}

impl FieldType for SessionPersistence {
    const SHAPE: Shape = Shape::SessionPersistence;
    type Ref<'a> = SessionPersistence;

    fn from_json(value: &Value) -> SessionPersistence {
        let text = |name| value.get(name).and_then(Value::as_str);
        SessionPersistence {
            kind: SessionPersistenceType::from_wire(text("type").unwrap_or_default()),
            cookie_name: text("cookie_name").map(str::to_owned),
            // Of protocols that the engine does not have.
            persistence_timeout: None,
            persistence_granularity: None,
        }
    }

    fn to_json(value: SessionPersistence) -> Value {
        json!({"type": value.kind, "cookie_name": value.cookie_name})
    }
}

impl FieldType for Vec<AdditionalVip> {
    const SHAPE: Shape = Shape::AdditionalVips;
    type Ref<'a> = Vec<AdditionalVip>;

    fn from_json(value: &Value) -> Vec<AdditionalVip> {
        serde_json::from_value(value.clone()).unwrap_or_default()
    }

    fn to_json(value: Vec<AdditionalVip>) -> Value {
        json!(value)
    }
}

impl<T: FieldType> FieldType for Option<T> {
    const SHAPE: Shape = T::SHAPE;
    const NULLABLE: bool = true;
    type Ref<'a> = Option<T::Ref<'a>>;

    fn from_json(value: &Value) -> Option<T::Ref<'_>> {
        (!value.is_null()).then(|| T::from_json(value))
    }

    fn to_json(value: Option<T::Ref<'_>>) -> Value {
        value.map_or(Value::Null, T::to_json)
    }
}

macro_rules! word_fields {
    ($($name:ty),+ $(,)?) => {
        $(impl FieldType for $name {
            const SHAPE: Shape = Shape::Text;
            type Ref<'a> = $name;

            fn from_json(value: &Value) -> $name {
                <$name>::from_wire(value.as_str().unwrap_or_default())
            }

            fn to_json(value: $name) -> Value {
                json!(value.as_str())
            }
        })+
    };
}

word_fields!(
    ClientAuthentication,
    HealthMonitorType,
    L7PolicyAction,
    L7RuleCompareType,
    L7RuleType,
    LbAlgorithm,
    ListenerProtocol,
    OperatingStatus,
    PoolProtocol,
    ProvisioningStatus,
);
