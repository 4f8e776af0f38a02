//! Escapes and classes.

use super::{Node, Parser, Repeatable};
use crate::field::regex::{
    error::{RegexError, RegexProblem},
    syntax_tree::{Assertion, ByteSet, Regex},
};

/// One of the characters that `[` and an escape can stand for.
enum Item {
    Byte(u8),
    Set(ByteSet),
}

impl Item {
    fn set(&self) -> ByteSet {
        match self {
            Self::Byte(byte) => ByteSet::byte(*byte),
            Self::Set(set) => *set,
        }
    }
}

type Predicate = fn(&u8) -> bool;

const POSIX_CLASSES: [(&str, Predicate); 14] = [
    ("alpha", u8::is_ascii_alphabetic),
    ("lower", u8::is_ascii_lowercase),
    ("upper", u8::is_ascii_uppercase),
    ("alnum", u8::is_ascii_alphanumeric),
    ("ascii", u8::is_ascii),
    ("blank", |byte| matches!(byte, b' ' | b'\t')),
    ("cntrl", u8::is_ascii_control),
    ("digit", u8::is_ascii_digit),
    ("graph", u8::is_ascii_graphic),
    ("print", |byte| byte.is_ascii_graphic() || *byte == b' '),
    ("punct", u8::is_ascii_punctuation),
    ("space", is_space),
    ("word", is_word),
    ("xdigit", u8::is_ascii_hexdigit),
];

fn is_space(byte: &u8) -> bool {
    matches!(byte, b'\t'..=b'\r' | b' ')
}

fn is_word(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || *byte == b'_'
}

/// Of PCRE2's `\v`; `\R` matches one of them, or CR and LF together.
fn is_vertical_space(byte: &u8) -> bool {
    matches!(byte, b'\n'..=b'\r' | 0x85)
}

impl Parser {
    /// After a backslash outside of a class.
    pub(super) fn escape(&mut self, start: usize) -> Result<Node, RegexError> {
        let assertion = match self.peek() {
            Some('b') => Assertion::WordBoundary,
            Some('B') => Assertion::NotWordBoundary,
            Some('A') => Assertion::Start,
            Some('Z') => Assertion::LastLineEnd,
            Some('z') => Assertion::End,
            Some('R') => {
                self.at += 1;
                return Ok(any_line_end());
            }
            Some('0'..='9') => return Err(self.error_at(start, RegexProblem::NumberedReference)),
            _ => {
                let item = self.escaped_item(start)?;
                return Ok(Node::byte(self.folded(item.set())));
            }
        };
        self.at += 1;
        Ok(Node::assertion(assertion))
    }

    /// An escape that stands for one byte, or for one of several.
    fn escaped_item(&mut self, start: usize) -> Result<Item, RegexError> {
        let class = |matches: Predicate, is_negated: bool| {
            Ok(Item::Set(ByteSet::from(|byte| matches(&byte) != is_negated)))
        };
        let is_horizontal_space: Predicate = |byte| matches!(byte, b' ' | b'\t' | 0xa0);
        let known = match self.next() {
            Some(c @ ('d' | 'D')) => return class(u8::is_ascii_digit, c == 'D'),
            Some(c @ ('w' | 'W')) => return class(is_word, c == 'W'),
            Some(c @ ('s' | 'S')) => return class(is_space, c == 'S'),
            Some(c @ ('h' | 'H')) => return class(is_horizontal_space, c == 'H'),
            Some(c @ ('v' | 'V')) => return class(is_vertical_space, c == 'V'),
            Some('n') => Some(b'\n'),
            Some('r') => Some(b'\r'),
            Some('t') => Some(b'\t'),
            Some('f') => Some(0x0c),
            Some('e') => Some(0x1b),
            Some('a') => Some(0x07),
            Some('x') => {
                let digits: String =
                    self.text.get(self.at..self.at + 2).unwrap_or_default().iter().collect();
                self.at += 2;
                let is_hex = digits.len() == 2 && digits.bytes().all(|c| c.is_ascii_hexdigit());
                is_hex.then(|| u8::from_str_radix(&digits, 16).ok()).flatten()
            }
            Some(c) if c.is_ascii() && !c.is_ascii_alphanumeric() => Some(c as u8),
            _ => None,
        };
        known.map(Item::Byte).ok_or_else(|| self.error_at(start, RegexProblem::UnknownEscape))
    }

    /// After `[`, which is at `start`.
    pub(super) fn class(&mut self, start: usize) -> Result<Node, RegexError> {
        const SIZE: usize = 34;
        if self.is_posix_class() {
            return Err(self.error_at(start, RegexProblem::BadRange));
        }
        let is_negated = self.eat("^");
        let mut set = ByteSet::default();
        let mut is_first = true;
        loop {
            let at = self.at;
            if self.peek() == Some(']') && !is_first {
                self.at += 1;
                let set = self.folded(set);
                let set = if is_negated { set.complement() } else { set };
                return Ok(Node { size: SIZE, ..Node::byte(set) });
            }
            is_first = false;
            let low = self.class_item(start)?;
            let is_range =
                self.peek() == Some('-') && self.text.get(self.at + 1).is_some_and(|c| *c != ']');
            if !is_range {
                set = set.union(low.set());
                continue;
            }
            self.at += 1;
            match (low, self.class_item(start)?) {
                (Item::Byte(low), Item::Byte(high)) if low <= high => {
                    (low..=high).for_each(|byte| set.insert(byte));
                }
                _ => return Err(self.error_at(at, RegexProblem::BadRange)),
            }
        }
    }

    /// Whether `[` is followed by what PCRE2 takes for `[:name:]`, `[.x.]` or `[=x=]`.
    fn is_posix_class(&self) -> bool {
        let Some(mark @ (':' | '.' | '=')) = self.peek() else { return false };
        let mut rest = self.text[self.at + 1..].windows(2);
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

    fn class_item(&mut self, class: usize) -> Result<Item, RegexError> {
        let start = self.at;
        match self.next() {
            None => Err(self.error_at(class, RegexProblem::UnclosedClass)),
            Some('\\') if self.eat("b") => Ok(Item::Byte(8)),
            Some('\\') => self.escaped_item(start),
            Some('[') if self.is_posix_class() => {
                for (name, matches) in POSIX_CLASSES {
                    // Neither case differs from the other then, also for the complement.
                    let matches: Predicate = match name {
                        "lower" | "upper" if self.flags.ignore_case => u8::is_ascii_alphabetic,
                        _ => matches,
                    };
                    for (prefix, is_negated) in [(":", false), (":^", true)] {
                        if self.eat(&format!("{prefix}{name}:]")) {
                            let set = ByteSet::from(|byte| matches(&byte) != is_negated);
                            return Ok(Item::Set(set));
                        }
                    }
                }
                Err(self.error_at(start, RegexProblem::BadRange))
            }
            Some(c) if c.is_ascii() => Ok(Item::Byte(c as u8)),
            Some(_) => Err(self.error_at(start, RegexProblem::NotAscii)),
        }
    }
}

/// `\R`
fn any_line_end() -> Node {
    let byte = |byte| Regex::Byte(ByteSet::byte(byte));
    let alternatives = vec![
        Regex::Sequence(vec![byte(b'\r'), byte(b'\n')]),
        Regex::Byte(ByteSet::from(|byte| is_vertical_space(&byte))),
    ];
    let tree = Regex::Atomic(Box::new(Regex::Alternatives(alternatives)));
    Node { tree, size: 2, width: None, repeat: Repeatable::Counted }
}
