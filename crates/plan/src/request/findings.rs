//! Errors in a draft, and where they are.

use crate::path::FieldPath;
use openstack_types::field::FieldError;

/// An error in a field of a draft.
pub type Finding = (FieldPath, FieldError);

#[derive(Default)]
pub(crate) struct Findings(pub(crate) Vec<Finding>);

impl Findings {
    pub(crate) fn add(&mut self, path: FieldPath, error: FieldError) {
        self.0.push((path, error));
    }

    /// Returns the value of a check, or adds its error.
    pub(crate) fn record<T>(
        &mut self,
        path: FieldPath,
        checked: Result<T, FieldError>,
    ) -> Option<T> {
        checked.map_err(|error| self.add(path, error)).ok()
    }
}
