//! The servers of every group: a table of those that are there, and rows for new ones.

use super::{editing::Editing, server::server_row};
use crate::{
    i18n::{t, t_string, use_i18n},
    pages::load_balancers::form::{
        FormSection,
        groups::{group_keys, group_name},
        servers::{AddServers, Server},
    },
    store::lower,
    ui::{Button, ButtonKind, Checkbox, Glyph, HeaderCell, SearchInput, Table, VirtualRows, text},
};
use leptos::prelude::*;
use plan::{Draft, FieldPath, RowKey, Section, ServerDraft, ServerField};
use std::collections::HashSet;

/// From so many servers on there is a search.
const SEARCHED: usize = 8;
/// New servers drawn at first; the rest on demand.
const NEW_DRAWN: usize = 60;

#[component]
pub(super) fn Servers(editing: Editing) -> impl IntoView {
    let i18n = use_i18n();
    let form = editing.form;
    let groups = group_keys(form);
    // A load balancer made elsewhere may have none yet: the first server makes one.
    let add_first = move || {
        let server = form.draft.try_update(|draft| {
            let group = first_group(draft);
            draft.add_server(group).map(|server| (group, server))
        });
        if let Some((group, server)) = server.flatten() {
            form.focus(&FieldPath::Server { group, server, field: ServerField::Address });
        }
    };
    view! {
        <FormSection part=Section::Servers title=move || t_string!(i18n, create.servers).to_owned()>
            <For each=move || groups.get() key=|key| *key let:key>
                <Group editing group=key />
            </For>
            <Show when=move || groups.with(Vec::is_empty)>
                <p class="muted">{t!(i18n, edit.no_group)}</p>
                <div class="row">
                    <Button icon=Glyph::Plus on_press=add_first>
                        {t!(i18n, create.add_server)}
                    </Button>
                </div>
            </Show>
        </FormSection>
    }
}

/// A group that serves every listener that none serves yet.
fn first_group(draft: &mut Draft) -> RowKey {
    let group = draft.add_group();
    for listener in &mut draft.listeners {
        listener.group = listener.group.or(Some(group));
    }
    group
}

#[component]
fn Group(editing: Editing, group: RowKey) -> impl IntoView {
    let i18n = use_i18n();
    let form = editing.form;
    let there = Memo::new(move |_| {
        editing.edit.with(|edit| {
            let group = edit.as_ref().and_then(|edit| edit.base_draft().group(group));
            let servers = group.map(|group| group.servers.as_slice()).unwrap_or_default();
            servers.iter().map(|server| server.key).collect::<Vec<_>>()
        })
    });
    let known =
        Memo::new(move |_| there.with(|there| there.iter().copied().collect::<HashSet<_>>()));
    let new = Memo::new(move |_| {
        form.draft.with(|draft| {
            let servers = draft.group(group).map(|group| group.servers.as_slice());
            let keys = servers.unwrap_or_default().iter().map(|server| server.key);
            known.with(|known| keys.filter(|key| !known.contains(key)).collect::<Vec<_>>())
        })
    });
    let limit = RwSignal::new(NEW_DRAWN);
    let drawn = move || new.with(|new| new.iter().take(limit.get()).copied().collect::<Vec<_>>());
    let more = Memo::new(move |_| new.with(Vec::len).saturating_sub(limit.get()));
    let pasting = RwSignal::new(None::<String>);
    // What is added stands last, and gets the keyboard.
    let draw_all = move || {
        if more.get_untracked() > 0 {
            limit.set(usize::MAX);
        }
    };
    view! {
        <div class="form-group stack">
            {move || group_name(form, group).map(|name| view! { <h4>{name}</h4> })}
            <Show when=move || there.with(Vec::is_empty) && new.with(Vec::is_empty)>
                <p class="muted">{t!(i18n, edit.no_servers)}</p>
            </Show>
            <Show when=move || !there.with(Vec::is_empty)>
                <There editing group there />
            </Show>
            <div class="form-rows form-servers">
                <For each=drawn key=|key| *key let:key>
                    <Server form group server=key pasting />
                </For>
            </div>
            <Show when=move || { more.get() > 0 }>
                <Button kind=ButtonKind::Quiet on_press=move || limit.set(usize::MAX)>
                    {move || t_string!(i18n, edit.show_more, count = more.get()).to_string()}
                </Button>
            </Show>
            <AddServers form group pasting on_add=draw_all />
        </div>
    }
}

/// Which servers are ticked; a handle.
#[derive(Clone, Copy)]
pub(super) struct Ticked(RwSignal<HashSet<RowKey>>);

impl Ticked {
    pub(super) fn has(self, key: RowKey) -> bool {
        self.0.with(|ticked| ticked.contains(&key))
    }

    pub(super) fn set(self, key: RowKey, tick: bool) {
        self.0.update(|ticked| {
            if tick {
                ticked.insert(key);
            } else {
                ticked.remove(&key);
            }
        });
    }
}

/// The servers that are there.
#[component]
fn There(editing: Editing, group: RowKey, there: Memo<Vec<RowKey>>) -> impl IntoView {
    let i18n = use_i18n();
    let search = RwSignal::new(String::new());
    let ticked = Ticked(RwSignal::default());
    let shown: Memo<Vec<RowKey>> = Memo::new(move |_| {
        let words = lower(&search.get());
        let words: Vec<&str> = words.split_whitespace().collect();
        if words.is_empty() {
            return there.get();
        }
        editing.edit.with(|edit| {
            let group = edit.as_ref().and_then(|edit| edit.base_draft().group(group));
            let servers = group.map(|group| group.servers.as_slice()).unwrap_or_default();
            let fits = |server: &&ServerDraft| {
                let place = super::labels::address_and_port(&server.address, &server.port);
                let text = format!("{place} {}", lower(&server.name));
                words.iter().all(|word| text.contains(word))
            };
            let fitting: HashSet<_> =
                servers.iter().filter(fits).map(|server| server.key).collect();
            there.with(|all| all.iter().copied().filter(|key| fitting.contains(key)).collect())
        })
    });
    let many = move || there.with(|there| there.len() > SEARCHED);
    let head = move |column: usize| {
        text(move || {
            match column {
                0 => t_string!(i18n, create.private_ip),
                1 => t_string!(i18n, edit.state),
                2 => t_string!(i18n, create.weight),
                3 => t_string!(i18n, create.backup),
                4 => t_string!(i18n, edit.on),
                _ => t_string!(i18n, edit.actions),
            }
            .to_owned()
        })
    };
    let count = move || ticked.0.with(HashSet::len);
    let all = Memo::new(move |_| {
        shown.with(|shown| !shown.is_empty() && shown.iter().all(|key| ticked.has(*key)))
    });
    let some = Memo::new(move |_| !all.get() && count() > 0);
    let tick_all = move |tick: bool| {
        let keys = shown.get_untracked();
        ticked.0.update(|ticked| match tick {
            true => ticked.extend(keys),
            false => ticked.retain(|key| !keys.contains(key)),
        });
    };
    let select_all = move || t_string!(i18n, edit.select_all).to_owned();
    view! {
        <div class="edit-tools">
            <Show when=many>
                <SearchInput
                    label=move || t_string!(i18n, edit.search).to_owned()
                    placeholder=move || t_string!(i18n, edit.search).to_owned()
                    value=search
                    on_input=move |typed: String| search.set(typed)
                />
                <p class="muted num">
                    {move || {
                        let (shown, all) = (shown.with(Vec::len), there.with(Vec::len));
                        t_string!(i18n, load_balancers.shown, shown = shown, all = all).to_string()
                    }}
                </p>
            </Show>
            <Show when=move || { count() > 0 }>
                <Together editing group ticked />
            </Show>
        </div>
        <div class="edit-servers" class:edit-servers-many=many>
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
                                checked=all
                                indeterminate=some
                                on_change=tick_all
                            />
                            <span class="edit-all" aria-hidden="true">
                                {select_all}
                            </span>
                        </HeaderCell>
                        <HeaderCell label=head(0) />
                        <HeaderCell label=head(1) />
                        <HeaderCell label=head(2) />
                        <HeaderCell label=head(3) />
                        <HeaderCell label=head(4) />
                        <HeaderCell label=head(5) hide_label=true />
                    </tr>
                </thead>
                <VirtualRows
                    keys=shown
                    row=move |(key, index): (Signal<RowKey>, _)| {
                        server_row(editing, group, key.get_untracked(), index, ticked, head)
                    }
                />
            </Table>
        </div>
    }
}

/// What can be done to all that are ticked.
#[component]
fn Together(editing: Editing, group: RowKey, ticked: Ticked) -> impl IntoView {
    let i18n = use_i18n();
    let form = editing.form;
    let each = move |work: fn(&mut Draft, RowKey, RowKey)| {
        let keys = ticked.0.get_untracked();
        form.draft.update(|draft| {
            for key in keys {
                work(draft, group, key);
            }
        });
    };
    let remove = move || {
        let keys: Vec<_> = ticked.0.get_untracked().into_iter().collect();
        editing.remove_servers(group, &keys);
        ticked.0.update(HashSet::clear);
    };
    view! {
        <div
            class="edit-together"
            role="group"
            aria-label=move || t_string!(i18n, edit.for_ticked).to_owned()
        >
            <span class="num">
                {move || {
                    let count = ticked.0.with(HashSet::len);
                    t_string!(i18n, edit.ticked, count = count).to_string()
                }}
            </span>
            <Button on_press=move || each(|draft, group, key| draft.drain(group, key))>
                {t!(i18n, edit.drain)}
            </Button>
            <Button on_press=move || each(|draft, group, key| set_enabled(draft, group, key, true))>
                {t!(i18n, edit.enable)}
            </Button>
            <Button on_press=move || {
                each(|draft, group, key| set_enabled(draft, group, key, false))
            }>{t!(i18n, edit.disable)}</Button>
            <Button icon=Glyph::Trash on_press=remove>
                {t!(i18n, common.remove)}
            </Button>
        </div>
    }
}

/// Switches a server on or off.
pub(super) fn set_enabled(draft: &mut Draft, group: RowKey, key: RowKey, on: bool) {
    if let Some(server) = draft.server_mut(group, key) {
        server.enabled = on;
    }
}
