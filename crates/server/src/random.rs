//! Randomness from the system, for what nobody may guess.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};

/// The system gave no randomness.
#[derive(Clone, Copy, Debug)]
pub struct RandomError;

impl std::fmt::Display for RandomError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the system gave no random numbers")
    }
}

impl std::error::Error for RandomError {}

/// A text of `N` random bytes, of letters, digits, `-` and `_`. It never begins with `-`, which
/// the command line that it is pasted into would take for an option.
pub fn text<const N: usize>() -> Result<String, RandomError> {
    loop {
        let mut bytes = [0; N];
        getrandom::fill(&mut bytes).map_err(|_| RandomError)?;
        let text = BASE64_URL_SAFE_NO_PAD.encode(bytes);
        if !text.starts_with('-') {
            return Ok(text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_is_an_option_of_a_command() {
        // One in 64 would be, left to chance.
        for _ in 0..4096 {
            let text = text::<16>().unwrap();
            assert_eq!(text.len(), 22);
            assert!(!text.starts_with('-'));
        }
    }
}
