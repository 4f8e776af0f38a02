//! Texts of a draft.

use openstack_types::field::FieldError;
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
