//! Read access to projects, users, roles, domains, services and endpoints. Admins see all of them,
//! managers the users of their project, other users themselves. Everybody who sees a load balancer sees
//! the name of its creator.

use super::{catalog, error::KeystoneError};
use crate::{
    app::App,
    public_url::PublicUrl,
    rights::{Caller, Role, Visibility},
    store::{
        first_start::{DOMAIN_ID, DOMAIN_NAME},
        octavia::provisioning::is_creator,
        projects::{self, Project},
        roles,
        users::{self, User},
    },
};
use axum::{
    Json,
    extract::{Path, Query, State},
};
use serde_json::{Value, json};
use std::{collections::HashMap, sync::Arc};

type JsonResult = Result<Json<Value>, KeystoneError>;
type Filters = Query<HashMap<String, String>>;

fn require_admin(caller: &Caller, action: &'static str) -> Result<(), KeystoneError> {
    if caller.role() == Some(Role::Admin) { Ok(()) } else { Err(KeystoneError::Forbidden(action)) }
}

/// A list in Keystone's format. `filters` names the query parameters that filter it.
fn list(
    url: &PublicUrl,
    kind: &str,
    path: &str,
    entries: impl IntoIterator<Item = Value>,
    query: &HashMap<String, String>,
    filters: &[&str],
) -> Json<Value> {
    let matches = |entry: &Value| {
        filters.iter().all(|field| match (query.get(*field), &entry[*field]) {
            (None, _) => true,
            (Some(wanted), Value::Bool(is)) => {
                *is == !matches!(wanted.to_ascii_lowercase().as_str(), "false" | "0" | "no" | "off")
            }
            (Some(wanted), Value::String(is)) => wanted.eq_ignore_ascii_case(is),
            (Some(_), _) => false,
        })
    };
    Json(json!({
        kind: entries.into_iter().filter(matches).collect::<Value>(),
        "links": {
            "next": null,
            "self": format!("{}/{path}", url.identity()),
            "previous": null,
        },
    }))
}

pub(super) fn project_body(project: &Project, url: &PublicUrl) -> Value {
    json!({
        "id": project.id,
        "name": project.name,
        "domain_id": DOMAIN_ID,
        "description": project.description,
        "enabled": project.enabled,
        "parent_id": DOMAIN_ID,
        "is_domain": false,
        "tags": [],
        "options": {},
        "links": {"self": format!("{}/projects/{}", url.identity(), project.id)},
    })
}

fn user_body(user: &User, url: &PublicUrl) -> Value {
    let mut body = json!({
        "id": user.id,
        "name": user.name,
        "domain_id": DOMAIN_ID,
        "enabled": user.enabled,
        "password_expires_at": null,
        "options": {},
        "links": {"self": format!("{}/users/{}", url.identity(), user.id)},
    });
    if let Some(project) = &user.default_project_id {
        body["default_project_id"] = json!(project);
    }
    body
}

fn role_body(role: &roles::Role, url: &PublicUrl) -> Value {
    json!({
        "id": role.id,
        "name": role.name,
        "domain_id": null,
        "description": null,
        "options": {},
        "links": {"self": format!("{}/roles/{}", url.identity(), role.id)},
    })
}

fn domain_body(url: &PublicUrl) -> Value {
    json!({
        "id": DOMAIN_ID,
        "name": DOMAIN_NAME,
        "description": "",
        "enabled": true,
        "tags": [],
        "options": {},
        "links": {"self": format!("{}/domains/{DOMAIN_ID}", url.identity())},
    })
}

/// `GET /v3/projects`.
pub(super) async fn projects(
    State(app): State<Arc<App>>,
    caller: Caller,
    url: PublicUrl,
    Query(query): Filters,
) -> JsonResult {
    require_admin(&caller, "identity:list_projects")?;
    let all = app.store.read(projects::all).await?;
    let entries = all.iter().map(|project| project_body(project, &url));
    Ok(list(&url, "projects", "projects", entries, &query, &["name", "domain_id", "enabled"]))
}

/// `GET /v3/projects/{id}`: the caller's own projects, or for admins any.
pub(super) async fn project(
    State(app): State<Arc<App>>,
    caller: Caller,
    url: PublicUrl,
    Path(id): Path<String>,
) -> JsonResult {
    let wanted = id.clone();
    let user = caller.user_id.clone();
    let (project, mine) = app
        .store
        .read(move |db| {
            let mine = projects::of_user(db, &user)?.iter().any(|p| p.id.as_str() == wanted);
            Ok::<_, rusqlite::Error>((projects::get(db, &wanted)?, mine))
        })
        .await?;
    if !mine {
        require_admin(&caller, "identity:get_project")?;
    }
    let project = project.ok_or(KeystoneError::NotFound("project", id))?;
    Ok(Json(json!({"project": project_body(&project, &url)})))
}

/// `GET /v3/users`.
pub(super) async fn users(
    State(app): State<Arc<App>>,
    caller: Caller,
    url: PublicUrl,
    Query(query): Filters,
) -> JsonResult {
    require_admin(&caller, "identity:list_users")?;
    let all = app.store.read(users::all).await?;
    let entries = all.iter().map(|user| user_body(user, &url));
    Ok(list(&url, "users", "users", entries, &query, &["name", "domain_id", "enabled"]))
}

/// `GET /v3/users/{id}`: the caller, for managers every user with a role in their project, for admins any
/// user. Of the creator of a load balancer that the caller sees, only the name.
pub(super) async fn user(
    State(app): State<Arc<App>>,
    caller: Caller,
    url: PublicUrl,
    Path(id): Path<String>,
) -> JsonResult {
    let wanted = id.clone();
    let managed = caller.project_id.clone().filter(|_| caller.role() == Some(Role::Manager));
    // A member sees only its own load balancers, so no other creator.
    let seen = match caller.visibility() {
        Visibility::Project(project) => Some(project),
        _ => None,
    };
    let (user, ours, creator) = app
        .store
        .read(move |db| {
            let ours = match &managed {
                Some(project) => roles::has_any(db, &wanted, project)?,
                None => false,
            };
            let creator = match &seen {
                Some(project) => is_creator(db, &wanted, project)?,
                None => false,
            };
            Ok::<_, rusqlite::Error>((users::get(db, &wanted)?, ours, creator))
        })
        .await?;
    if !ours && caller.user_id.as_str() != id {
        if let Some(user) = user.as_ref().filter(|_| creator) {
            return Ok(Json(json!({"user": {"id": user.id, "name": user.name}})));
        }
        require_admin(&caller, "identity:get_user")?;
    }
    let user = user.ok_or(KeystoneError::NotFound("user", id))?;
    Ok(Json(json!({"user": user_body(&user, &url)})))
}

/// `GET /v3/users/{id}/projects`: the caller's own, or for admins any user's.
pub(super) async fn projects_of_user(
    State(app): State<Arc<App>>,
    caller: Caller,
    url: PublicUrl,
    Path(id): Path<String>,
    Query(query): Filters,
) -> JsonResult {
    if caller.user_id.as_str() != id {
        require_admin(&caller, "identity:list_user_projects")?;
    }
    let wanted = id.clone();
    let found = app
        .store
        .read(move |db| {
            let Some(user) = users::get(db, &wanted)? else { return Ok(None) };
            Ok::<_, rusqlite::Error>(Some(projects::of_user(db, &user.id)?))
        })
        .await?
        .ok_or_else(|| KeystoneError::NotFound("user", id.clone()))?;
    let entries = found.iter().map(|project| project_body(project, &url));
    let path = format!("users/{id}/projects");
    Ok(list(&url, "projects", &path, entries, &query, &["name", "domain_id", "enabled"]))
}

/// `GET /v3/roles`.
pub(super) async fn roles(
    State(app): State<Arc<App>>,
    caller: Caller,
    url: PublicUrl,
    Query(query): Filters,
) -> JsonResult {
    require_admin(&caller, "identity:list_roles")?;
    let all = app.store.read(roles::all).await?;
    let entries = all.iter().map(|role| role_body(role, &url));
    Ok(list(&url, "roles", "roles", entries, &query, &["name"]))
}

/// `GET /v3/roles/{id}`.
pub(super) async fn role(
    State(app): State<Arc<App>>,
    caller: Caller,
    url: PublicUrl,
    Path(id): Path<String>,
) -> JsonResult {
    require_admin(&caller, "identity:get_role")?;
    let wanted = id.clone();
    let role = app
        .store
        .read(move |db| roles::get(db, &wanted))
        .await?
        .ok_or(KeystoneError::NotFound("role", id))?;
    Ok(Json(json!({"role": role_body(&role, &url)})))
}

/// `GET /v3/role_assignments`, with `user.id`, `role.id`, `scope.project.id` and `include_names`.
pub(super) async fn role_assignments(
    State(app): State<Arc<App>>,
    caller: Caller,
    url: PublicUrl,
    Query(query): Filters,
) -> JsonResult {
    require_admin(&caller, "identity:list_role_assignments")?;
    let named = query
        .get("include_names")
        .is_some_and(|value| !matches!(value.to_ascii_lowercase().as_str(), "false" | "0"));
    let is = |field: &str, value: &str| query.get(field).is_none_or(|wanted| wanted == value);
    let filters_other_kinds =
        ["group.id", "scope.system", "scope.domain.id"].iter().any(|f| query.contains_key(*f));
    let all = app.store.read(roles::assignments).await?;
    let entries = all
        .iter()
        .filter(|a| {
            !filters_other_kinds
                && is("user.id", a.user_id.as_str())
                && is("role.id", &a.role.id)
                && is("scope.project.id", a.project_id.as_str())
        })
        .map(|a| {
            let mut entry = json!({
                "role": {"id": a.role.id},
                "user": {"id": a.user_id},
                "scope": {"project": {"id": a.project_id}},
                "links": {"assignment": format!(
                    "{}/projects/{}/users/{}/roles/{}",
                    url.identity(), a.project_id, a.user_id, a.role.id,
                )},
            });
            if named {
                let domain = json!({"id": DOMAIN_ID, "name": DOMAIN_NAME});
                entry["role"]["name"] = a.role.name.clone().into();
                entry["user"]["name"] = a.user_name.clone().into();
                entry["user"]["domain"] = domain.clone();
                entry["scope"]["project"]["name"] = a.project_name.clone().into();
                entry["scope"]["project"]["domain"] = domain;
            }
            entry
        });
    Ok(list(&url, "role_assignments", "role_assignments", entries, &query, &[]))
}

/// `GET /v3/domains`.
pub(super) async fn domains(caller: Caller, url: PublicUrl, Query(query): Filters) -> JsonResult {
    require_admin(&caller, "identity:list_domains")?;
    Ok(list(&url, "domains", "domains", [domain_body(&url)], &query, &["name", "enabled"]))
}

/// `GET /v3/domains/{id}`. Everybody sees their own domain, which is the only one.
pub(super) async fn domain(caller: Caller, url: PublicUrl, Path(id): Path<String>) -> JsonResult {
    if id != DOMAIN_ID {
        require_admin(&caller, "identity:get_domain")?;
        return Err(KeystoneError::NotFound("domain", id));
    }
    Ok(Json(json!({"domain": domain_body(&url)})))
}

/// `GET /v3/services`.
pub(super) async fn services(caller: Caller, url: PublicUrl, Query(query): Filters) -> JsonResult {
    require_admin(&caller, "identity:list_services")?;
    let entries = catalog::services(&url);
    Ok(list(&url, "services", "services", entries, &query, &["name", "type"]))
}

/// `GET /v3/endpoints`.
pub(super) async fn endpoints(caller: Caller, url: PublicUrl, Query(query): Filters) -> JsonResult {
    require_admin(&caller, "identity:list_endpoints")?;
    let entries = catalog::all_endpoints(&url);
    Ok(list(
        &url,
        "endpoints",
        "endpoints",
        entries,
        &query,
        &["interface", "service_id", "region_id"],
    ))
}

/// `GET /v3/services/{id}`.
pub(super) async fn service(caller: Caller, url: PublicUrl, Path(id): Path<String>) -> JsonResult {
    require_admin(&caller, "identity:get_service")?;
    one("service", catalog::services(&url), id)
}

/// `GET /v3/endpoints/{id}`.
pub(super) async fn endpoint(caller: Caller, url: PublicUrl, Path(id): Path<String>) -> JsonResult {
    require_admin(&caller, "identity:get_endpoint")?;
    one("endpoint", catalog::all_endpoints(&url), id)
}

/// `GET /v3/regions`: every authenticated user may list regions, as in Keystone.
pub(super) async fn regions(_: Caller, url: PublicUrl) -> JsonResult {
    Ok(list(&url, "regions", "regions", [catalog::region(&url)], &HashMap::new(), &[]))
}

/// `GET /v3/regions/{id}`.
pub(super) async fn region(_: Caller, url: PublicUrl, Path(id): Path<String>) -> JsonResult {
    one("region", vec![catalog::region(&url)], id)
}

/// The entry with an id.
fn one(kind: &'static str, entries: Vec<Value>, id: String) -> JsonResult {
    let found = entries.into_iter().find(|entry| entry["id"] == *id);
    let found = found.ok_or(KeystoneError::NotFound(kind, id))?;
    Ok(Json(json!({ kind: found })))
}

/// `/v3/users/{id}/application_credentials`: none exist and none can be created yet.
pub(super) async fn application_credentials(
    caller: Caller,
    url: PublicUrl,
    Path(id): Path<String>,
) -> JsonResult {
    if caller.user_id.as_str() != id {
        require_admin(&caller, "identity:list_application_credentials")?;
    }
    let path = format!("users/{id}/application_credentials");
    Ok(list(&url, "application_credentials", &path, [], &HashMap::new(), &[]))
}

/// `POST` of an application credential.
pub(super) async fn create_application_credential(_: Caller) -> KeystoneError {
    KeystoneError::NotImplemented("This server has no application credentials.")
}

/// `GET` and `DELETE` of one application credential.
pub(super) async fn application_credential(
    _: Caller,
    Path((_, id)): Path<(String, String)>,
) -> KeystoneError {
    KeystoneError::NotFound("application credential", id)
}
