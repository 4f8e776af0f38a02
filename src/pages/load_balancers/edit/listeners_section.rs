//! The listeners: existing ones, removed ones, and new ones.

use super::session::EditSession;
use crate::{
    i18n::{I18nContext, Locale, t, t_string, use_i18n},
    pages::load_balancers::{
        form::{
            controls::FormInput,
            focus::{focus_field, focus_replacement},
            listener_options::{CidrsField, TimeoutFields},
            listener_row::{LimitAndServerGroup, ListenerRow},
            listener_tls::CertificateAndRedirect,
            section::FormSection,
            state::Form,
        },
        labels::listener_label,
    },
    ui::{Button, ButtonKind, Field, Glyph, Icon, Text, text},
};
use leptos::prelude::*;
use openstack_types::octavia::ListenerProtocol;
use plan::{FieldPath, ListenerField, ListenerOptions, OptionsScope, RowKey, Section};

#[component]
pub(super) fn ListenersSection(session: EditSession) -> impl IntoView {
    let i18n = use_i18n();
    let form = session.form;
    let existing = Memo::new(move |_| {
        session.edit.with(|edit| {
            let keys =
                edit.as_ref().map(|e| e.base_draft().listeners.iter().map(|l| l.key).collect());
            keys.unwrap_or_else(Vec::new)
        })
    });
    let new = Memo::new(move |_| {
        existing.with(|existing| {
            form.draft.with(|draft| {
                let keys = draft.listeners.iter().map(|listener| listener.key);
                keys.filter(|key| !existing.contains(key)).collect::<Vec<_>>()
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
            focus_field(&FieldPath::Listener { listener, field: ListenerField::Protocol });
        }
    };
    let is_empty = move || existing.with(Vec::is_empty) && new.with(Vec::is_empty);
    view! {
        <FormSection section=Section::Listeners title=move || t_string!(i18n, edit.listeners).to_owned()>
            <Show when=is_empty>
                <p class="muted">{t!(i18n, create.no_listener)}</p>
            </Show>
            <Show when=move || !existing.with(Vec::is_empty)>
                <p class="field-hint">{t!(i18n, edit.listener_fixed)}</p>
                <div class="edit-listeners">
                    <For each=move || existing.get() key=|key| *key let:key>
                        <ExistingListener session listener=key />
                    </For>
                </div>
            </Show>
            <div class="form-rows">
                <For each=move || new.get() key=|key| *key let:key>
                    <div class="edit-new-listener">
                        <ListenerRow form listener=key />
                        <ListenerOptionsFields form listener=key />
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

/// An existing listener; its protocol and port cannot be changed.
#[component]
fn ExistingListener(session: EditSession, listener: RowKey) -> impl IntoView {
    let i18n = use_i18n();
    let form = session.form;
    let original = session.edit.with_untracked(|edit| {
        let listener = edit.as_ref()?.listener(listener)?;
        Some((listener.protocol.clone(), listener.protocol_port))
    });
    let (protocol, port) = original.unwrap_or((ListenerProtocol::Http, 0));
    let title = listener_label(&protocol, port);
    let is_removed =
        Memo::new(move |_| form.draft.with(|draft| draft.listener(listener).is_none()));
    let name_path = move || FieldPath::Listener { listener, field: ListenerField::Name };
    let (name, label, remove_label) = (title.clone(), title.clone(), title);
    let remove_label =
        text(move || t_string!(i18n, edit.remove, what = remove_label.as_str()).to_string());
    let content = move || {
        if is_removed.get() {
            removed_listener(i18n, move || {
                focus_replacement();
                session.edit.with_untracked(|edit| {
                    if let Some(edit) = edit {
                        session.removed_rows.restore_listener(form, edit, listener);
                    }
                });
            })
        } else {
            view! {
                <Field
                    label=move || t_string!(i18n, create.name).to_owned()
                    error=form.error(&name_path())
                    optional=true
                >
                    <FormInput form path=name_path() />
                </Field>
                <LimitAndServerGroup form listener />
                <div class="form-remove">
                    <Button
                        kind=ButtonKind::Quiet
                        icon=Glyph::Trash
                        label=remove_label
                        on_press=move || {
                            focus_replacement();
                            session.removed_rows.remove_listener(form, listener);
                        }
                    />
                </div>
            }
            .into_any()
        }
    };
    view! {
        <div
            class="edit-listener"
            class:edit-removed=move || is_removed.get()
            role="group"
            aria-label=move || t_string!(i18n, edit.subject_listener_named, name = name.as_str()).to_string()
        >
            <p class="edit-listener-name">{label}</p>
            {content}
            <Show when=move || !is_removed.get()>
                // A certificate can be replaced, but not removed.
                <div class="edit-wide">
                    <CertificateAndRedirect form listener />
                </div>
                <ListenerOptionsFields form listener />
            </Show>
        </div>
    }
}

/// Replaces the fields of a removed listener: a note, and `Undo`.
fn removed_listener(i18n: I18nContext<Locale>, undo: impl Fn() + Send + Sync + 'static) -> AnyView {
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

/// Allowed CIDRs and timeouts of a listener; drawn only when unfolded.
#[component]
fn ListenerOptionsFields(form: Form, listener: RowKey) -> impl IntoView {
    let i18n = use_i18n();
    let scope = OptionsScope::Listener(listener);
    let is_unfolded = RwSignal::new(false);
    let has_errors = Memo::new(move |_| {
        form.visible_findings().iter().any(|(path, _)| match path {
            FieldPath::AllowedCidrs { scope: at, .. } | FieldPath::Timeout { scope: at, .. } => {
                *at == scope
            }
            _ => false,
        })
    });
    let is_open = Memo::new(move |_| is_unfolded.get() || has_errors.get());
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
                aria-expanded=move || if is_open.get() { "true" } else { "false" }
                on:click=move |_| is_unfolded.set(!is_open.get_untracked())
            >
                <Icon glyph=Glyph::ChevronRight />
                <span>{t!(i18n, edit.options)}</span>
                <span class="edit-more-note" aria-hidden="true">{move || note.get()}</span>
            </button>
            <Show when=move || is_open.get()>
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
