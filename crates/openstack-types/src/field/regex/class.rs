//! Character classes: `[…]`.

use super::{
    error::{RegexError, RegexProblem},
    node::Node,
    reader::Reader,
};

const POSIX_CLASSES: [&str; 14] = [
    "alpha", "lower", "upper", "alnum", "ascii", "blank", "cntrl", "digit", "graph", "print",
    "punct", "space", "word", "xdigit",
];

/// After `[`, which is at `start`.
pub(super) fn class(reader: &mut Reader, start: usize) -> Result<Node, RegexError> {
    if is_posix_class(reader) {
        return Err(reader.error_at(start, RegexProblem::BadRange));
    }
    reader.eat("^");
    let mut is_first = true;
    loop {
        let at = reader.at;
        if reader.peek() == Some(']') && !is_first {
            reader.at += 1;
            return Ok(Node::CLASS);
        }
        is_first = false;
        let low = class_item(reader, start)?;
        let is_range =
            reader.peek() == Some('-') && reader.text.get(reader.at + 1).is_some_and(|c| *c != ']');
        if !is_range {
            continue;
        }
        reader.at += 1;
        let high = class_item(reader, start)?;
        if low.zip(high).is_none_or(|(low, high)| low > high) {
            return Err(reader.error_at(at, RegexProblem::BadRange));
        }
    }
}

/// Whether `[` is followed by what PCRE2 takes for `[:name:]`, `[.x.]` or `[=x=]`.
fn is_posix_class(reader: &Reader) -> bool {
    let Some(mark @ (':' | '.' | '=')) = reader.peek() else { return false };
    let mut rest = reader.text[reader.at + 1..].windows(2);
    while let Some(&[c, next]) = rest.next() {
        match (c, next) {
            ('\\', ']' | '\\') => drop(rest.next()),
            (']', _) => return false,
            ('[', next) if next == mark => return false,
            (c, ']') if c == mark => return true,
            _ => {}
        }
    }
    false
}

/// A byte, or `None` for one of several.
fn class_item(reader: &mut Reader, class: usize) -> Result<Option<u32>, RegexError> {
    let start = reader.at;
    match reader.next() {
        None => Err(reader.error_at(class, RegexProblem::UnclosedClass)),
        Some('\\') if reader.eat("b") => Ok(Some(8)),
        Some('\\') => reader.escaped_byte(start),
        Some('[') if is_posix_class(reader) => {
            let is_known = POSIX_CLASSES.iter().any(|name| {
                reader.eat(&format!(":{name}:]")) || reader.eat(&format!(":^{name}:]"))
            });
            if is_known { Ok(None) } else { Err(reader.error_at(start, RegexProblem::BadRange)) }
        }
        Some(c) if c.is_ascii() => Ok(Some(u32::from(c))),
        Some(_) => Err(reader.error_at(start, RegexProblem::NotAscii)),
    }
}
