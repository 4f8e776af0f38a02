//! The steps of the wizard.

use crate::routes::CreateStep;

/// The id of the heading of a step.
pub(super) fn heading_id(step: CreateStep) -> &'static str {
    match step {
        CreateStep::Configure => "certificate-configure",
        CreateStep::Review => "certificate-review",
    }
}
