//! Random text from the operating system's generator, for passwords and tokens.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};

#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the system gave no random numbers")]
pub struct RandomError;

/// `N` random bytes as base64url. Never starts with `-`: a command line that it is pasted into would
/// read it as an option.
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

/// A number from 0 to 1, to spread what would happen at the same time. 0 without random numbers.
pub fn fraction() -> f64 {
    let mut bytes = [0; 4];
    getrandom::fill(&mut bytes)
        .map_or(0.0, |()| f64::from(u32::from_ne_bytes(bytes)) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_text_never_starts_with_a_dash() {
        // Without the check, one in 64 would.
        for _ in 0..4096 {
            let text = text::<16>().unwrap();
            assert_eq!(text.len(), 22);
            assert!(!text.starts_with('-'));
        }
    }
}
