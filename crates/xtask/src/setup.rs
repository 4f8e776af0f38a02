//! Installs what the commands need. Each function looks first, installs only what is missing, and says
//! so; where it has no right to install, its error says what to type.

mod npm;
mod openstack;
mod rust;
mod system;

pub use npm::packages as npm_packages;
pub use openstack::{openstack, openstack_services, openstack_services_environment};
pub use rust::{cargo_fuzz, deny, machete, wasm_bindgen_test_runner, wasm_target};
pub use system::{chromium, chromium_driver, cjk_fonts, haproxy, low_ports, os_tool};
