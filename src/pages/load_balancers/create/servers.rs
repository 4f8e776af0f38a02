//! The servers of every group.

use crate::{
    i18n::{t, use_i18n},
    pages::load_balancers::form::{
        Form,
        groups::{group_keys, group_name},
        servers::{PasteDialog, Server},
    },
    ui::{Button, ButtonKind, Glyph},
};
use leptos::prelude::*;
use plan::{FieldPath, Part, RowKey, ServerField};

/// The servers of every group.
#[component]
pub(super) fn Servers(form: Form) -> impl IntoView {
    let groups = group_keys(form);
    view! {
        <For each=move || groups.get() key=|key| *key let:key>
            <Group form group=key />
        </For>
    }
}

#[component]
fn Group(form: Form, group: RowKey) -> impl IntoView {
    let i18n = use_i18n();
    let keys = Memo::new(move |_| {
        form.draft.with(|draft| {
            let group = draft.group(group);
            group.map(|g| g.servers.iter().map(|s| s.key).collect::<Vec<_>>()).unwrap_or_default()
        })
    });
    let pasting = RwSignal::new(None::<String>);
    let add = move || {
        if let Some(server) = form.draft.try_update(|draft| draft.add_server(group)).flatten() {
            form.focus(&FieldPath::Server { group, server, field: ServerField::Address });
        }
    };
    let unchecked = Memo::new(move |_| {
        form.draft.with(|draft| {
            draft.group(group).is_some_and(|g| !g.servers.is_empty() && g.health.kind.is_none())
        })
    });
    view! {
        <div class="create-group stack">
            {move || group_name(form, group).map(|name| view! { <h4>{name}</h4> })}
            <Show when=move || keys.with(Vec::is_empty)>
                <p class="muted">{t!(i18n, create.no_servers)}</p>
            </Show>
            <div class="create-rows create-servers">
                <For each=move || keys.get() key=|key| *key let:key>
                    <Server form group server=key pasting />
                </For>
            </div>
            <div class="row">
                <Button icon=Glyph::Plus on_press=add>
                    {t!(i18n, create.add_server)}
                </Button>
                <Button
                    kind=ButtonKind::Quiet
                    icon=Glyph::Clipboard
                    on_press=move || pasting.set(Some(String::new()))
                >
                    {t!(i18n, create.paste)}
                </Button>
            </div>
            <Show when=move || unchecked.get()>
                <p class="field-hint">
                    {t!(i18n, create.unchecked)} " "
                    <button
                        type="button"
                        class="link"
                        on:click=move |_| form.focus_part(Part::Health)
                    >
                        {t!(i18n, create.set_up_check)}
                    </button>
                </p>
            </Show>
            <PasteDialog form group text=pasting />
        </div>
    }
}
