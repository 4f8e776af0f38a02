//! The sections of the form, at its left.

use super::session::EditSession;
use crate::{
    i18n::{t_string, use_i18n},
    pages::load_balancers::form::{
        focus::{focus_card, section_id},
        server_groups::{group_card_id, group_name, server_group_keys},
    },
};
use leptos::prelude::*;
use plan::Section;

/// Leads to each card. Hidden on a phone, where it would take the place of the form.
#[component]
pub(super) fn SectionNav(session: EditSession) -> impl IntoView {
    let i18n = use_i18n();
    let form = session.form;
    let groups = server_group_keys(form);
    let item = move |id: String, label: Signal<String>| {
        view! {
            <li>
                <button
                    type="button"
                    class="edit-nav-item"
                    on:click=move |_| focus_card(id.clone())
                >
                    {move || label.get()}
                </button>
            </li>
        }
    };
    view! {
        <nav class="edit-nav" aria-label=move || t_string!(i18n, form.sections).to_owned()>
            <ul>
                {item(
                    section_id(Section::Basics).to_owned(),
                    Signal::derive(move || t_string!(i18n, create.basics).to_owned()),
                )}
                <For
                    each=move || groups.get()
                    key=|key| *key
                    children=move |key| {
                        let label = Signal::derive(move || {
                            form.draft.with(|draft| group_name(form, draft, key))
                        });
                        item(group_card_id(key), label)
                    }
                />
                {item(
                    section_id(Section::Listeners).to_owned(),
                    Signal::derive(move || t_string!(i18n, edit.listeners).to_owned()),
                )}
            </ul>
        </nav>
    }
}
