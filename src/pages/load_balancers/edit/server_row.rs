//! The row of an existing server.

use super::{server_selection::ServerSelection, session::EditSession};
use crate::{
    i18n::{I18nContext, Locale, t, t_string, use_i18n},
    pages::load_balancers::{
        form::{
            controls::FormNumber,
            focus::focus_replacement,
            server_column::ServerColumn,
            server_options::{ServerOptionsButton, server_summary},
        },
        labels::endpoint_label,
    },
    store::metrics::Metrics,
    ui::{Button, ButtonKind, Cell, Checkbox, Field, Glyph, OperatingBadge, Row, Text, text},
};
use leptos::prelude::*;
use openstack_types::{MemberId, portal::MemberSummary};
use plan::{Draft, FieldPath, RowKey, ServerDraft, ServerField};

/// The controls of a row. Their accessible names end with the server, such as `Weight 192.0.2.1:80`.
#[derive(Clone, Copy)]
enum Control {
    Select,
    Weight,
    Backup,
    Enabled,
    Drain,
    Undrain,
    Remove,
    Undo,
}

impl Control {
    fn label(self, i18n: I18nContext<Locale>) -> &'static str {
        match self {
            Self::Select => t_string!(i18n, edit.select),
            Self::Weight => t_string!(i18n, create.weight),
            Self::Backup => t_string!(i18n, create.backup),
            Self::Enabled => t_string!(i18n, edit.enabled),
            Self::Drain => t_string!(i18n, edit.drain),
            Self::Undrain => t_string!(i18n, edit.undrain),
            Self::Remove => t_string!(i18n, common.remove),
            Self::Undo => t_string!(i18n, common.undo),
        }
    }
}

/// An existing server of the draft; a handle.
#[derive(Clone, Copy)]
struct ServerRow {
    session: EditSession,
    group: RowKey,
    key: RowKey,
    /// `192.0.2.1:80`
    endpoint: StoredValue<String>,
    is_removed: Memo<bool>,
    is_drained: Memo<bool>,
    is_backup: Memo<bool>,
    is_enabled: Memo<bool>,
}

impl ServerRow {
    fn new(session: EditSession, group: RowKey, key: RowKey, endpoint: String) -> Self {
        let form = session.form;
        let server: Memo<Option<ServerDraft>> =
            Memo::new(move |_| form.draft.with(|draft| draft.server(group, key).cloned()));
        let is = move |test: fn(&ServerDraft) -> bool| {
            Memo::new(move |_| server.with(|server| server.as_ref().is_some_and(test)))
        };
        Self {
            session,
            group,
            key,
            endpoint: StoredValue::new(endpoint),
            is_removed: Memo::new(move |_| server.with(Option::is_none)),
            is_drained: is(|server| server.weight.trim() == "0"),
            is_backup: is(|server| server.backup),
            is_enabled: is(|server| server.enabled),
        }
    }

    fn label(self, control: Control) -> Text {
        let i18n = self.session.form.i18n();
        text(move || {
            self.endpoint.with_value(|endpoint| format!("{} {endpoint}", control.label(i18n)))
        })
    }

    fn update(self, change: impl FnOnce(&mut Draft)) {
        self.session.form.draft.update(change);
    }

    fn set_backup(self, is_backup: bool) {
        self.update(|draft| {
            if let Some(server) = draft.server_mut(self.group, self.key) {
                server.backup = is_backup;
            }
        });
    }

    fn toggle_drained(self) {
        self.update(|draft| {
            if self.is_drained.get_untracked() {
                draft.undrain(self.group, self.key)
            } else {
                draft.drain(self.group, self.key)
            }
        });
    }

    fn remove(self) {
        focus_replacement();
        self.session.removed_rows.remove_servers(self.session.form, self.group, &[self.key]);
    }

    fn restore(self) {
        focus_replacement();
        self.session.edit.with_untracked(|edit| {
            if let Some(edit) = edit {
                let rows = self.session.removed_rows;
                rows.restore_server(self.session.form, edit, self.group, self.key);
            }
        });
    }
}

/// The row of an existing server. Its address and port cannot be changed: a server at another address
/// is another server.
pub(super) fn server_row(
    session: EditSession,
    group: RowKey,
    key: RowKey,
    index: Signal<usize>,
    selection: ServerSelection,
) -> AnyView {
    let i18n = use_i18n();
    let original = session.edit.with_untracked(|edit| {
        let member = edit.as_ref()?.member(key)?;
        let endpoint = endpoint_label(&member.address, member.protocol_port);
        Some((member.id, endpoint, member.name.clone()))
    });
    let Some((id, endpoint, name)) = original else { return ().into_any() };
    let server = ServerRow::new(session, group, key, endpoint.clone());
    let is_ticked = Signal::derive(move || selection.contains(key));
    let is_removed = server.is_removed;
    view! {
        <Row index selected=is_ticked>
            <Cell control=true>
                <Checkbox
                    label=server.label(Control::Select)
                    hide_label=true
                    checked=is_ticked
                    on_change=move |is_ticked: bool| selection.set(key, is_ticked)
                />
            </Cell>
            <Cell heading=true label=ServerColumn::Address.label(i18n)>
                <span class="edit-place" class:edit-struck=move || is_removed.get()>
                    <span class="mono">{endpoint}</span>
                    {move || {
                        let note = if is_removed.get() {
                            name.clone()
                        } else {
                            server_summary(session.form, group, key)
                        };
                        (!note.is_empty())
                            .then(|| view! { <span class="details-note truncate">{note}</span> })
                    }}
                </span>
            </Cell>
            <Cell label=ServerColumn::State.label(i18n)>
                <State server id />
            </Cell>
            <Cell label=ServerColumn::Weight.label(i18n)>
                <Show when=move || !is_removed.get()>
                    <Weight server />
                </Show>
            </Cell>
            <Cell label=ServerColumn::Backup.label(i18n)>
                <Show when=move || !is_removed.get()>
                    <Checkbox
                        label=server.label(Control::Backup)
                        hide_label=true
                        checked=server.is_backup
                        on_change=move |is_backup: bool| server.set_backup(is_backup)
                    />
                </Show>
            </Cell>
            <Cell label=ServerColumn::Enabled.label(i18n)>
                <Show when=move || !is_removed.get()>
                    <Checkbox
                        label=server.label(Control::Enabled)
                        hide_label=true
                        checked=server.is_enabled
                        on_change=move |is_enabled: bool| {
                            server.update(|draft| set_enabled(draft, group, key, is_enabled));
                        }
                    />
                </Show>
            </Cell>
            <Cell label=ServerColumn::Actions.label(i18n)>
                <span class="edit-actions">
                    {move || {
                        if is_removed.get() {
                            view! { <UndoButton server /> }.into_any()
                        } else {
                            view! { <RowButtons server /> }.into_any()
                        }
                    }}
                </span>
            </Cell>
        </Row>
    }
    .into_any()
}

#[component]
fn Weight(server: ServerRow) -> impl IntoView {
    let form = server.session.form;
    let ServerRow { group, key, .. } = server;
    let path = FieldPath::Server { group, server: key, field: ServerField::Weight };
    view! {
        <Field label=server.label(Control::Weight) hide_label=true error=form.error(&path)>
            <FormNumber form path min=0 max=256 />
        </Field>
    }
}

#[component]
fn UndoButton(server: ServerRow) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <Button
            kind=ButtonKind::Quiet
            label=server.label(Control::Undo)
            on_press=move || server.restore()
        >
            {t!(i18n, common.undo)}
        </Button>
    }
}

#[component]
fn RowButtons(server: ServerRow) -> impl IntoView {
    let i18n = use_i18n();
    let drain = move || if server.is_drained.get() { Control::Undrain } else { Control::Drain };
    view! {
        <Button
            kind=ButtonKind::Quiet
            label=text(move || server.label(drain()).get())
            on_press=move || server.toggle_drained()
        >
            {move || drain().label(i18n)}
        </Button>
        <ServerOptionsButton form=server.session.form group=server.group server=server.key />
        <Button
            kind=ButtonKind::Quiet
            icon=Glyph::Trash
            label=server.label(Control::Remove)
            on_press=move || server.remove()
        />
    }
}

pub(super) fn set_enabled(draft: &mut Draft, group: RowKey, key: RowKey, is_enabled: bool) {
    if let Some(server) = draft.server_mut(group, key) {
        server.enabled = is_enabled;
    }
}

/// The current status of a server, and what the draft changes about it.
#[component]
fn State(server: ServerRow, id: MemberId) -> impl IntoView {
    let i18n = use_i18n();
    let session = server.session;
    // `None` in a cloud that has no metrics.
    let metrics = use_context::<Metrics>();
    let current = Memo::new(move |_| current_member(session, id));
    let (was_drained, was_enabled) = original_state(session, id)
        .or_else(|| current.get_untracked().map(|member| (member.weight == 0, true)))
        .unwrap_or((false, true));
    let status =
        Memo::new(move |_| current.with(|m| m.as_ref().map(|m| m.operating_status.clone())));
    let open_connections = Memo::new(move |_| {
        let is_draining = was_drained && server.is_drained.get() && !server.is_removed.get();
        is_draining.then(|| metrics?.active(id)).flatten()
    });
    let change = move || {
        let is_enabled = server.is_enabled.get();
        if server.is_removed.get() {
            Some(t_string!(i18n, edit.will_be_removed))
        } else if is_enabled != was_enabled {
            Some(if is_enabled {
                t_string!(i18n, edit.will_be_enabled)
            } else {
                t_string!(i18n, edit.will_be_disabled)
            })
        } else if server.is_drained.get() != was_drained {
            Some(if was_drained {
                t_string!(i18n, edit.will_be_undrained)
            } else {
                t_string!(i18n, edit.will_be_drained)
            })
        } else {
            None
        }
    };
    view! {
        <span class="edit-state">
            {move || {
                status.get().map(|status| view! { <OperatingBadge status=Signal::stored(status) /> })
            }}
            {move || change().map(|text| view! { <span class="edit-will">{text}</span> })}
            {move || {
                open_connections
                    .get()
                    .map(|count| match count {
                        0 => view! { <DrainedNote server /> }.into_any(),
                        count => {
                            let text = t_string!(i18n, edit.connections, count = count).to_string();
                            view! { <span class="edit-will num">{text}</span> }.into_any()
                        }
                    })
            }}
        </span>
    }
}

/// Says that a drained server has no connections any more, and offers to remove it.
#[component]
fn DrainedNote(server: ServerRow) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <span class="edit-will">{t!(i18n, edit.no_connections)}</span>
        <button type="button" class="link" on:click=move |_| server.remove()>
            {t!(i18n, edit.remove_now)}
        </button>
    }
}

/// Whether the server was drained, and whether it was enabled, when the form was filled.
fn original_state(session: EditSession, id: MemberId) -> Option<(bool, bool)> {
    session.edit.with_untracked(|edit| {
        let mut members = edit.as_ref()?.base().members.values().flatten();
        let member = members.find(|member| member.id == id)?;
        Some((member.weight == 0, member.admin_state_up))
    })
}

fn current_member(session: EditSession, id: MemberId) -> Option<MemberSummary> {
    let graph = session.store.load_balancers.graph(session.id)?;
    graph.pools.iter().flat_map(|pool| &pool.members).find(|member| member.id == id).cloned()
}
