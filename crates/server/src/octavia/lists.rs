//! Lists of any kind of object, and single ones.

use super::{
    access::Actor,
    change::{found, seen},
    error::OctaviaError,
    query::ListQuery,
    view,
};
use crate::model::{L7POLICY, LOAD_BALANCER, POOL, Resource};
use crate::{
    app::App,
    public_url::PublicUrl,
    store::octavia::list::{self, ListError},
};
use axum::{
    Json,
    extract::{OriginalUri, Path, State},
    http::Uri,
    routing::{MethodRouter, get},
};
use serde_json::{Map, Value, json};
use std::sync::Arc;

impl From<ListError> for OctaviaError {
    fn from(error: ListError) -> Self {
        match error {
            ListError::Marker(marker) => {
                OctaviaError::bad(format!("Supplied pagination marker '{marker}' is not valid."))
            }
            ListError::Database(error) => error.into(),
        }
    }
}

/// Where a list was asked for, to make links of.
struct Asked {
    /// What it is of.
    of: &'static Resource,
    /// Its URL as the client wrote it.
    uri: Uri,
    /// Scheme and host that the client used.
    url: PublicUrl,
}

/// The object in whose path others are.
pub struct Parent {
    of: &'static Resource,
    /// Where they name it.
    column: &'static str,
    id: String,
}

impl Parent {
    /// Of members.
    pub fn pool(id: String) -> Self {
        Self { of: &POOL, column: "pool_id", id }
    }

    /// Of L7 rules.
    pub fn policy(id: String) -> Self {
        Self { of: &L7POLICY, column: "l7policy_id", id }
    }
}

/// `GET` of all objects of a kind that the caller sees.
pub fn list_of(of: &'static Resource) -> MethodRouter<Arc<App>> {
    get(
        async move |State(app): State<Arc<App>>,
                    actor: Actor,
                    url: PublicUrl,
                    OriginalUri(uri): OriginalUri| {
            list(&app, actor, Asked { of, uri, url }, None).await
        },
    )
}

/// `GET` of one object of a kind.
pub fn show_of(of: &'static Resource) -> MethodRouter<Arc<App>> {
    get(
        async move |State(app): State<Arc<App>>,
                    actor: Actor,
                    Path(id): Path<String>,
                    OriginalUri(uri): OriginalUri| {
            show(&app, actor, of, &uri, id, None).await
        },
    )
}

/// `GET` of what one object has, which the path names.
pub fn list_in(of: &'static Resource, parent: fn(String) -> Parent) -> MethodRouter<Arc<App>> {
    get(
        async move |State(app): State<Arc<App>>,
                    actor: Actor,
                    url: PublicUrl,
                    Path(id): Path<String>,
                    OriginalUri(uri): OriginalUri| {
            list(&app, actor, Asked { of, uri, url }, Some(parent(id))).await
        },
    )
}

/// `GET` of one of what one object has.
pub fn show_in(of: &'static Resource, parent: fn(String) -> Parent) -> MethodRouter<Arc<App>> {
    get(
        async move |State(app): State<Arc<App>>,
                    actor: Actor,
                    Path((of_it, id)): Path<(String, String)>,
                    OriginalUri(uri): OriginalUri| {
            show(&app, actor, of, &uri, id, Some(parent(of_it))).await
        },
    )
}

/// Answers a list, of all that the caller sees or of what one object has.
async fn list(
    app: &Arc<App>,
    actor: Actor,
    asked: Asked,
    parent: Option<Parent>,
) -> Result<Json<Value>, OctaviaError> {
    let of = asked.of;
    let query = ListQuery::parse(of, asked.uri.query().unwrap_or_default())?;
    let visibility = actor.visibility(query.project_id.as_deref())?;
    let base = format!("{}{}", asked.url, asked.uri.path());
    let body = app
        .store
        .read(move |db| {
            if let Some(parent) = &parent {
                seen(db, &actor, parent.of, &parent.id)?;
            }
            let within = parent.as_ref().map(|parent| (parent.column, parent.id.as_str()));
            let rows = list::list(db, of, &query.filter, &visibility, within)?;
            let id = |row: Option<&crate::model::Object>| row.map(|row| row.text("id").to_owned());
            let (first, last) = (id(rows.first()), id(rows.last()));
            let links = query.links(&base, first.as_deref(), last.as_deref(), rows.len());
            let shown: Vec<_> =
                view::rows(db, of, &rows)?.into_iter().map(|row| query.only_fields(row)).collect();
            let mut body = Map::new();
            body.insert(of.plural.to_owned(), Value::Array(shown));
            body.insert(format!("{}_links", of.plural), links);
            Ok::<_, OctaviaError>(Value::Object(body))
        })
        .await?;
    Ok(Json(body))
}

/// Answers one object.
async fn show(
    app: &Arc<App>,
    actor: Actor,
    of: &'static Resource,
    uri: &Uri,
    id: String,
    parent: Option<Parent>,
) -> Result<Json<Value>, OctaviaError> {
    let fields = ListQuery::fields_only(uri.query().unwrap_or_default());
    let body = app
        .store
        .read(move |db| {
            let row = if of.key == LOAD_BALANCER.key {
                actor.known()?;
                let row = found(db, of, &id)?;
                actor.see(&row)?;
                row
            } else {
                seen(db, &actor, of, &id)?
            };
            if let Some(parent) = parent
                && row.text(parent.column) != parent.id
            {
                found(db, parent.of, &parent.id)?;
                return Err(OctaviaError::not_found(of.title, &id));
            }
            let shown = fields.only_fields(view::row(db, of, &row)?);
            Ok::<_, OctaviaError>(json!({ of.wire: shown }))
        })
        .await?;
    Ok(Json(body))
}
