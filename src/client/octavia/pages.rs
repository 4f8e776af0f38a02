//! Reads all pages of a list.

use crate::client::{Result, request};
use gloo_net::http::Method;
use serde::{Deserialize, de::DeserializeOwned};
use uuid::Uuid;

/// Objects in one request; a service may return fewer.
const PAGE: u32 = 1000;
/// Objects in the first request, where they are shown before the rest: more than fit on a screen.
const FIRST_PAGE: u32 = 100;

/// A page of a list.
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

/// Called with each page when it arrives.
pub(super) type OnPage<'a, T> = &'a dyn Fn(&[T]);

/// Every object of a list; `id` returns the id of an object, `on_page` gets each page.
pub(super) async fn all_pages<T: DeserializeOwned>(
    list: String,
    id: fn(&T) -> Uuid,
    on_page: Option<OnPage<'_, T>>,
) -> Result<Vec<T>> {
    let mut objects: Vec<T> = Vec::new();
    let first = if on_page.is_some() { FIRST_PAGE } else { PAGE };
    read_pages(list, first, &mut |text| {
        let page: Page<T> = request::read(text)?;
        if let Some(on_page) = on_page {
            on_page(&page.objects);
        }
        let last = page.objects.last().map(id).filter(|_| page.links_to_next());
        objects.extend(page.objects);
        Ok(last)
    })
    .await?;
    Ok(objects)
}

/// Asks for one page after the other. `read` gives the id of the last object of a page after which
/// there may be more.
///
/// The link `next` of a page says that there may be more, also on the last page; its address is the
/// service's own, so only the marker is taken over: the id of the last object.
async fn read_pages(
    mut list: String,
    first: u32,
    read: &mut dyn FnMut(&str) -> Result<Option<Uuid>>,
) -> Result<()> {
    list.push_str(if list.contains('?') { "&limit=" } else { "?limit=" });
    let mut marker = None;
    loop {
        let path = match marker {
            Some(marker) => format!("{list}{PAGE}&marker={marker}"),
            None => format!("{list}{first}"),
        };
        let last = read(&request::send(Method::GET, &path, None).await?)?;
        if last.is_none() || last == marker {
            return Ok(());
        }
        marker = last;
    }
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
    fn a_next_link_means_another_page() {
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
