//! The regular expressions of L7 rules: the part of PCRE2's syntax that every version compiles, as HAProxy calls
//! it. Without UTF mode, and with numbers for named groups only.
//!
//! What is left out is either unsafe (recursion, callouts, verbs such as `(*NO_JIT)`), means something else in
//! another version, or would not mean what it seems to.

mod class;
mod error;
mod node;
mod reader;

pub use error::{RegexError, RegexProblem};

use node::{MAX_SIZE, Node, Repeatable};
use reader::Reader;

const MAX_REPEAT: usize = 65_535;
/// PCRE2's limit.
const MAX_NAME: usize = 32;
/// Checks the syntax of a regular expression.
///
/// # Errors
/// The first problem and its position.
pub fn check_regex(text: &str) -> Result<(), RegexError> {
    let mut parser = Parser { reader: Reader::new(text), names: Vec::new() };
    parser.alternatives()?;
    match parser.reader.peek() {
        Some(_) => Err(parser.reader.error(RegexProblem::UnopenedGroup)),
        None => Ok(()),
    }
}

struct Parser {
    reader: Reader,
    names: Vec<String>,
}

impl Parser {
    /// Up to `)` or the end.
    fn alternatives(&mut self) -> Result<Node, RegexError> {
        let mut all = self.sequence()?;
        while self.reader.eat("|") {
            let next = self.sequence()?;
            let width = if all.width == next.width { all.width } else { None };
            all = Node { width, size: all.size.saturating_add(next.size + 6), ..all };
        }
        if all.size > MAX_SIZE {
            return Err(self.reader.error(RegexProblem::TooLarge));
        }
        Ok(all)
    }

    fn sequence(&mut self) -> Result<Node, RegexError> {
        let mut all = Node::EMPTY;
        while !matches!(self.reader.peek(), None | Some('|' | ')')) {
            let atom = self.atom()?;
            all = all.then(self.repeated(atom)?);
        }
        Ok(all)
    }

    fn atom(&mut self) -> Result<Node, RegexError> {
        let start = self.reader.at;
        match self.reader.next() {
            Some('(') => self.group(start),
            Some('[') => class::class(&mut self.reader, start),
            Some('\\') => self.escape(start),
            Some('^' | '$') => Ok(Node::ASSERTION),
            Some('.') => Ok(Node::BYTE),
            Some('*' | '+' | '?') => {
                Err(self.reader.error_at(start, RegexProblem::NothingToRepeat))
            }
            Some('{') if self.is_repeat(start)? => {
                Err(self.reader.error_at(start, RegexProblem::NothingToRepeat))
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
        let inner = &self.reader.text[start + 1..];
        let Some(end) = inner.iter().position(|c| *c == '}') else { return Ok(false) };
        let inner: String = inner[..end].iter().collect();
        if !inner.chars().all(|c| c.is_ascii_digit() || ", \t".contains(c)) || inner.is_empty() {
            return Ok(false);
        }
        match repeat_bounds(&inner) {
            Some(_) => Ok(true),
            None => Err(self.reader.error_at(start, RegexProblem::BadRepeat)),
        }
    }

    fn repeated(&mut self, node: Node) -> Result<Node, RegexError> {
        let start = self.reader.at;
        let (min, max) = match self.reader.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') if self.is_repeat(start)? => {
                let inner: String =
                    self.reader.text[start + 1..].iter().take_while(|c| **c != '}').collect();
                self.reader.at += inner.len() + 1;
                repeat_bounds(&inner).ok_or(self.reader.error_at(start, RegexProblem::BadRepeat))?
            }
            _ => return Ok(node),
        };
        self.reader.at += 1;
        // Lazy or possessive.
        if matches!(self.reader.peek(), Some('?' | '+')) {
            self.reader.at += 1;
        }
        let copies = max.unwrap_or(min + 1).max(1);
        let size = match node.repeat {
            Repeatable::Counted => node.size + 10,
            Repeatable::Copied => node.size.saturating_add(12).saturating_mul(copies),
            Repeatable::NotAscii => {
                return Err(self.reader.error_at(start, RegexProblem::NotAscii));
            }
            Repeatable::No => {
                return Err(self.reader.error_at(start, RegexProblem::NothingToRepeat));
            }
        };
        if size > MAX_SIZE {
            return Err(self.reader.error_at(start, RegexProblem::TooLarge));
        }
        let width = node.width.filter(|_| max == Some(min)).map(|width| width * min);
        Ok(Node { size, width, repeat: Repeatable::No })
    }

    /// After `(`, which is at `start`.
    fn group(&mut self, start: usize) -> Result<Node, RegexError> {
        if self.reader.peek() == Some('*') {
            return Err(self.reader.error_at(start, RegexProblem::UnknownGroup));
        }
        if !self.reader.eat("?") {
            return self.group_content(start);
        }
        if self.reader.eat("#") {
            while let Some(c) = self.reader.next() {
                if c == ')' {
                    return Ok(Node::EMPTY);
                }
            }
            return Err(self.reader.error_at(start, RegexProblem::UnclosedGroup));
        }
        if self.reader.eat("=") || self.reader.eat("!") {
            let content = self.group_content(start)?;
            return Ok(Node { width: Some(0), repeat: Repeatable::No, ..content });
        }
        if self.reader.eat("<=") || self.reader.eat("<!") {
            let content = self.group_content(start)?;
            return match content.width {
                Some(_) => Ok(Node { width: Some(0), repeat: Repeatable::No, ..content }),
                None => Err(self.reader.error_at(start, RegexProblem::Lookbehind)),
            };
        }
        if self.reader.eat(":") || self.reader.eat(">") {
            return self.group_content(start);
        }
        if self.reader.eat("P=") {
            let name = self.name(')')?;
            return if self.names.contains(&name) {
                Ok(Node { size: 4, width: None, repeat: Repeatable::Counted })
            } else {
                Err(self.reader.error_at(start, RegexProblem::BadName))
            };
        }
        if self.reader.eat("P<") || self.reader.eat("<") {
            let name = self.name('>')?;
            if self.names.contains(&name) {
                return Err(self.reader.error_at(start, RegexProblem::BadName));
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
            match self.reader.next() {
                Some('i' | 'm' | 's') => {}
                Some('-') if !is_negated => is_negated = true,
                Some(':') => return self.group_content(start),
                Some(')') => return Ok(Node::ASSERTION),
                Some(_) => return Err(self.reader.error_at(start, RegexProblem::UnknownGroup)),
                None => return Err(self.reader.error_at(start, RegexProblem::UnclosedGroup)),
            }
        }
    }

    fn group_content(&mut self, start: usize) -> Result<Node, RegexError> {
        let content = self.alternatives()?;
        if self.reader.eat(")") {
            Ok(Node { size: content.size + 12, repeat: Repeatable::Copied, ..content })
        } else {
            Err(self.reader.error_at(start, RegexProblem::UnclosedGroup))
        }
    }

    fn name(&mut self, end: char) -> Result<String, RegexError> {
        let start = self.reader.at;
        let mut name = String::new();
        loop {
            match self.reader.next() {
                Some(c) if c == end => break,
                Some(c) if c.is_ascii_alphanumeric() || c == '_' => name.push(c),
                _ => return Err(self.reader.error_at(start, RegexProblem::BadName)),
            }
        }
        let is_valid = name.starts_with(|c: char| !c.is_ascii_digit()) && name.len() <= MAX_NAME;
        if is_valid { Ok(name) } else { Err(self.reader.error_at(start, RegexProblem::BadName)) }
    }

    /// After a backslash outside of a class.
    fn escape(&mut self, start: usize) -> Result<Node, RegexError> {
        match self.reader.peek() {
            Some('b' | 'B' | 'A' | 'Z' | 'z') => {
                self.reader.at += 1;
                Ok(Node::ASSERTION)
            }
            Some('R') => {
                self.reader.at += 1;
                Ok(Node { width: None, ..Node::BYTE })
            }
            Some('0'..='9') => Err(self.reader.error_at(start, RegexProblem::NumberedReference)),
            _ => self.reader.escaped_byte(start).map(|_| Node::BYTE),
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
mod tests;
