//! The load balancing method of a server group.

use super::state::Form;
use crate::{
    i18n::{I18nContext, Locale, t_string, use_i18n},
    ui::{Choice, RadioCards},
};
use leptos::prelude::*;
use openstack_types::octavia::LbAlgorithm;
use plan::{FieldPath, RowKey};

/// The label of a load balancing algorithm. An algorithm that is unknown here keeps its name of the API.
pub fn method_label(i18n: I18nContext<Locale>, method: &LbAlgorithm) -> String {
    match method {
        LbAlgorithm::RoundRobin => t_string!(i18n, create.round_robin),
        LbAlgorithm::LeastConnections => t_string!(i18n, create.least_connections),
        LbAlgorithm::SourceIp => t_string!(i18n, create.source_ip),
        other => other.as_str(),
    }
    .to_owned()
}

/// The load balancing method of a server group.
#[component]
pub fn MethodChoice(form: Form, group: RowKey) -> impl IntoView {
    let i18n = use_i18n();
    let path = FieldPath::Method { group };
    let value = move || {
        form.draft.with(|draft| {
            draft.group(group).map(|g| g.method.as_str().to_owned()).unwrap_or_default()
        })
    };
    let on_change = move |value: String| {
        form.draft.update(|draft| {
            if let Some(group) = draft.group_mut(group) {
                group.method = LbAlgorithm::from_wire(&value);
            }
        });
    };
    let error = form.error(&path);
    view! {
        <div id=path.element_id()>
            <RadioCards
                legend=move || t_string!(i18n, create.method).to_owned()
                value
                on_change
                choices=method_choices(i18n)
                error
            />
        </div>
    }
}

fn method_choices(i18n: I18nContext<Locale>) -> Vec<Choice> {
    vec![
        Choice::new(
            "ROUND_ROBIN",
            move || method_label(i18n, &LbAlgorithm::RoundRobin),
            move || t_string!(i18n, create.round_robin_hint).to_owned(),
        ),
        Choice::new(
            "LEAST_CONNECTIONS",
            move || method_label(i18n, &LbAlgorithm::LeastConnections),
            move || t_string!(i18n, create.least_connections_hint).to_owned(),
        ),
        Choice::new(
            "SOURCE_IP",
            move || method_label(i18n, &LbAlgorithm::SourceIp),
            move || t_string!(i18n, create.source_ip_hint).to_owned(),
        ),
    ]
}
