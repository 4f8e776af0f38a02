//! The same load balancer for other tools: commands, Terraform, the API request.

use crate::{
    i18n::{t_string, use_i18n},
    ui::{CodeBlock, Tabs, text},
};
use leptos::prelude::*;
use openstack_types::octavia::CreateLoadBalancer;
use plan::export;

/// Three texts to copy, one at a time.
#[component]
pub fn Exports(#[prop(into)] request: Signal<CreateLoadBalancer>) -> impl IntoView {
    let i18n = use_i18n();
    let selected = RwSignal::new(0_usize);
    let name = move |tab: usize| {
        match tab {
            0 => t_string!(i18n, create.export_openstack),
            1 => t_string!(i18n, create.export_terraform),
            _ => t_string!(i18n, create.export_api),
        }
        .to_owned()
    };
    let code = Memo::new(move |_| {
        request.with(|request| match selected.get() {
            0 => export::openstack_commands(request),
            1 => export::terraform(request),
            _ => export::api_request(request),
        })
    });
    view! {
        <Tabs
            label=move || t_string!(i18n, create.exports).to_owned()
            tabs=(0..3).map(|tab| text(move || name(tab))).collect()
            selected
            on_select=move |tab: usize| selected.set(tab)
        >
            <CodeBlock label=move || name(selected.get()) code />
        </Tabs>
    }
}
