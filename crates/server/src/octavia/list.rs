//! `GET` of lists and of single objects, the same for every resource.

use super::{
    access::Actor,
    change::{find, find_readable},
    error::OctaviaError,
    query::{ListQuery, RequestedFields},
    view,
};
use crate::{
    app::App,
    model::{Field, ID, L7POLICY, POOL, Resource, Row, l7rule, member},
    public_url::PublicUrl,
    response_cache::CachedResponse,
    store::octavia::list::{self, ListError},
};
use axum::{
    Json,
    extract::{FromRequestParts, OriginalUri, Path, State},
    http::{StatusCode, Uri, header, request::Parts},
    response::{IntoResponse, Response},
    routing::{MethodRouter, get},
};
use rusqlite::Connection;
use serde_json::{Value, json};
use std::{convert::Infallible, sync::Arc};

impl From<ListError> for OctaviaError {
    fn from(error: ListError) -> Self {
        match error {
            ListError::UnknownMarker(marker) => {
                OctaviaError::bad(format!("Supplied pagination marker '{marker}' is not valid."))
            }
            ListError::Database(error) => error.into(),
        }
    }
}

/// The URL of a list, for the links to other pages, and the version that the client has.
struct ListUrl {
    /// Scheme and host as the client used them.
    base: PublicUrl,
    uri: Uri,
    /// `If-None-Match`.
    known_etags: String,
}

impl FromRequestParts<Arc<App>> for ListUrl {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Infallible> {
        let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |original| &original.0);
        let known = parts.headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
        Ok(Self {
            base: PublicUrl::of(parts, &app.config),
            uri: uri.clone(),
            known_etags: known.unwrap_or_default().to_owned(),
        })
    }
}

/// The object whose children a path lists.
pub(super) struct Parent {
    resource: &'static Resource,
    /// The column in which the children have its id.
    column: Field<String>,
    id: String,
}

/// The parent of members.
pub(super) fn in_pool(id: String) -> Parent {
    Parent { resource: &POOL, column: member::POOL_ID, id }
}

/// The parent of L7 rules.
pub(super) fn in_l7policy(id: String) -> Parent {
    Parent { resource: &L7POLICY, column: l7rule::L7POLICY_ID, id }
}

/// `GET` of all objects of a resource that the caller may see.
pub(super) fn list(resource: &'static Resource) -> MethodRouter<Arc<App>> {
    get(async move |State(app): State<Arc<App>>, actor: Actor, url: ListUrl| {
        list_response(&app, actor, resource, url, None).await
    })
}

/// `GET` of one object.
pub(super) fn show(resource: &'static Resource) -> MethodRouter<Arc<App>> {
    get(
        async move |State(app): State<Arc<App>>,
                    actor: Actor,
                    Path(id): Path<String>,
                    OriginalUri(uri): OriginalUri| {
            show_response(&app, actor, resource, &uri, id, None).await
        },
    )
}

/// `GET` of the children of the object in the path.
pub(super) fn list_children(
    resource: &'static Resource,
    parent: fn(String) -> Parent,
) -> MethodRouter<Arc<App>> {
    get(
        async move |State(app): State<Arc<App>>,
                    actor: Actor,
                    Path(parent_id): Path<String>,
                    url: ListUrl| {
            let parent = Some(parent(parent_id));
            list_response(&app, actor, resource, url, parent).await
        },
    )
}

/// `GET` of one child of the object in the path.
pub(super) fn show_child(
    resource: &'static Resource,
    parent: fn(String) -> Parent,
) -> MethodRouter<Arc<App>> {
    get(
        async move |State(app): State<Arc<App>>,
                    actor: Actor,
                    Path((parent_id, id)): Path<(String, String)>,
                    OriginalUri(uri): OriginalUri| {
            show_response(&app, actor, resource, &uri, id, Some(parent(parent_id))).await
        },
    )
}

async fn list_response(
    app: &Arc<App>,
    actor: Actor,
    resource: &'static Resource,
    url: ListUrl,
    parent: Option<Parent>,
) -> Result<Response, OctaviaError> {
    let query = ListQuery::parse(resource, url.uri.query().unwrap_or_default())?;
    let visibility = actor.visibility(query.project_id.as_deref())?;
    let base = format!("{}{}", url.base, url.uri.path());
    // The response depends on nothing else, except for the rights on a parent.
    let key = format!("{base}?{}#{visibility:?}", url.uri.query().unwrap_or_default());
    let is_cached = parent.is_none();
    let revision = app.store.revision();
    let compute = app.store.read(move |db| {
        if let Some(parent) = &parent {
            find_readable(db, &actor, parent.resource, &parent.id)?;
        }
        let parent = parent.as_ref().map(|parent| (parent.column.name(), parent.id.as_str()));
        let rows = list::list(db, resource, &query.filter, &visibility, parent)?;
        let id = |row: &Row| row.get(ID).to_owned();
        let (first, last) = (rows.first().map(id), rows.last().map(id));
        let links = query.links(&base, first.as_deref(), last.as_deref(), rows.len());
        body(db, resource, &rows, &query.fields, &links)
    });
    let json = [(header::CONTENT_TYPE, "application/json")];
    if !is_cached {
        return Ok((json, compute.await?).into_response());
    }
    let CachedResponse { body, etag } = app.lists.get(key, revision, compute).await?;
    let is_known = url.known_etags.split(',').any(|known| {
        let known = known.trim();
        known == "*" || known.strip_prefix("W/").unwrap_or(known) == etag
    });
    let etag = [(header::ETAG, etag)];
    if is_known {
        return Ok((StatusCode::NOT_MODIFIED, etag).into_response());
    }
    Ok((json, etag, body).into_response())
}

/// The rows of a list as text. Few are a tree of values at the same time: a long list would take ten times as much.
fn body(
    db: &Connection,
    resource: &Resource,
    rows: &[Row],
    fields: &RequestedFields,
    links: &Value,
) -> Result<Vec<u8>, OctaviaError> {
    const ROWS_AT_ONCE: usize = 50;
    let plural = resource.plural;
    let mut body = format!("{{\"{plural}\":[").into_bytes();
    for (number, rows) in rows.chunks(ROWS_AT_ONCE).enumerate() {
        for (index, row) in view::rows(db, resource, rows)?.into_iter().enumerate() {
            if number + index > 0 {
                body.push(b',');
            }
            let row = fields.select(row);
            serde_json::to_writer(&mut body, &row).map_err(|_| OctaviaError::Internal)?;
        }
    }
    body.extend_from_slice(format!("],\"{plural}_links\":{links}}}").as_bytes());
    Ok(body)
}

async fn show_response(
    app: &Arc<App>,
    actor: Actor,
    resource: &'static Resource,
    uri: &Uri,
    id: String,
    parent: Option<Parent>,
) -> Result<Json<Value>, OctaviaError> {
    let fields = RequestedFields::parse(uri.query().unwrap_or_default());
    let body = app
        .store
        .read(move |db| {
            let row = find_readable(db, &actor, resource, &id)?;
            if let Some(parent) = parent
                && row.get(parent.column) != parent.id
            {
                find(db, parent.resource, &parent.id)?;
                return Err(OctaviaError::not_found(resource.title, &id));
            }
            let shown = fields.select(view::row(db, resource, &row)?);
            Ok::<_, OctaviaError>(json!({ resource.singular: shown }))
        })
        .await?;
    Ok(Json(body))
}
