//! The dialog that adds servers from a pasted list.

use super::{limited_list::limited_list, new_server_rows::NewServerRows};
use crate::{
    i18n::{I18nContext, Locale, errors, t, t_string, use_i18n},
    ui::{Banner, Button, ButtonKind, Dialog, Field, Textarea, Tone},
};
use leptos::prelude::*;
use openstack_types::field::FieldError;
use plan::{Draft, ServerField, paste};

/// Skipped lines that are listed; the rest is a count.
const MAX_LINES: usize = 5;

/// Adds the servers of a pasted text. The dialog is open while the text is `Some`.
#[component]
pub(super) fn PasteDialog(rows: NewServerRows) -> impl IntoView {
    let i18n = use_i18n();
    let (form, group, text) = (rows.form, rows.group, rows.paste_dialog);
    // The servers, and the number of repeats among them.
    let read = Memo::new(move |_| {
        let mut read = text.with(|text| paste::parse_servers(text.as_deref().unwrap_or_default()));
        let repeats = form.draft.with(|draft| {
            let servers = draft.group(group).map(|group| group.servers.as_slice());
            let servers = servers.unwrap_or_default().iter();
            read.remove_repeats(servers.map(|s| (s.address.as_str(), s.port.as_str())))
        });
        (read, repeats)
    });
    let count = move || read.with(|(read, _)| read.servers.len());
    let close = move || text.set(None);
    let add = move || {
        let (read, _) = read.get_untracked();
        if read.servers.is_empty() {
            return;
        }
        let count = read.servers.len();
        let add = |draft: &mut Draft| {
            // An empty row is only a placeholder.
            if let Some(group) = draft.group_mut(group) {
                group.servers.retain(|s| !s.address.trim().is_empty() || !s.port.trim().is_empty());
            }
            for server in read.servers {
                draft.add_server_at(group, server.address, server.port, server.weight);
            }
        };
        rows.change_many(add, |_| servers_added(i18n, count));
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
            {move || read.with(|(read, repeats)| left_out(i18n, &read.errors, *repeats))}
        </Dialog>
    }
}

pub(super) fn servers_added(i18n: I18nContext<Locale>, count: usize) -> String {
    t_string!(i18n, form.servers_added, count = count)
}

/// The lines that are not added: repeats as a count, others with the reason of each.
fn left_out(
    i18n: I18nContext<Locale>,
    errors: &[paste::BadLine],
    repeats: usize,
) -> Option<AnyView> {
    let repeats = match repeats {
        0 => None,
        count => Some(t_string!(i18n, form.paste_repeats, count = count).to_string()),
    };
    let skipped = match errors.len() {
        0 if repeats.is_none() => return None,
        0 => None,
        count => Some(t_string!(i18n, form.paste_skipped, count = count).to_string()),
    };
    let lines: Vec<String> = errors.iter().map(|bad| bad_line(i18n, bad)).collect();
    let view = view! {
        <Banner tone=Tone::Warning>
            {repeats.map(|text| view! { <p>{text}</p> })}
            {skipped.map(|text| view! { <p>{text}</p> })}
            {(!lines.is_empty()).then(|| limited_list(i18n, lines, MAX_LINES))}
        </Banner>
    };
    Some(view.into_any())
}

/// `Line 15, “192.0.2.1 80 300”: Weight must be 0 to 256`
fn bad_line(i18n: I18nContext<Locale>, bad: &paste::BadLine) -> String {
    let field = bad.field.map(|field| match field {
        ServerField::Port => t_string!(i18n, create.port),
        ServerField::Weight => t_string!(i18n, create.weight),
        _ => t_string!(i18n, create.private_ip),
    });
    let error = match (field, &bad.error) {
        (None, _) => t_string!(i18n, form.line_too_long).to_owned(),
        (Some(field), FieldError::NotInRange { min, max }) => {
            t_string!(i18n, form.line_range, field = field, min = *min, max = *max).to_string()
        }
        (Some(field), FieldError::Required) => {
            t_string!(i18n, form.line_missing, field = field).to_string()
        }
        (Some(_), error) => errors::field(i18n, error),
    };
    let (line, text) = (bad.line, bad.text.as_str());
    t_string!(i18n, create.paste_line, line = line, text = text, error = error).to_string()
}
