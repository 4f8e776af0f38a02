//! The form that creates and edits a load balancer.

pub mod add_servers;
pub mod controls;
pub mod draft_storage;
pub mod error_summary;
pub mod field_label;
pub mod focus;
pub mod health_and_persistence;
mod health_check;
pub mod limited_list;
pub mod listener_options;
pub mod listener_row;
pub mod listener_tls;
pub mod method;
pub mod name_fields;
mod paste_dialog;
pub mod section;
pub mod server_groups;
pub mod server_row;
mod session_persistence;
pub mod state;
