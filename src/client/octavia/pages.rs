//! A list comes in pages; this asks until all is there.

use crate::client::{Result, request};
use gloo_net::http::Method;
use openstack_types::LoadBalancerId;
use serde::{Deserialize, de::DeserializeOwned};
use uuid::Uuid;

/// Objects asked for at a time; a service may give fewer.
const PAGE: usize = 1000;

/// A page of any of the lists.
#[derive(Deserialize)]
struct Page<T> {
    #[serde(alias = "loadbalancers", alias = "listeners", alias = "pools", alias = "members")]
    objects: Vec<T>,
    #[serde(
        default,
        alias = "loadbalancers_links",
        alias = "listeners_links",
        alias = "pools_links",
        alias = "members_links"
    )]
    links: Vec<Link>,
}

#[derive(Deserialize)]
struct Link {
    rel: String,
}

impl<T> Page<T> {
    fn links_to_next(&self) -> bool {
        self.links.iter().any(|link| link.rel == "next")
    }
}

/// Every object of a list, all of them or those of one load balancer; `id` tells an object's.
///
/// The link `next` of a page says that there may be more, also on the last page; its address is the
/// service's own, so only the marker is taken over: the id of the last object.
pub(super) async fn all_pages<T: DeserializeOwned>(
    list: &str,
    of: Option<LoadBalancerId>,
    id: fn(&T) -> Uuid,
) -> Result<Vec<T>> {
    let mut objects: Vec<T> = Vec::new();
    let mut marker = None;
    loop {
        let page: Page<T> = request::read(&one_page(list, of, marker).await?)?;
        let more = page.links_to_next();
        let last = page.objects.last().map(id);
        objects.extend(page.objects);
        if !more || last.is_none() || last == marker {
            return Ok(objects);
        }
        marker = last;
    }
}

async fn one_page(list: &str, of: Option<LoadBalancerId>, marker: Option<Uuid>) -> Result<String> {
    let mut path = format!("{list}?limit={PAGE}");
    if let Some(id) = of {
        path.push_str(&format!("&loadbalancer_id={id}"));
    }
    if let Some(marker) = marker {
        path.push_str(&format!("&marker={marker}"));
    }
    request::send(Method::GET, &path, None).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use openstack_types::PoolId;

    #[derive(Deserialize)]
    struct Object {
        #[allow(dead_code, reason = "read, as every object's is")]
        id: PoolId,
    }

    fn read(text: &str) -> Result<Page<Object>> {
        request::read(text)
    }

    #[test]
    fn a_link_called_next_means_more() {
        let object = r#"{"id":"6b0aa4f3-7a1f-4c5c-8d8f-0a6f3f3c2b11","name":"a"}"#;
        let page = read(&format!(
            r#"{{"pools":[{object}],"pools_links":[{{"rel":"previous","href":"x"}},{{"rel":"next","href":"y"}}]}}"#
        ));
        assert!(page.is_ok_and(|page| page.objects.len() == 1 && page.links_to_next()));
        let last = read(r#"{"members":[],"members_links":[{"rel":"previous","href":"x"}]}"#);
        assert!(last.is_ok_and(|page| page.objects.is_empty() && !page.links_to_next()));
        assert!(read(r#"{"listeners":[]}"#).is_ok_and(|page| !page.links_to_next()));
    }

    #[test]
    fn another_answer_is_an_error_and_not_an_empty_list() {
        assert!(read("<html>").is_err());
        assert!(read(r#"{"networks":[]}"#).is_err());
    }
}
