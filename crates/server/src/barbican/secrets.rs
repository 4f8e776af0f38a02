//! `/secrets`.

use super::{
    access::{Access, Actor, SecretRequest},
    body,
    error::BarbicanError,
    list_query::ListQuery,
    microversion::Microversion,
    new_secret::NewSecret,
    payload, view,
};
use crate::{
    app::App,
    ids,
    public_url::PublicUrl,
    store::barbican::{self as store, Secret, consumers, uses},
    time,
};
use axum::{
    Json,
    extract::{OriginalUri, Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use openstack_types::barbican::{self as wire, SecretList};
use std::sync::Arc;

const LIST: &str = "Secret(s) retrieval";
const CREATE: &str = "Secret creation";
const SHOW: &str = "Secret retrieval";
const DELETE: &str = "Secret deletion";

/// `GET`: the secrets that the caller created in this project.
pub(super) async fn list(
    State(app): State<Arc<App>>,
    actor: Actor,
    url: PublicUrl,
    version: Microversion,
    OriginalUri(uri): OriginalUri,
) -> Result<Json<SecretList>, BarbicanError> {
    actor.require_view(LIST)?;
    let query = ListQuery::parse(uri.query().unwrap_or_default())?;
    let base = format!("{}/v1/secrets", url.key_manager());
    let list = app
        .store
        .read(move |db| {
            let (secrets, total) =
                store::list::list(db, actor.user(), actor.project(), &query.filter)?;
            let shown: Vec<wire::Secret> = secrets
                .into_iter()
                .map(|secret| view::secret(db, &url, version, secret))
                .collect::<Result<_, _>>()?;
            let [previous, next] = query.links(&base, total, shown.is_empty());
            Ok::<_, BarbicanError>(SecretList { secrets: shown, total, previous, next })
        })
        .await?;
    Ok(Json(list))
}

pub(super) async fn create(
    State(app): State<Arc<App>>,
    actor: Actor,
    url: PublicUrl,
    request: Request,
) -> Result<Response, BarbicanError> {
    actor.require_create(CREATE)?;
    let body = body::json(&app, request).await?;
    let now = Timestamp::now();
    let new = NewSecret::read(body, app.config.limits.secret_bytes, now)?;
    let id = ids::uuid().into();
    let sealed = match &new.payload {
        Some((_, payload)) => Some(app.vault.seal(id, payload)?),
        None => None,
    };
    let created = time::barbican(now);
    let secret = Secret {
        id,
        project_id: actor.project().clone(),
        creator_id: actor.user().clone(),
        name: new.name,
        secret_type: new.secret_type,
        algorithm: new.algorithm,
        bit_length: new.bit_length,
        mode: new.mode,
        expiration: new.expiration,
        content_type: new.payload.map(|(kind, _)| kind),
        updated: created.clone(),
        created,
    };
    let inner = app.clone();
    app.store
        .write(move |tx| {
            inner.disk_reserve.require()?;
            let limit = inner.config.limits.secrets_per_project;
            if store::count(tx, &secret.project_id)? >= limit {
                return Err(BarbicanError::quota(&secret.project_id, limit, "secrets"));
            }
            Ok(store::insert(tx, &secret, sealed.as_ref())?)
        })
        .await?;
    Ok(view::created("secret_ref", view::secret_ref(&url, id)))
}

/// `GET` of one secret. If the client accepts no JSON, returns the payload, as older versions of Barbican
/// do.
pub(super) async fn show(
    secret_request: SecretRequest,
    version: Microversion,
    headers: HeaderMap,
) -> Result<Response, BarbicanError> {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    if !accept.is_none_or(accepts_json) {
        return payload::read(&secret_request, accept, SHOW).await;
    }
    let url = secret_request.url.clone();
    let shown = secret_request
        .read(Access::View, SHOW, move |db, secret| Ok(view::secret(db, &url, version, secret)?))
        .await?;
    Ok(Json(shown).into_response())
}

fn accepts_json(accept: &str) -> bool {
    accept.split(',').any(|one| {
        matches!(
            one.split(';').next().unwrap_or_default().trim(),
            "" | "*/*" | "application/*" | "application/json"
        )
    })
}

/// `DELETE`. A secret that a listener or a pool uses cannot be deleted, even with `force`.
pub(super) async fn delete(
    secret_request: SecretRequest,
    version: Microversion,
    OriginalUri(uri): OriginalUri,
) -> Result<StatusCode, BarbicanError> {
    let force = parse_force(uri.query().unwrap_or_default(), version);
    secret_request
        .change(DELETE, move |tx, secret| {
            let force = force?;
            if let Some(users) = uses::of_secret(tx, secret.id)?.in_words() {
                return Err(in_use(&users));
            }
            let protected = version >= Microversion::PROTECT_CONSUMED && !force;
            if protected && !consumers::all(tx, secret.id)?.is_empty() {
                return Err(BarbicanError::issue(
                    DELETE,
                    StatusCode::BAD_REQUEST,
                    "Secret cannot be deleted as it has consumers.",
                ));
            }
            Ok(store::delete(tx, &secret)?)
        })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Barbican would delete it, and the next change of its users would fail.
fn in_use(users: &str) -> BarbicanError {
    BarbicanError::conflict(format!(
        "Secret cannot be deleted: it is used by {users}. Use another one there first."
    ))
}

/// The `force` parameter. Older microversions ignore it.
fn parse_force(query: &str, version: Microversion) -> Result<bool, BarbicanError> {
    let parameter = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "force");
    let Some((_, value)) = parameter.filter(|_| version >= Microversion::PROTECT_CONSUMED) else {
        return Ok(false);
    };
    match value.to_ascii_lowercase().as_str() {
        "1" | "t" | "true" | "on" | "y" | "yes" => Ok(true),
        "0" | "f" | "false" | "off" | "n" | "no" => Ok(false),
        _ => Err(BarbicanError::bad("URI provided invalid query string parameters.")),
    }
}
