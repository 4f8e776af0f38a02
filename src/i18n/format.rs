//! Dates and numbers in a language, formatted by the browser's `Intl`.

use super::{Locale, tag, td_string};
use js_sys::{
    Array, Date, Function,
    Intl::{DateTimeFormat, NumberFormat, RelativeTimeFormat},
    Object, Reflect,
};
use std::cell::RefCell;
use wasm_bindgen::JsValue;

/// The format of a time or a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Date, hours and minutes.
    Minutes,
    /// Date, hours, minutes and the time zone.
    Zoned,
    /// Date, hours, minutes and seconds.
    Seconds,
    /// Hours, minutes and seconds.
    TimeOfDay,
    /// Three significant digits, large numbers abbreviated: `1.23K`.
    Short,
    /// All digits, in groups.
    Whole,
}

thread_local! {
    /// Creating a formatter costs a hundred times as much as using it.
    static FORMATTERS: RefCell<Vec<((Locale, Style), Function)>> = const { RefCell::new(Vec::new()) };
}

/// A time of Octavia (UTC without a zone) or of RFC 3339, in the browser's time zone. Text that is
/// no time is returned unchanged.
pub fn time(locale: Locale, wire: &str, style: Style) -> String {
    let millis = millis(wire);
    if millis.is_nan() { wire.to_owned() } else { time_of_millis(locale, millis, style) }
}

/// Milliseconds since 1970 of a time from a service; NaN if it is none.
pub fn millis(wire: &str) -> f64 {
    let zoned = wire.ends_with('Z') || wire.get(19..).is_some_and(|rest| rest.contains(['+', '-']));
    Date::parse(&if zoned { wire.to_owned() } else { format!("{wire}Z") })
}

/// Milliseconds since 1970 as a time.
pub fn time_of_millis(locale: Locale, millis: f64, style: Style) -> String {
    write(locale, &Date::new(&millis.into()), style)
}

/// How long ago a time of Octavia or of RFC 3339 was: `2 h ago`. `now` is in milliseconds since 1970.
pub fn ago(locale: Locale, wire: &str, now: f64) -> String {
    let seconds = (now - millis(wire)) / 1000.0;
    if seconds.is_nan() {
        return wire.to_owned();
    }
    let steps = [(60.0, "minute"), (3600.0, "hour"), (86_400.0, "day"), (2_592_000.0, "month")];
    let passed = steps.iter().rev().find(|(length, _)| seconds >= *length);
    match passed {
        Some((length, unit)) => relative(locale, -(seconds / length).floor(), unit),
        // Also for a clock that is ahead of the server's.
        None => td_string!(locale, common.just_now).to_owned(),
    }
}

fn relative(locale: Locale, amount: f64, unit: &str) -> String {
    let options = Object::new();
    for (key, value) in [("numeric", "auto"), ("style", "narrow")] {
        // Fails only for a frozen object.
        let _ = Reflect::set(&options, &key.into(), &value.into());
    }
    RelativeTimeFormat::new(&intl_languages(locale), &options).format(amount, unit).into()
}

/// A number: [`Style::Short`] or [`Style::Whole`].
pub fn number(locale: Locale, number: f64, style: Style) -> String {
    // Not `-0`.
    write(locale, &(number + 0.0).into(), style)
}

/// An amount of bytes, in the unit that keeps it short: `1.23 MB`.
pub fn bytes(locale: Locale, amount: f64) -> String {
    let mut amount = amount;
    let mut units = ["B", "KB", "MB", "GB", "TB"].into_iter();
    let mut unit = units.next();
    // 1000 of a unit is 1 of the next.
    while amount >= 999.5
        && let Some(next) = units.next()
    {
        amount /= 1000.0;
        unit = Some(next);
    }
    format!("{} {}", number(locale, amount, Style::Short), unit.unwrap_or_default())
}

fn write(locale: Locale, value: &JsValue, style: Style) -> String {
    let format = FORMATTERS.with_borrow_mut(|known| {
        if let Some((_, format)) = known.iter().find(|(key, _)| *key == (locale, style)) {
            return format.clone();
        }
        let format = formatter(locale, style);
        known.push(((locale, style), format.clone()));
        format
    });
    format
        .call1(&JsValue::UNDEFINED, value)
        .ok()
        .and_then(|text| text.as_string())
        .unwrap_or_default()
}

fn formatter(locale: Locale, style: Style) -> Function {
    let options = Object::new();
    let set = |key: &str, value: &str| {
        // Fails only for a frozen object.
        let _ = Reflect::set(&options, &key.into(), &value.into());
    };
    let languages = intl_languages(locale);
    if matches!(style, Style::Short | Style::Whole) {
        if style == Style::Short {
            set("notation", "compact");
            // Fails only for a frozen object.
            let _ = Reflect::set(&options, &"maximumSignificantDigits".into(), &3.into());
        }
        return NumberFormat::new(&languages, &options).format();
    }
    if style != Style::TimeOfDay {
        set("year", "numeric");
        set("month", "2-digit");
        set("day", "2-digit");
    }
    set("hour", "2-digit");
    set("minute", "2-digit");
    match style {
        Style::Minutes => {}
        Style::Zoned => set("timeZoneName", "short"),
        _ => set("second", "2-digit"),
    }
    set("hourCycle", "h23");
    DateTimeFormat::new(&languages, &options).format()
}

fn intl_languages(locale: Locale) -> Array {
    // `en` alone has the American order of day and month, which most readers misread.
    let tag = if locale == Locale::en { "en-CA" } else { tag(locale) };
    Array::of1(&tag.into())
}

#[cfg(test)]
#[cfg(target_arch = "wasm32")]
mod tests {
    use super::*;
    use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

    wasm_bindgen_test_configure!(run_in_browser);

    #[wasm_bindgen_test]
    fn a_time_without_a_zone_is_utc() {
        assert_eq!(millis("2026-11-23T03:40:39"), millis("2026-11-23T03:40:39Z"));
        assert_eq!(millis("2026-11-23T03:40:39"), millis("2026-11-23T11:40:39+08:00"));
        assert!(millis("soon").is_nan());
    }

    #[wasm_bindgen_test]
    fn a_time_is_told_by_how_long_ago_it_was() {
        let at = |seconds: f64| {
            ago(Locale::zh_TW, "2026-11-23T03:40:39", millis("2026-11-23T03:40:39") + seconds * 1e3)
        };
        assert_eq!(at(-5.0), "剛剛");
        assert_eq!(at(59.0), "剛剛");
        assert_eq!(at(119.0), "1 分鐘前");
        assert_eq!(at(2.0 * 3600.0), "2 小時前");
        assert_eq!(at(40.0 * 86_400.0), "上個月");
        assert_eq!(ago(Locale::en, "soon", 0.0), "soon");
    }

    #[wasm_bindgen_test]
    fn text_that_is_no_time_is_unchanged() {
        assert_eq!(time(Locale::en, "soon", Style::Minutes), "soon");
    }

    #[wasm_bindgen_test]
    fn every_language_formats_the_requested_parts() {
        for locale in [Locale::en, Locale::zh_TW] {
            let day = time(locale, "2026-11-15T12:00:39", Style::Seconds);
            assert!(day.contains("2026") && day.contains("39"), "{day}");
            let clock = time(locale, "2026-11-15T12:00:39", Style::TimeOfDay);
            assert!(!clock.contains("2026") && clock.contains("39"), "{clock}");
        }
    }

    #[wasm_bindgen_test]
    fn numbers_are_short_or_whole() {
        assert_eq!(number(Locale::en, 1_234_567.0, Style::Whole), "1,234,567");
        assert_eq!(number(Locale::en, 1.25, Style::Short), "1.25");
        assert_eq!(number(Locale::en, 1_234.0, Style::Short), "1.23K");
        assert_eq!(number(Locale::zh_TW, 12_345.0, Style::Short), "1.23萬");
        assert_eq!(bytes(Locale::en, 999.0), "999 B");
        assert_eq!(bytes(Locale::en, 999.9), "1 KB");
        assert_eq!(bytes(Locale::zh_TW, 2_340_000.0), "2.34 MB");
    }
}
