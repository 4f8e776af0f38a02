//! The dialog that adds servers from a pasted list.

use super::{limited_list::limited_list, state::Form};
use crate::{
    i18n::{I18nContext, Locale, errors, t, t_string, use_i18n},
    ui::{Banner, Button, ButtonKind, Dialog, Field, Textarea, Tone},
};
use leptos::prelude::*;
use plan::{RowKey, paste};

/// Skipped lines that are listed; the rest is a count.
const MAX_LINES: usize = 5;

/// Adds the servers of a pasted text. The dialog is open while `text` is `Some`.
#[component]
pub(super) fn PasteDialog(
    form: Form,
    group: RowKey,
    text: RwSignal<Option<String>>,
) -> impl IntoView {
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
            // An empty row is only a placeholder.
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
            {move || read.with(|read| skipped_lines(i18n, &read.errors))}
        </Dialog>
    }
}

/// The lines that are not servers, with the reason of each.
fn skipped_lines(i18n: I18nContext<Locale>, errors: &[paste::BadLine]) -> Option<AnyView> {
    if errors.is_empty() {
        return None;
    }
    let line_text = |bad: &paste::BadLine| {
        let error = errors::field(i18n, &bad.error);
        let (line, text) = (bad.line, bad.text.as_str());
        t_string!(i18n, create.paste_line, line = line, text = text, error = error).to_string()
    };
    let lines = errors.iter().map(line_text).collect();
    let view = view! {
        <Banner tone=Tone::Warning>
            <p>{t!(i18n, create.paste_skipped)}</p>
            {limited_list(i18n, lines, MAX_LINES)}
        </Banner>
    };
    Some(view.into_any())
}
