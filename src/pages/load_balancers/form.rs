//! The form that creates and edits a load balancer.

pub mod add_servers;
pub mod controls;
pub mod draft_storage;
pub mod error_summary;
pub mod field_label;
pub mod focus;
pub mod group_options;
pub mod group_select;
mod half_width;
pub mod health_check;
pub mod limited_list;
pub mod listener_options;
pub mod listener_row;
pub mod listener_tls;
pub mod method;
mod more_options;
pub mod name_fields;
pub mod new_server_rows;
pub mod new_servers;
mod paste_dialog;
pub mod section;
pub mod server_groups;
mod server_row;
mod session_persistence;
pub mod skip_table;
pub mod state;
