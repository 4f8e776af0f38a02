//! Load balancers: list, wizard, details, edit dialog and delete dialog.

pub mod chunks;
mod create;
mod delete;
mod details;
pub mod edit;
mod edit_progress;
mod export_tabs;
mod form;
mod labels;
mod list;
mod operating_badge;
mod rules;

pub use create::CreateLoadBalancer;
pub use details::LoadBalancerDetails;
pub(super) use details::health_reason_text;
pub use list::LoadBalancerList;
