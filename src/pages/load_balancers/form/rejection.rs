//! Why the service rejected a request.

use plan::FieldPath;

/// Why the service rejected a request. Texts are translated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// What was not done.
    pub lead: String,
    pub text: String,
    /// The field at fault, if the service names one.
    pub path: Option<FieldPath>,
    /// No response came: the request may have been carried out.
    pub is_unconfirmed: bool,
}
