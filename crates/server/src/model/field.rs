//! Definitions of fields, and the typed constants that read and write them.

use super::value::{FieldType, Shape};
use serde_json::{Value, json};
use std::marker::PhantomData;

/// A field whose values have the Rust type `T`: the key of [`super::Row::get`].
///
/// Nullability is part of the type: a field that may be null is a `Field<Option<…>>`.
pub struct Field<T> {
    spec: FieldSpec,
    value_type: PhantomData<fn() -> T>,
}

impl<T> Clone for Field<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Field<T> {}

/// The value type of a field that holds other objects: the graph of a create request.
pub enum Nested {}

/// A field without its Rust type, as the table of a [`super::Resource`] lists it.
#[derive(Clone, Copy, Debug)]
pub struct FieldSpec {
    /// The name on the wire and of the column.
    pub name: &'static str,
    /// The values that a request may send.
    pub kind: Kind,
    /// The value of a field that a create leaves out or sends as null, and of a field without a
    /// column.
    pub default: DefaultValue,
    /// Words of `kind` that Octavia knows and this provider does not support.
    pub unsupported: &'static [&'static str],
    /// Whether the column and the answer may be null.
    pub nullable: bool,
    /// Whether a create of the resource itself may send the field.
    pub create: Presence,
    /// Whether a create may send the field when the object is nested in that of another.
    pub create_nested: Presence,
    /// Whether an update may send the field.
    pub update: bool,
    /// Whether the field has a column, by which lists filter and sort.
    pub stored: bool,
    /// Whether answers have the field.
    pub shown: Shown,
}

/// Whether a create request may send a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Sending it is an error.
    Refused,
    /// It may be left out.
    Optional,
    /// Leaving it out is an error.
    Required,
}

/// Whether answers have a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    Always,
    /// Unless it is null.
    WhenSet,
    Never,
}

impl<T: FieldType> Field<T> {
    /// A field that only the server sets: stored and shown.
    ///
    /// Does not compile when `kind` is not read as a `T`.
    pub(super) const fn new(name: &'static str, kind: Kind, default: DefaultValue) -> Self {
        assert!(kind.has_shape(T::SHAPE), "the kind of the field has another Rust type");
        Self::untyped(name, kind, default, T::NULLABLE)
    }

    /// A field that Octavia has and this provider does not offer: it has its default and nothing
    /// else, so it needs no column.
    pub(super) const fn fixed(name: &'static str, default: DefaultValue) -> Self {
        Self::new(name, Kind::DefaultOnly, default).unstored()
    }
}

impl Field<Nested> {
    /// Objects nested in a create request. Answers show them by the relations of the resource.
    pub(super) const fn nested(name: &'static str, kind: Kind) -> Self {
        assert!(matches!(kind, Kind::Object(_) | Kind::List(_)), "the kind holds no objects");
        Self::untyped(name, kind, DefaultValue::Null, false).create().unstored().hidden()
    }
}

impl<T> Field<T> {
    const fn untyped(
        name: &'static str,
        kind: Kind,
        default: DefaultValue,
        nullable: bool,
    ) -> Self {
        let spec = FieldSpec {
            name,
            kind,
            default,
            unsupported: &[],
            nullable,
            create: Presence::Refused,
            create_nested: Presence::Refused,
            update: false,
            stored: true,
            shown: Shown::Always,
        };
        Self { spec, value_type: PhantomData }
    }

    pub const fn name(&self) -> &'static str {
        self.spec.name
    }

    /// Whether this provider supports a word that Octavia knows.
    pub fn supports(&self, word: &str) -> bool {
        !self.spec.unsupported.contains(&word)
    }

    pub const fn spec(&self) -> FieldSpec {
        self.spec
    }

    /// A create may send it.
    pub(super) const fn create(mut self) -> Self {
        self.spec.create = Presence::Optional;
        self.spec.create_nested = Presence::Optional;
        self
    }

    /// A create must send it.
    pub(super) const fn required(mut self) -> Self {
        self.spec.create = Presence::Required;
        self.spec.create_nested = Presence::Required;
        self
    }

    /// A create may send it, unless the object is nested in another.
    pub(super) const fn create_standalone(mut self) -> Self {
        self.spec.create = Presence::Optional;
        self
    }

    /// A create must send it, unless the object is nested in another, which then gives it.
    pub(super) const fn required_standalone(mut self) -> Self {
        self.spec.create = Presence::Required;
        self
    }

    /// A create may send it, if the object is nested in another.
    pub(super) const fn create_nested(mut self) -> Self {
        self.spec.create = Presence::Refused;
        self.spec.create_nested = Presence::Optional;
        self
    }

    /// A create may leave it out, if the object is nested in another.
    pub(super) const fn optional_nested(mut self) -> Self {
        self.spec.create_nested = Presence::Optional;
        self
    }

    /// Octavia knows these words, and this provider does not support them.
    pub(super) const fn unsupported(mut self, words: &'static [&'static str]) -> Self {
        self.spec.unsupported = words;
        self
    }

    /// An update may send it.
    pub(super) const fn update(mut self) -> Self {
        self.spec.update = true;
        self
    }

    /// Has no column.
    pub(super) const fn unstored(mut self) -> Self {
        self.spec.stored = false;
        self
    }

    /// Answers do not have it.
    pub(super) const fn hidden(mut self) -> Self {
        self.spec.shown = Shown::Never;
        self
    }

    /// Answers have it unless it is null.
    pub(super) const fn shown_when_set(mut self) -> Self {
        self.spec.shown = Shown::WhenSet;
        self
    }
}

/// The values that a request may send for a field.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// Text of at most this many characters.
    Text(usize),
    Bool,
    /// A whole number, both ends included.
    Integer(i64, i64),
    Uuid,
    /// An IPv4 or IPv6 address.
    IpAddress,
    /// One of these words, in the order of Octavia's error text.
    OneOf(&'static [&'static str]),
    /// A subset of these words.
    SubsetOf(&'static [&'static str]),
    /// Texts without repetition: tags, references to certificates.
    TextList,
    /// Ranges of addresses.
    Cidrs,
    /// Headers added to requests, name to value.
    Headers,
    /// The path that a health check requests.
    UrlPath,
    /// Status codes of healthy members: `200`, `200,202` or `200-204`.
    StatusCodes,
    DomainName,
    /// 1.0 or 1.1.
    HttpVersion,
    SessionPersistence,
    /// Further addresses of a load balancer.
    AdditionalVips,
    /// OpenSSL names of ciphers, separated by colons.
    Ciphers,
    RedirectUrl,
    /// The status code of a redirect.
    RedirectCode,
    /// Only the default: Octavia has the field, this provider does not offer it.
    DefaultOnly,
    /// A nested object.
    Object(ResourceName),
    /// A list of nested objects.
    List(ResourceName),
}

impl Kind {
    const fn has_shape(&self, shape: Shape) -> bool {
        match self {
            Self::Bool => matches!(shape, Shape::Bool),
            Self::Integer(..) | Self::RedirectCode => matches!(shape, Shape::Integer),
            Self::HttpVersion => matches!(shape, Shape::Float),
            Self::Text(_)
            | Self::Uuid
            | Self::IpAddress
            | Self::OneOf(_)
            | Self::UrlPath
            | Self::StatusCodes
            | Self::DomainName
            | Self::Ciphers
            | Self::RedirectUrl => matches!(shape, Shape::Text),
            Self::SubsetOf(_) | Self::TextList | Self::Cidrs => matches!(shape, Shape::TextList),
            Self::Headers => matches!(shape, Shape::Headers),
            Self::SessionPersistence => matches!(shape, Shape::SessionPersistence),
            Self::AdditionalVips => matches!(shape, Shape::AdditionalVips),
            Self::DefaultOnly => true,
            Self::Object(_) | Self::List(_) => false,
        }
    }

    /// Whether a column holds the value as a JSON document. Lists cannot filter by such columns.
    pub fn is_json_document(&self) -> bool {
        matches!(
            self,
            Self::TextList
                | Self::Cidrs
                | Self::Headers
                | Self::SessionPersistence
                | Self::AdditionalVips
                | Self::SubsetOf(_)
        )
    }
}

/// A default value, known when the program is built.
#[derive(Clone, Copy, Debug)]
pub enum DefaultValue {
    Null,
    Text(&'static str),
    Bool(bool),
    Integer(i64),
    EmptyList,
    EmptyObject,
}

impl DefaultValue {
    pub fn to_json(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Text(text) => json!(text),
            Self::Bool(value) => json!(value),
            Self::Integer(number) => json!(number),
            Self::EmptyList => json!([]),
            Self::EmptyObject => json!({}),
        }
    }
}

/// The name of a resource, by which tables refer to each other. [`resource`](fn@super::resource) finds the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResourceName {
    Listener,
    Pool,
    Member,
    HealthMonitor,
    L7Policy,
    L7Rule,
}
