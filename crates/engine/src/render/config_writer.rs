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

/// A checked text as a part of one word: what has a meaning in HAProxy's configuration is escaped.
pub(super) struct Escaped<'a>(pub(super) &'a str);

impl Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| match c {
            '\'' | '$' | '#' => write!(f, "\\x{:02x}", u32::from(c)),
            c => f.write_char(c),
        })
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
