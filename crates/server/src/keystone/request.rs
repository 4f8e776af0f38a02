//! The body of `POST /v3/auth/tokens`, taken apart.

use crate::{
    password::Password,
    sign_in::{Scope, UserRef},
    store::first_start::{DOMAIN_ID, DOMAIN_NAME},
};
use serde_json::Value;

/// What somebody proves who they are with.
pub enum Identity {
    /// A password. `None`: a user of a domain that there is not.
    Password(Option<UserRef>, Password),
    /// Another token.
    Token(String),
    /// Something that this server does not take.
    Unsupported,
}

/// Who, and what for.
pub struct AuthRequest {
    /// Who.
    pub identity: Identity,
    /// What for.
    pub scope: Scope,
}

/// Reads a request; the error says what is wrong with it, in Keystone's words.
pub fn parse(body: &[u8]) -> Result<AuthRequest, String> {
    let body: Value = serde_json::from_slice(body).map_err(|_| {
        "The request body could not be decoded as JSON. The client is assumed to be in error."
            .to_owned()
    })?;
    let auth = object(&body, "auth")?;
    let identity = object(auth, "identity")?;
    Ok(AuthRequest { identity: read_identity(identity)?, scope: read_scope(auth.get("scope"))? })
}

fn read_identity(identity: &Value) -> Result<Identity, String> {
    let methods = match property(identity, "methods")? {
        Value::Array(methods) => methods,
        other => return Err(wrong_type(other, "array")),
    };
    // One proof is enough for every account here; a client that sends more means them all.
    let [method] = methods.as_slice() else { return Ok(Identity::Unsupported) };
    match method.as_str() {
        Some("password") => {
            let user = object(object(identity, "password")?, "user")?;
            let password = Password::new(text(user, "password")?);
            let user_ref = match user.get("id") {
                Some(_) => Some(UserRef::Id(text(user, "id")?.to_owned())),
                None => {
                    let name = text(user, "name")?.to_owned();
                    let domain = object(user, "domain")?;
                    is_our_domain(domain).then_some(UserRef::Name(name))
                }
            };
            Ok(Identity::Password(user_ref, password))
        }
        Some("token") => Ok(Identity::Token(text(object(identity, "token")?, "id")?.to_owned())),
        _ => Ok(Identity::Unsupported),
    }
}

fn read_scope(scope: Option<&Value>) -> Result<Scope, String> {
    let scope = match scope {
        None | Some(Value::Null) => return Ok(Scope::Default),
        Some(Value::String(word)) if word == "unscoped" => return Ok(Scope::Unscoped),
        Some(scope @ Value::Object(_)) => scope,
        Some(other) => return Err(wrong_type(other, "object")),
    };
    if scope.get("unscoped").is_some() {
        return Ok(Scope::Unscoped);
    }
    let Some(project) = scope.get("project") else { return Ok(Scope::Unsupported) };
    if project.get("id").is_some() {
        return Ok(Scope::ProjectId(text(project, "id")?.to_owned()));
    }
    let name = text(project, "name")?.to_owned();
    let domain = object(project, "domain")?;
    Ok(if is_our_domain(domain) { Scope::ProjectName(name) } else { Scope::Unsupported })
}

fn is_our_domain(domain: &Value) -> bool {
    match (domain.get("id"), domain.get("name")) {
        (Some(id), _) => id == DOMAIN_ID,
        (None, Some(name)) => {
            name.as_str().is_some_and(|name| name.eq_ignore_ascii_case(DOMAIN_NAME))
        }
        (None, None) => false,
    }
}

fn property<'v>(of: &'v Value, name: &str) -> Result<&'v Value, String> {
    of.get(name).ok_or_else(|| format!("'{name}' is a required property"))
}

fn object<'v>(of: &'v Value, name: &str) -> Result<&'v Value, String> {
    let value = property(of, name)?;
    if value.is_object() { Ok(value) } else { Err(wrong_type(value, "object")) }
}

fn text<'v>(of: &'v Value, name: &str) -> Result<&'v str, String> {
    let value = property(of, name)?;
    value.as_str().ok_or_else(|| wrong_type(value, "string"))
}

/// Names the type alone: the value may be a password in the wrong place.
fn wrong_type(value: &Value, wanted: &str) -> String {
    let is = match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    };
    format!("{is} is not of type '{wanted}'")
}
