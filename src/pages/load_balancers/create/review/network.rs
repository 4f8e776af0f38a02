//! Network, subnet and VIP address.

use super::section::{ReviewSection, difference_items};
use crate::{
    i18n::{t_string, use_i18n},
    pages::load_balancers::{
        details::settings::{differences, vip_settings},
        form::{focus::section_id, state::Form},
    },
    store::use_store,
    ui::{Definition, Definitions, text},
};
use leptos::prelude::*;
use openstack_types::octavia::CreateLoadBalancer;
use plan::{Graph, Section};

#[component]
pub(super) fn NetworkReview(
    form: Form,
    request: Memo<CreateLoadBalancer>,
    preview: Memo<Option<Graph>>,
    on_edit: Callback<String>,
) -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
    let network = move || {
        let id = form.draft.with(|draft| draft.network);
        id.map(|id| store.networks.name(id)).unwrap_or_default()
    };
    let subnet = move || {
        let id = request.with(|request| request.vip_subnet_id)?;
        let label = store.networks.with(|networks| {
            let subnet = networks.subnets.iter().find(|subnet| subnet.id == id)?;
            Some(format!("{} {}", subnet.name, subnet.cidr).trim().to_owned())
        });
        Some(label.flatten().unwrap_or_else(|| id.to_string()))
    };
    view! {
        <ReviewSection card=section_id(Section::Network).to_owned() on_edit
            title=text(move || t_string!(i18n, create.network_and_vip).to_owned())>
            <Definitions>
                <Definition term=move || t_string!(i18n, create.virtual_network).to_owned()>
                    {network}
                </Definition>
                {move || {
                    subnet()
                        .map(|subnet| {
                            view! {
                                <Definition term=move || {
                                    t_string!(i18n, create.subnet).to_owned()
                                }>{subnet}</Definition>
                            }
                        })
                }}
                <Definition term=move || t_string!(i18n, create.vip_address).to_owned()>
                    {move || {
                        request
                            .with(|request| request.vip_address.clone())
                            .map_or_else(
                                || t_string!(i18n, create.vip_placeholder).into_any(),
                                |vip| view! { <span class="mono">{vip}</span> }.into_any(),
                            )
                    }}
                </Definition>
                {move || {
                    let graph = preview.read();
                    let settings = graph.as_ref().map(|graph| vip_settings(&graph.loadbalancer));
                    difference_items(differences(i18n, settings.unwrap_or_default(), &[]))
                }}
            </Definitions>
        </ReviewSection>
    }
}
