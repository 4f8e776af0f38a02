//! The wizard that creates a load balancer.

use crate::{
    i18n::{t_string, use_i18n},
    pages::page_title,
    ui::PageHeader,
};
use leptos::prelude::*;
use openstack_types::LoadBalancerId;

/// Configure, then review.
#[component]
pub fn CreateLoadBalancer(from: Option<LoadBalancerId>) -> impl IntoView {
    let _ = from;
    let i18n = use_i18n();
    let title = move || t_string!(i18n, create.title).to_owned();
    page_title(title);
    view! { <PageHeader title /> }
}
