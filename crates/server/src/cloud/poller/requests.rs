//! Requests for objects of Octavia.

use crate::{
    cloud::{
        error::CloudError,
        object::{self, Object, Page},
        scope::ReadFailure,
        session::SignedIn,
        state::Cloud,
        upstream::UpstreamAnswer,
    },
    config::CloudService,
};
use axum::http::{Method, StatusCode};
use openstack_types::{LoadBalancerId, ProjectId};
use std::sync::Arc;

const ROOT: &str = "/v2.0/lbaas";
const SERVICE: &str = "load balancing service";
/// Objects in one request; a service may return fewer.
const PAGE: &str = "1000";
/// Limit of requests for one list, against a service that links to a next page for ever.
const MAX_PAGES: usize = 200;

pub(super) type Read<T> = Result<T, ReadFailure>;

/// A list: its path, the key in the answer, and its order.
#[derive(Clone, Copy)]
pub(super) struct List {
    path: &'static str,
    key: &'static str,
    sort: Option<&'static str>,
}

/// The newest first, as pages want them.
pub(super) const BALANCERS: List =
    List { path: "/loadbalancers", key: "loadbalancers", sort: Some("created_at:desc") };
pub(super) const LISTENERS: List = List { path: "/listeners", key: "listeners", sort: None };
pub(super) const POOLS: List = List { path: "/pools", key: "pools", sort: None };

/// Requests in the name of a session.
#[derive(Clone, Copy)]
pub(super) struct Requests<'a> {
    pub(super) cloud: &'a Cloud,
    pub(super) reader: &'a SignedIn,
}

impl Requests<'_> {
    fn project(&self) -> &ProjectId {
        &self.reader.session.project.id
    }

    async fn get(&self, path: &str, query: &[(&str, &str)]) -> Read<UpstreamAnswer> {
        let service = CloudService::LoadBalancer;
        let root = self.reader.session.endpoints.get(service);
        let root = root.ok_or(CloudError::NoService(service))?;
        let mut url = root.join(&format!("{ROOT}{path}"));
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(self.cloud.exchange(self.reader, Method::GET, url, None, SERVICE).await?)
    }

    /// An answer of success.
    async fn get_ok(&self, path: &str, query: &[(&str, &str)]) -> Read<UpstreamAnswer> {
        let answer = self.get(path, query).await?;
        if answer.status.is_success() {
            Ok(answer)
        } else {
            Err(ReadFailure::Refused(Arc::new(answer)))
        }
    }

    /// A page of a list of the project.
    pub(super) async fn page(
        &self,
        list: List,
        limit: &str,
        marker: Option<&str>,
        of: Option<LoadBalancerId>,
    ) -> Read<Page> {
        let of = of.map(|id| id.to_string());
        let mut query = vec![("project_id", self.project().as_str()), ("limit", limit)];
        query.extend(list.sort.map(|sort| ("sort", sort)));
        query.extend(marker.map(|marker| ("marker", marker)));
        query.extend(of.as_deref().map(|id| ("loadbalancer_id", id)));
        let answer = self.get_ok(list.path, &query).await?;
        parse(&answer, list.key)
    }

    /// A page of at most a thousand.
    pub(super) async fn long_page(&self, list: List, marker: Option<&str>) -> Read<Page> {
        self.page(list, PAGE, marker, None).await
    }

    /// The whole list after a marker; `is_last` tells of a page that there can be none after it.
    pub(super) async fn rest(
        &self,
        list: List,
        mut marker: Option<String>,
        is_last: &(dyn Fn(&Page) -> bool + Sync),
    ) -> Read<Vec<Object>> {
        let mut objects = Vec::new();
        for _ in 0..MAX_PAGES {
            let page = self.long_page(list, marker.as_deref()).await?;
            let ends = is_last(&page);
            objects.extend(page.objects);
            if ends || page.next.is_none() || page.next == marker {
                break;
            }
            marker = page.next;
        }
        Ok(objects)
    }

    pub(super) async fn all(&self, list: List) -> Read<Vec<Object>> {
        self.rest(list, None, &|_| false).await
    }

    /// Those of one load balancer, of which there are not many.
    pub(super) async fn all_of(&self, list: List, of: LoadBalancerId) -> Read<Vec<Object>> {
        let mut objects = Vec::new();
        let mut marker: Option<String> = None;
        for _ in 0..MAX_PAGES {
            let page = self.page(list, PAGE, marker.as_deref(), Some(of)).await?;
            objects.extend(page.objects);
            if page.next.is_none() || page.next == marker {
                break;
            }
            marker = page.next;
        }
        Ok(objects)
    }

    /// The load balancers that changed last, with statuses and time alone.
    pub(super) async fn latest_statuses(&self, limit: usize) -> Read<Vec<Object>> {
        let limit = limit.to_string();
        let query = [
            ("project_id", self.project().as_str()),
            ("sort", "updated_at:desc"),
            ("limit", &limit),
            ("fields", "id"),
            ("fields", "provisioning_status"),
            ("fields", "operating_status"),
            ("fields", "updated_at"),
        ];
        let answer = self.get_ok(BALANCERS.path, &query).await?;
        parse(&answer, BALANCERS.key).map(|page| page.objects)
    }

    /// `None`: there is none of this id.
    pub(super) async fn balancer(&self, id: LoadBalancerId) -> Read<Option<Object>> {
        let answer = self.get(&format!("/loadbalancers/{id}"), &[]).await?;
        if answer.status == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        if !answer.status.is_success() {
            return Err(ReadFailure::Refused(Arc::new(answer)));
        }
        match object::single(&answer.body, "loadbalancer") {
            Some(balancer) => Ok(Some(balancer)),
            None => Err(unreadable()),
        }
    }

    /// The members of a pool. A pool that was deleted has none.
    pub(super) async fn members(&self, pool: &Object) -> Read<Vec<Object>> {
        let path = format!("/pools/{}/members", pool.id);
        let mut members = Vec::new();
        let mut marker: Option<String> = None;
        for _ in 0..MAX_PAGES {
            let mut query = vec![("limit", PAGE)];
            query.extend(marker.as_deref().map(|marker| ("marker", marker)));
            let answer = self.get(&path, &query).await?;
            if answer.status == StatusCode::NOT_FOUND {
                return Ok(Vec::new());
            }
            if !answer.status.is_success() {
                return Err(ReadFailure::Refused(Arc::new(answer)));
            }
            let page = parse(&answer, "members")?;
            members.extend(page.objects);
            if page.next.is_none() || page.next == marker {
                break;
            }
            marker = page.next;
        }
        Ok(members)
    }
}

fn parse(answer: &UpstreamAnswer, key: &str) -> Read<Page> {
    Page::parse(&answer.body, key).ok_or_else(unreadable)
}

fn unreadable() -> ReadFailure {
    tracing::warn!(service = SERVICE, "an answer of the cloud can't be read");
    ReadFailure::Failed(CloudError::Unreadable(SERVICE))
}
