//! The regular expressions of L7 rules: the part of PCRE2's syntax that every version compiles, as HAProxy calls
//! it. Without UTF mode, and with numbers for named groups only.
//!
//! What is left out is either unsafe (recursion, callouts, verbs such as `(*NO_JIT)`), means something else in
//! another version, or would not mean what it seems to.

use thiserror::Error;

/// Why a text is not a regular expression. `position` counts characters from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[error("{problem} at character {position}")]
pub struct RegexError {
    pub position: usize,
    pub problem: RegexProblem,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
pub enum RegexProblem {
    #[error("a group without )")]
    UnclosedGroup,
    #[error(") without a group")]
    UnopenedGroup,
    #[error("[ without ]")]
    UnclosedClass,
    #[error("nothing to repeat")]
    NothingToRepeat,
    #[error("a repeat that is not {{n}}, {{n,}} or {{n,m}} with n ≤ m ≤ 65535")]
    BadRepeat,
    #[error("an unknown escape")]
    UnknownEscape,
    /// HAProxy does not number groups.
    #[error("a reference to a group by number; name it with (?P<name>…) and (?P=name)")]
    NumberedReference,
    #[error("a kind of group that is not supported")]
    UnknownGroup,
    #[error("a group name that is not unique, or not of letters, digits and _")]
    BadName,
    #[error("a range or class in [] that is not valid")]
    BadRange,
    /// HAProxy compares bytes.
    #[error("a character beyond ASCII that is repeated or in []; put it into a group")]
    NotAscii,
    #[error("a look-behind without a fixed length")]
    Lookbehind,
    #[error("an expression that becomes too large")]
    TooLarge,
}

/// PCRE2 compiles to at most 65,535 bytes; [`Node::size`] overestimates.
const MAX_SIZE: usize = 20_000;
const MAX_REPEAT: usize = 65_535;
/// PCRE2's limit.
const MAX_NAME: usize = 32;
const POSIX_CLASSES: [&str; 14] = [
    "alpha", "lower", "upper", "alnum", "ascii", "blank", "cntrl", "digit", "graph", "print",
    "punct", "space", "word", "xdigit",
];

/// Checks the syntax of a regular expression.
///
/// # Errors
/// The first problem and its position.
pub fn check_regex(text: &str) -> Result<(), RegexError> {
    let mut parser = Parser { text: text.chars().collect(), at: 0, names: Vec::new() };
    parser.alternatives()?;
    match parser.peek() {
        Some(_) => Err(parser.error(RegexProblem::UnopenedGroup)),
        None => Ok(()),
    }
}

/// What the limits need to know about a part of an expression.
#[derive(Clone, Copy)]
struct Node {
    /// Bytes of the compiled form, at most.
    size: usize,
    /// The number of bytes that it matches, if it is always the same.
    width: Option<usize>,
    repeat: Repeatable,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Repeatable {
    No,
    /// A repeat is a number in the compiled form.
    Counted,
    /// A repeat copies the compiled form.
    Copied,
    NotAscii,
}

impl Node {
    const EMPTY: Self = Self { size: 0, width: Some(0), repeat: Repeatable::No };
    const ASSERTION: Self = Self { size: 1, ..Self::EMPTY };
    const BYTE: Self = Self { size: 2, width: Some(1), repeat: Repeatable::Counted };
    const CLASS: Self = Self { size: 34, ..Self::BYTE };

    fn then(self, next: Self) -> Self {
        let width = self.width.zip(next.width).map(|(a, b)| a + b);
        Self { size: self.size.saturating_add(next.size), width, repeat: Repeatable::No }
    }
}

struct Parser {
    text: Vec<char>,
    at: usize,
    names: Vec<String>,
}

impl Parser {
    fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek();
        self.at += usize::from(next.is_some());
        next
    }

    fn eat(&mut self, expected: &str) -> bool {
        let end = self.at + expected.chars().count();
        let is_next = self
            .text
            .get(self.at..end)
            .is_some_and(|text| text.iter().copied().eq(expected.chars()));
        if is_next {
            self.at = end;
        }
        is_next
    }

    fn error(&self, problem: RegexProblem) -> RegexError {
        RegexError { position: self.at + 1, problem }
    }

    fn error_at(&self, start: usize, problem: RegexProblem) -> RegexError {
        RegexError { position: start + 1, problem }
    }

    /// Up to `)` or the end.
    fn alternatives(&mut self) -> Result<Node, RegexError> {
        let mut all = self.sequence()?;
        while self.eat("|") {
            let next = self.sequence()?;
            let width = if all.width == next.width { all.width } else { None };
            all = Node { width, size: all.size.saturating_add(next.size + 6), ..all };
        }
        if all.size > MAX_SIZE {
            return Err(self.error(RegexProblem::TooLarge));
        }
        Ok(all)
    }

    fn sequence(&mut self) -> Result<Node, RegexError> {
        let mut all = Node::EMPTY;
        while !matches!(self.peek(), None | Some('|' | ')')) {
            let atom = self.atom()?;
            all = all.then(self.repeated(atom)?);
        }
        Ok(all)
    }

    fn atom(&mut self) -> Result<Node, RegexError> {
        let start = self.at;
        match self.next() {
            Some('(') => self.group(start),
            Some('[') => self.class(start),
            Some('\\') => self.escape(start),
            Some('^' | '$') => Ok(Node::ASSERTION),
            Some('.') => Ok(Node::BYTE),
            Some('*' | '+' | '?') => Err(self.error_at(start, RegexProblem::NothingToRepeat)),
            Some('{') if self.is_repeat(start)? => {
                Err(self.error_at(start, RegexProblem::NothingToRepeat))
            }
            Some(c) if c.is_ascii() => Ok(Node::BYTE),
            Some(c) => {
                let bytes = c.len_utf8();
                Ok(Node { size: 2 * bytes, width: Some(bytes), repeat: Repeatable::NotAscii })
            }
            None => Ok(Node::EMPTY),
        }
    }

    /// Whether `{` at `start` begins a repeat. In other versions of PCRE2, `{,3}` or `{ 3 }` would.
    fn is_repeat(&self, start: usize) -> Result<bool, RegexError> {
        let inner = &self.text[start + 1..];
        let Some(end) = inner.iter().position(|c| *c == '}') else { return Ok(false) };
        let inner: String = inner[..end].iter().collect();
        if !inner.chars().all(|c| c.is_ascii_digit() || ", \t".contains(c)) || inner.is_empty() {
            return Ok(false);
        }
        match repeat_bounds(&inner) {
            Some(_) => Ok(true),
            None => Err(self.error_at(start, RegexProblem::BadRepeat)),
        }
    }

    fn repeated(&mut self, node: Node) -> Result<Node, RegexError> {
        let start = self.at;
        let (min, max) = match self.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') if self.is_repeat(start)? => {
                let inner: String =
                    self.text[start + 1..].iter().take_while(|c| **c != '}').collect();
                self.at += inner.len() + 1;
                repeat_bounds(&inner).ok_or(self.error_at(start, RegexProblem::BadRepeat))?
            }
            _ => return Ok(node),
        };
        self.at += 1;
        // Lazy or possessive.
        if matches!(self.peek(), Some('?' | '+')) {
            self.at += 1;
        }
        let copies = max.unwrap_or(min + 1).max(1);
        let size = match node.repeat {
            Repeatable::Counted => node.size + 10,
            Repeatable::Copied => node.size.saturating_add(12).saturating_mul(copies),
            Repeatable::NotAscii => return Err(self.error_at(start, RegexProblem::NotAscii)),
            Repeatable::No => return Err(self.error_at(start, RegexProblem::NothingToRepeat)),
        };
        if size > MAX_SIZE {
            return Err(self.error_at(start, RegexProblem::TooLarge));
        }
        let width = node.width.filter(|_| max == Some(min)).map(|width| width * min);
        Ok(Node { size, width, repeat: Repeatable::No })
    }

    /// After `(`, which is at `start`.
    fn group(&mut self, start: usize) -> Result<Node, RegexError> {
        if self.peek() == Some('*') {
            return Err(self.error_at(start, RegexProblem::UnknownGroup));
        }
        if !self.eat("?") {
            return self.group_content(start);
        }
        if self.eat("#") {
            while let Some(c) = self.next() {
                if c == ')' {
                    return Ok(Node::EMPTY);
                }
            }
            return Err(self.error_at(start, RegexProblem::UnclosedGroup));
        }
        if self.eat("=") || self.eat("!") {
            let content = self.group_content(start)?;
            return Ok(Node { width: Some(0), repeat: Repeatable::No, ..content });
        }
        if self.eat("<=") || self.eat("<!") {
            let content = self.group_content(start)?;
            return match content.width {
                Some(_) => Ok(Node { width: Some(0), repeat: Repeatable::No, ..content }),
                None => Err(self.error_at(start, RegexProblem::Lookbehind)),
            };
        }
        if self.eat(":") || self.eat(">") {
            return self.group_content(start);
        }
        if self.eat("P=") {
            let name = self.name(')')?;
            return if self.names.contains(&name) {
                Ok(Node { size: 4, width: None, repeat: Repeatable::Counted })
            } else {
                Err(self.error_at(start, RegexProblem::BadName))
            };
        }
        if self.eat("P<") || self.eat("<") {
            let name = self.name('>')?;
            if self.names.contains(&name) {
                return Err(self.error_at(start, RegexProblem::BadName));
            }
            self.names.push(name);
            return self.group_content(start);
        }
        self.flags(start)
    }

    /// `(?i)` for the rest of the group, or `(?i:…)`.
    fn flags(&mut self, start: usize) -> Result<Node, RegexError> {
        let mut is_negated = false;
        loop {
            match self.next() {
                Some('i' | 'm' | 's') => {}
                Some('-') if !is_negated => is_negated = true,
                Some(':') => return self.group_content(start),
                Some(')') => return Ok(Node::ASSERTION),
                Some(_) => return Err(self.error_at(start, RegexProblem::UnknownGroup)),
                None => return Err(self.error_at(start, RegexProblem::UnclosedGroup)),
            }
        }
    }

    fn group_content(&mut self, start: usize) -> Result<Node, RegexError> {
        let content = self.alternatives()?;
        if self.eat(")") {
            Ok(Node { size: content.size + 12, repeat: Repeatable::Copied, ..content })
        } else {
            Err(self.error_at(start, RegexProblem::UnclosedGroup))
        }
    }

    fn name(&mut self, end: char) -> Result<String, RegexError> {
        let start = self.at;
        let mut name = String::new();
        loop {
            match self.next() {
                Some(c) if c == end => break,
                Some(c) if c.is_ascii_alphanumeric() || c == '_' => name.push(c),
                _ => return Err(self.error_at(start, RegexProblem::BadName)),
            }
        }
        let is_valid = name.starts_with(|c: char| !c.is_ascii_digit()) && name.len() <= MAX_NAME;
        if is_valid { Ok(name) } else { Err(self.error_at(start, RegexProblem::BadName)) }
    }

    /// After a backslash outside of a class.
    fn escape(&mut self, start: usize) -> Result<Node, RegexError> {
        match self.peek() {
            Some('b' | 'B' | 'A' | 'Z' | 'z') => {
                self.at += 1;
                Ok(Node::ASSERTION)
            }
            Some('R') => {
                self.at += 1;
                Ok(Node { width: None, ..Node::BYTE })
            }
            Some('0'..='9') => Err(self.error_at(start, RegexProblem::NumberedReference)),
            _ => self.escaped_byte(start).map(|_| Node::BYTE),
        }
    }

    /// An escape that stands for one byte: which one, or `None` if it is one of several.
    fn escaped_byte(&mut self, start: usize) -> Result<Option<u32>, RegexError> {
        let known = match self.next() {
            Some('d' | 'D' | 'w' | 'W' | 's' | 'S' | 'h' | 'H' | 'v' | 'V') => return Ok(None),
            Some('n') => Some(0x0a),
            Some('r') => Some(0x0d),
            Some('t') => Some(0x09),
            Some('f') => Some(0x0c),
            Some('e') => Some(0x1b),
            Some('a') => Some(0x07),
            Some('x') => {
                let digits = self.text.get(self.at..self.at + 2).unwrap_or_default();
                let digits: Option<Vec<u32>> = digits.iter().map(|c| c.to_digit(16)).collect();
                self.at += 2;
                digits.filter(|digits| digits.len() == 2).map(|digits| digits[0] * 16 + digits[1])
            }
            Some(c) if c.is_ascii() && !c.is_ascii_alphanumeric() => Some(u32::from(c)),
            _ => None,
        };
        known.map(Some).ok_or_else(|| self.error_at(start, RegexProblem::UnknownEscape))
    }

    /// After `[`, which is at `start`.
    fn class(&mut self, start: usize) -> Result<Node, RegexError> {
        if self.is_posix_class() {
            return Err(self.error_at(start, RegexProblem::BadRange));
        }
        self.eat("^");
        let mut is_first = true;
        loop {
            let at = self.at;
            if self.peek() == Some(']') && !is_first {
                self.at += 1;
                return Ok(Node::CLASS);
            }
            is_first = false;
            let low = self.class_item(start)?;
            let is_range =
                self.peek() == Some('-') && self.text.get(self.at + 1).is_some_and(|c| *c != ']');
            if !is_range {
                continue;
            }
            self.at += 1;
            let high = self.class_item(start)?;
            if low.zip(high).is_none_or(|(low, high)| low > high) {
                return Err(self.error_at(at, RegexProblem::BadRange));
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

    /// A byte, or `None` for one of several.
    fn class_item(&mut self, class: usize) -> Result<Option<u32>, RegexError> {
        let start = self.at;
        match self.next() {
            None => Err(self.error_at(class, RegexProblem::UnclosedClass)),
            Some('\\') if self.eat("b") => Ok(Some(8)),
            Some('\\') => self.escaped_byte(start),
            Some('[') if self.is_posix_class() => {
                let is_known = POSIX_CLASSES.iter().any(|name| {
                    self.eat(&format!(":{name}:]")) || self.eat(&format!(":^{name}:]"))
                });
                if is_known { Ok(None) } else { Err(self.error_at(start, RegexProblem::BadRange)) }
            }
            Some(c) if c.is_ascii() => Ok(Some(u32::from(c))),
            Some(_) => Err(self.error_at(start, RegexProblem::NotAscii)),
        }
    }
}

/// The bounds of `{n}`, `{n,}` or `{n,m}`.
fn repeat_bounds(inner: &str) -> Option<(usize, Option<usize>)> {
    let number = |text: &str| {
        let is_number = (1..=5).contains(&text.len()) && text.bytes().all(|c| c.is_ascii_digit());
        is_number.then(|| text.parse().ok()).flatten().filter(|n| *n <= MAX_REPEAT)
    };
    match inner.split_once(',') {
        None => number(inner).map(|n| (n, Some(n))),
        Some((min, "")) => number(min).map(|min| (min, None)),
        Some((min, max)) => {
            number(min).zip(number(max)).filter(|(min, max)| min <= max).map(|(a, b)| (a, Some(b)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_expressions_are_valid() {
        for good in [
            "",
            "^/api/v[0-9]+(/|$)",
            r"\.(jpe?g|png)$",
            r"(?i)^www\.",
            "a{2}b{2,}c{2,3}?d{",
            "x{a}",
            r"[^]\]a-z-][[:alpha:]_-][.][:]",
            "(?P<q>['\"]).*?(?P=q)",
            "(?=a)(?!b)(?<=ab|cd)(?<!x{3})a",
            "(?>a+)b++",
            "(?i-s:a)|",
            "é|(?:ü)+",
            r"\x41\d\-\ ",
            "(?#note)a",
            "[a-z]{1000}",
        ] {
            assert_eq!(check_regex(good), Ok(()), "{good}");
        }
    }

    #[test]
    fn a_problem_has_its_position() {
        use RegexProblem::*;
        for (bad, position, problem) in [
            ("a(b", 2, UnclosedGroup),
            ("a)b", 2, UnopenedGroup),
            ("[a", 1, UnclosedClass),
            ("[]", 1, UnclosedClass),
            ("*a", 1, NothingToRepeat),
            ("a**", 3, NothingToRepeat),
            ("^*", 2, NothingToRepeat),
            ("(?=a)+", 6, NothingToRepeat),
            ("{2}", 1, NothingToRepeat),
            ("a{3,2}", 2, BadRepeat),
            ("a{,3}", 2, BadRepeat),
            ("a{99999}", 2, BadRepeat),
            (r"\q", 1, UnknownEscape),
            (r"a\", 2, UnknownEscape),
            (r"\x4", 1, UnknownEscape),
            (r"(a)\1", 4, NumberedReference),
            ("(*UTF)a", 1, UnknownGroup),
            ("(?R)", 1, UnknownGroup),
            ("(?x)a#", 1, UnknownGroup),
            ("(?P<a>x)(?P<a>y)", 9, BadName),
            ("(?P<a>(?P<a>x))", 7, BadName),
            ("(?P=a)", 1, BadName),
            ("(?<1a>x)", 4, BadName),
            ("[z-a]", 2, BadRange),
            (r"[\d-z]", 2, BadRange),
            ("[[:none:]]", 2, BadRange),
            ("[:alpha:]", 1, BadRange),
            ("[é]", 2, NotAscii),
            ("é+", 2, NotAscii),
            ("(?<=a+)b", 1, Lookbehind),
            ("(?<=a|bc)d", 1, Lookbehind),
            ("((a{1000}b){1000}c){100}", 12, TooLarge),
        ] {
            assert_eq!(check_regex(bad), Err(RegexError { position, problem }), "{bad}");
        }
    }
}
