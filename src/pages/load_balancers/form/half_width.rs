//! Full-width characters, which Chinese and Japanese input methods type.

use plan::{FieldPath, GroupField, HealthField, ListenerField, ServerField};

/// Converts full-width letters, digits, and signs to ASCII, as Unicode's NFKC does: `４４３` to `443`.
pub fn to_half_width(text: String) -> String {
    if text.is_ascii() {
        return text;
    }
    let convert = |character: char| match character {
        '\u{FF01}'..='\u{FF5E}' => {
            char::from_u32(u32::from(character) - 0xFEE0).unwrap_or(character)
        }
        '\u{3000}' => ' ',
        // What an input method types for the period key.
        '\u{3002}' | '\u{FF61}' => '.',
        other => other,
    };
    text.chars().map(convert).collect()
}

/// Whether a field holds words, in which full-width characters are meant.
pub fn is_prose(path: &FieldPath) -> bool {
    matches!(
        path,
        FieldPath::Name
            | FieldPath::Description
            | FieldPath::Listener {
                field: ListenerField::Name
                    | ListenerField::Description
                    | ListenerField::Certificate,
                ..
            }
            | FieldPath::Group { field: GroupField::Name | GroupField::Description, .. }
            | FieldPath::Server { field: ServerField::Name, .. }
            | FieldPath::Health { field: HealthField::Kind | HealthField::Name, .. }
    )
}

#[cfg(test)]
mod tests {
    use super::to_half_width;

    #[test]
    fn digits_and_signs_become_ascii() {
        assert_eq!(to_half_width("４４３".into()), "443");
        assert_eq!(to_half_width("１９２．０。２。１０：８０".into()), "192.0.2.10:80");
        assert_eq!(to_half_width("商店".into()), "商店");
    }
}
