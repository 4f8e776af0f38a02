//! The listeners: existing ones, removed ones, and new ones.

use super::{session::EditSession, start::add_listener};
use crate::{
    i18n::{I18nContext, Locale, t, t_string, use_i18n},
    pages::load_balancers::{
        form::{
            focus::focus_replacement,
            group_select::ServerGroupSelect,
            listener_options::ListenerMoreOptions,
            listener_row::ListenerRow,
            listener_tls::{Certificate, Redirect},
            section::FormSection,
        },
        labels::listener_label,
    },
    ui::{Banner, Button, ButtonKind, Glyph, Tone, text},
};
use leptos::prelude::*;
use openstack_types::octavia::ListenerProtocol;
use plan::{RowKey, Section};

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
        if let Some(path) = add_listener(session) {
            form.focus(&path);
        }
    };
    let is_empty = move || existing.with(Vec::is_empty) && new.with(Vec::is_empty);
    view! {
        <FormSection
            section=Section::Listeners
            title=move || t_string!(i18n, edit.listeners).to_owned()
        >
            <Show when=is_empty>
                <Banner tone=Tone::Warning>{t!(i18n, create.no_listener)}</Banner>
            </Show>
            <Show when=move || !existing.with(Vec::is_empty)>
                <p class="field-hint">{t!(i18n, edit.listener_fixed)}</p>
                <div class="form-boxes">
                    <For each=move || existing.get() key=|key| *key let:key>
                        <ExistingListener session listener=key />
                    </For>
                </div>
            </Show>
            <div class="form-rows form-boxes">
                <For each=move || new.get() key=|key| *key let:key>
                    <ListenerRow form listener=key />
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
    let form = session.form;
    let original = session.edit.with_untracked(|edit| {
        let listener = edit.as_ref()?.listener(listener)?;
        Some((listener.protocol.clone(), listener.protocol_port))
    });
    let (protocol, port) = original.unwrap_or((ListenerProtocol::Http, 0));
    let title = listener_label(&protocol, port);
    let is_removed =
        Memo::new(move |_| form.draft.with(|draft| draft.listener(listener).is_none()));
    let i18n = use_i18n();
    let (name, label) = (title.clone(), title.clone());
    view! {
        <div
            class="form-box edit-listener"
            class:edit-removed=move || is_removed.get()
            role="group"
            aria-label=move || {
                t_string!(i18n, edit.subject_listener_named, name = name.as_str()).to_string()
            }
        >
            <div class="form-box-fields">
                <p class="form-box-name">{label}</p>
                {move || {
                    if is_removed.get() {
                        view! { <p class="edit-will muted">{t!(i18n, edit.will_be_removed)}</p> }
                            .into_any()
                    } else {
                        // A certificate can be replaced, but not removed.
                        view! {
                            <Certificate form listener />
                            <ServerGroupSelect form listener />
                        }
                        .into_any()
                    }
                }}
            </div>
            <div class="form-remove">
                {move || remove_or_undo(i18n, session, listener, title.clone(), is_removed.get())}
            </div>
            <Show when=move || !is_removed.get()>
                <Redirect form listener />
                <ListenerMoreOptions form listener />
            </Show>
        </div>
    }
}

/// The button that removes a listener, or takes that back.
fn remove_or_undo(
    i18n: I18nContext<Locale>,
    session: EditSession,
    listener: RowKey,
    title: String,
    is_removed: bool,
) -> AnyView {
    let form = session.form;
    if is_removed {
        let undo = move || {
            focus_replacement();
            session.edit.with_untracked(|edit| {
                if let Some(edit) = edit {
                    session.removed_rows.restore_listener(form, edit, listener);
                }
            });
        };
        return view! {
            <Button kind=ButtonKind::Quiet on_press=undo>
                {t!(i18n, common.undo)}
            </Button>
        }
        .into_any();
    }
    let label = text(move || t_string!(i18n, edit.remove, what = title.as_str()).to_string());
    let remove = move || {
        focus_replacement();
        session.removed_rows.remove_listener(form, listener);
    };
    view! { <Button kind=ButtonKind::Quiet icon=Glyph::Trash label on_press=remove /> }.into_any()
}
