//! What a command needs and how it gets there. Every part looks first, installs only what is
//! missing, says what and how long, and where it may not, says what to type.

mod npm;
mod openstack;
mod rust;
mod system;

pub use npm::packages as npm_packages;
pub use openstack::openstack;
pub use rust::{
    cargo_fuzz, deny, has_trunk, machete, trunk, wasm_bindgen_test_runner, wasm_target,
};
pub use system::{chromium, chromium_driver, cjk_fonts, haproxy, low_ports, os_tool};
