//! The wizard with the settings of another load balancer.

use super::wizard::Wizard;
use crate::{
    i18n::{I18nContext, Locale, errors, t, t_string, use_i18n},
    routes::Route,
    store::{Store, use_store},
    ui::{Art, Button, EmptyState, LinkButton, SkeletonLines, text},
};
use leptos::{prelude::*, task::spawn_local};
use openstack_types::{LoadBalancerId, error::ApiError, field::NAME_MAX};
use plan::Draft;

/// Reads the load balancer to clone, then shows the wizard with its settings.
#[component]
pub(super) fn CloneWizard(id: LoadBalancerId) -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
    let clone = RwSignal::new(None::<Result<Draft, ApiError>>);
    let load = move || {
        clone.set(None);
        spawn_local(async move {
            let graph = store.load_balancers.read_full_graph(id).await;
            let cloned = graph.map(|graph| clone_draft(i18n, store, &graph));
            // `try_set`: the page may have been left meanwhile.
            clone.try_set(Some(cloned));
        });
    };
    load();
    move || match clone.get() {
        None => view! { <SkeletonLines lines=8 /> }.into_any(),
        Some(Ok(draft)) => view! { <Wizard from=Some(id) initial=draft /> }.into_any(),
        Some(Err(error)) => {
            let is_deleted = error.status == 404;
            let title = move || t_string!(i18n, create.clone_failed).to_owned();
            let text = text(move || errors::explain(i18n, &error));
            view! {
                <EmptyState art=Art::Failed title text>
                    {(!is_deleted)
                        .then(|| {
                            view! { <Button on_press=load>{t!(i18n, common.try_again)}</Button> }
                        })}
                    <LinkButton href=Route::create().href()>
                        {t!(i18n, create.start_empty)}
                    </LinkButton>
                </EmptyState>
            }
            .into_any()
        }
    }
}

/// The settings of a load balancer as the draft of a new one.
fn clone_draft(i18n: I18nContext<Locale>, store: Store, graph: &plan::Graph) -> Draft {
    let mut draft = plan::clone_draft(graph);
    let name = draft.name.as_str();
    let name = untrack(|| t_string!(i18n, create.clone_name, name = name).to_string());
    draft.name = name.chars().take(NAME_MAX).collect();
    // A cloud does not publish its TLS versions and checks them itself.
    let tls_versions =
        store.info.with_untracked(|info| info.as_ref().map(|info| info.tls_versions.clone()));
    if let Some(allowed) = tls_versions.filter(|allowed| !allowed.is_empty()) {
        draft.reset_disallowed_tls(&allowed);
    }
    draft
}
