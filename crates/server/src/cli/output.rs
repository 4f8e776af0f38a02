//! Standard output.

use std::io::Write;

/// Prints a line and flushes, also into a pipe. A closed pipe is no error.
pub(super) fn print_line(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}
