//! What every kind of Octavia object consists of: one table a kind, read by the check of request
//! bodies, by the lists (filters, sorting) and by the store (columns).
//!
//! Source: Octavia API reference v2. Where the order of words in an error text could vary, it is
//! that of a recorded Octavia.

mod health_monitor;
mod l7policy;
mod l7rule;
mod listener;
mod load_balancer;
mod member;
mod object;
mod pool;
mod quota;

pub use health_monitor::{HEALTH_MONITOR, HEALTH_MONITOR_IN_GRAPH};
pub use l7policy::{L7POLICY, L7POLICY_IN_GRAPH};
pub use l7rule::{L7RULE, L7RULE_IN_GRAPH};
pub use listener::{LISTENER, LISTENER_IN_GRAPH};
pub use load_balancer::LOAD_BALANCER;
pub use member::{MEMBER, MEMBER_IN_GRAPH};
pub use object::Object;
pub use pool::{POOL, POOL_IN_GRAPH};
pub use quota::QUOTA;

use serde_json::{Value, json};

/// A kind of object.
#[derive(Debug)]
pub struct Resource {
    /// What it is to this server: its table in the store, its quota, its events: `loadbalancer`.
    pub key: &'static str,
    /// Its key in a body; as [`Self::key`] but for L7 rules.
    pub wire: &'static str,
    /// Its key in a list: `loadbalancers`.
    pub plural: &'static str,
    /// What Octavia calls the body of a request in its errors: `load_balancer`.
    pub argument: &'static str,
    /// What people call it: `Load Balancer`.
    pub title: &'static str,
    /// Its fields, in the order in which they are checked.
    pub fields: &'static [Field],
}

impl Resource {
    /// The field of a name.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The fields with a column in the store.
    pub fn columns(&self) -> impl Iterator<Item = &'static Field> {
        self.fields.iter().filter(|field| field.stored)
    }
}

/// A field of an object. Built with [`Field::new`] and the builders below it.
#[derive(Debug)]
pub struct Field {
    /// Its name on the wire and in the store.
    pub name: &'static str,
    /// What it may be.
    pub kind: Kind,
    /// Its value when none, or null, is sent; and what is shown of a field without column.
    pub default: Fixed,
    /// May be sent with a create.
    pub create: bool,
    /// Must be sent with a create.
    pub required: bool,
    /// May be sent with an update.
    pub update: bool,
    /// Has a column in the store; lists can filter and sort by it.
    pub stored: bool,
    /// Is part of answers.
    pub shown: bool,
}

impl Field {
    /// A field that only the server sets: stored and shown.
    const fn new(name: &'static str, kind: Kind, default: Fixed) -> Self {
        Self {
            name,
            kind,
            default,
            create: false,
            required: false,
            update: false,
            stored: true,
            shown: true,
        }
    }

    /// May be sent with a create.
    const fn create(mut self) -> Self {
        self.create = true;
        self
    }

    /// Must be sent with a create.
    const fn required(mut self) -> Self {
        self.create = true;
        self.required = true;
        self
    }

    /// May be sent with an update.
    const fn update(mut self) -> Self {
        self.update = true;
        self
    }

    /// Has no column.
    const fn unstored(mut self) -> Self {
        self.stored = false;
        self
    }

    /// Is no part of answers.
    const fn hidden(mut self) -> Self {
        self.shown = false;
        self
    }

    /// Known to Octavia, never other than its default here: no column.
    const fn only(name: &'static str, default: Fixed) -> Self {
        Self::new(name, Kind::OnlyDefault, default).unstored()
    }
}

/// What a field may be.
#[derive(Debug)]
pub enum Kind {
    /// Text of at most so many characters.
    Text(usize),
    /// True or false.
    Bool,
    /// A whole number, both ends included.
    Integer(i64, i64),
    /// A UUID.
    Uuid,
    /// An IPv4 or IPv6 address.
    Address,
    /// The address of a server.
    ServerAddress,
    /// One of a few words, in the order of the error text.
    Word(&'static [&'static str]),
    /// Words of the users'.
    Tags,
    /// Ranges of addresses, or null.
    Cidrs,
    /// Headers added to requests: name to text.
    Headers,
    /// A path that a health check asks for.
    UrlPath,
    /// Status codes that are healthy.
    Codes,
    /// A host name.
    Domain,
    /// 1.0 or 1.1.
    HttpVersion,
    /// How a client is kept on one member.
    Persistence,
    /// Some of a few words, or null.
    Words(&'static [&'static str]),
    /// Names of ciphers.
    Ciphers,
    /// Where a client is sent.
    RedirectUrl,
    /// The status of a redirect.
    RedirectCode,
    /// Known to Octavia, not offered here: only its default may be sent.
    OnlyDefault,
    /// An object within.
    One(&'static Resource),
    /// Objects within.
    Many(&'static Resource),
}

/// A value known when the program is built.
#[derive(Clone, Copy, Debug)]
pub enum Fixed {
    /// Null.
    Null,
    /// Text.
    Text(&'static str),
    /// True or false.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// `[]`
    NoItems,
    /// `{}`
    NoEntries,
}

impl Fixed {
    /// As JSON.
    pub fn value(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Text(text) => json!(text),
            Self::Bool(yes) => json!(yes),
            Self::Integer(number) => json!(number),
            Self::NoItems => json!([]),
            Self::NoEntries => json!({}),
        }
    }
}

const NAME: Field = Field::new("name", Kind::Text(255), Fixed::Text("")).create().update();
const DESCRIPTION: Field =
    Field::new("description", Kind::Text(255), Fixed::Text("")).create().update();
const ADMIN_STATE_UP: Field =
    Field::new("admin_state_up", Kind::Bool, Fixed::Bool(true)).create().update();
const TAGS: Field = Field::new("tags", Kind::Tags, Fixed::NoItems).create().update();
const ID: Field = Field::new("id", Kind::Uuid, Fixed::Null);
const PROVISIONING_STATUS: Field = Field::new("provisioning_status", Kind::Text(16), Fixed::Null);
const OPERATING_STATUS: Field = Field::new("operating_status", Kind::Text(16), Fixed::Null);
const CREATED_AT: Field = Field::new("created_at", Kind::Text(32), Fixed::Null);
const UPDATED_AT: Field = Field::new("updated_at", Kind::Text(32), Fixed::Null);
/// Taken from a create body for load balancers alone; their parts belong to the same project.
const PROJECT_ID: Field = Field::new("project_id", Kind::Text(36), Fixed::Null).create();
/// The older name of `project_id`.
const TENANT_ID: Field =
    Field::new("tenant_id", Kind::Text(36), Fixed::Null).create().unstored().hidden();
/// What a part hangs on; shown as `loadbalancers`.
const LOADBALANCER_ID: Field = Field::new("loadbalancer_id", Kind::Uuid, Fixed::Null).hidden();

/// Milliseconds, at most 24 days.
const fn timeout(name: &'static str, default: i64) -> Field {
    Field::new(name, Kind::Integer(0, 24 * 24 * 60 * 60 * 1000), Fixed::Integer(default))
        .create()
        .update()
}

const fn port(name: &'static str) -> Field {
    Field::new(name, Kind::Integer(1, 65535), Fixed::Null)
}
