//! Signing in to the cloud: an unscoped token, the projects, a token for one of them, and what the cloud offers
//! there.

use super::{
    catalog::{Catalog, Endpoints},
    error::CloudError,
    keystone::{Issued, Project},
    session::{CloudSession, request_slots},
    shown_version,
    state::Cloud,
    token::CloudToken,
    upstream::UpstreamRequest,
};
use crate::{
    config::{CloudService, is_version},
    password::Password,
};
use axum::http::StatusCode;
use jiff::Timestamp;
use openstack_types::{
    ProjectId,
    portal::{Named, SignIn},
};
use serde::Deserialize;
use std::{
    collections::HashMap,
    net::IpAddr,
    time::{Duration, Instant},
};
use tokio::sync::Notify;

/// How long a sign-in waits for what the page can do without.
const OPTIONAL_TIMEOUT: Duration = Duration::from_secs(5);

/// Signs in with a password.
pub(super) async fn sign_in(
    cloud: &Cloud,
    form: SignIn,
    client: IpAddr,
) -> Result<CloudSession, CloudError> {
    let SignIn { user, password, project, domain } = form;
    let domain = domain
        .map(|domain| domain.trim().to_owned())
        .filter(|domain| !domain.is_empty())
        .unwrap_or_else(|| cloud.config.cloud.default_domain.clone());
    let password = Password::new(password);
    let name = format!("{domain}/{user}");
    let allowed =
        cloud.throttle.check(&name, client, Instant::now()).map_err(CloudError::Throttled)?;
    tokio::time::sleep(allowed.delay).await;
    let issued = cloud.keystone.by_password(&cloud.upstream, &user, &domain, &password, client);
    let unscoped = match issued.await {
        Ok(issued) => issued,
        Err(error) => {
            if matches!(error, CloudError::Unauthorized | CloudError::AccountLocked) {
                cloud.throttle.record_failure(&name, client, Instant::now());
                tracing::info!(%client, "a sign-in failed");
            }
            return Err(error);
        }
    };
    cloud.throttle.record_success(&name, client);
    let projects = cloud.keystone.projects(&cloud.upstream, &unscoped.token).await?;
    let wanted = project.as_deref().map(str::trim).filter(|project| !project.is_empty());
    let issued = match wanted {
        Some(wanted) => {
            let id = find(&projects, wanted)?;
            cloud.keystone.in_project(&cloud.upstream, &unscoped.token, &id).await
        }
        None => first_usable(cloud, &unscoped.token, &projects).await,
    };
    let issued = issued.map_err(of_scope)?;
    session(cloud, unscoped.token, issued, &projects, domain).await
}

/// The same user in another project, with a token derived from the unscoped one.
pub(super) async fn switch_project(
    cloud: &Cloud,
    session: &CloudSession,
    project: &str,
) -> Result<CloudSession, CloudError> {
    let projects = cloud.keystone.projects(&cloud.upstream, &session.unscoped).await?;
    let id = find(&projects, project)?;
    let issued = cloud.keystone.in_project(&cloud.upstream, &session.unscoped, &id).await;
    let issued = issued.map_err(of_scope)?;
    let domain = session.domain.clone();
    self::session(cloud, session.unscoped.clone(), issued, &projects, domain).await
}

/// The password is right: what is wrong is the project.
fn of_scope(error: CloudError) -> CloudError {
    match error {
        CloudError::Unauthorized => CloudError::NoRole,
        other => other,
    }
}

/// The first project that the cloud issues a token for.
async fn first_usable(
    cloud: &Cloud,
    unscoped: &CloudToken,
    projects: &[Project],
) -> Result<Issued, CloudError> {
    let mut refused = CloudError::NoProject;
    for project in projects {
        match cloud.keystone.in_project(&cloud.upstream, unscoped, &project.id).await {
            Err(error @ (CloudError::Unauthorized | CloudError::NoRole)) => refused = error,
            other => return other,
        }
    }
    Err(refused)
}

/// A project by id, by label, or by a name that only one project has.
fn find(projects: &[Project], text: &str) -> Result<ProjectId, CloudError> {
    let labels = labels(projects);
    let exact = projects.iter().find(|project| {
        project.id.as_str() == text
            || labels.get(&project.id).is_some_and(|label| label != &project.name && label == text)
    });
    if let Some(project) = exact {
        return Ok(project.id.clone());
    }
    let mut named = projects.iter().filter(|project| project.name == text);
    match (named.next(), named.next()) {
        (Some(project), None) => Ok(project.id.clone()),
        (Some(_), Some(_)) => Err(CloudError::AmbiguousProject),
        (None, _) if projects.is_empty() => Err(CloudError::NoProject),
        (None, _) => Err(CloudError::NoRole),
    }
}

/// The name of each project; with its domain where several have the same name.
fn labels(projects: &[Project]) -> HashMap<ProjectId, String> {
    let label = |project: &Project| {
        let is_unique =
            projects.iter().filter(|other| other.name == project.name).take(2).count() == 1;
        if is_unique {
            project.name.clone()
        } else {
            format!("{} ({})", project.name, project.domain_id)
        }
    };
    projects.iter().map(|project| (project.id.clone(), label(project))).collect()
}

async fn session(
    cloud: &Cloud,
    unscoped: CloudToken,
    issued: Issued,
    projects: &[Project],
    domain: String,
) -> Result<CloudSession, CloudError> {
    let Issued { token, about } = issued;
    let project = about.project.ok_or(CloudError::NoRole)?;
    let labels = labels(projects);
    let name = labels.get(&project.id).cloned().unwrap_or_else(|| project.name.clone());
    let config = &cloud.config.cloud;
    let catalog = Catalog::new(&about.catalog, config);
    let region = catalog.first_region(config);
    let endpoints = catalog.in_region(&region, project.id.as_str(), config, &cloud.policy);
    let (api_version, providers) =
        tokio::join!(api_version(cloud, &endpoints), providers(cloud, &endpoints, &token));
    let api_version = match api_version {
        None => shown_version::read(&cloud.upstream, &endpoints, &token, &project.id).await,
        found => found,
    };
    let named = |project: &Project| Named {
        id: project.id.clone(),
        name: labels.get(&project.id).cloned().unwrap_or_default(),
    };
    Ok(CloudSession {
        user: about.user,
        domain,
        unscoped,
        token,
        project: Named { id: project.id, name },
        projects: projects.iter().map(named).collect(),
        roles: about.roles.into_iter().map(|role| role.name).collect(),
        expires_at: about.expires_at,
        regions: catalog.regions(),
        region,
        endpoints,
        api_version,
        providers,
        created: Timestamp::now(),
        requests: request_slots(),
        woken: Notify::new(),
    })
}

#[derive(Deserialize)]
struct Versions {
    versions: Vec<Version>,
}

#[derive(Deserialize)]
struct Version {
    id: String,
}

/// The newest version of Octavia's API: 2.10 is newer than 2.9. `None` where a proxy hides the list.
async fn api_version(cloud: &Cloud, endpoints: &Endpoints) -> Option<String> {
    let root = endpoints.get(CloudService::LoadBalancer)?;
    let sent = cloud.upstream.send(UpstreamRequest::get(root.join("/"), None));
    let answer = tokio::time::timeout(OPTIONAL_TIMEOUT, sent).await.ok()?.ok()?;
    let versions = answer.json::<Versions>().ok()?.versions;
    newest(versions.into_iter().map(|version| version.id))
}

fn newest(ids: impl Iterator<Item = String>) -> Option<String> {
    ids.filter(|id| is_version(id)).max_by_key(|id| {
        let numbers = id.trim_start_matches('v').split('.').map(|part| part.parse().unwrap_or(0));
        numbers.collect::<Vec<u32>>()
    })
}

#[derive(Deserialize)]
struct Providers {
    providers: Vec<Provider>,
}

#[derive(Deserialize)]
struct Provider {
    name: String,
}

async fn providers(cloud: &Cloud, endpoints: &Endpoints, token: &CloudToken) -> Vec<String> {
    let read = async {
        let root = endpoints.get(CloudService::LoadBalancer)?;
        let url = root.join("/v2.0/lbaas/providers");
        let sent = cloud.upstream.send(UpstreamRequest::get(url, Some(token)));
        let answer = tokio::time::timeout(OPTIONAL_TIMEOUT, sent).await.ok()?.ok()?;
        if answer.status != StatusCode::OK {
            return None;
        }
        let providers = answer.json::<Providers>().ok()?.providers;
        Some(providers.into_iter().map(|provider| provider.name).collect())
    };
    read.await.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(id: &str, name: &str, domain: &str) -> Project {
        Project {
            id: ProjectId(id.to_owned()),
            name: name.to_owned(),
            domain_id: domain.to_owned(),
            enabled: true,
        }
    }

    #[test]
    fn projects_of_one_name_are_told_apart_by_their_domain() {
        let projects =
            [project("1", "web", "a"), project("2", "web", "b"), project("3", "shop", "a")];
        let found = |text: &str| find(&projects, text).map(|id| id.as_str().to_owned());
        assert_eq!(found("shop"), Ok("3".to_owned()));
        assert_eq!(found("web (b)"), Ok("2".to_owned()));
        assert_eq!(found("1"), Ok("1".to_owned()));
        assert_eq!(found("web"), Err(CloudError::AmbiguousProject));
        assert_eq!(found("other"), Err(CloudError::NoRole));
        assert_eq!(find(&[], "web"), Err(CloudError::NoProject));
    }

    #[test]
    fn versions_are_compared_as_numbers() {
        let of = |ids: &[&str]| newest(ids.iter().map(|id| (*id).to_owned()));
        assert_eq!(of(&["v1", "v2.0", "v2.9", "v2.10"]).as_deref(), Some("v2.10"));
        assert_eq!(of(&["beta"]), None);
    }
}
