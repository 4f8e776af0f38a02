//! Fills the form from an API request, a Terraform configuration or an HAProxy configuration.

use crate::{
    i18n::{I18nContext, Locale, t, t_string, use_i18n},
    pages::load_balancers::form::{limited_list::limited_list, state::Form},
    store::use_store,
    ui::{Banner, Button, ButtonKind, Dialog, Field, FileInput, Glyph, Textarea, Tone, text},
};
use leptos::{prelude::*, task::spawn_local};
use plan::{
    Draft,
    import::{self, Format, ImportError, Imported, Reason, Unmapped},
};
use wasm_bindgen_futures::JsFuture;

/// Lines that are listed; the rest is a count.
const MAX_LINES: usize = 12;

/// What was imported, so that the notice can list what is missing, and take it back.
#[derive(Clone)]
pub(super) struct Import {
    format: Format,
    unmapped: Vec<Unmapped>,
    before: Draft,
}

/// The button that opens the dialog, and the dialog.
#[component]
pub(super) fn ImportButton(form: Form, imported: RwSignal<Option<Import>>) -> impl IntoView {
    let i18n = use_i18n();
    let is_open = RwSignal::new(false);
    view! {
        <Button icon=Glyph::Clipboard on_press=move || is_open.set(true)>
            {t!(i18n, form.import)}
        </Button>
        <ImportDialog form imported is_open />
    }
}

#[component]
fn ImportDialog(
    form: Form,
    imported: RwSignal<Option<Import>>,
    is_open: RwSignal<bool>,
) -> impl IntoView {
    let i18n = use_i18n();
    let networks = use_store().networks;
    let typed = RwSignal::new(String::new());
    let read = Memo::new(move |_| {
        typed.with(|typed| (!typed.trim().is_empty()).then(|| import::read(typed)))
    });
    let missing = Signal::derive(move || {
        read.with(|read| !matches!(read, Some(Ok(_))))
            .then(|| t_string!(i18n, form.import_nothing).to_owned())
    });
    let on_files = move |files: Vec<web_sys::File>| {
        let Some(file) = files.into_iter().next() else { return };
        spawn_local(async move {
            if let Ok(content) = JsFuture::from(file.text()).await {
                // `try_set`: the page may have been left meanwhile.
                typed.try_set(content.as_string().unwrap_or_default());
            }
        });
    };
    let fill = move || {
        let Some(Ok(Imported { format, mut draft, unmapped })) = read.get_untracked() else {
            return;
        };
        draft.separate_options();
        let before = form.draft.get_untracked();
        let of_subnet = draft.subnet.and_then(|subnet| networks.network_of(subnet));
        draft.network = draft.network.or(of_subnet).or(before.network);
        form.reset(draft);
        imported.set(Some(Import { format, unmapped, before }));
        typed.set(String::new());
        is_open.set(false);
    };
    view! {
        <Dialog
            open=is_open
            on_close=move || is_open.set(false)
            on_submit=fill
            wide=true
            title=move || t_string!(i18n, form.import_title).to_owned()
            actions=move || {
                view! {
                    <Button on_press=move || is_open.set(false)>{t!(i18n, common.cancel)}</Button>
                    <Button kind=ButtonKind::Primary submit=true disabled_reason=missing>
                        {t!(i18n, form.import_fill)}
                    </Button>
                }
            }
        >
            <div class="stack">
                <FileInput
                    label=move || t_string!(i18n, form.pem_choose).to_owned()
                    hint=move || t_string!(i18n, form.import_file_hint).to_owned()
                    accept=".json,.tf,.cfg,.conf,.txt,.http"
                    on_files
                />
                <Field
                    label=move || t_string!(i18n, form.import_text).to_owned()
                    hint=move || t_string!(i18n, form.import_hint).to_owned()
                >
                    <Textarea
                        value=typed
                        on_input=move |text| typed.set(text)
                        code=true
                        rows=12
                    />
                </Field>
                {move || read.with(|read| read.as_ref().map(|read| preview(i18n, read)))}
            </div>
        </Dialog>
    }
}

/// What the text would fill in, or why it cannot be read.
fn preview(i18n: I18nContext<Locale>, read: &Result<Imported, ImportError>) -> AnyView {
    match read {
        Err(error) => {
            let text = error_text(i18n, error);
            view! { <Banner tone=Tone::Error>{text}</Banner> }.into_any()
        }
        Ok(Imported { format, draft, unmapped }) => {
            let servers: usize = draft.groups.iter().map(|group| group.servers.len()).sum();
            let text = t_string!(
                i18n,
                form.import_found,
                format = format_label(i18n, *format),
                listeners = draft.listeners.len(),
                groups = draft.groups.len(),
                servers = servers
            );
            let text = text.to_string();
            let tone = if unmapped.is_empty() { Tone::Info } else { Tone::Warning };
            let unmapped = unmapped_list(i18n, unmapped);
            view! { <Banner tone><p>{text}</p> {unmapped}</Banner> }.into_any()
        }
    }
}

/// Says that the form was filled, lists the lines that are not in it, and takes it back.
#[component]
pub(super) fn ImportNotice(form: Form, imported: RwSignal<Option<Import>>) -> impl IntoView {
    let i18n = use_i18n();
    let undo = move || {
        if let Some(import) = imported.get_untracked() {
            form.reset(import.before);
            imported.set(None);
        }
    };
    move || {
        imported.get().map(|import| {
            let tone = if import.unmapped.is_empty() { Tone::Info } else { Tone::Warning };
            let format = format_label(i18n, import.format);
            let filled = t_string!(i18n, form.import_filled, format = format).to_string();
            let action = move || {
                view! {
                    <span class="row">
                        <Button on_press=undo>{t!(i18n, common.undo)}</Button>
                        <Button
                            kind=ButtonKind::Quiet
                            icon=Glyph::Close
                            label=text(move || t_string!(i18n, form.import_dismiss).to_owned())
                            on_press=move || imported.set(None)
                        />
                    </span>
                }
            };
            view! {
                <Banner tone action>
                    <p>{filled}</p>
                    {unmapped_list(i18n, &import.unmapped)}
                </Banner>
            }
        })
    }
}

fn unmapped_list(i18n: I18nContext<Locale>, unmapped: &[Unmapped]) -> Option<AnyView> {
    if unmapped.is_empty() {
        return None;
    }
    let lines = unmapped.iter().map(|one| {
        let reason = reason_text(i18n, &one.reason);
        let text = one.text.as_str();
        match one.line {
            0 => format!("{text}: {reason}"),
            line => t_string!(i18n, create.paste_line, line = line, text = text, error = reason)
                .to_string(),
        }
    });
    let lines: Vec<String> = lines.collect();
    let title = t_string!(i18n, form.import_unmapped).to_owned();
    Some(view! { <p>{title}</p> {limited_list(i18n, lines, MAX_LINES)} }.into_any())
}

fn format_label(i18n: I18nContext<Locale>, format: Format) -> &'static str {
    match format {
        Format::ApiRequest => t_string!(i18n, create.export_api),
        Format::Terraform => t_string!(i18n, create.export_terraform),
        Format::HaProxy => t_string!(i18n, form.import_haproxy),
    }
}

fn reason_text(i18n: I18nContext<Locale>, reason: &Reason) -> String {
    match reason {
        Reason::Unknown => t_string!(i18n, form.import_unknown),
        Reason::Invalid { message } => {
            return t_string!(i18n, form.import_invalid, message = message.as_str()).to_string();
        }
        Reason::Missing { name } => {
            return t_string!(i18n, form.import_missing, name = name.as_str()).to_string();
        }
        Reason::Expression => t_string!(i18n, form.import_expression),
        Reason::CertificateFile => t_string!(i18n, form.import_certificate),
        Reason::NeedsHost => t_string!(i18n, form.import_needs_host),
        Reason::HostName => t_string!(i18n, form.import_host_name),
    }
    .to_owned()
}

fn error_text(i18n: I18nContext<Locale>, error: &ImportError) -> String {
    match error {
        ImportError::TooLong { .. } | ImportError::TooManyParts { .. } => {
            t_string!(i18n, form.import_too_long).to_owned()
        }
        ImportError::UnknownFormat => t_string!(i18n, form.import_unknown_format).to_owned(),
        ImportError::Syntax { line, column, message } => {
            let (line, column, message) = (*line, *column, message.as_str());
            t_string!(i18n, form.import_syntax, line = line, column = column, message = message)
                .to_string()
        }
        ImportError::Nothing => t_string!(i18n, form.import_empty).to_owned(),
    }
}
