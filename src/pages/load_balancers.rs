//! Load balancers: list, wizard, details, edit dialog, and deletion.

pub mod chunks;
mod create;
mod delete;
mod details;
pub mod edit;
mod exports;
mod form;
mod list;
mod unsupported;

pub use create::CreateLoadBalancer;
pub use details::LoadBalancerDetails;
pub use list::LoadBalancerList;
