//! The wasm target, trunk and wasm-bindgen.

use crate::{
    console::say,
    workspace::{WASM, Workspace, first_line, must},
};
use anyhow::{Context, Result, bail};
use std::{path::Path, process::Command};

/// The trunk that the page is built with. Newer ones want a newer compiler.
const TRUNK: &str = "0.21.14";

/// The standard library for WebAssembly.
pub fn wasm_target(workspace: &Workspace) -> Result<()> {
    let directory =
        first_line(workspace.command("rustc").args(["--print", "target-libdir", "--target", WASM]));
    if directory.is_some_and(|d| Path::new(&d).is_dir()) {
        return Ok(());
    }
    if workspace.which("rustup").is_none() {
        bail!(
            "this Rust has no {WASM} target and there is no rustup to add it.\n\
             Install your distribution's package for it (Debian: libstd-rust-dev-wasm32), or rustup from https://rustup.rs"
        );
    }
    say(&format!("adding the Rust target {WASM} (seconds)"));
    must(workspace.command("rustup").args(["target", "add", WASM]))
        .with_context(|| format!("type: rustup target add {WASM}"))
}

/// Compiles the page into `dist/`.
pub fn trunk(workspace: &Workspace) -> Result<()> {
    if version(workspace, "trunk").as_deref() == Some(TRUNK) {
        return Ok(());
    }
    say(&format!("installing trunk {TRUNK}, once (about 4 minutes on 2 cores)"));
    let mut command = install(workspace, "trunk", TRUNK);
    // What it is used for here takes seconds: a quick compilation is worth more than a quick trunk.
    command
        .args(["--locked", "--no-default-features"])
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1");
    run_install(&mut command, "trunk", TRUNK)
}

/// wasm-bindgen and its test runner, in the exact version of Cargo.lock: any other is refused by
/// what it is to read.
pub fn wasm_bindgen(workspace: &Workspace) -> Result<()> {
    let Some(wanted) = workspace.locked_version("wasm-bindgen") else {
        bail!("Cargo.lock has no wasm-bindgen");
    };
    let there = |program| version(workspace, program).as_deref() == Some(wanted);
    if there("wasm-bindgen") && there("wasm-bindgen-test-runner") {
        return Ok(());
    }
    say(&format!("installing wasm-bindgen {wanted}, once (about 2 minutes on 2 cores)"));
    let mut command = install(workspace, "wasm-bindgen-cli", wanted);
    command.args(["--no-default-features", "--force"]);
    run_install(&mut command, "wasm-bindgen-cli", wanted)
}

fn install(workspace: &Workspace, package: &str, version: &str) -> Command {
    let mut command = workspace.cargo();
    command
        .args(["install", package, "--version", version, "--root"])
        .arg(&workspace.tools)
        .env_remove("CARGO_TARGET_DIR")
        .env_remove("RUSTFLAGS");
    command
}

fn run_install(command: &mut Command, package: &str, version: &str) -> Result<()> {
    must(command).with_context(|| {
        format!(
            "{package} {version} could not be installed; put that version on PATH, for example by\n\
             cargo install {package} --version {version}"
        )
    })
}

/// `0.2.130` of `wasm-bindgen 0.2.130 (abc)`.
fn version(workspace: &Workspace, program: &str) -> Option<String> {
    let line = first_line(workspace.command(program).arg("--version"))?;
    line.split_whitespace().nth(1).map(str::to_owned)
}
