//! Listeners: those that are there, those that go, and new ones.

use super::editing::Editing;
use crate::{
    i18n::{I18nContext, Locale, t, t_string, use_i18n},
    pages::load_balancers::form::{
        Form, FormInput, FormSection, focus_replacement,
        listeners::{CertificateAndRedirect, LimitAndGroup, Listener},
        options::{CidrsField, TimeoutFields},
    },
    store::row::protocol_word,
    ui::{Button, ButtonKind, Field, Glyph, Text, text},
};
use leptos::prelude::*;
use openstack_types::octavia::ListenerProtocol;
use plan::{FieldPath, ListenerField, ListenerOptions, OptionsScope, RowKey, Section};

#[component]
pub(super) fn Listeners(editing: Editing) -> impl IntoView {
    let i18n = use_i18n();
    let form = editing.form;
    let there = Memo::new(move |_| {
        editing.edit.with(|edit| {
            let keys =
                edit.as_ref().map(|e| e.base_draft().listeners.iter().map(|l| l.key).collect());
            keys.unwrap_or_else(Vec::new)
        })
    });
    let new = Memo::new(move |_| {
        there.with(|there| {
            form.draft.with(|draft| {
                let keys = draft.listeners.iter().map(|listener| listener.key);
                keys.filter(|key| !there.contains(key)).collect::<Vec<_>>()
            })
        })
    });
    let add = move || {
        let key = form.draft.try_update(|draft| {
            let key = draft.add_listener();
            if let Some(listener) = draft.listener_mut(key) {
                listener.own_options = Some(ListenerOptions::default());
            }
            key
        });
        if let Some(listener) = key {
            form.focus(&FieldPath::Listener { listener, field: ListenerField::Protocol });
        }
    };
    let none = move || there.with(Vec::is_empty) && new.with(Vec::is_empty);
    view! {
        <FormSection part=Section::Listeners title=move || t_string!(i18n, edit.listeners).to_owned()>
            <Show when=none>
                <p class="muted">{t!(i18n, create.no_listener)}</p>
            </Show>
            <Show when=move || !there.with(Vec::is_empty)>
                <p class="field-hint">{t!(i18n, edit.listener_fixed)}</p>
                <div class="edit-listeners">
                    <For each=move || there.get() key=|key| *key let:key>
                        <There editing listener=key />
                    </For>
                </div>
            </Show>
            <div class="form-rows">
                <For each=move || new.get() key=|key| *key let:key>
                    <div class="edit-new-listener">
                        <Listener form listener=key />
                        <Options form listener=key />
                    </div>
                </For>
            </div>
            <div class="row">
                <Button icon=Glyph::Plus on_press=add>
                    {t!(i18n, edit.add_listener)}
                </Button>
            </div>
        </FormSection>
    }
}

/// A listener that is there: what it speaks and where stays as it is.
#[component]
fn There(editing: Editing, listener: RowKey) -> impl IntoView {
    let i18n = use_i18n();
    let form = editing.form;
    let known = editing.edit.with_untracked(|edit| {
        let listener = edit.as_ref()?.listener(listener)?;
        Some((listener.protocol.clone(), listener.protocol_port))
    });
    let (protocol, port) = known.unwrap_or((ListenerProtocol::Http, 0));
    let title = format!("{} {port}", protocol_word(&protocol));
    let gone = Memo::new(move |_| form.draft.with(|draft| draft.listener(listener).is_none()));
    let named = move || FieldPath::Listener { listener, field: ListenerField::Name };
    let (name, label, remove_label) = (title.clone(), title.clone(), title);
    let remove_label =
        text(move || t_string!(i18n, edit.remove, what = remove_label.as_str()).to_string());
    let content = move || match gone.get() {
        true => removed(i18n, move || {
            focus_replacement();
            editing.restore_listener(listener);
        }),
        false => view! {
            <Field
                label=move || t_string!(i18n, create.name).to_owned()
                error=form.error(&named())
                optional=true
            >
                <FormInput form path=named() />
            </Field>
            <LimitAndGroup form listener />
            <div class="form-remove">
                <Button
                    kind=ButtonKind::Quiet
                    icon=Glyph::Trash
                    label=remove_label
                    on_press=move || {
                        focus_replacement();
                        editing.remove_listener(listener);
                    }
                />
            </div>
        }
        .into_any(),
    };
    view! {
        <div
            class="edit-listener"
            class:edit-removed=move || gone.get()
            role="group"
            aria-label=move || t_string!(i18n, edit.thing_listener_named, name = name.as_str()).to_string()
        >
            <p class="edit-listener-name">{label}</p>
            {content}
            <Show when=move || !gone.get()>
                // A certificate can be replaced, never just removed.
                <div class="edit-wide">
                    <CertificateAndRedirect form listener />
                </div>
                <Options form listener />
            </Show>
        </div>
    }
}

/// Says that something will be removed, and takes that back.
pub(super) fn removed(
    i18n: I18nContext<Locale>,
    undo: impl Fn() + Send + Sync + 'static,
) -> AnyView {
    view! {
        <p class="edit-will muted">{t!(i18n, edit.will_be_removed)}</p>
        <div class="form-remove">
            <Button kind=ButtonKind::Quiet on_press=undo>
                {t!(i18n, common.undo)}
            </Button>
        </div>
    }
    .into_any()
}

/// Who may connect to a listener, and how long it waits: drawn when it is unfolded.
#[component]
fn Options(form: Form, listener: RowKey) -> impl IntoView {
    let i18n = use_i18n();
    let scope = OptionsScope::Listener(listener);
    let opened = RwSignal::new(false);
    let wrong = Memo::new(move |_| {
        form.said().iter().any(|(path, _)| match path {
            FieldPath::AllowedCidrs { scope: at, .. } | FieldPath::Timeout { scope: at, .. } => {
                *at == scope
            }
            _ => false,
        })
    });
    let open = Memo::new(move |_| opened.get() || wrong.get());
    let note: Text = text(move || {
        form.draft.with(|draft| {
            let Some(options) = draft.options(scope) else { return String::new() };
            let ranges = options.allowed_cidrs.split(['\n', ',']).map(str::trim);
            let ranges = ranges.filter(|range| !range.is_empty()).collect::<Vec<_>>();
            match ranges.as_slice() {
                [] => t_string!(i18n, create.everybody).to_owned(),
                ranges => ranges.join(", "),
            }
        })
    });
    view! {
        <div class="edit-wide">
            <button
                type="button"
                class="edit-more"
                aria-expanded=move || if open.get() { "true" } else { "false" }
                on:click=move |_| opened.set(!open.get_untracked())
            >
                <crate::ui::Icon glyph=Glyph::ChevronRight />
                <span>{t!(i18n, edit.options)}</span>
                <span class="edit-more-note" aria-hidden="true">{move || note.get()}</span>
            </button>
            <Show when=move || open.get()>
                <div class="edit-options stack">
                    <div class="form-narrow">
                        <CidrsField form scope />
                    </div>
                    <TimeoutFields form scope />
                </div>
            </Show>
        </div>
    }
}
