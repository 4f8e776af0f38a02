//! The row of a listener.

use super::{
    controls::{FormNumber, FormSelect},
    group_select::ServerGroupSelect,
    listener_options::ListenerMoreOptions,
    listener_tls::{Certificate, Redirect},
    state::Form,
};
use crate::{
    i18n::{t_string, use_i18n},
    store::{row::protocol_word, use_store},
    ui::{Button, ButtonKind, Field, Glyph, SelectOption},
};
use leptos::prelude::*;
use openstack_types::octavia::ListenerProtocol;
use plan::{Draft, FieldPath, ListenerField, RowKey, draft::listener_protocols};

/// The row of a new listener.
#[component]
pub fn ListenerRow(form: Form, listener: RowKey) -> impl IntoView {
    let i18n = use_i18n();
    let number = Memo::new(move |_| {
        form.draft.with(|draft| {
            draft.listeners.iter().position(|one| one.key == listener).unwrap_or_default() + 1
        })
    });
    view! {
        <div
            class="form-box form-row"
            role="group"
            aria-label=move || t_string!(i18n, create.listener_n, n = number.get()).to_string()
        >
            <div class="form-box-fields">
                <ProtocolAndPort form listener />
                <Certificate form listener />
                <ServerGroupSelect form listener />
            </div>
            <RemoveButton form listener number />
            <Redirect form listener />
            <ListenerMoreOptions form listener />
        </div>
    }
}

#[component]
fn ProtocolAndPort(form: Form, listener: RowKey) -> impl IntoView {
    let i18n = use_i18n();
    let at = move |field| FieldPath::Listener { listener, field };
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
    view! {
        <div class="form-protocol">
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
        </div>
        <div class="form-port">
            <Field
                label=move || t_string!(i18n, create.port).to_owned()
                error=form.error(&at(ListenerField::Port))
            >
                <FormNumber form path=at(ListenerField::Port) min=1 max=65535 />
            </Field>
        </div>
    }
}

#[component]
fn RemoveButton(
    form: Form,
    listener: RowKey,
    /// Of the row, from 1.
    number: Memo<usize>,
) -> impl IntoView {
    let i18n = use_i18n();
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
        <div class="form-remove">
            <Button
                kind=ButtonKind::Quiet
                icon=Glyph::Trash
                label=move || t_string!(i18n, create.remove_listener, n = number.get()).to_string()
                on_press=on_remove
            />
        </div>
    }
}
