//! The certificate worker, a program beside the page.

use std::path::Path;

/// The name of the program, and in `index.html` its address.
pub const NAME: &str = "certificate_worker";

/// Whether a file in `dist/` belongs to the worker.
pub fn contains(file: &Path) -> bool {
    file.file_name().is_some_and(|name| name.to_string_lossy().starts_with(NAME))
}
