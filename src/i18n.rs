//! Translations: `locales/<language>/<room>.json`, compiled in, a missing key does not build.
//!
//! In a view: `let i18n = use_i18n();` then `t!(i18n, common.refresh)`, or `t_string!` for a text.

pub mod errors;
pub mod format;

mod generated {
    include!(concat!(env!("OUT_DIR"), "/i18n.rs"));
}

pub use generated::i18n::{Locale, use_i18n};
pub use leptos_i18n::{I18nContext, t, t_string, td_string};

use crate::store::row::TypeWords;
use leptos::prelude::*;
use leptos_i18n::context::init_i18n_subcontext;

/// Where the choice is remembered.
const REMEMBERED: &str = "language";

/// The languages, each by its own name.
pub const LANGUAGES: [(Locale, &str); 2] = [(Locale::en, "English"), (Locale::zh_TW, "繁體中文")];

/// Begins with the language chosen before, or else the first of the browser's that there is, and
/// keeps `<html lang>` and what is remembered in step.
pub fn provide() -> I18nContext<Locale> {
    let begin = remembered().unwrap_or_else(preferred);
    let i18n = init_i18n_subcontext::<Locale>(Some(Signal::stored(begin)));
    provide_context(i18n);
    Effect::new(move |_| {
        let language = tag(i18n.get_locale());
        if let Some(html) = document().document_element() {
            // Fails only for a name that is no attribute.
            let _ = html.set_attribute("lang", language);
        }
    });
    i18n
}

/// Changes the language, for good.
pub fn choose(i18n: I18nContext<Locale>, locale: Locale) {
    i18n.set_locale(locale);
    if let Ok(Some(storage)) = window().local_storage() {
        // A full or forbidden storage only forgets.
        let _ = storage.set_item(REMEMBERED, tag(locale));
    }
}

/// BCP 47.
pub fn tag(locale: Locale) -> &'static str {
    match locale {
        Locale::en => "en",
        Locale::zh_TW => "zh-TW",
    }
}

fn remembered() -> Option<Locale> {
    let stored = window().local_storage().ok()??.get_item(REMEMBERED).ok()??;
    LANGUAGES.iter().map(|(locale, _)| *locale).find(|locale| tag(*locale) == stored)
}

/// Any Chinese is nearer to Traditional Chinese than to English.
fn preferred() -> Locale {
    let wanted = window().navigator().languages();
    wanted
        .iter()
        .filter_map(|language| language.as_string())
        .find_map(|language| match language.split('-').next() {
            Some("zh") => Some(Locale::zh_TW),
            Some("en") => Some(Locale::en),
            _ => None,
        })
        .unwrap_or_default()
}

/// The words that a search finds a type by, in every language.
pub fn type_words() -> TypeWords {
    let both = |en: &str, zh: &str| format!("{en} {zh}");
    TypeWords {
        application: both(
            td_string!(Locale::en, common.application_load_balancer),
            td_string!(Locale::zh_TW, common.application_load_balancer),
        ),
        network: both(
            td_string!(Locale::en, common.network_load_balancer),
            td_string!(Locale::zh_TW, common.network_load_balancer),
        ),
    }
}
