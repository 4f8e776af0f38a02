//! What a command needs and how it gets there. Every part looks first, installs only what is
//! missing, says what and how long, and where it may not, says what to type.

mod npm;
mod openstack;
mod rust;
mod system;

pub use npm::packages as npm_packages;
pub use openstack::openstack;
pub use rust::{trunk, wasm_bindgen, wasm_target};
pub use system::{chromium, chromium_driver, cjk_fonts, haproxy, low_ports, os_tool};

use crate::workspace::Workspace;
use anyhow::Result;

/// What building the page takes.
pub fn page(workspace: &Workspace) -> Result<()> {
    wasm_target(workspace)?;
    npm_packages(workspace)?;
    wasm_bindgen(workspace)?;
    trunk(workspace)
}
