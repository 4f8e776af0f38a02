//! A token of the cloud.

use axum::http::HeaderValue;

/// Kept in memory on the server alone. Has neither `Debug` nor `Display`, so that it cannot be logged.
#[derive(Clone)]
pub(super) struct CloudToken(HeaderValue);

impl CloudToken {
    pub(super) fn new(value: &HeaderValue) -> Self {
        let mut value = value.clone();
        value.set_sensitive(true);
        Self(value)
    }

    /// For a header of a request to the cloud.
    pub(super) fn header(&self) -> HeaderValue {
        self.0.clone()
    }

    /// For the body of a request to Keystone.
    pub(super) fn reveal(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }
}
