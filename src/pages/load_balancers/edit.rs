//! Edits a load balancer: a form, and a plan of API requests that makes its changes.

pub(super) mod completion_notice;
mod conflict_label;
pub(super) mod conflict_notice;
mod dialog;
mod existing_servers;
mod form_actions;
mod form_body;
mod listeners_section;
pub(super) mod plan_summary;
pub(super) mod progress_actions;
pub(super) mod progress_view;
mod removed_rows;
mod same_settings;
mod section_nav;
mod server_groups;
mod server_row;
mod server_selection;
pub(super) mod session;
pub(super) mod stage;
mod start;
mod step_label;
mod step_list;
mod warnings;

pub use completion_notice::notify_completions;
pub use dialog::EditDialog;
