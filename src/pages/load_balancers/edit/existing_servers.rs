//! The table of the existing servers of a server group.

use super::{
    server_row::{server_row, set_enabled},
    server_selection::ServerSelection,
    session::EditSession,
};
use crate::{
    i18n::{t, t_string, use_i18n},
    pages::load_balancers::{
        form::{server_column::ServerColumn, skip_table::SkipTable},
        labels::endpoint_label,
    },
    store::lower,
    ui::{Button, Checkbox, Glyph, HeaderCell, SearchInput, Table, VirtualRows},
};
use leptos::prelude::*;
use plan::{Draft, RowKey, ServerDraft};
use std::collections::HashSet;

/// Up to this many servers there is no search field.
const MAX_WITHOUT_SEARCH: usize = 8;

/// The existing servers of a server group, with a search if there are many.
#[component]
pub(super) fn ExistingServers(
    session: EditSession,
    group: RowKey,
    existing: Memo<Vec<RowKey>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let search = RwSignal::new(String::new());
    let selection = ServerSelection::default();
    let shown: Memo<Vec<RowKey>> = Memo::new(move |_| {
        let search = lower(&search.get());
        let terms: Vec<&str> = search.split_whitespace().collect();
        if terms.is_empty() {
            return existing.get();
        }
        let matching = matching_servers(session, group, &terms);
        existing.with(|all| all.iter().copied().filter(|key| matching.contains(key)).collect())
    });
    let has_search = move || existing.with(|existing| existing.len() > MAX_WITHOUT_SEARCH);
    let all_selected = Memo::new(move |_| {
        shown.with(|shown| !shown.is_empty() && shown.iter().all(|key| selection.contains(*key)))
    });
    let some_selected = Memo::new(move |_| !all_selected.get() && selection.len() > 0);
    let select_all = move || t_string!(i18n, edit.select_all).to_owned();
    view! {
        <div class="edit-tools">
            <Show when=has_search>
                <SearchInput
                    label=move || t_string!(i18n, edit.search).to_owned()
                    placeholder=move || t_string!(i18n, edit.search).to_owned()
                    value=search
                    on_input=move |typed: String| search.set(typed)
                />
                <p class="muted num">
                    {move || {
                        let (shown, all) = (shown.with(Vec::len), existing.with(Vec::len));
                        t_string!(i18n, load_balancers.shown_count, shown = shown, all = all).to_string()
                    }}
                </p>
            </Show>
            <Show when=move || { selection.len() > 0 }>
                <BulkActions session group selection />
            </Show>
        </div>
        <Show when=has_search>
            <SkipTable />
        </Show>
        <div class="edit-servers" class:edit-servers-many=has_search>
            <Table
                label=move || t_string!(i18n, create.servers).to_owned()
                row_count=Signal::derive(move || shown.with(Vec::len))
            >
                <thead>
                    <tr role="row">
                        <HeaderCell label=select_all hide_label=true>
                            <Checkbox
                                label=select_all
                                hide_label=true
                                checked=all_selected
                                indeterminate=some_selected
                                on_change=move |is_ticked: bool| {
                                    selection.set_all(&shown.get_untracked(), is_ticked);
                                }
                            />
                            <span class="edit-all" aria-hidden="true">
                                {select_all}
                            </span>
                        </HeaderCell>
                        <HeaderCell label=ServerColumn::Address.label(i18n) />
                        <HeaderCell label=ServerColumn::State.label(i18n) />
                        <HeaderCell label=ServerColumn::Weight.label(i18n) />
                        <HeaderCell label=ServerColumn::Backup.label(i18n) />
                        <HeaderCell label=ServerColumn::Enabled.label(i18n) />
                        <HeaderCell label=ServerColumn::Actions.label(i18n) hide_label=true />
                    </tr>
                </thead>
                <VirtualRows
                    keys=shown
                    row=move |(key, index): (Signal<RowKey>, _)| {
                        server_row(session, group, key.get_untracked(), index, selection)
                    }
                />
            </Table>
        </div>
    }
}

fn matching_servers(session: EditSession, group: RowKey, terms: &[&str]) -> HashSet<RowKey> {
    session.edit.with(|edit| {
        let group = edit.as_ref().and_then(|edit| edit.base_draft().group(group));
        let servers = group.map(|group| group.servers.as_slice()).unwrap_or_default();
        let matches = |server: &&ServerDraft| {
            let endpoint = endpoint_label(&server.address, &server.port);
            let text = format!("{endpoint} {}", lower(&server.name));
            terms.iter().all(|term| text.contains(term))
        };
        servers.iter().filter(matches).map(|server| server.key).collect()
    })
}

/// The actions for all ticked servers.
#[component]
fn BulkActions(session: EditSession, group: RowKey, selection: ServerSelection) -> impl IntoView {
    let i18n = use_i18n();
    let form = session.form;
    let change_each = move |change: fn(&mut Draft, RowKey, RowKey)| {
        let keys = selection.keys_untracked();
        form.draft.update(|draft| {
            for key in keys {
                change(draft, group, key);
            }
        });
    };
    let remove = move || {
        let keys = selection.keys_untracked();
        session.removed_rows.remove_servers(form, group, &keys);
        selection.clear();
    };
    view! {
        <div
            class="edit-together"
            role="group"
            aria-label=move || t_string!(i18n, edit.selection_actions).to_owned()
        >
            <span class="num">
                {move || {
                    let count = selection.len();
                    t_string!(i18n, edit.selected_count, count = count).to_string()
                }}
            </span>
            <Button on_press=move || change_each(|draft, group, key| draft.drain(group, key))>
                {t!(i18n, edit.drain)}
            </Button>
            <Button on_press=move || change_each(|draft, group, key| set_enabled(draft, group, key, true))>
                {t!(i18n, edit.enable)}
            </Button>
            <Button on_press=move || {
                change_each(|draft, group, key| set_enabled(draft, group, key, false))
            }>{t!(i18n, edit.disable)}</Button>
            <Button icon=Glyph::Trash on_press=remove>
                {t!(i18n, common.remove)}
            </Button>
        </div>
    }
}
