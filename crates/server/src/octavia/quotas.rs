//! `/lbaas/quotas`. Anybody of a project may look at its own; only admins set them.

use super::{access::Actor, body::Body, error::OctaviaError, query::ListQuery, validate::Purpose};
use crate::model::{Object, QUOTA};
use crate::{app::App, rights::Visibility, store::octavia::quotas};
use axum::{
    Json,
    extract::{OriginalUri, Path, State},
    http::StatusCode,
    response::IntoResponse,
};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// Older spellings, beside the ones stored.
const SPELLINGS: [(&str, &str); 2] =
    [("load_balancer", "loadbalancer"), ("health_monitor", "healthmonitor")];

fn shown(limits: &Object, project: Option<&str>) -> Value {
    let mut shown = Map::new();
    for field in QUOTA.columns() {
        shown.insert(field.name.to_owned(), limits.get(field.name).clone());
    }
    for (older, name) in SPELLINGS {
        shown.insert(older.to_owned(), limits.get(name).clone());
    }
    if let Some(project) = project {
        shown.insert("project_id".to_owned(), json!(project));
        shown.insert("tenant_id".to_owned(), json!(project));
    }
    Value::Object(shown)
}

/// `GET`: projects with limits of their own.
pub async fn list(
    State(app): State<Arc<App>>,
    actor: Actor,
    OriginalUri(uri): OriginalUri,
) -> Result<Json<Value>, OctaviaError> {
    let query = ListQuery::parse(&QUOTA, uri.query().unwrap_or_default())?;
    let only = match actor.visibility(query.project_id.as_deref())? {
        Visibility::Everything => None,
        Visibility::Project(project) | Visibility::Own(project, _) => Some(project),
        Visibility::Nothing => return Err(OctaviaError::forbidden()),
    };
    let all = app
        .store
        .read(move |db| quotas::all(db, only.as_ref().map(|project| project.as_str())))
        .await?;
    let shown: Vec<_> = all.iter().map(|(project, limits)| shown(limits, Some(project))).collect();
    Ok(Json(json!({"quotas": shown, "quotas_links": []})))
}

/// `GET …/defaults`
pub async fn defaults(actor: Actor) -> Result<Json<Value>, OctaviaError> {
    actor.known()?;
    Ok(Json(json!({"quota": shown(&quotas::defaults(), None)})))
}

/// `GET …/{project}/default`
pub async fn project_defaults(
    actor: Actor,
    Path(project): Path<String>,
) -> Result<Json<Value>, OctaviaError> {
    actor.see_project(&project)?;
    Ok(Json(json!({"quota": shown(&quotas::defaults(), Some(&project))})))
}

/// `GET` of one project.
pub async fn show(
    State(app): State<Arc<App>>,
    actor: Actor,
    Path(project): Path<String>,
) -> Result<Json<Value>, OctaviaError> {
    actor.see_project(&project)?;
    let of = project.clone();
    let limits = app.store.read(move |db| quotas::of_project(db, &of)).await?;
    Ok(Json(json!({"quota": shown(&limits, Some(&project))})))
}

/// `PUT` of one project: limits not sent stay.
pub async fn set(
    State(app): State<Arc<App>>,
    actor: Actor,
    Path(project): Path<String>,
    body: Body,
) -> Result<impl IntoResponse, OctaviaError> {
    let mut sent = body.one(&QUOTA, Purpose::Update)?;
    actor.admin()?;
    if project.is_empty() || project.chars().count() > 36 {
        return Err(OctaviaError::field("project_id", project, "Value should be a project's id"));
    }
    for (older, name) in SPELLINGS {
        if let Some(limit) = sent.fields.remove(older) {
            sent.fields.entry(name).or_insert(limit);
        }
    }
    let of = project.clone();
    let limits = app
        .store
        .write(move |tx| {
            let limits = quotas::of_project(tx, &of)?.merged(&sent);
            quotas::set(tx, &of, &limits)?;
            Ok::<_, OctaviaError>(limits)
        })
        .await?;
    Ok((StatusCode::ACCEPTED, Json(json!({"quota": shown(&limits, Some(&project))}))))
}

/// `DELETE` of one project: back to the defaults.
pub async fn reset(
    State(app): State<Arc<App>>,
    actor: Actor,
    Path(project): Path<String>,
) -> Result<StatusCode, OctaviaError> {
    actor.admin()?;
    app.store.write(move |tx| quotas::reset(tx, &project)).await?;
    Ok(StatusCode::ACCEPTED)
}
