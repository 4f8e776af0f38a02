//! `/secrets/{id}/acl`. Taken, kept and told as in Barbican; it opens the secret to nobody.

use super::{
    access::{Door, Want},
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

/// `GET`. While nothing was said, Barbican's default: the project may read. Here it may not.
pub async fn get(door: Door) -> Result<Json<Acl>, BarbicanError> {
    let acl = door.read(Want::Look, GET, |db, secret| Ok(store::get(db, secret.id)?)).await?;
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

/// `PUT`: in place of all that was said.
pub async fn put(door: Door, request: Request) -> Result<Json<Value>, BarbicanError> {
    let said = said(&door.json(CHANGE, request).await?)?;
    door.change(CHANGE, move |tx, secret| match said {
        Some(Said { project_access, users }) => {
            let users = users.unwrap_or_default();
            Ok(store::set(tx, &secret, project_access.or(Some(true)), Some(&users))?)
        }
        None => Ok(store::clear(tx, &secret)?),
    })
    .await?;
    Ok(acl_ref(&door))
}

/// `PATCH`: only what is sent changes.
pub async fn patch(door: Door, request: Request) -> Result<Json<Value>, BarbicanError> {
    let said = said(&door.json(CHANGE, request).await?)?;
    door.change(CHANGE, move |tx, secret| match said {
        Some(Said { project_access, users }) => {
            Ok(store::set(tx, &secret, project_access, users.as_deref())?)
        }
        None => Ok(()),
    })
    .await?;
    Ok(acl_ref(&door))
}

/// `DELETE`: back to nothing said.
pub async fn delete(door: Door) -> Result<Json<Value>, BarbicanError> {
    door.change(DELETE, |tx, secret| Ok(store::clear(tx, &secret)?)).await?;
    Ok(Json(Value::Null))
}

fn acl_ref(door: &Door) -> Json<Value> {
    Json(json!({"acl_ref": format!("{}/acl", door.secret_ref())}))
}

/// What a body says of reading.
struct Said {
    project_access: Option<bool>,
    users: Option<Vec<UserId>>,
}

/// `None`: it says nothing.
fn said(body: &Value) -> Result<Option<Said>, BarbicanError> {
    let acl = Fields::of(SCHEMA, body)?;
    acl.only(&["read"])?;
    let Some(read) = acl.get("read") else { return Ok(None) };
    // Errors name the operation, not what is in it.
    let wrong = |reason: String| acl.wrong("read", reason);
    let Value::Object(read) = read else { return Err(wrong(wrong_type(read, "object"))) };
    if read.is_empty() {
        return Ok(None);
    }
    let mut said = Said { project_access: None, users: None };
    for (name, value) in read {
        match (name.as_str(), value) {
            ("project-access", Value::Bool(yes)) => said.project_access = Some(*yes),
            ("project-access", other) => return Err(wrong(wrong_type(other, "boolean"))),
            ("users", Value::Array(users)) => {
                let users = users.iter().map(|user| match user.as_str() {
                    Some(id) if id.chars().count() <= TEXT => Ok(UserId(id.to_owned())),
                    Some(_) => Err(wrong("a user's id is too long".to_owned())),
                    None => Err(wrong(wrong_type(user, "string"))),
                });
                said.users = Some(users.collect::<Result<_, _>>()?);
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
    Ok(Some(said))
}
