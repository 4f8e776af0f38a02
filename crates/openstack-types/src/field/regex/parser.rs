//! The parser, with the limits of PCRE2.

mod escape;

use super::{
    error::{RegexError, RegexProblem},
    syntax_tree::{Assertion, ByteSet, Regex, RepeatKind},
};

/// PCRE2 compiles to at most 65,535 bytes; [`Node::size`] overestimates.
const MAX_SIZE: usize = 20_000;
const MAX_REPEAT: usize = 65_535;
/// PCRE2's limits.
const MAX_NAME: usize = 32;
const MAX_DEPTH: usize = 250;

pub(super) fn parse(text: &str, ignore_case: bool) -> Result<Regex, RegexError> {
    let flags = Flags { ignore_case, ..Flags::default() };
    let mut parser =
        Parser { text: text.chars().collect(), at: 0, names: Vec::new(), flags, depth: 0 };
    let all = parser.alternatives()?;
    match parser.peek() {
        Some(_) => Err(parser.error(RegexProblem::UnopenedGroup)),
        None => Ok(all.tree),
    }
}

/// A part of an expression, and what the limits need to know about it.
struct Node {
    tree: Regex,
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
    /// Without a byte.
    fn nothing(tree: Regex, size: usize) -> Self {
        Self { tree, size, width: Some(0), repeat: Repeatable::No }
    }

    fn empty() -> Self {
        Self::nothing(Regex::Sequence(Vec::new()), 0)
    }

    fn assertion(assertion: Assertion) -> Self {
        Self::nothing(Regex::Assertion(assertion), 1)
    }

    fn byte(set: ByteSet) -> Self {
        Self { tree: Regex::Byte(set), size: 2, width: Some(1), repeat: Repeatable::Counted }
    }
}

#[derive(Clone, Copy, Default)]
struct Flags {
    ignore_case: bool,
    multi_line: bool,
    dot_matches_all: bool,
}

struct Parser {
    text: Vec<char>,
    at: usize,
    names: Vec<String>,
    /// At the current position.
    flags: Flags,
    /// Of groups.
    depth: usize,
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
        let Node { tree, mut size, mut width, .. } = self.sequence()?;
        let mut trees = vec![tree];
        while self.eat("|") {
            let next = self.sequence()?;
            trees.push(next.tree);
            width = width.filter(|_| width == next.width);
            size = size.saturating_add(next.size + 6);
        }
        if size > MAX_SIZE {
            return Err(self.error(RegexProblem::TooLarge));
        }
        let tree = if trees.len() == 1 { trees.remove(0) } else { Regex::Alternatives(trees) };
        Ok(Node { tree, size, width, repeat: Repeatable::No })
    }

    fn sequence(&mut self) -> Result<Node, RegexError> {
        let mut all = Node::empty();
        let mut trees = Vec::new();
        while !matches!(self.peek(), None | Some('|' | ')')) {
            let atom = self.atom()?;
            let next = self.repeated(atom)?;
            all.width = all.width.zip(next.width).map(|(a, b)| a + b);
            all.size = all.size.saturating_add(next.size);
            trees.push(next.tree);
        }
        Ok(Node { tree: Regex::Sequence(trees), ..all })
    }

    fn atom(&mut self) -> Result<Node, RegexError> {
        let start = self.at;
        match self.next() {
            Some('(') => self.group(start),
            Some('[') => self.class(start),
            Some('\\') => self.escape(start),
            Some('^') if self.flags.multi_line => Ok(Node::assertion(Assertion::LineStart)),
            Some('^') => Ok(Node::assertion(Assertion::Start)),
            Some('$') if self.flags.multi_line => Ok(Node::assertion(Assertion::LineEnd)),
            Some('$') => Ok(Node::assertion(Assertion::LastLineEnd)),
            Some('.') => {
                let all = self.flags.dot_matches_all;
                Ok(Node::byte(ByteSet::from(|byte| all || byte != b'\n')))
            }
            Some('*' | '+' | '?') => Err(self.error_at(start, RegexProblem::NothingToRepeat)),
            Some('{') if self.is_repeat(start)? => {
                Err(self.error_at(start, RegexProblem::NothingToRepeat))
            }
            Some(c) if c.is_ascii() => Ok(Node::byte(self.folded(ByteSet::byte(c as u8)))),
            Some(c) => {
                let text = c.to_string();
                let bytes = text.bytes().map(|byte| Regex::Byte(ByteSet::byte(byte))).collect();
                Ok(Node {
                    tree: Regex::Sequence(bytes),
                    size: 2 * text.len(),
                    width: Some(text.len()),
                    repeat: Repeatable::NotAscii,
                })
            }
            None => Ok(Node::empty()),
        }
    }

    fn folded(&self, set: ByteSet) -> ByteSet {
        if self.flags.ignore_case { set.any_case() } else { set }
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
        let kind = match self.peek() {
            Some('?') => RepeatKind::Lazy,
            Some('+') => RepeatKind::Possessive,
            _ => RepeatKind::Greedy,
        };
        self.at += usize::from(kind != RepeatKind::Greedy);
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
        let tree = Regex::Repeat { what: Box::new(node.tree), min, max, kind };
        Ok(Node { tree, size, width, repeat: Repeatable::No })
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
                    return Ok(Node::empty());
                }
            }
            return Err(self.error_at(start, RegexProblem::UnclosedGroup));
        }
        for (prefix, is_behind, is_negated) in
            [("=", false, false), ("!", false, true), ("<=", true, false), ("<!", true, true)]
        {
            if self.eat(prefix) {
                return self.look_around(start, is_behind, is_negated);
            }
        }
        if self.eat(":") {
            return self.group_content(start);
        }
        if self.eat(">") {
            let content = self.group_content(start)?;
            return Ok(Node { tree: Regex::Atomic(Box::new(content.tree)), ..content });
        }
        if self.eat("P=") {
            let name = self.name(')')?;
            let Some(group) = self.names.iter().position(|known| *known == name) else {
                return Err(self.error_at(start, RegexProblem::BadName));
            };
            let tree = Regex::Reference { group, ignore_case: self.flags.ignore_case };
            return Ok(Node { tree, size: 4, width: None, repeat: Repeatable::Counted });
        }
        if self.eat("P<") || self.eat("<") {
            let name = self.name('>')?;
            if self.names.contains(&name) {
                return Err(self.error_at(start, RegexProblem::BadName));
            }
            let group = self.names.len();
            self.names.push(name);
            let content = self.group_content(start)?;
            return Ok(Node { tree: Regex::Group(group, Box::new(content.tree)), ..content });
        }
        self.flags(start)
    }

    fn look_around(
        &mut self,
        start: usize,
        is_behind: bool,
        is_negated: bool,
    ) -> Result<Node, RegexError> {
        let content = self.group_content(start)?;
        if is_behind && content.width.is_none() {
            return Err(self.error_at(start, RegexProblem::Lookbehind));
        }
        let behind = content.width.filter(|_| is_behind);
        let tree = Regex::Look { behind, is_negated, what: Box::new(content.tree) };
        Ok(Node::nothing(tree, content.size))
    }

    /// `(?i)` for the rest of the group, or `(?i:…)`.
    fn flags(&mut self, start: usize) -> Result<Node, RegexError> {
        let mut is_negated = false;
        let outside = self.flags;
        loop {
            match self.next() {
                Some('i') => self.flags.ignore_case = !is_negated,
                Some('m') => self.flags.multi_line = !is_negated,
                Some('s') => self.flags.dot_matches_all = !is_negated,
                Some('-') if !is_negated => is_negated = true,
                Some(':') => {
                    let content = self.group_content(start);
                    self.flags = outside;
                    return content;
                }
                Some(')') => return Ok(Node { size: 1, ..Node::empty() }),
                Some(_) => return Err(self.error_at(start, RegexProblem::UnknownGroup)),
                None => return Err(self.error_at(start, RegexProblem::UnclosedGroup)),
            }
        }
    }

    fn group_content(&mut self, start: usize) -> Result<Node, RegexError> {
        if self.depth == MAX_DEPTH {
            return Err(self.error_at(start, RegexProblem::TooLarge));
        }
        let outside = self.flags;
        self.depth += 1;
        let content = self.alternatives()?;
        self.depth -= 1;
        self.flags = outside;
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
