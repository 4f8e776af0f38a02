//! A list comes in pages; this asks until all is there.

use crate::client::{Result, request};
use gloo_net::http::Method;
use openstack_types::LoadBalancerId;
use openstack_types::error::ApiError;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Objects asked for at a time; a service may give fewer.
const PAGE: usize = 1000;

/// Every object of a list, all of them or those of one load balancer.
///
/// The link `next` of a page says that there may be more, also on the last page; its address is the
/// service's own, so only the marker is taken over: the id of the last object.
pub(super) async fn all_pages<T: DeserializeOwned>(
    root: &str,
    list: &str,
    of: Option<LoadBalancerId>,
) -> Result<Vec<T>> {
    let mut objects: Vec<Value> = Vec::new();
    let mut marker = String::new();
    loop {
        let mut path = format!("{root}/{list}?limit={PAGE}");
        if let Some(id) = of {
            path.push_str(&format!("&loadbalancer_id={id}"));
        }
        if !marker.is_empty() {
            path.push_str(&format!("&marker={marker}"));
        }
        let page = request::send(Method::GET, &path, None).await?;
        let (mut new, more) = one_page(&page, list)?;
        let last = new.last().and_then(|o| o.get("id")).and_then(Value::as_str).map(str::to_owned);
        objects.append(&mut new);
        match last {
            Some(last) if more && last != marker => marker = last,
            _ => break,
        }
    }
    objects
        .into_iter()
        .map(|object| serde_json::from_value(object).map_err(|e| unreadable(&e)))
        .collect()
}

/// The objects of one page, and whether it links to another.
fn one_page(text: &str, list: &str) -> Result<(Vec<Value>, bool)> {
    let mut page: Value = serde_json::from_str(text).map_err(|e| unreadable(&e))?;
    let more = page
        .get(format!("{list}_links"))
        .and_then(Value::as_array)
        .is_some_and(|links| links.iter().any(|l| l.get("rel").is_some_and(|rel| rel == "next")));
    let objects = match page.get_mut(list).map(Value::take) {
        Some(Value::Array(objects)) => objects,
        _ => return Err(ApiError::no_answer(format!("an answer without `{list}`"))),
    };
    Ok((objects, more))
}

fn unreadable(e: &serde_json::Error) -> ApiError {
    ApiError { status: 200, message: e.to_string(), field: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_called_next_means_more() {
        let page = r#"{"pools":[{"id":"a"}],"pools_links":[{"rel":"previous","href":"x"},{"rel":"next","href":"y"}]}"#;
        assert_eq!(one_page(page, "pools").map(|(o, more)| (o.len(), more)), Ok((1, true)));
        let last = r#"{"pools":[],"pools_links":[{"rel":"previous","href":"x"}]}"#;
        assert_eq!(one_page(last, "pools").map(|(o, more)| (o.len(), more)), Ok((0, false)));
    }

    #[test]
    fn another_answer_is_an_error_and_not_an_empty_list() {
        assert!(one_page("<html>", "pools").is_err());
        assert!(one_page(r#"{"listeners":[]}"#, "pools").is_err());
    }
}
