//! Reads an expression character by character.

use super::error::{RegexError, RegexProblem};

pub(super) struct Reader {
    pub(super) text: Vec<char>,
    pub(super) at: usize,
}

impl Reader {
    pub(super) fn new(text: &str) -> Self {
        Self { text: text.chars().collect(), at: 0 }
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    pub(super) fn next(&mut self) -> Option<char> {
        let next = self.peek();
        self.at += usize::from(next.is_some());
        next
    }

    pub(super) fn eat(&mut self, expected: &str) -> bool {
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

    pub(super) fn error(&self, problem: RegexProblem) -> RegexError {
        RegexError { position: self.at + 1, problem }
    }

    pub(super) fn error_at(&self, start: usize, problem: RegexProblem) -> RegexError {
        RegexError { position: start + 1, problem }
    }

    /// An escape that stands for one byte: which one, or `None` if it is one of several.
    pub(super) fn escaped_byte(&mut self, start: usize) -> Result<Option<u32>, RegexError> {
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
}
