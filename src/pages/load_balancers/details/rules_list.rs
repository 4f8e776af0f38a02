//! The tab **Rules**: the L7 policies of each listener.

use super::{
    policies::Policies,
    shown_graph::{ShownGraph, select},
};
use crate::{
    i18n::{t, t_string, use_i18n},
    pages::load_balancers::labels::listener_label,
    ui::{Card, SkeletonLines},
};
use leptos::prelude::*;
use openstack_types::octavia::L7Policy;

#[component]
pub(super) fn RulesList(shown: ShownGraph, policies: Policies) -> impl IntoView {
    let i18n = use_i18n();
    let listeners = select(shown, |graph| {
        let label = |one: &openstack_types::octavia::Listener| {
            (one.id, listener_label(&one.protocol, one.protocol_port))
        };
        graph.listeners.iter().map(label).collect::<Vec<_>>()
    });
    let target = move |policy: &L7Policy| {
        let pool = policy.redirect_pool_id.and_then(|id| {
            shown.with(|graph| {
                let pools = &graph.as_deref()?.pools;
                pools.iter().find(|one| one.pool.id == id).map(|one| one.pool.name.clone())
            })
        });
        pool.or_else(|| policy.redirect_url.clone()).or_else(|| policy.redirect_prefix.clone())
    };
    let list = move |policies: &[L7Policy]| {
        let groups = listeners.get().unwrap_or_default().into_iter().filter_map(|(id, label)| {
            let mut own: Vec<_> = policies.iter().filter(|one| one.listener_id == id).collect();
            own.sort_by_key(|one| one.position);
            if own.is_empty() {
                return None;
            }
            let items = own.into_iter().map(|policy| {
                let target = target(policy).map(|target| format!(" → {target}"));
                view! {
                    <li>
                        <span class="mono">{policy.action.to_string()}</span>
                        {target}
                        " "
                        <span class="muted">{policy.name.clone()}</span>
                    </li>
                }
            });
            Some(view! {
                <h3 class="details-heading">{label}</h3>
                <ol class="details-rules">{items.collect_view()}</ol>
            })
        });
        groups.collect_view()
    };
    view! {
        <Card title=move || t_string!(i18n, details.rules).to_owned()>
            {move || match policies.get() {
                None => view! { <SkeletonLines lines=3 /> }.into_any(),
                Some(policies) if policies.is_empty() => {
                    view! { <p class="muted">{t!(i18n, details.no_rules)}</p> }.into_any()
                }
                Some(policies) => view! { <div class="stack">{list(&policies)}</div> }.into_any(),
            }}
        </Card>
    }
}
