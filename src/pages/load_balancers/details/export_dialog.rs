//! Exports an existing load balancer as the request that creates an equal one.

use crate::{
    i18n::{errors, t, t_string, use_i18n},
    pages::load_balancers::export_tabs::ExportTabs,
    store::use_store,
    ui::{Banner, Button, Dialog, SkeletonLines, Tone},
};
use leptos::{prelude::*, task::spawn_local};
use openstack_types::{LoadBalancerId, error::ApiError, octavia::CreateLoadBalancer};

#[derive(Clone, PartialEq)]
enum State {
    Reading,
    Failed(ApiError),
    /// It has settings that a create request cannot have.
    Impossible,
    Ready(Box<CreateLoadBalancer>),
}

/// Reads the load balancer each time it opens.
#[component]
pub(in crate::pages::load_balancers) fn ExportDialog(
    id: LoadBalancerId,
    open: RwSignal<bool>,
) -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
    let state = RwSignal::new(State::Reading);
    Effect::new(move |_| {
        if !open.get() {
            return;
        }
        state.set(State::Reading);
        spawn_local(async move {
            let result = match store.load_balancers.read_full_graph(id).await {
                Err(error) => State::Failed(error),
                Ok(graph) => {
                    let mut draft = plan::export_draft(&graph);
                    if draft.name.trim().is_empty() {
                        draft.name = id.to_string();
                    }
                    match plan::to_export_request(&draft) {
                        Ok(request) => State::Ready(Box::new(request)),
                        Err(_) => State::Impossible,
                    }
                }
            };
            // `try_set`: the page may have been left meanwhile.
            state.try_set(result);
        });
    });
    let close = move || open.set(false);
    view! {
        <Dialog
            open
            on_close=close
            wide=true
            title=move || t_string!(i18n, details.export).to_owned()
            actions=move || {
                view! { <Button on_press=close>{t!(i18n, common.close)}</Button> }
            }
        >
            {move || match state.get() {
                State::Reading => view! { <SkeletonLines lines=6 /> }.into_any(),
                State::Failed(error) => {
                    let text = errors::explain(i18n, &error);
                    view! { <Banner tone=Tone::Error>{text}</Banner> }.into_any()
                }
                State::Impossible => view! {
                    <Banner tone=Tone::Warning>{t!(i18n, details.export_impossible)}</Banner>
                }
                .into_any(),
                State::Ready(request) => view! {
                    <p class="details-gap muted">{t!(i18n, details.export_text)}</p>
                    <ExportTabs request=Signal::stored(*request) />
                }
                .into_any(),
            }}
        </Dialog>
    }
}
