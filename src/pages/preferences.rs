//! Language and theme, with and without a session.

use crate::{
    i18n::{self, LANGUAGES, Locale, t_string, use_i18n},
    store::use_store,
    ui::{Glyph, HeaderSelect, SelectOption, Theme},
};
use leptos::{prelude::*, task::spawn_local};

/// The select of the language.
#[component]
pub fn LanguageChoice() -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
    let choose = move |locale| {
        spawn_local(async move {
            if i18n::choose(i18n, locale).await.is_err() {
                let words = untrack(|| t_string!(i18n, common.not_downloaded_hint));
                store.toasts.error(words);
            }
        });
    };
    let options: Vec<_> = LANGUAGES
        .iter()
        .map(|(locale, name)| SelectOption::new(i18n::tag(*locale), *name))
        .collect();
    view! {
        <HeaderSelect
            compact=true
            label=move || t_string!(i18n, common.language).to_owned()
            icon=Glyph::Globe
            value=move || i18n::tag(i18n.get_locale()).to_owned()
            options=Signal::stored(options)
            on_change=move |chosen: String| {
                let by_tag = |(locale, _): &&(Locale, &str)| i18n::tag(*locale) == chosen;
                if let Some((locale, _)) = LANGUAGES.iter().find(by_tag) {
                    choose(*locale);
                }
            }
        />
    }
}

/// Light, dark, or the theme of the system.
#[component]
pub fn ThemeChoice() -> impl IntoView {
    let i18n = use_i18n();
    let theme = RwSignal::new(Theme::stored());
    let options = move || {
        let word = |theme| match theme {
            Theme::System => t_string!(i18n, common.theme_system),
            Theme::Light => t_string!(i18n, common.theme_light),
            Theme::Dark => t_string!(i18n, common.theme_dark),
        };
        Theme::ALL.map(|theme| SelectOption::new(theme.name(), word(theme))).to_vec()
    };
    view! {
        <HeaderSelect
            compact=true
            label=move || t_string!(i18n, common.theme).to_owned()
            icon=Glyph::Theme
            value=move || theme.get().name().to_owned()
            options
            on_change=move |chosen: String| {
                let chosen = Theme::from_name(&chosen);
                chosen.choose();
                theme.set(chosen);
            }
        />
    }
}
