//! The texts of a language, from a file that never changes under its name.

use super::{Locale, Text, generated};
use std::sync::OnceLock;

/// By language, once it is loaded.
static TEXTS: [OnceLock<Vec<&'static str>>; generated::TAGS.len()] =
    [const { OnceLock::new() }; generated::TAGS.len()];

/// The texts could not be downloaded: the server does not answer, or serves another version by now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoTexts;

/// Makes the texts of a language ready; at once if they are already.
///
/// # Errors
///
/// When they cannot be downloaded.
pub async fn load(locale: Locale) -> Result<(), NoTexts> {
    let place = &TEXTS[locale as usize];
    if place.get().is_none() {
        let lines = lines(locale).await?;
        let texts: Vec<_> = lines.lines().collect();
        if texts.len() != generated::COUNT {
            return Err(NoTexts);
        }
        // Two who load at once load the same.
        let _ = place.set(texts);
    }
    Ok(())
}

/// A text; nothing in a language that is not loaded.
pub(super) fn text(locale: Locale, text: Text) -> &'static str {
    let texts = TEXTS[locale as usize].get();
    texts.and_then(|texts| texts.get(usize::from(text.0))).copied().unwrap_or_default()
}

/// Stays in memory for good, as what is compiled in does.
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

#[cfg(test)]
mod tests {
    use super::super::{I18nContext, LANGUAGES, keys, t_string, tag, td_string};
    use super::*;
    use futures::FutureExt;
    use leptos::prelude::{Owner, RwSignal};

    #[test]
    fn languages_are_in_the_order_of_their_tags() {
        assert_eq!(LANGUAGES.map(|(locale, _)| tag(locale)), generated::TAGS);
        assert_eq!(LANGUAGES.map(|(locale, _)| locale as usize), [0, 1]);
    }

    #[test]
    fn every_language_says_its_own() {
        let _owner = Owner::new();
        for (locale, refresh, server) in [
            (Locale::en, "Refresh", "The server failed (503): no"),
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
    fn a_place_stands_where_its_language_wants_it() {
        let _owner = Owner::new();
        load(Locale::en).now_or_never().unwrap().unwrap();
        let i18n = I18nContext(RwSignal::new(Locale::en));
        let line = keys::create::paste_line { line: &3, text: &"{1}", error: &"why" };
        assert_eq!(line.fill(i18n), "Line 3, “{1}”: why");
    }
}
