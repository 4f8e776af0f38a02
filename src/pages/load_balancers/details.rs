//! One load balancer in detail.

use crate::{
    i18n::{t_string, use_i18n},
    pages::page_title,
    ui::PageHeader,
};
use leptos::prelude::*;
use openstack_types::LoadBalancerId;

/// All there is to know of it.
#[component]
pub fn LoadBalancerDetails(id: LoadBalancerId) -> impl IntoView {
    let _ = id;
    let i18n = use_i18n();
    let title = move || t_string!(i18n, details.title).to_owned();
    page_title(title);
    view! { <PageHeader title /> }
}
