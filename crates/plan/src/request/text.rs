//! Texts of a draft.

use super::findings::Findings;
use crate::path::FieldPath;
use openstack_types::field::{self, FieldError, NAME_MAX};
use std::str::FromStr;

/// An optional text of a request: an empty one is left out.
pub(crate) fn non_empty(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

/// Trims a text and checks it by parsing it as `T`.
pub(super) fn checked<T: FromStr<Err = FieldError> + Into<String>>(
    text: &str,
) -> Result<String, FieldError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(FieldError::Required);
    }
    text.parse::<T>().map(Into::into)
}

/// Checks the length of a name or description.
pub(super) fn short_text(path: FieldPath, text: &str, findings: &mut Findings) {
    findings.record(path, field::at_most(text.trim(), NAME_MAX));
}

/// Tags of at most 255 characters, as Octavia allows.
pub(crate) fn tags(path: FieldPath, tags: &[String], findings: &mut Findings) -> Vec<String> {
    let invalid = tags.iter().find_map(|tag| {
        let tag = tag.trim();
        if tag.is_empty() {
            Some(FieldError::Required)
        } else {
            field::at_most(tag, NAME_MAX).err()
        }
    });
    if let Some(error) = invalid {
        findings.add(path, error);
    }
    tags.to_vec()
}

/// An OpenSSL cipher list; `None` for an empty text. Which names exist only the service can tell.
pub(super) fn ciphers(path: FieldPath, text: &str, findings: &mut Findings) -> Option<String> {
    const MAX: usize = 2048;
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || "-_+!:@=.,".contains(c);
    let checked = if text.len() > MAX {
        Err(FieldError::TooLong { max: MAX })
    } else if text.chars().all(is_allowed) {
        Ok(text.to_owned())
    } else {
        Err(FieldError::NotACipher)
    };
    findings.record(path, checked)
}
