//! `/secrets/{id}/acl`. Stored and returned as in Barbican, but grants access to nobody.

use super::{
    access::{Access, SecretRequest},
    error::BarbicanError,
    schema::{Fields, TEXT, wrong_type},
};
use crate::store::barbican::acl as store;
use axum::{Json, extract::Request};
use openstack_types::{
    UserId,
    barbican::{Acl, AclRead},
};
use serde_json::{Value, json};

const SCHEMA: &str = "ACL";
const GET: &str = "SecretACL(s) retrieval";
const CHANGE: &str = "SecretACL(s) Update";
const DELETE: &str = "SecretACL(s) deletion";

/// `GET`. Without a stored ACL, returns Barbican's default, which lets the project read. This server
/// does not apply it.
pub(super) async fn get(secret_request: SecretRequest) -> Result<Json<Acl>, BarbicanError> {
    let acl =
        secret_request.read(Access::View, GET, |db, secret| Ok(store::get(db, secret.id)?)).await?;
    let read = match acl {
        None => AclRead { project_access: Some(true), ..AclRead::default() },
        Some(acl) => AclRead {
            project_access: Some(acl.project_access),
            users: Some(acl.users),
            created: Some(acl.created),
            updated: Some(acl.updated),
        },
    };
    Ok(Json(Acl { read: Some(read) }))
}

/// `PUT`: replaces the whole ACL.
pub(super) async fn put(
    secret_request: SecretRequest,
    request: Request,
) -> Result<Json<Value>, BarbicanError> {
    let body = secret_request.json(CHANGE, request).await?;
    let update = parse(&body, secret_request.max_entries())?;
    secret_request
        .change(CHANGE, move |tx, secret| match update {
            Some(AclUpdate { project_access, users }) => {
                let users = users.unwrap_or_default();
                Ok(store::set(tx, &secret, project_access.or(Some(true)), Some(&users))?)
            }
            None => Ok(store::clear(tx, &secret)?),
        })
        .await?;
    Ok(acl_ref(&secret_request))
}

/// `PATCH`: changes only the fields in the body.
pub(super) async fn patch(
    secret_request: SecretRequest,
    request: Request,
) -> Result<Json<Value>, BarbicanError> {
    let body = secret_request.json(CHANGE, request).await?;
    let update = parse(&body, secret_request.max_entries())?;
    secret_request
        .change(CHANGE, move |tx, secret| match update {
            Some(AclUpdate { project_access, users }) => {
                Ok(store::set(tx, &secret, project_access, users.as_deref())?)
            }
            None => Ok(()),
        })
        .await?;
    Ok(acl_ref(&secret_request))
}

/// `DELETE`: restores the default.
pub(super) async fn delete(secret_request: SecretRequest) -> Result<Json<Value>, BarbicanError> {
    secret_request.change(DELETE, |tx, secret| Ok(store::clear(tx, &secret)?)).await?;
    Ok(Json(Value::Null))
}

fn acl_ref(secret_request: &SecretRequest) -> Json<Value> {
    Json(json!({"acl_ref": format!("{}/acl", secret_request.secret_ref())}))
}

/// The read rule of a body.
struct AclUpdate {
    project_access: Option<bool>,
    users: Option<Vec<UserId>>,
}

/// `None`: the body has no read rule.
fn parse(body: &Value, max_users: usize) -> Result<Option<AclUpdate>, BarbicanError> {
    let acl = Fields::from_body(SCHEMA, body)?;
    acl.allow_only(&["read"])?;
    let Some(read) = acl.get("read") else { return Ok(None) };
    // Errors name the operation, not its content.
    let wrong = |reason: String| acl.error("read", reason);
    let Value::Object(read) = read else { return Err(wrong(wrong_type(read, "object"))) };
    if read.is_empty() {
        return Ok(None);
    }
    let mut update = AclUpdate { project_access: None, users: None };
    for (name, value) in read {
        match (name.as_str(), value) {
            ("project-access", Value::Bool(yes)) => update.project_access = Some(*yes),
            ("project-access", other) => return Err(wrong(wrong_type(other, "boolean"))),
            ("users", Value::Array(users)) => {
                SecretRequest::require_entries(max_users, users.len(), "users in the ACL")?;
                let users = users.iter().map(|user| match user.as_str() {
                    Some(id) if id.chars().count() <= TEXT => Ok(UserId(id.to_owned())),
                    Some(_) => Err(wrong("a user's id is too long".to_owned())),
                    None => Err(wrong(wrong_type(user, "string"))),
                });
                update.users = Some(users.collect::<Result<_, _>>()?);
            }
            ("users", other) => return Err(wrong(wrong_type(other, "array"))),
            (_, _) => {
                return Err(wrong(
                    "Additional properties are not allowed; there are 'users' and 'project-access'"
                        .to_owned(),
                ));
            }
        }
    }
    Ok(Some(update))
}
