//! The npm packages: wasm-opt (binaryen) for the page, Playwright and axe for the browser tests.

use crate::{console::note, process::execute, setup::os_tool, workspace::Workspace};
use anyhow::{Context, Result};
use std::fs;

/// Installs `end2end/node_modules` from `end2end/package-lock.json`.
pub fn packages(workspace: &Workspace) -> Result<()> {
    os_tool(workspace, "node", "nodejs")?;
    os_tool(workspace, "npm", "npm")?;
    let directory = workspace.end2end();
    let lock =
        fs::read(directory.join("package-lock.json")).context("end2end/package-lock.json")?;
    // A copy of the lock file that was installed last. npm's own copy is there even after an
    // installation was interrupted.
    let stamp = directory.join("node_modules").join(".installed-lock");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    note("installing the npm packages of end2end/ (seconds)");
    execute(
        workspace
            .command("npm")
            .current_dir(&directory)
            .args(["ci", "--no-audit", "--no-fund"])
            .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"),
    )
    .context("type: npm --prefix end2end ci")?;
    fs::write(stamp, lock).context("end2end/node_modules")
}
