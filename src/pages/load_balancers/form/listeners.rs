//! A listener that is to be: protocol and port.

use super::{Form, FormNumber, FormSelect, groups::group_name};
use crate::{
    i18n::{t_string, use_i18n},
    store::row::protocol_word,
    ui::{Button, ButtonKind, Field, Glyph, SelectOption},
};
use leptos::prelude::*;
use openstack_types::octavia::ListenerProtocol;
use plan::{FieldPath, ListenerField, Part, RowKey, draft::protocols};

/// A listener without a server group answers nothing; the form says so instead of hiding it.
const NO_GROUP: &str = "none";

/// A row of the form.
#[component]
pub fn Listener(form: Form, listener: RowKey) -> impl IntoView {
    let i18n = use_i18n();
    let at = move |field| FieldPath::Listener { listener, field };
    let number = move || {
        form.draft.with(|draft| {
            draft.listeners.iter().position(|one| one.key == listener).unwrap_or_default() + 1
        })
    };
    let options = Signal::derive(move || {
        let kind = form.draft.with(|draft| draft.kind);
        protocols(kind).iter().map(|protocol| protocol_option(i18n, protocol)).collect::<Vec<_>>()
    });
    let set_protocol = move |word: String| {
        form.draft.update(|draft| draft.set_protocol(listener, ListenerProtocol::from_word(&word)));
    };
    let placeholder = move || t_string!(i18n, create.unlimited).to_owned();
    let remove = move || {
        form.draft.update(|draft| draft.remove_listener(listener));
        form.focus_part(Part::Listeners);
    };
    view! {
        <div
            class="create-row create-listener"
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
            <Field
                label=move || t_string!(i18n, create.connection_limit).to_owned()
                error=form.error(&at(ListenerField::ConnectionLimit))
                optional=true
            >
                <FormNumber
                    form
                    path=at(ListenerField::ConnectionLimit)
                    min=1
                    max=i32::MAX.unsigned_abs()
                    placeholder
                />
            </Field>
            <GroupChoice form listener />
            <div class="create-remove">
                <Button
                    kind=ButtonKind::Quiet
                    icon=Glyph::Trash
                    label=move || {
                        t_string!(i18n, create.remove_listener, n = number()).to_string()
                    }
                    on_press=remove
                />
            </div>
        </div>
    }
}

/// Which server group serves a listener; asked only where there is a choice.
#[component]
pub fn GroupChoice(form: Form, listener: RowKey) -> impl IntoView {
    let i18n = use_i18n();
    let asked = Memo::new(move |_| {
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
            let name = group_name(form, key)
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
        asked.get().then(|| {
            let label = move || t_string!(i18n, create.group).to_owned();
            view! {
                <Field label>
                    <crate::ui::Select value on_change options />
                </Field>
            }
        })
    }
}

/// `HTTPS with SSL` is there to be seen, and says why it cannot be chosen.
fn protocol_option(
    i18n: crate::i18n::I18nContext<crate::i18n::Locale>,
    protocol: &ListenerProtocol,
) -> SelectOption {
    let word = protocol_word(protocol).to_owned();
    match protocol {
        ListenerProtocol::TerminatedHttps => {
            let label = t_string!(i18n, create.protocol_not_yet, protocol = word).to_string();
            SelectOption::new(protocol.as_str(), label).disabled()
        }
        _ => SelectOption::new(protocol.as_str(), word),
    }
}
