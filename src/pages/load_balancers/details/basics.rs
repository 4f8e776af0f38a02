//! **Basics**.

use super::{Shown, piece};
use crate::{
    i18n::{
        format::{Style, time},
        t_string, use_i18n,
    },
    store::use_store,
    ui::{Card, CopyButton, Definition, Definitions, Time},
};
use leptos::prelude::*;
use openstack_types::rules::LbType;

/// What it is, whose, and since when.
#[component]
pub(super) fn Basics(shown: Shown) -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
    let name = piece(shown, |graph| graph.balancer.name.clone());
    let description = piece(shown, |graph| graph.balancer.description.clone());
    let id = piece(shown, |graph| graph.balancer.id.to_string());
    let kind = piece(shown, |graph| {
        LbType::infer(graph.listeners.iter().map(|l| &l.protocol), &graph.balancer.tags)
    });
    let created_at = piece(shown, |graph| graph.balancer.created_at.clone());
    let updated_at = piece(shown, |graph| graph.balancer.updated_at.clone());
    let created_by = piece(shown, |graph| graph.balancer.user_id.clone());
    let moment = move |wire: String| {
        let machine = format!("{wire}Z");
        let wire = StoredValue::new(wire);
        let written = move |style| wire.with_value(|wire| time(i18n.get_locale(), wire, style));
        view! {
            <Time
                datetime=machine
                text=move || written(Style::Minutes)
                title=move || written(Style::Seconds)
            />
        }
    };
    let nothing = move || view! { <span class="muted">"–"</span> }.into_any();
    let or_nothing = move |text: Option<String>| match text.filter(|text| !text.is_empty()) {
        Some(text) => view! { <span class="details-text">{text}</span> }.into_any(),
        None => nothing(),
    };
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
                        Some(LbType::Application) => {
                            t_string!(i18n, common.application_load_balancer).into_any()
                        }
                        Some(LbType::Network) => {
                            t_string!(i18n, common.network_load_balancer).into_any()
                        }
                        None => nothing(),
                    }}
                </Definition>
                <Definition term=move || t_string!(i18n, details.state).to_owned()>
                    <super::State shown />
                </Definition>
                <Definition term=move || t_string!(i18n, details.created_at).to_owned()>
                    {move || created_at.get().map(moment)}
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
                        Some(wire) => moment(wire).into_any(),
                        None => nothing(),
                    }}
                </Definition>
            </Definitions>
        </Card>
    }
}
