//! A server that is to be: a row each, typed, or many pasted at once.

use super::{Form, FormInput, FormNumber, focus_neighbour};
use crate::{
    i18n::{errors, t, t_string, use_i18n},
    store::use_store,
    ui::{Banner, Button, ButtonKind, Checkbox, Dialog, Field, Glyph, Textarea, Tone},
};
use leptos::prelude::*;
use plan::{Draft, FieldPath, RowKey, Section, ServerField, paste};

/// Lines of a pasted text whose faults are told one by one.
const FAULTS_TOLD: usize = 5;

/// What the folded part says.
pub fn servers_note(form: Form) -> String {
    let count =
        form.draft.with(|draft| draft.groups.iter().map(|g| g.servers.len()).sum::<usize>());
    match count {
        0 => t_string!(form.i18n(), create.none).to_owned(),
        count => t_string!(form.i18n(), create.servers_note, count = count).to_string(),
    }
}

/// A row of the form; what is pasted into it and holds more than servers goes to `pasting`.
#[component]
pub fn Server(
    form: Form,
    group: RowKey,
    server: RowKey,
    pasting: RwSignal<Option<String>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let at = move |field| FieldPath::Server { group, server, field };
    let number = move || {
        form.draft.with(|draft| {
            let group = draft.group(group);
            group.and_then(|g| g.servers.iter().position(|s| s.key == server)).unwrap_or_default()
                + 1
        })
    };
    let spread = move |text: &str| {
        form.draft
            .try_update(|draft| draft.fill_from_paste(group, server, text))
            .unwrap_or_default()
    };
    // `192.0.2.10:80` typed where the address belongs fills the port too.
    let on_leave = move || {
        let typed = form.draft.with_untracked(|draft| {
            draft.text(&at(ServerField::Address)).unwrap_or_default().to_owned()
        });
        if !paste::parse_servers(&typed).servers.is_empty() {
            spread(&typed);
        }
    };
    let on_paste = move |event: web_sys::ClipboardEvent| {
        let text = event.clipboard_data().and_then(|data| data.get_data("text/plain").ok());
        let Some(text) = text else { return };
        if spread(&text) {
            event.prevent_default();
        } else if text.trim().lines().count() > 1 {
            event.prevent_default();
            pasting.set(Some(text));
        }
    };
    let backup =
        move || form.draft.with(|draft| draft.server(group, server).is_some_and(|s| s.backup));
    let set_backup = move |backup: bool| {
        form.draft.update(|draft| {
            if let Some(server) = draft.server_mut(group, server) {
                server.backup = backup;
            }
        });
    };
    let enabled =
        move || form.draft.with(|draft| draft.server(group, server).is_some_and(|s| s.enabled));
    // A new one is on; only a clone brings one that is not.
    let came_off = !untrack(enabled);
    let enable = move |on: bool| {
        form.draft.update(|draft| {
            if let Some(server) = draft.server_mut(group, server) {
                server.enabled = on;
            }
        });
    };
    let toasts = use_store().toasts;
    let remove = move || {
        let found = form.draft.with_untracked(|draft| {
            let servers = &draft.group(group)?.servers;
            let index = servers.iter().position(|one| one.key == server)?;
            Some((index, servers[index].clone()))
        });
        let Some((index, typed)) = found else { return };
        let take = |draft: &mut Draft| draft.remove_server(group, server);
        let place = typed.address.trim();
        if place.is_empty() {
            focus_neighbour();
            return form.draft.update(take);
        }
        let words = t_string!(i18n, create.server_removed, server = place).to_string();
        let back = typed.clone();
        form.remove_row(toasts, words, take, move |draft| {
            if let Some(group) = draft.group_mut(group) {
                group.servers.insert(index.min(group.servers.len()), back.clone());
            }
        });
    };
    view! {
        <div
            class="form-row form-server"
            role="group"
            aria-label=move || t_string!(i18n, create.server_n, n = number()).to_string()
        >
            <div on:paste=on_paste>
                <Field
                    label=move || t_string!(i18n, create.private_ip).to_owned()
                    error=form.error(&at(ServerField::Address))
                >
                    <FormInput
                        form
                        path=at(ServerField::Address)
                        code=true
                        placeholder="192.0.2.10:80"
                        on_leave
                    />
                </Field>
            </div>
            <Field
                label=move || t_string!(i18n, create.port).to_owned()
                error=form.error(&at(ServerField::Port))
            >
                <FormNumber form path=at(ServerField::Port) min=1 max=65535 />
            </Field>
            <Field
                label=move || t_string!(i18n, create.weight).to_owned()
                error=form.error(&at(ServerField::Weight))
            >
                <FormNumber form path=at(ServerField::Weight) min=0 max=256 />
            </Field>
            <div class="form-tick">
                <Checkbox
                    label=move || t_string!(i18n, create.backup).to_owned()
                    checked=Signal::derive(backup)
                    on_change=set_backup
                />
            </div>
            <div class="form-remove">
                <Button
                    kind=ButtonKind::Quiet
                    icon=Glyph::Trash
                    label=move || t_string!(i18n, create.remove_server, n = number()).to_string()
                    on_press=remove
                />
            </div>
            {came_off
                .then(|| {
                    view! {
                        <div class="edit-wide">
                            <Checkbox
                                label=move || t_string!(i18n, edit.on).to_owned()
                                checked=Signal::derive(enabled)
                                on_change=enable
                            />
                        </div>
                    }
                })}
        </div>
    }
}

/// Below the servers of a group: ways to more of them, and a word where nothing looks after their
/// health. `on_add` is called when a row has been added.
#[component]
pub fn AddServers(
    form: Form,
    group: RowKey,
    pasting: RwSignal<Option<String>>,
    #[prop(optional, into)] on_add: Option<Callback<()>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let add = move || {
        if let Some(server) = form.draft.try_update(|draft| draft.add_server(group)).flatten() {
            if let Some(on_add) = on_add {
                on_add.run(());
            }
            form.focus(&FieldPath::Server { group, server, field: ServerField::Address });
        }
    };
    let unchecked = Memo::new(move |_| {
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
                    on:click=move |_| form.focus_part(Section::Health)
                >
                    {t!(i18n, create.set_up_check)}
                </button>
            </p>
        </Show>
        <PasteDialog form group text=pasting />
    }
}

/// Many servers at once, with what is wrong in which line. Open as long as there is a text.
#[component]
fn PasteDialog(form: Form, group: RowKey, text: RwSignal<Option<String>>) -> impl IntoView {
    let i18n = use_i18n();
    let read = Memo::new(move |_| {
        text.with(|text| paste::parse_servers(text.as_deref().unwrap_or_default()))
    });
    let count = move || read.with(|read| read.servers.len());
    let close = move || text.set(None);
    let add = move || {
        let read = read.get_untracked();
        if read.servers.is_empty() {
            return;
        }
        form.draft.update(|draft| {
            // A row in which nothing has been typed only waited for these.
            if let Some(group) = draft.group_mut(group) {
                group.servers.retain(|s| !s.address.trim().is_empty() || !s.port.trim().is_empty());
            }
            for server in read.servers {
                draft.add_server_at(group, server.address, server.port, server.weight);
            }
        });
        text.set(None);
    };
    let nothing = Signal::derive(move || {
        (count() == 0).then(|| t_string!(i18n, create.paste_nothing).to_owned())
    });
    view! {
        <Dialog
            open=Signal::derive(move || text.with(Option::is_some))
            on_close=close
            on_submit=add
            title=move || t_string!(i18n, create.paste).to_owned()
            actions=move || {
                view! {
                    <Button on_press=close>{t!(i18n, common.cancel)}</Button>
                    <Button kind=ButtonKind::Primary submit=true disabled_reason=nothing>
                        {move || {
                            t_string!(i18n, create.paste_add, count = count()).to_string()
                        }}
                    </Button>
                }
            }
        >
            <Field
                label=move || t_string!(i18n, create.paste_label).to_owned()
                hint=move || t_string!(i18n, create.paste_hint).to_owned()
            >
                <Textarea
                    value=move || text.get().unwrap_or_default()
                    on_input=move |typed| text.set(Some(typed))
                    code=true
                    rows=10
                    placeholder="192.0.2.10:80\n[2001:db8::1]:80\n192.0.2.12 80 5"
                />
            </Field>
            {move || {
                let errors = read.with(|read| read.errors.clone());
                (!errors.is_empty())
                    .then(|| {
                        let more = errors.len().saturating_sub(FAULTS_TOLD);
                        let told = errors.into_iter().take(FAULTS_TOLD).map(|bad| {
                            let error = errors::field(i18n, &bad.error);
                            let (line, text) = (bad.line, bad.text);
                            let words = t_string!(
                                i18n, create.paste_line, line = line, text = text, error = error
                            )
                                .to_string();
                            view! { <li>{words}</li> }
                        });
                        let told = told.collect_view();
                        view! {
                            <Banner tone=Tone::Warning>
                                <p>{t!(i18n, create.paste_skipped)}</p>
                                <ul class="form-list">
                                    {told}
                                    {(more > 0)
                                        .then(|| {
                                            let words = t_string!(
                                                i18n, create.and_more, count = more
                                            )
                                                .to_string();
                                            view! { <li>{words}</li> }
                                        })}
                                </ul>
                            </Banner>
                        }
                    })
            }}
        </Dialog>
    }
}
