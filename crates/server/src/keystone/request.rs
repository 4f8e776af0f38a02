//! The body of `POST /v3/auth/tokens`.

use crate::{
    password::Password,
    sign_in::{Scope, UserRef},
    store::first_start::{DOMAIN_ID, DOMAIN_NAME},
};
use serde_json::Value;

/// An invalid body, with Keystone's messages. Never contains a value: it may be a password in the wrong
/// field.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RequestError {
    #[error("'{0}' is a required property")]
    Missing(String),
    #[error(
        "Expecting to find {attribute} in {target}. The server could not comply with the request since it \
         is either malformed or otherwise incorrect. The client is assumed to be in error."
    )]
    Expected { attribute: &'static str, target: &'static str },
    #[error("{actual} is not of type '{expected}'")]
    WrongType { actual: &'static str, expected: &'static str },
}

pub(crate) enum Identity {
    /// `None`: a user of a domain that does not exist.
    Password(Option<UserRef>, Password),
    Token(String),
    /// A method that this server does not support.
    Unsupported,
}

pub(crate) struct AuthRequest {
    pub identity: Identity,
    pub scope: Scope,
}

pub(crate) fn parse(body: &[u8]) -> Result<AuthRequest, RequestError> {
    const TARGET: &str = "request body";
    let body = serde_json::from_slice(body).ok().filter(Value::is_object);
    let body = body.ok_or(RequestError::Expected { attribute: "valid JSON", target: TARGET })?;
    let auth = expected(&body, "auth", TARGET)?;
    let identity = object(auth, "identity")?;
    Ok(AuthRequest { identity: parse_identity(identity)?, scope: parse_scope(auth.get("scope"))? })
}

fn parse_identity(identity: &Value) -> Result<Identity, RequestError> {
    let methods = match property(identity, "methods")? {
        Value::Array(methods) => methods,
        other => return Err(wrong_type(other, "array")),
    };
    // With several methods, Keystone requires all of them. This server supports one.
    let [method] = methods.as_slice() else { return Ok(Identity::Unsupported) };
    match method.as_str() {
        Some("password") => {
            let user = object(expected(identity, "password", "identity")?, "user")?;
            let password = Password::new(text(user, "password")?);
            let user_ref = match user.get("id") {
                Some(_) => Some(UserRef::Id(text(user, "id")?.to_owned())),
                None => {
                    let name = text(user, "name")?.to_owned();
                    let domain = expected(user, "domain", "user")?;
                    is_default_domain(domain).then_some(UserRef::Name(name))
                }
            };
            Ok(Identity::Password(user_ref, password))
        }
        Some("token") => {
            let token = expected(identity, "token", "identity")?;
            Ok(Identity::Token(text(token, "id")?.to_owned()))
        }
        _ => Ok(Identity::Unsupported),
    }
}

fn parse_scope(scope: Option<&Value>) -> Result<Scope, RequestError> {
    let scope = match scope {
        None | Some(Value::Null) => return Ok(Scope::Default),
        Some(Value::String(word)) if word == "unscoped" => return Ok(Scope::Unscoped),
        Some(scope @ Value::Object(_)) => scope,
        Some(other) => return Err(wrong_type(other, "object")),
    };
    if scope.get("unscoped").is_some() {
        return Ok(Scope::Unscoped);
    }
    if ["domain", "system", "OS-TRUST:trust"].iter().any(|other| scope.get(other).is_some()) {
        return Ok(Scope::Unsupported);
    }
    let project = scope.get("project").ok_or(RequestError::Expected {
        attribute: "system, project, domain, OS-TRUST:trust or unscoped",
        target: "scope",
    })?;
    if project.get("id").is_some() {
        return Ok(Scope::ProjectId(text(project, "id")?.to_owned()));
    }
    let name = text(project, "name")?.to_owned();
    let domain = expected(project, "domain", "project")?;
    Ok(if is_default_domain(domain) { Scope::ProjectName(name) } else { Scope::Unsupported })
}

fn is_default_domain(domain: &Value) -> bool {
    match (domain.get("id"), domain.get("name")) {
        (Some(id), _) => id == DOMAIN_ID,
        (None, Some(name)) => {
            name.as_str().is_some_and(|name| name.eq_ignore_ascii_case(DOMAIN_NAME))
        }
        (None, None) => false,
    }
}

fn property<'v>(of: &'v Value, name: &str) -> Result<&'v Value, RequestError> {
    of.get(name).ok_or_else(|| RequestError::Missing(name.to_owned()))
}

fn object<'v>(of: &'v Value, name: &str) -> Result<&'v Value, RequestError> {
    let value = property(of, name)?;
    if value.is_object() { Ok(value) } else { Err(wrong_type(value, "object")) }
}

/// The object of an attribute that another part of the request makes necessary.
fn expected<'v>(
    of: &'v Value,
    attribute: &'static str,
    target: &'static str,
) -> Result<&'v Value, RequestError> {
    if of.get(attribute).is_none() {
        return Err(RequestError::Expected { attribute, target });
    }
    object(of, attribute)
}

fn text<'v>(of: &'v Value, name: &str) -> Result<&'v str, RequestError> {
    let value = property(of, name)?;
    value.as_str().ok_or_else(|| wrong_type(value, "string"))
}

fn wrong_type(value: &Value, expected: &'static str) -> RequestError {
    let actual = match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    };
    RequestError::WrongType { actual, expected }
}
