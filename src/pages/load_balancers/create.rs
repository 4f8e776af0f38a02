//! The wizard that creates a load balancer with one request.

mod attempt;
mod clone_wizard;
mod configure;
mod import;
mod listeners_section;
mod network;
mod review;
mod server_groups;
mod step;
mod wizard;

use crate::{
    i18n::{t_string, use_i18n},
    pages::page_title,
    routes::Route,
    ui::{Crumb, PageHeader, text},
};
use clone_wizard::CloneWizard;
use leptos::prelude::*;
use openstack_types::LoadBalancerId;
use plan::Draft;
use wizard::Wizard;

/// The page of the wizard; `from` is the load balancer to clone.
#[component]
pub fn CreateLoadBalancer(from: Option<LoadBalancerId>) -> impl IntoView {
    let i18n = use_i18n();
    let title = move || t_string!(i18n, create.title).to_owned();
    page_title(title);
    view! {
        <PageHeader
            title
            parent=Crumb {
                href: Route::load_balancers().href(),
                label: text(move || t_string!(i18n, load_balancers.title).to_owned()),
            }
        />
        {match from {
            Some(id) => view! { <CloneWizard id /> }.into_any(),
            None => view! { <Wizard from=None initial=Draft::default() /> }.into_any(),
        }}
    }
}
