//! `/containers`: secrets that belong together, such as a certificate and its key. As with secrets, only the
//! creator can see and use one, and one that a listener uses cannot be deleted.

use super::{
    access::Actor,
    body,
    error::BarbicanError,
    list_query::ListQuery,
    schema::{Fields, TEXT},
    view,
};
use crate::{
    app::App,
    ids,
    public_url::PublicUrl,
    secrets,
    store::barbican::{
        self as store,
        containers::{self, Container, ContainerSecret},
        uses,
    },
};
use axum::{
    Json,
    extract::{OriginalUri, Path, Request, State},
    http::StatusCode,
    response::Response,
};
use openstack_types::{ContainerId, SecretId};
use rusqlite::Connection;
use serde_json::{Value, json};
use std::{collections::HashSet, sync::Arc};

const SCHEMA: &str = "Container";
/// The parts that a container of each type may have, and must have. A generic one may have any.
const TYPES: [(&str, &[&str], &[&str]); 3] = [
    ("generic", &[], &[]),
    ("rsa", &["public_key", "private_key", containers::PASSPHRASE], &["public_key", "private_key"]),
    (
        "certificate",
        &["certificate", "private_key", containers::PASSPHRASE, "intermediates"],
        &["certificate"],
    ),
];
const MAX_SECRETS: usize = 64;

fn container_ref(url: &PublicUrl, id: ContainerId) -> String {
    format!("{}/v1/containers/{id}", url.key_manager())
}

fn body_of(container: &Container, url: &PublicUrl) -> Value {
    let secrets = container.secrets.iter().map(|secret| {
        json!({"name": secret.name, "secret_ref": view::secret_ref(url, secret.secret_id)})
    });
    json!({
        "container_ref": container_ref(url, container.id),
        "name": container.name,
        "type": container.kind,
        "status": "ACTIVE",
        "secret_refs": secrets.collect::<Value>(),
        "consumers": [],
        "creator_id": container.creator_id,
        "created": container.created,
        "updated": container.updated,
    })
}

/// `GET`: the containers that the caller created in this project.
pub(super) async fn list(
    State(app): State<Arc<App>>,
    actor: Actor,
    url: PublicUrl,
    OriginalUri(uri): OriginalUri,
) -> Result<Json<Value>, BarbicanError> {
    actor.require_view("Containers(s) retrieval")?;
    let query = ListQuery::parse(uri.query().unwrap_or_default())?;
    let base = format!("{}/v1/containers", url.key_manager());
    let body = app
        .store
        .read(move |db| {
            let filter = &query.filter;
            let (found, total) = containers::list(
                db,
                actor.user(),
                actor.project(),
                filter.name.as_deref(),
                filter.limit,
                filter.offset,
            )?;
            let shown: Vec<_> = found.iter().map(|found| body_of(found, &url)).collect();
            Ok::<_, BarbicanError>(query.body("containers", shown, &base, total))
        })
        .await?;
    Ok(Json(body))
}

pub(super) async fn create(
    State(app): State<Arc<App>>,
    actor: Actor,
    url: PublicUrl,
    request: Request,
) -> Result<Response, BarbicanError> {
    actor.require_create("Container creation")?;
    let body = body::json(&app, request).await?;
    let (name, kind, secrets) = parse(&body)?;
    let id = ContainerId(ids::uuid());
    let container = Container {
        id,
        project_id: actor.project().clone(),
        creator_id: actor.user().clone(),
        name,
        kind,
        created: String::new(),
        updated: String::new(),
        secrets,
    };
    let inner = app.clone();
    app.store
        .write(move |tx| {
            require_secrets(tx, &actor, &container)?;
            inner.disk_reserve.require()?;
            let limit = inner.config.limits.containers_per_project;
            if containers::count(tx, &container.project_id)? >= limit {
                return Err(BarbicanError::quota(&container.project_id, limit, "containers"));
            }
            Ok::<_, BarbicanError>(containers::insert(tx, &container)?)
        })
        .await?;
    Ok(view::created("container_ref", container_ref(&url, id)))
}

/// Requires that the caller may see every secret of a new container.
fn require_secrets(
    db: &Connection,
    actor: &Actor,
    container: &Container,
) -> Result<(), BarbicanError> {
    for ContainerSecret { name, secret_id } in &container.secrets {
        let secret = store::get(db, *secret_id)?;
        if !secret.is_some_and(|secret| secrets::may_view(actor.caller(), &secret)) {
            return Err(BarbicanError::not_found(format!(
                "Secret provided for '{name}' doesn't exist."
            )));
        }
    }
    Ok(())
}

type Parsed = (Option<String>, String, Vec<ContainerSecret>);

fn parse(body: &Value) -> Result<Parsed, BarbicanError> {
    let fields = Fields::from_body(SCHEMA, body)?;
    let name = fields.text_or_null("name", TEXT)?.map(str::to_owned);
    let kinds = TYPES.map(|(kind, ..)| kind);
    let kind = fields.one_of("type", &kinds)?;
    let kind = kind.ok_or_else(|| fields.error("type", "'type' is a required property"))?;
    let sent = match fields.get("secret_refs") {
        None => &[],
        Some(Value::Array(sent)) => sent.as_slice(),
        Some(_) => return Err(fields.error("secret_refs", "it is not of type 'array'")),
    };
    if sent.len() > MAX_SECRETS {
        let reason = format!("there are more than {MAX_SECRETS} entries");
        return Err(fields.error("secret_refs", reason));
    }
    let mut secrets = Vec::new();
    let (mut names, mut ids) = (HashSet::new(), HashSet::new());
    for sent in sent {
        let secret = parse_secret(sent)?;
        if !names.insert(secret.name.clone()) && !secret.name.is_empty() {
            return Err(fields.error("secret_refs", "Duplicate reference names are not allowed"));
        }
        if !ids.insert(secret.secret_id) {
            return Err(fields.error("secret_refs", "Duplicate secret ids are not allowed"));
        }
        secrets.push(secret);
    }
    require_parts(&fields, kind, &names)?;
    Ok((name, kind.to_owned(), secrets))
}

fn parse_secret(sent: &Value) -> Result<ContainerSecret, BarbicanError> {
    let fields = Fields::from_body(SCHEMA, sent)?;
    let name = fields.text("name", TEXT)?.unwrap_or_default().to_owned();
    let secret_id = SecretId::from_ref(fields.required("secret_ref", TEXT)?);
    let not_found =
        || BarbicanError::not_found(format!("Secret provided for '{name}' doesn't exist."));
    Ok(ContainerSecret { secret_id: secret_id.ok_or_else(not_found)?, name: name.clone() })
}

/// Requires the parts that a type must have, and no other than it may have.
fn require_parts(
    fields: &Fields<'_>,
    kind: &str,
    names: &HashSet<String>,
) -> Result<(), BarbicanError> {
    let known = TYPES.iter().find(|(known, ..)| *known == kind);
    let Some((_, allowed, required)) = known.filter(|(_, allowed, _)| !allowed.is_empty()) else {
        return Ok(());
    };
    let quoted = |names: &[&str]| {
        names.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ")
    };
    if names.iter().any(|name| !allowed.contains(&name.as_str())) {
        let reason =
            format!("only {} reference names are allowed for {kind} type", quoted(allowed));
        return Err(fields.error("secret_refs", reason));
    }
    if required.iter().any(|name| !names.contains(*name)) {
        let reason = format!(
            "The minimum required reference names are {} for {kind} type",
            quoted(required)
        );
        return Err(fields.error("secret_refs", reason));
    }
    Ok(())
}

/// Finds the container of a path, for its creator.
fn find(
    db: &Connection,
    actor: &Actor,
    id: &str,
    operation: &str,
) -> Result<Container, BarbicanError> {
    let id = id.parse::<ContainerId>().ok();
    let container = id.map(|id| containers::get(db, id)).transpose()?.flatten();
    let container = container.ok_or_else(|| BarbicanError::not_found("Container not found."))?;
    if secrets::may_view_container(actor.caller(), &container) {
        Ok(container)
    } else {
        Err(BarbicanError::forbidden(operation))
    }
}

/// `GET` of one.
pub(super) async fn show(
    State(app): State<Arc<App>>,
    actor: Actor,
    url: PublicUrl,
    Path(id): Path<String>,
) -> Result<Json<Value>, BarbicanError> {
    let found = app.store.read(move |db| find(db, &actor, &id, "Container retrieval")).await?;
    Ok(Json(body_of(&found, &url)))
}

/// `DELETE`. The secrets stay.
pub(super) async fn delete(
    State(app): State<Arc<App>>,
    actor: Actor,
    Path(id): Path<String>,
) -> Result<StatusCode, BarbicanError> {
    const OPERATION: &str = "Container deletion";
    app.store
        .write(move |tx| {
            let container = find(tx, &actor, &id, OPERATION)?;
            if !secrets::may_use_container(actor.caller(), &container) {
                return Err(BarbicanError::forbidden(OPERATION));
            }
            if let Some(users) = uses::of_container(tx, container.id)?.in_words() {
                return Err(BarbicanError::conflict(format!(
                    "Container cannot be deleted: it is used by {users}. Use another one there first."
                )));
            }
            Ok(containers::delete(tx, container.id)?)
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
