//! Every setting of a listener, server group, server or health check, in the words of the form.
//!
//! One list for each kind of object says what is shown at once, because it differs from the default, and
//! what only `Show all settings` shows.

mod dialog;
mod group;
mod listener;
mod load_balancer;
mod monitor;
#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod random_graphs;
mod server;
mod setting;
mod target;
mod views;

pub(super) use dialog::SettingsDialog;
pub(in crate::pages::load_balancers) use group::group_settings;
pub(in crate::pages::load_balancers) use listener::listener_settings;
pub(in crate::pages::load_balancers) use load_balancer::{load_balancer_settings, vip_settings};
pub(in crate::pages::load_balancers) use monitor::monitor_settings;
pub(super) use server::server_settings;
pub(super) use target::{OpenSettings, SettingsOf};
pub(in crate::pages::load_balancers) use views::differences;
pub(super) use views::{SettingItems, SettingsButton, SettingsSummary};
