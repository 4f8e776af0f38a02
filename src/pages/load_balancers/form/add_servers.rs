//! Adds servers to a server group.

use super::{
    focus::{focus_field, focus_section},
    paste_dialog::PasteDialog,
    state::Form,
};
use crate::{
    i18n::{t, t_string, use_i18n},
    ui::{Button, ButtonKind, Glyph},
};
use leptos::prelude::*;
use plan::{FieldPath, RowKey, Section, ServerField};

/// The summary of the folded section.
pub fn servers_note(form: Form) -> String {
    let count =
        form.draft.with(|draft| draft.groups.iter().map(|g| g.servers.len()).sum::<usize>());
    match count {
        0 => t_string!(form.i18n(), create.none).to_owned(),
        count => t_string!(form.i18n(), create.servers_note, count = count).to_string(),
    }
}

/// The buttons that add servers to a server group, and a hint if the group has no health check.
#[component]
pub fn AddServers(
    form: Form,
    group: RowKey,
    paste_dialog: RwSignal<Option<String>>,
    /// Called after a row has been added.
    #[prop(optional, into)]
    on_add: Option<Callback<()>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let add = move || {
        if let Some(server) = form.draft.try_update(|draft| draft.add_server(group)).flatten() {
            if let Some(on_add) = on_add {
                on_add.run(());
            }
            focus_field(&FieldPath::Server { group, server, field: ServerField::Address });
        }
    };
    let has_no_check = Memo::new(move |_| {
        form.draft.with(|draft| {
            draft.group(group).is_some_and(|g| !g.servers.is_empty() && g.health.kind.is_none())
        })
    });
    view! {
        <div class="row">
            <Button icon=Glyph::Plus on_press=add>
                {t!(i18n, create.add_server)}
            </Button>
            <Button
                kind=ButtonKind::Quiet
                icon=Glyph::Clipboard
                on_press=move || paste_dialog.set(Some(String::new()))
            >
                {t!(i18n, create.paste)}
            </Button>
        </div>
        <Show when=move || has_no_check.get()>
            <p class="field-hint">
                {t!(i18n, create.unchecked)} " "
                <button
                    type="button"
                    class="link"
                    on:click=move |_| focus_section(Section::Health)
                >
                    {t!(i18n, create.set_up_check)}
                </button>
            </p>
        </Show>
        <PasteDialog form group text=paste_dialog />
    }
}
