//! A reader of the part of HCL that the Terraform export uses: blocks with attributes that are texts,
//! numbers, booleans, lists, maps and references. Other expressions are skipped and marked.

use super::outcome::ImportError;
use serde_json::{Map, Value};

/// A block: `resource "kind" "label" { … }`.
#[derive(Debug, Default)]
pub(super) struct Block {
    /// The type, and the labels.
    pub(super) words: Vec<String>,
    /// From 1.
    pub(super) line: usize,
    pub(super) attributes: Vec<Attribute>,
    pub(super) blocks: Vec<Block>,
}

#[derive(Debug)]
pub(super) struct Attribute {
    pub(super) name: String,
    pub(super) line: usize,
    pub(super) value: Expression,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expression {
    Value(Value),
    /// `openstack_lb_pool_v2.pool_1.id`.
    Reference(Vec<String>),
    /// One that is not read.
    Other,
}

/// The deepest nesting of blocks, lists and maps.
const DEPTH_MAX: usize = 16;

/// Reads the blocks of a configuration.
pub(super) fn parse(text: &str) -> Result<Vec<Block>, ImportError> {
    let mut reader = Reader { chars: text.chars().collect(), at: 0, line: 1 };
    let root = reader.body(0, true)?;
    Ok(root.blocks)
}

struct Reader {
    chars: Vec<char>,
    at: usize,
    line: usize,
}

impl Reader {
    fn error(&self, message: &str) -> ImportError {
        let before = self.chars[..self.at.min(self.chars.len())].iter().rev();
        let column = before.take_while(|c| **c != '\n').count() + 1;
        ImportError::Syntax { line: self.line, column, message: message.to_owned() }
    }

    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += 1;
        if c == '\n' {
            self.line += 1;
        }
        Some(c)
    }

    fn starts_with(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(index, c)| self.chars.get(self.at + index) == Some(&c))
    }

    /// Skips white space and comments; line ends too if `lines`.
    fn skip(&mut self, lines: bool) {
        while let Some(c) = self.peek() {
            if c == '#' || self.starts_with("//") {
                while self.peek().is_some_and(|c| c != '\n') {
                    self.next();
                }
            } else if self.starts_with("/*") {
                while self.peek().is_some() && !self.starts_with("*/") {
                    self.next();
                }
                self.next();
                self.next();
            } else if c.is_whitespace() && (lines || c != '\n') {
                self.next();
            } else {
                return;
            }
        }
    }

    fn word(&mut self) -> String {
        let mut word = String::new();
        while let Some(c) = self.peek().filter(|c| c.is_alphanumeric() || "_-".contains(*c)) {
            word.push(c);
            self.next();
        }
        word
    }

    /// The inside of a block, with its closing brace unless it is the whole text.
    fn body(&mut self, depth: usize, is_root: bool) -> Result<Block, ImportError> {
        if depth > DEPTH_MAX {
            return Err(self.error("blocks are nested too deeply"));
        }
        let mut body = Block::default();
        loop {
            self.skip(true);
            match self.peek() {
                None if is_root => return Ok(body),
                None => return Err(self.error("a block is not closed")),
                Some('}') if !is_root => {
                    self.next();
                    return Ok(body);
                }
                Some(_) => {}
            }
            let line = self.line;
            let name = self.word();
            if name.is_empty() {
                return Err(self.error("a name was expected"));
            }
            self.skip(false);
            if self.peek() == Some('=') {
                self.next();
                let value = self.expression(depth + 1)?;
                body.attributes.push(Attribute { name, line, value });
                continue;
            }
            let mut words = vec![name];
            while self.peek() != Some('{') {
                match self.peek() {
                    Some('"') => words.push(self.text()?.unwrap_or_default()),
                    Some(c) if c.is_alphanumeric() => words.push(self.word()),
                    _ => return Err(self.error("= or { was expected")),
                }
                self.skip(false);
            }
            self.next();
            let block = self.body(depth + 1, false)?;
            body.blocks.push(Block { words, line, ..block });
        }
    }

    /// A quoted text; `None` if it has an interpolation.
    fn text(&mut self) -> Result<Option<String>, ImportError> {
        self.next();
        let (mut text, mut is_template) = (String::new(), false);
        loop {
            let is_marker = self.starts_with("${") || self.starts_with("%{");
            let is_escaped = self.starts_with("$${") || self.starts_with("%%{");
            match self.next() {
                None | Some('\n') => return Err(self.error("a text is not closed")),
                Some('"') => return Ok((!is_template).then_some(text)),
                Some(c) if is_escaped => {
                    self.next();
                    self.next();
                    text.extend([c, '{']);
                }
                Some(c) => {
                    is_template |= is_marker;
                    text.push(if c == '\\' { self.escape()? } else { c });
                }
            }
        }
    }

    fn escape(&mut self) -> Result<char, ImportError> {
        let digits = match self.next() {
            Some('n') => return Ok('\n'),
            Some('r') => return Ok('\r'),
            Some('t') => return Ok('\t'),
            Some(c @ ('"' | '\\')) => return Ok(c),
            Some('u') => 4,
            Some('U') => 8,
            _ => return Err(self.error("an escape is not known")),
        };
        let code: String = (0..digits).filter_map(|_| self.next()).collect();
        let code = u32::from_str_radix(&code, 16).ok().and_then(char::from_u32);
        code.ok_or_else(|| self.error("an escape is not known"))
    }

    fn expression(&mut self, depth: usize) -> Result<Expression, ImportError> {
        if depth > DEPTH_MAX {
            return Err(self.error("values are nested too deeply"));
        }
        self.skip(false);
        let value = match self.peek() {
            Some('"') => {
                self.text()?.map_or(Expression::Other, |text| Expression::Value(text.into()))
            }
            Some('[') => self.list(depth)?,
            Some('{') => self.map(depth)?,
            Some(c) if c.is_ascii_digit() || c == '-' => self.number(),
            Some(c) if c.is_alphabetic() || c == '_' => self.reference(),
            _ => Expression::Other,
        };
        self.skip(false);
        let ends = matches!(self.peek(), None | Some('\n' | ',' | ']' | '}'));
        if ends && value != Expression::Other {
            return Ok(value);
        }
        self.skip_expression()?;
        Ok(Expression::Other)
    }

    /// Skips to the end of an expression: the end of its line, outside of brackets.
    fn skip_expression(&mut self) -> Result<(), ImportError> {
        let mut open = 0_usize;
        while let Some(c) = self.peek() {
            match c {
                '"' => {
                    self.text()?;
                    continue;
                }
                '(' | '[' | '{' => open += 1,
                ')' | ']' | '}' if open == 0 => return Ok(()),
                ')' | ']' | '}' => open -= 1,
                '\n' | ',' if open == 0 => return Ok(()),
                _ => {}
            }
            self.next();
        }
        Ok(())
    }

    fn number(&mut self) -> Expression {
        let mut text = String::new();
        while let Some(c) = self.peek().filter(|c| c.is_ascii_digit() || "-+.eE".contains(*c)) {
            text.push(c);
            self.next();
        }
        serde_json::from_str(&text).map_or(Expression::Other, Expression::Value)
    }

    fn reference(&mut self) -> Expression {
        let mut words = vec![self.word()];
        while self.peek() == Some('.') {
            self.next();
            words.push(self.word());
        }
        match words.as_slice() {
            [word] if word == "true" => Expression::Value(true.into()),
            [word] if word == "false" => Expression::Value(false.into()),
            [word] if word == "null" => Expression::Value(Value::Null),
            _ => Expression::Reference(words),
        }
    }

    fn list(&mut self, depth: usize) -> Result<Expression, ImportError> {
        self.next();
        let (mut values, mut is_simple) = (Vec::new(), true);
        loop {
            self.skip(true);
            match self.peek() {
                None => return Err(self.error("a list is not closed")),
                Some(']') => {
                    self.next();
                    let list = Expression::Value(Value::Array(values));
                    return Ok(if is_simple { list } else { Expression::Other });
                }
                Some(',') => {
                    self.next();
                }
                Some('}') => return Err(self.error("a list is not closed")),
                Some(_) => match self.expression(depth + 1)? {
                    Expression::Value(value) => values.push(value),
                    _ => is_simple = false,
                },
            }
        }
    }

    fn map(&mut self, depth: usize) -> Result<Expression, ImportError> {
        self.next();
        let (mut fields, mut is_simple) = (Map::new(), true);
        loop {
            self.skip(true);
            let name = match self.peek() {
                None => return Err(self.error("a map is not closed")),
                Some('}') => {
                    self.next();
                    let map = Expression::Value(Value::Object(fields));
                    return Ok(if is_simple { map } else { Expression::Other });
                }
                Some(',') => {
                    self.next();
                    continue;
                }
                Some('"') => self.text()?.unwrap_or_default(),
                Some(_) => self.word(),
            };
            self.skip(false);
            if name.is_empty() || !matches!(self.next(), Some('=' | ':')) {
                return Err(self.error("a name and = were expected"));
            }
            match self.expression(depth + 1)? {
                Expression::Value(value) => {
                    fields.insert(name, value);
                }
                _ => is_simple = false,
            }
        }
    }
}
