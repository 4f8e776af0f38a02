//! Writes the lines of a configuration.

use crate::spec::ListenerMode;
use std::{
    fmt::{self, Display, Write},
    time::Duration,
};

#[derive(Default)]
pub(super) struct ConfigWriter(String);

impl ConfigWriter {
    pub(super) fn section(&mut self, title: impl Display) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.0, "{title}");
    }

    pub(super) fn line(&mut self, text: impl Display) {
        let _ = writeln!(self.0, "    {text}");
    }

    pub(super) fn into_text(self) -> String {
        self.0
    }
}

/// A checked text as a part of one word. All but characters without a meaning anywhere in HAProxy's configuration
/// are escaped, byte by byte.
pub(super) struct Escaped<'a>(pub(super) &'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.bytes().try_for_each(|byte| match byte {
            c if c.is_ascii_alphanumeric() => f.write_char(char::from(c)),
            c if b"/-._~!*+,;=:@?&%()[]^".contains(&c) => f.write_char(char::from(c)),
            c => write!(f, "\\x{c:02x}"),
        })
    }
}

/// The name of a header or cookie in the parentheses of a sample fetch, where quotes enclose other characters.
pub(super) struct Argument<'a>(pub(super) &'a str);

impl Display for Argument<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_plain = |c: u8| c.is_ascii_alphanumeric() || b"-_.~".contains(&c);
        match self.0.bytes().all(is_plain) {
            true => f.write_str(self.0),
            false => Escaped(&format!("\"{}\"", self.0)).fmt(f),
        }
    }
}

pub(super) fn mode(mode: &ListenerMode) -> &'static str {
    if mode.is_http() { "mode http" } else { "mode tcp" }
}

/// A duration in HAProxy's syntax, at most the largest value that it accepts.
pub(super) struct Millis(pub(super) Duration);

impl Display for Millis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}ms", self.0.as_millis().min(i32::MAX as u128))
    }
}
