//! The new servers of a server group: rows, or a table that draws only visible rows if there are many.

use super::{
    add_servers::AddServers,
    controls::FormNumber,
    new_server_rows::NewServerRows,
    server_column::ServerColumn,
    server_options::{ServerOptionsButton, ServerOptionsDialog},
    server_row::{AddressField, RemoveServerButton, ServerRow},
    skip_table::SkipTable,
};
use crate::{
    i18n::{t_string, use_i18n},
    ui::{Cell, Checkbox, Field, HeaderCell, Row, Table, VirtualRows},
};
use leptos::{html, prelude::*};
use plan::{FieldPath, RowKey, ServerField};
use web_sys::wasm_bindgen::JsCast;

/// Up to this many new servers are rows.
const MAX_ROWS: usize = 20;

/// New servers, and the buttons that add them.
#[component]
pub fn NewServers(rows: NewServerRows) -> impl IntoView {
    let is_table = Memo::new(move |_| rows.keys.with(Vec::len) > MAX_ROWS);
    view! {
        <Show
            when=move || is_table.get()
            fallback=move || {
                view! {
                    <div class="form-rows form-servers">
                        <For each=move || rows.keys.get() key=|key| *key let:key>
                            <ServerRow rows server=key />
                        </For>
                    </div>
                }
            }
        >
            <ServerTable rows />
        </Show>
        <AddServers rows />
        <ServerOptionsDialog form=rows.form group=rows.group new_servers=rows.keys />
    }
}

#[component]
fn ServerTable(rows: NewServerRows) -> impl IntoView {
    let i18n = use_i18n();
    let around = NodeRef::<html::Div>::new();
    // Scrolls to a row that is about to get focus.
    Effect::new(move |_| {
        let Some(FieldPath::Server { group, server, .. }) = rows.form.revealed.get() else {
            return;
        };
        let keys = rows.keys.get_untracked();
        let index = keys.iter().position(|key| group == rows.group && *key == server);
        if let Some((index, around)) = index.zip(around.get()) {
            scroll_to_row(&around, index, keys.len());
        }
    });
    view! {
        <SkipTable />
        <div class="edit-servers edit-servers-many form-new-servers" node_ref=around>
            <Table
                label=move || t_string!(i18n, form.new_servers).to_owned()
                row_count=Signal::derive(move || rows.keys.with(Vec::len))
            >
                <thead>
                    <tr role="row">
                        <HeaderCell label=ServerColumn::Address.label(i18n) />
                        <HeaderCell label=ServerColumn::Port.label(i18n) />
                        <HeaderCell label=ServerColumn::Weight.label(i18n) />
                        <HeaderCell label=ServerColumn::Backup.label(i18n) />
                        <HeaderCell label=ServerColumn::Actions.label(i18n) hide_label=true />
                    </tr>
                </thead>
                <VirtualRows
                    keys=rows.keys
                    row=move |(key, index): (Signal<RowKey>, Signal<usize>)| {
                        table_row(rows, key.get_untracked(), index)
                    }
                />
            </Table>
        </div>
    }
}

fn scroll_to_row(around: &web_sys::HtmlElement, index: usize, count: usize) {
    let scroller = around.query_selector(".table-scroll").ok().flatten();
    let Some(scroller) = scroller.and_then(|s| s.dyn_into::<web_sys::HtmlElement>().ok()) else {
        return;
    };
    let place = index as f64 / count.max(1) as f64 * f64::from(scroller.scroll_height());
    scroller.set_scroll_top((place - f64::from(scroller.client_height()) / 2.0) as i32);
}

fn table_row(rows: NewServerRows, server: RowKey, index: Signal<usize>) -> AnyView {
    let i18n = use_i18n();
    let (form, group) = (rows.form, rows.group);
    let at = move |field| FieldPath::Server { group, server, field };
    let backup =
        move || form.draft.with(|draft| draft.server(group, server).is_some_and(|s| s.backup));
    let set_backup = move |backup: bool| {
        form.draft.update(|draft| {
            if let Some(server) = draft.server_mut(group, server) {
                server.backup = backup;
            }
        });
    };
    view! {
        <Row index>
            <Cell heading=true label=ServerColumn::Address.label(i18n)>
                <AddressField rows server hide_label=true />
            </Cell>
            <Cell label=ServerColumn::Port.label(i18n)>
                <Field
                    label=ServerColumn::Port.label(i18n)
                    hide_label=true
                    error=form.error(&at(ServerField::Port))
                >
                    <FormNumber form path=at(ServerField::Port) min=1 max=65535 />
                </Field>
            </Cell>
            <Cell label=ServerColumn::Weight.label(i18n)>
                <Field
                    label=ServerColumn::Weight.label(i18n)
                    hide_label=true
                    error=form.error(&at(ServerField::Weight))
                >
                    <FormNumber form path=at(ServerField::Weight) min=0 max=256 />
                </Field>
            </Cell>
            <Cell label=ServerColumn::Backup.label(i18n)>
                <Checkbox
                    label=ServerColumn::Backup.label(i18n)
                    hide_label=true
                    checked=Signal::derive(backup)
                    on_change=set_backup
                />
            </Cell>
            <Cell label=ServerColumn::Actions.label(i18n)>
                <span class="edit-actions">
                    <ServerOptionsButton form group server />
                    <RemoveServerButton
                        form
                        group
                        server
                        number=Signal::derive(move || index.get() + 1)
                    />
                </span>
            </Cell>
        </Row>
    }
    .into_any()
}
