//! `/lbaas/quotas`. Everybody in a project may read its quota. Only admins change it.

use super::{
    access::Actor, error::OctaviaError, query::ListQuery, request_body::RequestBody,
    validate::Purpose,
};
use crate::{
    app::App,
    model::{Field, QUOTA, Row, quota},
    rights::Visibility,
    store::{octavia::quotas, projects},
};
use axum::{
    Json,
    extract::{OriginalUri, Path, State},
    http::StatusCode,
    response::IntoResponse,
};
use serde_json::{Map, Value, json};
use std::sync::Arc;

const MAX_PROJECT_ID_CHARACTERS: usize = 36;
/// Second names of limits, with the stored ones.
const ALIASES: [(Field<i64>, Field<i64>); 2] =
    [(quota::LOAD_BALANCER, quota::LOADBALANCER), (quota::HEALTH_MONITOR, quota::HEALTHMONITOR)];

fn view(limits: &Row, project: Option<&str>) -> Value {
    let mut shown = Map::new();
    for field in QUOTA.columns() {
        shown.insert(field.name.to_owned(), limits.json(field.name).clone());
    }
    for (alias, field) in ALIASES {
        shown.insert(alias.name().to_owned(), json!(limits.get(field)));
    }
    if let Some(project) = project {
        shown.insert("project_id".to_owned(), json!(project));
        shown.insert("tenant_id".to_owned(), json!(project));
    }
    Value::Object(shown)
}

/// `GET`: the projects with limits of their own.
pub(super) async fn list(
    State(app): State<Arc<App>>,
    actor: Actor,
    OriginalUri(uri): OriginalUri,
) -> Result<Json<Value>, OctaviaError> {
    let query = ListQuery::parse(&QUOTA, uri.query().unwrap_or_default())?;
    let project = match actor.visibility(query.project_id.as_deref())? {
        Visibility::Everything => None,
        Visibility::Project(project) | Visibility::Own(project, _) => Some(project),
        Visibility::Nothing => return Err(OctaviaError::forbidden()),
    };
    let quotas = app
        .store
        .read(move |db| quotas::list(db, project.as_ref().map(|project| project.as_str())))
        .await?;
    let shown: Vec<_> = quotas.iter().map(|(id, limits)| view(limits, Some(id))).collect();
    Ok(Json(json!({"quotas": shown, "quotas_links": []})))
}

/// `GET …/defaults`, for admins, as in Octavia. Others read the default of their project.
pub(super) async fn defaults(
    State(app): State<Arc<App>>,
    actor: Actor,
) -> Result<Json<Value>, OctaviaError> {
    actor.require_admin()?;
    Ok(Json(json!({"quota": view(&quotas::defaults(&app.config.limits), None)})))
}

/// `GET …/{project}/default`
pub(super) async fn project_defaults(
    State(app): State<Arc<App>>,
    actor: Actor,
    Path(project): Path<String>,
) -> Result<Json<Value>, OctaviaError> {
    actor.require_project(&project)?;
    let defaults = quotas::defaults(&app.config.limits);
    Ok(Json(json!({"quota": view(&defaults, Some(&project))})))
}

/// `GET` of one project.
pub(super) async fn show(
    State(app): State<Arc<App>>,
    actor: Actor,
    Path(project): Path<String>,
) -> Result<Json<Value>, OctaviaError> {
    actor.require_project(&project)?;
    let id = project.clone();
    let config = app.config.clone();
    let limits = app.store.read(move |db| quotas::of_project(db, &id, &config.limits)).await?;
    Ok(Json(json!({"quota": view(&limits, Some(&project))})))
}

/// `PUT` of one project. Limits that are not sent stay as they are.
pub(super) async fn set(
    State(app): State<Arc<App>>,
    actor: Actor,
    Path(project): Path<String>,
    body: RequestBody,
) -> Result<impl IntoResponse, OctaviaError> {
    let mut sent = body.object(&QUOTA, Purpose::Update)?;
    actor.require_admin()?;
    if project.is_empty() || project.chars().count() > MAX_PROJECT_ID_CHARACTERS {
        return Err(OctaviaError::field("project_id", project, "Value should be a project's id"));
    }
    for (alias, field) in ALIASES {
        if let Some(limit) = sent.take(alias, |limit| limit) {
            sent.set_if_absent(field, limit);
        }
    }
    let (id, config) = (project.clone(), app.config.clone());
    let limits = app
        .store
        .write(move |tx| {
            if projects::get(tx, &id)?.is_none() {
                return Err(OctaviaError::no_such("Project", id));
            }
            let limits = quotas::of_project(tx, &id, &config.limits)?.updated_by(&sent);
            quotas::set(tx, &id, &limits)?;
            Ok::<_, OctaviaError>(limits)
        })
        .await?;
    Ok((StatusCode::ACCEPTED, Json(json!({"quota": view(&limits, Some(&project))}))))
}

/// `DELETE` of one project returns it to the defaults.
pub(super) async fn reset(
    State(app): State<Arc<App>>,
    actor: Actor,
    Path(project): Path<String>,
) -> Result<StatusCode, OctaviaError> {
    actor.require_admin()?;
    app.store.write(move |tx| quotas::reset(tx, &project)).await?;
    Ok(StatusCode::ACCEPTED)
}
