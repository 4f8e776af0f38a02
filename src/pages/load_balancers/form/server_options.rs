//! The rarely needed settings of a server, in a dialog.

use super::{
    controls::{FormInput, FormNumber},
    server_subnet::ServerSubnet,
    state::Form,
    tags_field::TagsField,
};
use crate::{
    i18n::{I18nContext, Locale, t, t_string, use_i18n},
    pages::load_balancers::labels::endpoint_label,
    ui::{Button, ButtonKind, Checkbox, Dialog, Field, Glyph, text},
};
use leptos::prelude::*;
use openstack_types::octavia::CreateMember;
use plan::{FieldPath, RowKey, ServerDraft, ServerField};

/// Opens the options of a server.
#[component]
pub fn ServerOptionsButton(form: Form, group: RowKey, server: RowKey) -> impl IntoView {
    let label = text(move || server_title(form, group, server));
    view! {
        <Button
            kind=ButtonKind::Quiet
            icon=Glyph::Pencil
            label
            on_press=move || form.server_options.set(Some((group, server)))
        />
    }
}

/// `More options for server 192.0.2.1:80`
fn server_title(form: Form, group: RowKey, server: RowKey) -> String {
    let name = form.draft.with(|draft| {
        let group = draft.group(group)?;
        let index = group.servers.iter().position(|one| one.key == server)?;
        let ServerDraft { address, port, .. } = &group.servers[index];
        Some(match address.trim() {
            "" => (index + 1).to_string(),
            address => endpoint_label(address, port.trim()),
        })
    });
    let name = name.unwrap_or_default();
    t_string!(form.i18n(), form.server_options, server = name.as_str()).to_string()
}

/// What of the options differs from the defaults: `db-1 · 192.0.2.9:81 · #blue`.
pub fn server_summary(form: Form, group: RowKey, server: RowKey) -> String {
    let i18n = form.i18n();
    form.draft.with(|draft| {
        let Some(server) = draft.server(group, server) else { return String::new() };
        let check = [server.monitor_address.trim(), server.monitor_port.trim()];
        notes(i18n, server.name.trim(), check, &server.tags).join(" · ")
    })
}

/// The same for a server of a request.
pub fn member_notes(i18n: I18nContext<Locale>, member: &CreateMember) -> Vec<String> {
    let port = member.monitor_port.map(|port| port.to_string()).unwrap_or_default();
    let address = member.monitor_address.as_deref().unwrap_or_default();
    let name = member.name.as_deref().unwrap_or_default();
    notes(i18n, name, [address, &port], &member.tags)
}

fn notes(
    i18n: I18nContext<Locale>,
    name: &str,
    [address, port]: [&str; 2],
    tags: &[String],
) -> Vec<String> {
    let mut parts = Vec::new();
    parts.extend(Some(name.to_owned()).filter(|name| !name.is_empty()));
    let check = [
        (t_string!(i18n, fields.monitor_address), address),
        (t_string!(i18n, fields.monitor_port), port),
    ];
    let check = check.into_iter().filter(|(_, value)| !value.is_empty());
    parts.extend(check.map(|(label, value)| format!("{label} {value}")));
    parts.extend(tags.iter().map(|tag| format!("#{tag}")));
    parts
}

fn is_server_option(path: &FieldPath, of: RowKey) -> Option<RowKey> {
    match path {
        FieldPath::Server { group, server, field } if *group == of => {
            let is_in_row =
                matches!(field, ServerField::Address | ServerField::Port | ServerField::Weight);
            (!is_in_row).then_some(*server)
        }
        _ => None,
    }
}

/// The dialog of the servers of a group. It also opens for an error of one of its fields.
#[component]
pub fn ServerOptionsDialog(
    form: Form,
    group: RowKey,
    /// The servers that the service does not have yet.
    #[prop(into)]
    new_servers: Signal<Vec<RowKey>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let server = Memo::new(move |_| {
        form.server_options.get().filter(|(of, _)| *of == group).map(|(_, server)| server)
    });
    Effect::new(move |_| {
        let revealed = form.revealed.get();
        if let Some(server) = revealed.and_then(|path| is_server_option(&path, group)) {
            form.server_options.set(Some((group, server)));
        }
    });
    let close = move || form.server_options.set(None);
    view! {
        <Dialog
            open=Signal::derive(move || server.get().is_some())
            on_close=close
            on_submit=close
            title=move || {
                server.get().map(|server| server_title(form, group, server)).unwrap_or_default()
            }
            actions=move || {
                view! {
                    <Button kind=ButtonKind::Primary submit=true>
                        {t!(i18n, form.done)}
                    </Button>
                }
            }
        >
            {move || {
                server
                    .get()
                    .map(|server| {
                        let is_new = new_servers.with_untracked(|all| all.contains(&server));
                        view! { <ServerOptions form group server is_new /> }
                    })
            }}
        </Dialog>
    }
}

#[component]
fn ServerOptions(form: Form, group: RowKey, server: RowKey, is_new: bool) -> impl IntoView {
    let i18n = use_i18n();
    let at = move |field| FieldPath::Server { group, server, field };
    let change = move |change: &dyn Fn(&mut ServerDraft)| {
        form.draft.update(|draft| {
            if let Some(server) = draft.server_mut(group, server) {
                change(server);
            }
        });
    };
    let set_tags = move |tags: Vec<String>| change(&|server| server.tags.clone_from(&tags));
    let enabled =
        move || form.draft.with(|draft| draft.server(group, server).is_some_and(|s| s.enabled));
    let tags = move || {
        let tags = |draft: &plan::Draft| draft.server(group, server).map(|s| s.tags.clone());
        form.draft.with(tags).unwrap_or_default()
    };
    view! {
        <div class="stack">
            <Field
                label=move || t_string!(i18n, create.name).to_owned()
                error=form.error(&at(ServerField::Name))
                optional=true
            >
                <FormInput form path=at(ServerField::Name) />
            </Field>
            <div class="form-grid">
                <Field
                    label=move || t_string!(i18n, fields.monitor_address).to_owned()
                    hint=move || t_string!(i18n, form.monitor_address_hint).to_owned()
                    error=form.error(&at(ServerField::MonitorAddress))
                    optional=true
                >
                    <FormInput form path=at(ServerField::MonitorAddress) code=true />
                </Field>
                <Field
                    label=move || t_string!(i18n, fields.monitor_port).to_owned()
                    hint=move || t_string!(i18n, form.monitor_port_hint).to_owned()
                    error=form.error(&at(ServerField::MonitorPort))
                    optional=true
                >
                    <FormNumber form path=at(ServerField::MonitorPort) min=1 max=65535 />
                </Field>
            </div>
            <ServerSubnet form group server is_new />
            <Checkbox
                label=move || t_string!(i18n, edit.enabled).to_owned()
                checked=Signal::derive(enabled)
                on_change=move |on: bool| change(&|server| server.enabled = on)
            />
            <TagsField
                tags=Signal::derive(tags)
                on_change=set_tags
                form
                path=at(ServerField::Tags)
            />
        </div>
    }
}
