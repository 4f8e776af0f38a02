//! Messages of the services and of the engine in the words of the page.
//!
//! A message matches a pattern, whose `{}` stand for any text. The parts are `%1`, `%2` … in the translation,
//! and are translated themselves if they match a pattern. `crates/xtask/src/invariants/messages.rs` checks
//! that every message in the server's sources has a pattern.

mod patterns;

use super::{I18nContext, Locale, Text, keys, text_in};
use patterns::PATTERNS;

/// Between the entries, by language. An entry ends with a full stop.
const SEPARATORS: [&str; 2] = [" ", ""];

/// What begins each entry of a list of messages about ports.
const LIST_ENTRY: &str = "; port ";

/// A message of a service or the engine in the language of the page. An unknown one stays as it is, with a lead
/// in other languages.
pub fn translate(i18n: I18nContext<Locale>, message: &str) -> String {
    let language = i18n.get_locale();
    known(language, message).unwrap_or_else(|| fill(language, keys::messages::unknown, &[message]))
}

/// The translation of a message that matches a pattern.
fn known(language: Locale, message: &str) -> Option<String> {
    if message.starts_with("port ") && message.contains(LIST_ENTRY) {
        let entries = message.split(LIST_ENTRY).enumerate();
        let entries = entries.map(|(index, entry)| {
            let entry = if index == 0 { entry.to_owned() } else { format!("port {entry}") };
            known(language, &entry).unwrap_or(entry)
        });
        return Some(entries.collect::<Vec<_>>().join(SEPARATORS[language as usize]));
    }
    let (parts, text) =
        PATTERNS.iter().find_map(|(pattern, text)| Some((parts(pattern, message)?, *text)))?;
    Some(fill(language, text, &parts))
}

/// A text with the parts of a message, each translated if it is a message itself.
fn fill(language: Locale, text: Text, parts: &[&str]) -> String {
    let mut filled = String::new();
    // Not by replacing one after the other: a part may contain `%2`.
    let mut rest = text_in(language, text);
    while let Some((before, after)) = rest.split_once('%') {
        filled.push_str(before);
        let number = after.chars().next().and_then(|digit| digit.to_digit(10));
        match number.and_then(|number| parts.get((number as usize).checked_sub(1)?)) {
            Some(part) => {
                filled.push_str(&known(language, part).unwrap_or_else(|| (*part).to_owned()));
                rest = &after[1..];
            }
            None => {
                filled.push('%');
                rest = after;
            }
        }
    }
    filled.push_str(rest);
    filled
}

/// The texts that stand for the `{}` of a pattern; `None` if the message does not match.
fn parts<'a>(pattern: &str, message: &'a str) -> Option<Vec<&'a str>> {
    let mut literals = pattern.split("{}");
    let mut rest = message.strip_prefix(literals.next()?)?;
    let mut parts = Vec::new();
    let mut literals = literals.peekable();
    while let Some(literal) = literals.next() {
        // The last part takes all, so that a text with the same words in it matches too.
        let end = match (literals.peek(), literal) {
            (None, "") => rest.len(),
            (None, last) => rest.len().checked_sub(last.len()).filter(|_| rest.ends_with(last))?,
            (Some(_), literal) => rest.find(literal)?,
        };
        parts.push(&rest[..end]);
        rest = &rest[end + literal.len()..];
    }
    rest.is_empty().then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(message: &str) -> Option<(&'static str, Vec<&str>)> {
        PATTERNS.iter().find_map(|(pattern, _)| Some((*pattern, parts(pattern, message)?)))
    }

    #[test]
    fn a_message_matches_the_most_specific_pattern() {
        let (pattern, parts) = found("port 80 of 127.8.0.4 is used by another program").unwrap();
        assert_eq!(pattern, "port {} of {} is used by another program");
        assert_eq!(parts, ["80", "127.8.0.4"]);
        let message =
            "Invalid input for field/attribute vip_address. Value: '1.2.3.4'. It's taken.";
        assert_eq!(found(message).unwrap().1, ["vip_address", "1.2.3.4", "It's taken."]);
        let missing =
            "Invalid input for field/attribute name. Value: 'None'. Mandatory field missing.";
        assert_eq!(found(missing).unwrap().1, ["name"]);
        assert_eq!(found("Something else"), None);
        assert_eq!(found("HAProxy ended at once, it seems"), None);
    }

    #[test]
    fn a_message_within_a_message_is_translated() {
        crate::i18n::load_compiled_in();
        let english = |message| known(Locale::en, message).unwrap();
        let chinese = |message| known(Locale::zh_TW, message).unwrap();
        let message = "port 80 is not served: port 80 of 127.8.0.4 is used by another program; \
                       port 443 is served with its previous settings: it has no certificate";
        assert_eq!(
            english(message),
            "Port 80 isn't served: Port 80 of 127.8.0.4 is used by another program. Port 443 still runs \
             with its previous settings: It has no certificate."
        );
        assert_eq!(
            chinese(message),
            "連接埠 80 未提供服務：127.8.0.4 的連接埠 80 已被其他程式使用。連接埠 443 仍以先前的設定運作：\
             沒有憑證。"
        );
        let message = "Invalid input for field/attribute weight. Value: '300'. Value should be lower \
                       or equal to 256";
        assert_eq!(english(message), "weight can't be “300”. It must be at most 256.");
        let message = "Quota has been met for resources: Load Balancer";
        assert_eq!(chinese(message), "專案已達到配額上限：負載平衡器");
    }

    #[test]
    fn no_pattern_hides_a_later_one() {
        for (i, (pattern, _)) in PATTERNS.iter().enumerate() {
            let (found, _) = found(&pattern.replace("{}", "x")).unwrap();
            assert_eq!(found, *pattern, "{i}");
        }
    }
}
