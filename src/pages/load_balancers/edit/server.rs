//! One server that is there, in the table.

use super::{
    editing::Editing,
    labels,
    servers::{Ticked, set_enabled},
};
use crate::{
    i18n::{t, t_string, use_i18n},
    pages::load_balancers::form::{FormNumber, focus_replacement},
    store::{Store, metrics::Metrics},
    ui::{Button, ButtonKind, Cell, Checkbox, Field, Glyph, OperatingBadge, Row, Text, text},
};
use leptos::prelude::*;
use openstack_types::{MemberId, portal::MemberSummary};
use plan::{FieldPath, RowKey, ServerDraft, ServerField};

/// Draws the row. Its address and port stay what they are: a server elsewhere is another server.
pub(super) fn server_row(
    editing: Editing,
    group: RowKey,
    key: RowKey,
    index: Signal<usize>,
    ticked: Ticked,
    head: impl Fn(usize) -> Text + Copy + Send + Sync + 'static,
) -> AnyView {
    let i18n = use_i18n();
    let form = editing.form;
    let known = editing.edit.with_untracked(|edit| {
        let member = edit.as_ref()?.member(key)?;
        let place = labels::address_and_port(&member.address, &member.protocol_port.to_string());
        Some((member.id, place, member.name.clone()))
    });
    let Some((id, place, name)) = known else { return ().into_any() };
    let draft: Memo<Option<ServerDraft>> =
        Memo::new(move |_| form.draft.with(|draft| draft.server(group, key).cloned()));
    let gone = Memo::new(move |_| draft.with(Option::is_none));
    let is = move |of: fn(&ServerDraft) -> bool| {
        Memo::new(move |_| draft.with(|server| server.as_ref().is_some_and(of)))
    };
    let drained = is(|server| server.weight.trim() == "0");
    let backup = is(|server| server.backup);
    let on = is(|server| server.enabled);
    let weight = FieldPath::Server { group, server: key, field: ServerField::Weight };
    let set_backup = move |backup: bool| {
        form.draft.update(|draft| {
            if let Some(server) = draft.server_mut(group, key) {
                server.backup = backup;
            }
        });
    };
    let label = |words: Signal<String>| {
        let place = place.clone();
        text(move || format!("{} {place}", words.get()))
    };
    let word = move |which: usize| {
        text(move || {
            match which {
                0 => t_string!(i18n, edit.select),
                1 => t_string!(i18n, create.weight),
                2 => t_string!(i18n, create.backup),
                3 => t_string!(i18n, edit.on),
                4 => t_string!(i18n, edit.drain),
                5 => t_string!(i18n, edit.undrain),
                6 => t_string!(i18n, common.remove),
                _ => t_string!(i18n, common.undo),
            }
            .to_owned()
        })
    };
    let labels: Vec<Text> = (0..8).map(|which| label(word(which))).collect();
    let labels = StoredValue::new(labels);
    let label = move |which: usize| labels.with_value(|labels| labels[which]);
    let drain = move || {
        form.draft.update(|draft| match drained.get_untracked() {
            true => draft.undrain(group, key),
            false => draft.drain(group, key),
        });
    };
    let remove = move || {
        focus_replacement();
        editing.remove_servers(group, &[key]);
    };
    view! {
        <Row index selected=Signal::derive(move || ticked.has(key))>
            <Cell control=true>
                <Checkbox
                    label=label(0)
                    hide_label=true
                    checked=Signal::derive(move || ticked.has(key))
                    on_change=move |tick: bool| ticked.set(key, tick)
                />
            </Cell>
            <Cell heading=true label=head(0)>
                <span class="edit-place" class:edit-struck=move || gone.get()>
                    <span class="mono">{place}</span>
                    {(!name.is_empty())
                        .then(|| view! { <span class="details-note truncate">{name}</span> })}
                </span>
            </Cell>
            <Cell label=head(1)>
                <State editing id gone on drained remove=Callback::new(move |()| remove()) />
            </Cell>
            <Cell label=head(2)>
                {move || {
                    let weight = weight.clone();
                    (!gone.get())
                        .then(|| {
                            view! {
                                <Field label=label(1) hide_label=true error=form.error(&weight)>
                                    <FormNumber form path=weight min=0 max=256 />
                                </Field>
                            }
                        })
                }}
            </Cell>
            <Cell label=head(3)>
                <Show when=move || !gone.get()>
                    <Checkbox label=label(2) hide_label=true checked=backup on_change=set_backup />
                </Show>
            </Cell>
            <Cell label=head(4)>
                <Show when=move || !gone.get()>
                    <Checkbox
                        label=label(3)
                        hide_label=true
                        checked=on
                        on_change=move |on: bool| {
                            form.draft.update(|draft| set_enabled(draft, group, key, on));
                        }
                    />
                </Show>
            </Cell>
            <Cell label=head(5)>
                <span class="edit-actions">
                    {move || match gone.get() {
                        true => {
                            view! {
                                <Button
                                    kind=ButtonKind::Quiet
                                    label=label(7)
                                    on_press=move || {
                                        focus_replacement();
                                        editing.restore_server(group, key);
                                    }
                                >
                                    {t!(i18n, common.undo)}
                                </Button>
                            }
                                .into_any()
                        }
                        false => {
                            view! {
                                <Button
                                    kind=ButtonKind::Quiet
                                    label=text(move || {
                                        label(if drained.get() { 5 } else { 4 }).get()
                                    })
                                    on_press=drain
                                >
                                    {move || match drained.get() {
                                        true => t_string!(i18n, edit.undrain),
                                        false => t_string!(i18n, edit.drain),
                                    }}
                                </Button>
                                <Button
                                    kind=ButtonKind::Quiet
                                    icon=Glyph::Trash
                                    label=label(6)
                                    on_press=remove
                                />
                            }
                                .into_any()
                        }
                    }}
                </span>
            </Cell>
        </Row>
    }
    .into_any()
}

/// How it is, and what will become of it.
#[component]
fn State(
    editing: Editing,
    id: MemberId,
    gone: Memo<bool>,
    on: Memo<bool>,
    drained: Memo<bool>,
    remove: Callback<()>,
) -> impl IntoView {
    let i18n = use_i18n();
    let store = editing.store;
    // None on a cloud that keeps no metrics.
    let metrics = use_context::<Metrics>();
    let live = Memo::new(move |_| member(store, editing, id));
    let before = live.get_untracked();
    let before = editing.edit.with_untracked(|edit| {
        let there = edit.as_ref().map(|edit| edit.base().members.values().flatten());
        let there = there.and_then(|mut all| all.find(|member| member.id == id));
        there.map(|m| (m.weight == 0, m.admin_state_up)).or(before.map(|m| (m.weight == 0, true)))
    });
    let (was_drained, was_on) = before.unwrap_or((false, true));
    let status = Memo::new(move |_| live.with(|m| m.as_ref().map(|m| m.operating_status.clone())));
    let left = Memo::new(move |_| {
        (was_drained && drained.get() && !gone.get()).then(|| metrics?.active(id)).flatten()
    });
    let will = move || {
        let words = if gone.get() {
            t_string!(i18n, edit.will_be_removed)
        } else if on.get() != was_on {
            if was_on {
                t_string!(i18n, edit.will_be_off)
            } else {
                t_string!(i18n, edit.will_be_on)
            }
        } else if drained.get() != was_drained {
            match was_drained {
                false => t_string!(i18n, edit.will_be_drained),
                true => t_string!(i18n, edit.will_serve),
            }
        } else {
            return None;
        };
        Some(words)
    };
    view! {
        <span class="edit-state">
            {move || {
                status.get().map(|status| view! { <OperatingBadge status=Signal::stored(status) /> })
            }}
            {move || will().map(|words| view! { <span class="edit-will">{words}</span> })}
            {move || {
                left.get()
                    .map(|left| match left {
                        0 => {
                            view! {
                                <span class="edit-will">{t!(i18n, edit.no_connections)}</span>
                                <button type="button" class="link" on:click=move |_| remove.run(())>
                                    {t!(i18n, edit.remove_now)}
                                </button>
                            }
                                .into_any()
                        }
                        left => {
                            view! {
                                <span class="edit-will num">
                                    {t_string!(i18n, edit.connections, count = left).to_string()}
                                </span>
                            }
                                .into_any()
                        }
                    })
            }}
        </span>
    }
}

fn member(store: Store, editing: Editing, id: MemberId) -> Option<MemberSummary> {
    let graph = store.load_balancers.graph(editing.id)?;
    graph.pools.iter().flat_map(|pool| &pool.members).find(|member| member.id == id).cloned()
}
