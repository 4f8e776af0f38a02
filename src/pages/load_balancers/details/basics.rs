//! The card **Basics**.

use super::{
    settings::{SettingItems, load_balancer_settings},
    shown_graph::{ShownGraph, select},
    status_badges::StatusBadges,
    time_ago::TimeAgo,
};
use crate::{
    i18n::{
        format::{Style, time},
        t_string, use_i18n,
    },
    pages::load_balancers::labels::lb_type_label,
    store::use_store,
    ui::{Card, CopyButton, Definition, Definitions},
};
use leptos::prelude::*;
use openstack_types::rules::LbType;

#[component]
pub(super) fn Basics(shown: ShownGraph) -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
    let name = select(shown, |graph| graph.balancer.name.clone());
    let description = select(shown, |graph| graph.balancer.description.clone());
    let id = select(shown, |graph| graph.balancer.id.to_string());
    let kind = select(shown, |graph| {
        LbType::infer(graph.listeners.iter().map(|l| &l.protocol), &graph.balancer.tags)
    });
    let created_at = select(shown, |graph| graph.balancer.created_at.clone());
    let updated_at = select(shown, |graph| graph.balancer.updated_at.clone());
    let created_by = select(shown, |graph| graph.balancer.user_id.clone());
    let timestamp = move |wire: String| {
        let at = wire.clone();
        let wire = StoredValue::new(wire);
        let full = move || wire.with_value(|wire| time(i18n.get_locale(), wire, Style::Minutes));
        view! {
            <span class="num">{full}</span>
            " "
            <span class="muted">"(" <TimeAgo at /> ")"</span>
        }
    };
    let dash = move || view! { <span class="muted">"–"</span> }.into_any();
    let or_nothing = move |text: Option<String>| match text.filter(|text| !text.is_empty()) {
        Some(text) => view! { <span class="details-text">{text}</span> }.into_any(),
        None => dash(),
    };
    let settings = select(shown, |graph| load_balancer_settings(&graph.balancer));
    let settings = Memo::new(move |_| settings.get().unwrap_or_default());
    view! {
        <Card title=move || t_string!(i18n, details.basics).to_owned()>
            <Definitions>
                <Definition term=move || t_string!(i18n, details.name).to_owned()>
                    {move || or_nothing(name.get())}
                </Definition>
                <Definition term=move || t_string!(i18n, details.description).to_owned()>
                    {move || or_nothing(description.get())}
                </Definition>
                <Definition term=move || t_string!(i18n, details.id).to_owned()>
                    <span class="details-copy">
                        <span class="mono">{move || id.get()}</span>
                        <CopyButton
                            text=move || id.get().unwrap_or_default()
                            label=move || t_string!(i18n, details.copy_id).to_owned()
                        />
                    </span>
                </Definition>
                <Definition term=move || t_string!(i18n, details.kind).to_owned()>
                    {move || match kind.get().flatten() {
                        Some(kind) => lb_type_label(i18n, kind).into_any(),
                        None => dash(),
                    }}
                </Definition>
                <Definition term=move || t_string!(i18n, details.state).to_owned()>
                    <StatusBadges shown />
                </Definition>
                <Definition term=move || t_string!(i18n, details.created_at).to_owned()>
                    {move || created_at.get().map(timestamp)}
                </Definition>
                {move || {
                    created_by
                        .get()
                        .flatten()
                        .map(|user| {
                            view! {
                                <Definition term=move || {
                                    t_string!(i18n, details.created_by).to_owned()
                                }>{move || store.users.name(&user)}</Definition>
                            }
                        })
                }}
                <Definition term=move || t_string!(i18n, details.updated_at).to_owned()>
                    {move || match updated_at.get().flatten() {
                        Some(wire) => timestamp(wire).into_any(),
                        None => dash(),
                    }}
                </Definition>
                <SettingItems settings />
            </Definitions>
        </Card>
    }
}
