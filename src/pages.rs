//! The pages, one module each, and what they share.

mod browser;
pub mod chunk;
pub mod chunks;
mod keyboard;
mod leave_guard;
mod lifecycle;
mod list;
pub mod load_balancers;
mod location;
mod login;
mod not_downloaded;
mod not_found;
mod notices;
mod permissions;
pub mod preferences;
mod services;
mod session_sync;
mod ssl_certificates;

pub use browser::{ask_before_unload, page_title, push_history};
pub use leave_guard::LeaveGuards;
pub use location::{Location, Page, provide_location, use_location};
pub use not_downloaded::NotDownloaded;
