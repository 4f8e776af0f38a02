//! The load balancing method of server groups.

use super::{
    focus::section_id,
    server_groups::{server_group_keys, server_group_label},
    state::Form,
};
use crate::{
    i18n::{I18nContext, Locale, t_string, use_i18n},
    ui::{Choice, RadioCards},
};
use leptos::prelude::*;
use openstack_types::octavia::LbAlgorithm;
use plan::{FieldPath, Section};

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

/// The load balancing method of each server group.
#[component]
pub fn MethodSection(form: Form) -> impl IntoView {
    let groups = server_group_keys(form);
    let i18n = use_i18n();
    view! {
        <section class="form-section" id=section_id(Section::Method)>
            <For each=move || groups.get() key=|key| *key let:key>
                {
                    let path = FieldPath::Method { group: key };
                    let legend = move || {
                        let title = t_string!(i18n, create.method);
                        match server_group_label(form, key) {
                            Some(name) => format!("{title} · {name}"),
                            None => title.to_owned(),
                        }
                    };
                    let value = move || {
                        form.draft.with(|draft| {
                            draft.group(key).map(|g| g.method.as_str().to_owned()).unwrap_or_default()
                        })
                    };
                    let on_change = move |value: String| {
                        form.draft.update(|draft| {
                            if let Some(group) = draft.group_mut(key) {
                                group.method = LbAlgorithm::from_wire(&value);
                            }
                        });
                    };
                    let error = form.error(&path);
                    view! {
                        <div id=path.element_id()>
                            <RadioCards legend value on_change choices=method_choices(i18n) error />
                        </div>
                    }
                }
            </For>
        </section>
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
