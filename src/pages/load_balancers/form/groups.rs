//! Server groups: what they are called, and `Method`, one for each.

use super::{Form, section_id};
use crate::{
    i18n::{I18nContext, Locale, t_string, use_i18n},
    ui::{Choice, RadioCards},
};
use leptos::prelude::*;
use openstack_types::octavia::LbAlgorithm;
use plan::{FieldPath, RowKey, Section};

/// What a method is called; one that this version does not know, as the service calls it.
pub fn method_word(i18n: I18nContext<Locale>, method: &LbAlgorithm) -> String {
    match method {
        LbAlgorithm::RoundRobin => t_string!(i18n, create.round_robin),
        LbAlgorithm::LeastConnections => t_string!(i18n, create.least_connections),
        LbAlgorithm::SourceIp => t_string!(i18n, create.source_ip),
        other => other.as_str(),
    }
    .to_owned()
}

/// `Method`, one for each server group.
#[component]
pub fn Method(form: Form) -> impl IntoView {
    let groups = group_keys(form);
    let i18n = use_i18n();
    view! {
        <section class="form-section" id=section_id(Section::Method)>
            <For each=move || groups.get() key=|key| *key let:key>
                {
                    let path = FieldPath::Method { group: key };
                    let legend = move || {
                        let method = t_string!(i18n, create.method);
                        match group_name(form, key) {
                            Some(name) => format!("{method} · {name}"),
                            None => method.to_owned(),
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
                                group.method = LbAlgorithm::from_word(&value);
                            }
                        });
                    };
                    let error = form.error(&path);
                    let choices = vec![
                        Choice::new(
                            "ROUND_ROBIN",
                            move || method_word(i18n, &LbAlgorithm::RoundRobin),
                            move || t_string!(i18n, create.round_robin_hint).to_owned(),
                        ),
                        Choice::new(
                            "LEAST_CONNECTIONS",
                            move || method_word(i18n, &LbAlgorithm::LeastConnections),
                            move || t_string!(i18n, create.least_connections_hint).to_owned(),
                        ),
                        Choice::new(
                            "SOURCE_IP",
                            move || method_word(i18n, &LbAlgorithm::SourceIp),
                            move || t_string!(i18n, create.source_ip_hint).to_owned(),
                        ),
                    ];
                    view! {
                        <div id=path.element_id()>
                            <RadioCards legend value on_change choices error />
                        </div>
                    }
                }
            </For>
        </section>
    }
}

/// The server groups, to draw one after the other.
pub fn group_keys(form: Form) -> Memo<Vec<RowKey>> {
    Memo::new(move |_| form.draft.with(|draft| draft.groups.iter().map(|g| g.key).collect()))
}

/// What a server group is called where there are several; one alone needs no name.
pub fn group_name(form: Form, key: RowKey) -> Option<String> {
    form.draft.with(|draft| {
        let index = draft.groups.iter().position(|group| group.key == key)?;
        if draft.groups.len() < 2 {
            return None;
        }
        let name = draft.groups[index].name.trim();
        Some(match name {
            "" => t_string!(form.i18n(), create.group_n, n = index + 1).to_string(),
            name => name.to_owned(),
        })
    })
}
