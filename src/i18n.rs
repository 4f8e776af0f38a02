//! Translations: `locales/<language>/<section>.json`. A missing key or value fails the build.
//!
//! In a view: `let i18n = use_i18n();` then `t!(i18n, common.refresh)`, or `t_string!` for a text.
//! The texts of a language are in a file that is downloaded before anything is shown; without the
//! feature `split` they are compiled in.

pub mod errors;
pub mod format;
pub mod messages;

mod live_text;
mod texts;

#[allow(
    dead_code,
    non_camel_case_types,
    non_upper_case_globals,
    unused_imports,
    unused_macros,
    reason = "keys are named as in the files, and not all of them are used in every way"
)]
mod generated {
    use super::{I18nContext, Locale, Text};
    include!(concat!(env!("OUT_DIR"), "/texts.rs"));
    pub(super) use lines;
}

pub use generated::{compiled_in, keys};
pub use live_text::LiveText;
pub use texts::NoTexts;

use crate::store::{lower, row::TypeLabels};
use leptos::prelude::*;
use std::fmt::{Display, Write};
use texts::Texts;

/// The key in the browser's storage.
const STORAGE_KEY: &str = "language";

/// A language of the page, in the order of the tags.
#[allow(non_camel_case_types, reason = "as the language is written elsewhere")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Locale {
    /// English.
    #[default]
    en,
    /// Traditional Chinese, Taiwan.
    zh_TW,
}

/// The languages, by their own names.
pub const LANGUAGES: [(Locale, &str); 2] = [(Locale::en, "English"), (Locale::zh_TW, "繁體中文")];

/// A text without placeholders, by its number in the file of a language.
#[derive(Clone, Copy, Debug)]
pub struct Text(u16);

/// A text without placeholders, as data: `|i18n| t_string!(i18n, section.key)`.
pub type TextFn = fn(I18nContext<Locale>) -> &'static str;

/// The current language.
#[derive(Debug)]
pub struct I18nContext<L: 'static>(RwSignal<L>);

impl<L> Clone for I18nContext<L> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<L> Copy for I18nContext<L> {}

impl I18nContext<Locale> {
    /// The language; reactive.
    pub fn get_locale(self) -> Locale {
        self.0.get()
    }

    /// A text in the current language; reactive.
    pub fn text(self, text: Text) -> &'static str {
        text_in(self.get_locale(), text)
    }

    /// A text that follows the language.
    pub fn view(self, text: Text) -> impl Fn() -> &'static str + Copy + Send + 'static {
        move || self.text(text)
    }

    /// A text with values in place of its numbered placeholders.
    pub fn fill(self, text: Text, values: &[&dyn Display]) -> String {
        let mut parts = self.text(text).split('{');
        let mut filled = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (place, rest) = part.split_once('}').unwrap_or_default();
            let (number, forms) = place.split_once('?').unwrap_or((place, ""));
            let begin = filled.len();
            if let Some(value) = number.parse().ok().and_then(|number: usize| values.get(number)) {
                // Writing to a string cannot fail.
                let _ = write!(filled, "{value}");
            }
            if let Some((one, other)) = forms.split_once('|') {
                let form = if &filled[begin..] == "1" { one } else { other };
                filled.replace_range(begin.., form);
            }
            filled.push_str(rest);
        }
        filled
    }
}

/// The texts of each language.
static TEXTS: [Texts; generated::TAGS.len()] = [const { Texts::new() }; generated::TAGS.len()];

/// A text in a language; not reactive. Empty while the language is not loaded.
fn text_in(locale: Locale, text: Text) -> &'static str {
    TEXTS[locale as usize].get(text.0)
}

/// Loads all languages in a test.
#[cfg(all(test, not(feature = "split")))]
fn load_compiled_in() {
    for (texts, lines) in TEXTS.iter().zip(generated::lines!()) {
        let loaded = texts.set(lines, generated::COUNT);
        assert_eq!(loaded, Ok(()));
    }
}

/// Loads the texts of a language, unless they are loaded.
///
/// # Errors
///
/// When they cannot be downloaded.
pub async fn load(locale: Locale) -> Result<(), NoTexts> {
    let texts = &TEXTS[locale as usize];
    if texts.is_loaded() { Ok(()) } else { texts.set(lines(locale).await?, generated::COUNT) }
}

/// The file stays in memory for good, as texts that are compiled in do.
#[cfg(feature = "split")]
async fn lines(locale: Locale) -> Result<&'static str, NoTexts> {
    let path = generated::FILES[locale as usize];
    let text = crate::client::file(path).await.map_err(|_| NoTexts)?;
    Ok(text.leak())
}

#[cfg(not(feature = "split"))]
async fn lines(locale: Locale) -> Result<&'static str, NoTexts> {
    Ok(generated::lines!()[locale as usize])
}

/// The language, from [`provide`].
pub fn use_i18n() -> I18nContext<Locale> {
    expect_context()
}

/// `t!(i18n, section.key)`: a text for a view, which follows the language.
macro_rules! t {
    ($i18n:expr, $section:ident . $key:ident) => {
        $i18n.view($crate::i18n::keys::$section::$key)
    };
}

/// `t_string!(i18n, section.key)`: a text. `t_string!(i18n, section.key, name = value)`: a text with values
/// for its placeholders. Reactive: an effect or a view runs again when the language changes.
macro_rules! t_string {
    ($i18n:expr, $section:ident . $key:ident $(,)?) => {
        $i18n.text($crate::i18n::keys::$section::$key)
    };
    ($i18n:expr, $section:ident . $key:ident, $($name:ident = $value:expr),+ $(,)?) => {
        $crate::i18n::keys::$section::$key { $($name: &$value),+ }.fill($i18n)
    };
}

/// `td_string!(locale, section.key)`: a text in any language, without loading it. Compiled in for
/// every language, so use it for few texts.
macro_rules! td_string {
    ($locale:expr, $section:ident . $key:ident) => {
        $crate::i18n::in_every_language!($section.$key)[$locale as usize]
    };
}

/// `in_every_language!(section.key)`: a text in all languages, in the order of [`Locale`]. Also
/// compiled in.
macro_rules! in_every_language {
    ($section:ident . $key:ident) => {
        $crate::i18n::compiled_in::$section::$key
    };
}

pub(crate) use {in_every_language, t, t_string, td_string};

/// The first language: the one chosen before, or else the first supported one of the browser.
/// `index.html` preloads its texts by the same rule.
pub fn first() -> Locale {
    remembered().unwrap_or_else(preferred)
}

/// Provides a loaded language, and sets `<html lang>` to the current one.
pub fn provide(begin: Locale) {
    let i18n = I18nContext(RwSignal::new(begin));
    provide_context(i18n);
    Effect::new(move |_| {
        let language = tag(i18n.get_locale());
        if let Some(html) = document().document_element() {
            // Fails only for an invalid attribute name.
            let _ = html.set_attribute("lang", language);
        }
    });
}

/// Changes the language once its texts are loaded, and remembers it.
///
/// # Errors
/// The texts cannot be downloaded; the language stays the same.
pub async fn choose(i18n: I18nContext<Locale>, locale: Locale) -> Result<(), NoTexts> {
    load(locale).await?;
    i18n.0.set(locale);
    if let Ok(Some(storage)) = window().local_storage() {
        // Without storage, the choice is not remembered.
        let _ = storage.set_item(STORAGE_KEY, tag(locale));
    }
    Ok(())
}

/// The BCP 47 tag.
pub fn tag(locale: Locale) -> &'static str {
    generated::TAGS[locale as usize]
}

fn remembered() -> Option<Locale> {
    let stored = window().local_storage().ok()??.get_item(STORAGE_KEY).ok()??;
    LANGUAGES.iter().map(|(locale, _)| *locale).find(|locale| tag(*locale) == stored)
}

/// Readers of any Chinese prefer Traditional Chinese to English.
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

/// The texts that a search finds a type by, in all languages.
pub fn type_labels() -> TypeLabels {
    TypeLabels {
        application: lower(&in_every_language!(common.application_load_balancer).join(" ")),
        network: lower(&in_every_language!(common.network_load_balancer).join(" ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;

    #[test]
    fn languages_are_in_the_order_of_their_tags() {
        assert_eq!(LANGUAGES.map(|(locale, _)| tag(locale)), generated::TAGS);
        assert_eq!(LANGUAGES.map(|(locale, _)| locale as usize), [0, 1]);
    }

    #[test]
    fn every_language_has_its_own_texts() {
        let _owner = Owner::new();
        for (locale, refresh, server) in [
            (Locale::en, "Refresh", "Server error (503): no"),
            (Locale::zh_TW, "重新整理", "伺服器發生錯誤（503）：no"),
        ] {
            load(locale).now_or_never().unwrap().unwrap();
            let i18n = I18nContext(RwSignal::new(locale));
            assert_eq!(t_string!(i18n, common.refresh), refresh);
            assert_eq!(td_string!(locale, common.refresh), refresh);
            assert_eq!(t_string!(i18n, errors.server, message = "no", status = 503), server);
        }
    }

    #[test]
    fn values_stand_where_the_language_puts_them() {
        let _owner = Owner::new();
        load(Locale::en).now_or_never().unwrap().unwrap();
        let i18n = I18nContext(RwSignal::new(Locale::en));
        let line = keys::create::paste_line { line: &3, text: &"{1}", error: &"why" };
        assert_eq!(line.fill(i18n), "Line 3, “{1}”: why");
    }
}
