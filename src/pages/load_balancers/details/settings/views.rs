//! How settings are shown: as definitions, in one cell of a table, and behind a button.

use super::{
    setting::{Setting, Value},
    target::{OpenSettings, SettingsOf},
};
use crate::{
    i18n::{I18nContext, Locale, t, t_string, use_i18n},
    pages::{load_balancers::details::shown_graph::ShownGraph, ssl_certificates::name_of},
    store::use_store,
    ui::{Button, ButtonKind, Definition, Glyph, Text},
};
use leptos::prelude::*;
use openstack_types::{SecretId, field};

/// The value as text. Reactive: names of certificates and networks arrive later.
pub(super) fn value_text(i18n: I18nContext<Locale>, value: &Value) -> String {
    let store = use_store();
    match value {
        Value::None => t_string!(i18n, create.none).to_owned(),
        Value::Text(text) => text.clone(),
        Value::List(list) => list.join(", "),
        Value::YesNo(true) => t_string!(i18n, create.yes).to_owned(),
        Value::YesNo(false) => t_string!(i18n, create.no).to_owned(),
        Value::Word(word) => word.0(i18n).to_owned(),
        Value::Milliseconds(ms) if ms % 1000 == 0 => {
            t_string!(i18n, details.seconds, number = ms / 1000).to_string()
        }
        Value::Milliseconds(ms) => t_string!(i18n, details.milliseconds, number = *ms).to_string(),
        Value::Seconds(seconds) => t_string!(i18n, details.seconds, number = *seconds).to_string(),
        Value::Certificates(references) => {
            let name = |reference: &String| {
                let certificate = SecretId::from_ref(reference)
                    .and_then(|id| store.certificates.get(id))
                    .map(|one| name_of(i18n, &one));
                let is_listed = store.certificates.loading().listed;
                certificate.unwrap_or_else(|| {
                    if is_listed {
                        t_string!(i18n, certificates.option_of_other_user).to_owned()
                    } else {
                        "…".to_owned()
                    }
                })
            };
            references.iter().map(name).collect::<Vec<_>>().join(", ")
        }
        Value::Subnet(id) => store.networks.subnet_name(*id),
        Value::Pool(id) => {
            let shown: Option<ShownGraph> = use_context();
            let name = shown.and_then(|shown| {
                shown.with(|graph| {
                    let pools = &graph.as_deref()?.pools;
                    let pool = pools.iter().find(|one| one.pool.id == *id)?;
                    Some(pool.pool.name.clone()).filter(|name| !field::is_blank(name))
                })
            });
            name.unwrap_or_else(|| id.to_string())
        }
    }
}

/// Label and value of each setting that differs from the default, without those whose fields are shown
/// elsewhere.
pub(in crate::pages::load_balancers) fn differences(
    i18n: I18nContext<Locale>,
    settings: Vec<Setting>,
    elsewhere: &[&str],
) -> Vec<(String, String)> {
    let differing = settings.into_iter().filter(|one| !one.is_default);
    let differing =
        differing.filter(|one| one.fields.iter().all(|field| !elsewhere.contains(field)));
    differing.map(|one| ((one.label)(i18n).to_owned(), value_text(i18n, &one.value))).collect()
}

/// Definitions of what differs from the default, for a list of [`Definition`]s.
#[component]
pub(in crate::pages::load_balancers::details) fn SettingItems(
    settings: Memo<Vec<Setting>>,
) -> impl IntoView {
    let i18n = use_i18n();
    move || {
        let shown = settings.get().into_iter().filter(Setting::is_shown_at_once);
        shown
            .map(|setting| {
                let label = setting.label;
                let text = move || value_text(i18n, &setting.value);
                view! {
                    <Definition term=move || label(i18n).to_owned()>
                        <span class="details-text">{text}</span>
                    </Definition>
                }
            })
            .collect_view()
    }
}

/// What differs from the default, in the cell of a table.
#[component]
pub(in crate::pages::load_balancers::details) fn SettingsSummary(
    settings: Memo<Vec<Setting>>,
    /// Cut off where it is too long; its tooltip has all of it.
    #[prop(optional)]
    single_line: bool,
) -> impl IntoView {
    let i18n = use_i18n();
    let shown = Memo::new(move |_| {
        let settings = settings.get().into_iter().filter(Setting::is_shown_at_once);
        let line = |one: Setting| ((one.label)(i18n).to_owned(), value_text(i18n, &one.value));
        settings.map(line).collect::<Vec<_>>()
    });
    let text = move || {
        let lines = shown.get().into_iter().map(|(label, value)| format!("{label}: {value}"));
        lines.collect::<Vec<_>>().join(" · ")
    };
    if single_line {
        return view! {
            <span class="details-settings truncate" title=text>
                {move || if shown.with(Vec::is_empty) { "–".to_owned() } else { text() }}
            </span>
        }
        .into_any();
    }
    view! {
        <span class="details-settings">
            {move || {
                let shown = shown.get();
                if shown.is_empty() {
                    return view! { <span class="muted">"–"</span> }.into_any();
                }
                shown.into_iter()
                    .map(|(label, value)| {
                        view! {
                            <span class="details-setting">
                                <span class="muted">{label} ": "</span>
                                {value}
                            </span>
                        }
                    })
                    .collect_view()
                    .into_any()
            }}
        </span>
    }
    .into_any()
}

/// Opens the dialog with all settings of an object.
#[component]
pub(in crate::pages::load_balancers::details) fn SettingsButton(
    /// Of the object.
    #[prop(into)]
    name: Text,
    of: SettingsOf,
    open_settings: OpenSettings,
    /// Not only an icon.
    #[prop(optional)]
    with_text: bool,
) -> impl IntoView {
    let i18n = use_i18n();
    let label = move || t_string!(i18n, settings.show_all_of, name = name.get()).to_string();
    let open = move || open_settings.set(Some(of));
    if with_text {
        return view! {
            <Button label on_press=open>
                {t!(i18n, settings.show_all)}
            </Button>
        }
        .into_any();
    }
    view! { <Button kind=ButtonKind::Quiet icon=Glyph::List label on_press=open /> }.into_any()
}
