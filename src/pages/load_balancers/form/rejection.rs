//! Why the service rejected a request.

use crate::i18n::LiveText;
use plan::FieldPath;

/// Why the service rejected a request.
#[derive(Clone, PartialEq, Eq)]
pub struct Rejection {
    /// What was not done.
    pub lead: LiveText,
    pub text: LiveText,
    /// The field at fault, if the service names one.
    pub path: Option<FieldPath>,
    /// No response came: the request may have been carried out.
    pub is_unconfirmed: bool,
}
