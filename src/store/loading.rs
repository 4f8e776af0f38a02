//! The state of reading a list.

use openstack_types::error::ApiError;

/// The state of reading a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Loading {
    /// A request is under way.
    pub busy: bool,
    /// The whole list has been read at least once.
    pub listed: bool,
    /// Why the last request failed. What was read before is kept.
    pub error: Option<ApiError>,
}
