//! Signing in.

/// Who has failed to sign in lately.
#[derive(Debug, Default)]
pub struct Attempts {}
