//! The server group of a listener.

use super::{server_groups::group_name, state::Form};
use crate::{
    i18n::{t_string, use_i18n},
    store::row::protocol_word,
    ui::{Field, Select, SelectOption},
};
use leptos::prelude::*;
use openstack_types::octavia::ListenerProtocol;
use plan::{Draft, ListenerDraft, RowKey};

/// The value of the select box for no server group. Such a listener serves nothing; the form says so.
const NO_GROUP: &str = "none";

/// The value of the select box that adds a server group.
const NEW_GROUP: &str = "new";

/// The server group of a listener: one of the form, shared with the listeners that its label names, or a
/// new one. Hidden while there is no choice.
#[component]
pub fn ServerGroupSelect(form: Form, listener: RowKey) -> impl IntoView {
    let i18n = use_i18n();
    let is_visible = Memo::new(move |_| {
        form.draft.with(|draft| {
            let needs_group = |one: &&ListenerDraft| one.protocol != ListenerProtocol::Prometheus;
            let mut all = draft.listeners.iter().filter(needs_group);
            let has_choice = form.offers_groups.get()
                || draft.groups.len() > 1
                || all.any(|one| one.group.is_none());
            has_choice && draft.listener(listener).as_ref().is_some_and(needs_group)
        })
    });
    let value = Signal::derive(move || {
        let group = form.draft.with(|draft| draft.listener(listener).and_then(|one| one.group));
        group.map(|key| key.to_string()).unwrap_or_else(|| NO_GROUP.to_owned())
    });
    let options = Signal::derive(move || {
        let mut options = form.draft.with(|draft| {
            let named = draft.groups.iter().map(|group| {
                let name = group_name(form, draft, group.key);
                let others = listeners_of(draft, group.key, Some(listener));
                let label = match others.as_str() {
                    "" => name,
                    others => t_string!(i18n, form.shared_group, name = name, listeners = others)
                        .to_string(),
                };
                SelectOption::new(group.key.to_string(), label)
            });
            named.collect::<Vec<_>>()
        });
        options.push(SelectOption::new(NEW_GROUP, t_string!(i18n, form.new_group)));
        options.push(SelectOption::new(NO_GROUP, t_string!(i18n, create.none)));
        options
    });
    let on_change = move |value: String| {
        let before = form.draft.with_untracked(|draft| draft.listener(listener)?.group);
        if value == NEW_GROUP {
            form.add_group_for(listener);
        } else {
            form.draft.update(|draft| {
                let group = draft.groups.iter().map(|g| g.key).find(|key| key.to_string() == value);
                if let Some(listener) = draft.listener_mut(listener) {
                    listener.group = group;
                }
            });
        }
        if let Some(before) = before {
            form.drop_unused_group(before);
        }
    };
    move || {
        is_visible.get().then(|| {
            let label = move || t_string!(i18n, create.group).to_owned();
            view! {
                <div class="form-group-select">
                    <Field label>
                        <Select value on_change options />
                    </Field>
                </div>
            }
        })
    }
}

/// The listeners of a server group but one: `HTTP:80, HTTPS with SSL:443`.
pub fn listeners_of(draft: &Draft, group: RowKey, except: Option<RowKey>) -> String {
    let is_user = |one: &&ListenerDraft| one.group == Some(group) && Some(one.key) != except;
    let users = draft.listeners.iter().filter(is_user);
    let names = users.map(|one| format!("{}:{}", protocol_word(&one.protocol), one.port.trim()));
    names.collect::<Vec<_>>().join(", ")
}
