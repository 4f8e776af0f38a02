//! The row of a new listener, and fields that existing listeners have too.

use super::{
    controls::{FormNumber, FormSelect},
    listener_tls::CertificateAndRedirect,
    server_groups::server_group_label,
    state::Form,
};
use crate::{
    i18n::{t_string, use_i18n},
    store::{row::protocol_word, use_store},
    ui::{Button, ButtonKind, Field, Glyph, Select, SelectOption},
};
use leptos::prelude::*;
use openstack_types::octavia::ListenerProtocol;
use plan::{Draft, FieldPath, ListenerField, RowKey, draft::listener_protocols};

/// The value of the select box for no server group. Such a listener serves nothing; the form says so.
const NO_GROUP: &str = "none";

/// The row of a new listener.
#[component]
pub fn ListenerRow(form: Form, listener: RowKey) -> impl IntoView {
    let i18n = use_i18n();
    let at = move |field| FieldPath::Listener { listener, field };
    let number = move || {
        form.draft.with(|draft| {
            draft.listeners.iter().position(|one| one.key == listener).unwrap_or_default() + 1
        })
    };
    let options = Signal::derive(move || {
        let kind = form.draft.with(|draft| draft.lb_type);
        listener_protocols(kind)
            .iter()
            .map(|protocol| SelectOption::new(protocol.as_str(), protocol_word(protocol)))
            .collect::<Vec<_>>()
    });
    let set_protocol = move |word: String| {
        form.draft.update(|draft| draft.set_protocol(listener, ListenerProtocol::from_wire(&word)));
    };
    let toasts = use_store().toasts;
    let on_remove = move || {
        let found = form.draft.with_untracked(|draft| {
            let index = draft.listeners.iter().position(|one| one.key == listener)?;
            Some((index, draft.listeners[index].clone()))
        });
        let Some((index, typed)) = found else { return };
        let name = format!("{} {}", protocol_word(&typed.protocol), typed.port.trim());
        let text = t_string!(i18n, create.listener_removed, listener = name.as_str()).to_string();
        let remove = |draft: &mut Draft| draft.remove_listener(listener);
        form.remove_row(toasts, text, remove, move |draft| {
            draft.listeners.insert(index.min(draft.listeners.len()), typed.clone());
        });
    };
    view! {
        <div
            class="form-row form-listener"
            role="group"
            aria-label=move || t_string!(i18n, create.listener_n, n = number()).to_string()
        >
            <Field
                label=move || t_string!(i18n, create.protocol).to_owned()
                error=form.error(&at(ListenerField::Protocol))
            >
                <FormSelect
                    form
                    path=at(ListenerField::Protocol)
                    value=form.text(&at(ListenerField::Protocol))
                    on_change=set_protocol
                    options
                />
            </Field>
            <Field
                label=move || t_string!(i18n, create.port).to_owned()
                error=form.error(&at(ListenerField::Port))
            >
                <FormNumber form path=at(ListenerField::Port) min=1 max=65535 />
            </Field>
            <LimitAndServerGroup form listener />
            <CertificateAndRedirect form listener />
            <div class="form-remove">
                <Button
                    kind=ButtonKind::Quiet
                    icon=Glyph::Trash
                    label=move || {
                        t_string!(i18n, create.remove_listener, n = number()).to_string()
                    }
                    on_press=on_remove
                />
            </div>
        </div>
    }
}

/// Connection limit and server group.
#[component]
pub fn LimitAndServerGroup(form: Form, listener: RowKey) -> impl IntoView {
    let i18n = use_i18n();
    let path = FieldPath::Listener { listener, field: ListenerField::ConnectionLimit };
    view! {
        <Field
            label=move || t_string!(i18n, create.connection_limit).to_owned()
            error=form.error(&path)
            optional=true
        >
            <FormNumber
                form
                path
                min=1
                max=i32::MAX.unsigned_abs()
                placeholder=move || t_string!(i18n, create.unlimited).to_owned()
            />
        </Field>
        <ServerGroupSelect form listener />
    }
}

/// The server group of a listener; hidden if there is no choice.
#[component]
fn ServerGroupSelect(form: Form, listener: RowKey) -> impl IntoView {
    let i18n = use_i18n();
    let is_visible = Memo::new(move |_| {
        form.draft.with(|draft| {
            draft.groups.len() > 1 || draft.listeners.iter().any(|one| one.group.is_none())
        })
    });
    let value = Signal::derive(move || {
        let group = form.draft.with(|draft| draft.listener(listener).and_then(|one| one.group));
        group.map(|key| key.to_string()).unwrap_or_else(|| NO_GROUP.to_owned())
    });
    let options = Signal::derive(move || {
        let keys = form.draft.with(|draft| draft.groups.iter().map(|g| g.key).collect::<Vec<_>>());
        let named = keys.into_iter().map(|key| {
            let name = server_group_label(form, key)
                .unwrap_or_else(|| t_string!(i18n, create.group_n, n = 1).to_string());
            SelectOption::new(key.to_string(), name)
        });
        let none = SelectOption::new(NO_GROUP, t_string!(i18n, create.none));
        named.chain([none]).collect::<Vec<_>>()
    });
    let on_change = move |value: String| {
        form.draft.update(|draft| {
            let group = draft.groups.iter().map(|g| g.key).find(|key| key.to_string() == value);
            if let Some(listener) = draft.listener_mut(listener) {
                listener.group = group;
            }
        });
    };
    move || {
        is_visible.get().then(|| {
            let label = move || t_string!(i18n, create.group).to_owned();
            view! {
                <Field label>
                    <Select value on_change options />
                </Field>
            }
        })
    }
}
