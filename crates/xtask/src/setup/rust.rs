//! The wasm target, and the programs that cargo installs.

use crate::{
    console::note,
    process::{execute, first_line},
    workspace::{WASM, Workspace},
};
use anyhow::{Context, Result, bail};
use std::path::Path;

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
    note(&format!("adding the Rust target {WASM} (seconds)"));
    execute(workspace.command("rustup").args(["target", "add", WASM]))
        .with_context(|| format!("type: rustup target add {WASM}"))
}

/// A program that cargo compiles into the project's directory of tools, unless it is on PATH in this
/// version.
struct Tool<'a> {
    package: &'a str,
    program: &'a str,
    version: &'a str,
    arguments: &'a [&'a str],
}

/// Checks licences, banned crates and sources of dependencies.
const DENY: Tool = Tool {
    package: "cargo-deny",
    program: "cargo-deny",
    version: "0.20.2",
    arguments: &["--locked"],
};

/// Finds dependencies that no source uses.
const MACHETE: Tool = Tool {
    package: "cargo-machete",
    program: "cargo-machete",
    version: "0.9.2",
    arguments: &["--locked"],
};

/// Runs the fuzz targets.
const CARGO_FUZZ: Tool = Tool {
    package: "cargo-fuzz",
    program: "cargo-fuzz",
    version: "0.13.2",
    arguments: &["--locked"],
};

pub fn deny(workspace: &Workspace) -> Result<()> {
    DENY.install(workspace)
}

pub fn cargo_fuzz(workspace: &Workspace) -> Result<()> {
    CARGO_FUZZ.install(workspace)
}

pub fn machete(workspace: &Workspace) -> Result<()> {
    MACHETE.install(workspace)
}

/// The runner of the wasm tests, in the version of wasm-bindgen in Cargo.lock: it refuses modules of
/// any other.
pub fn wasm_bindgen_test_runner(workspace: &Workspace) -> Result<()> {
    let version =
        workspace.locked_version("wasm-bindgen").context("no wasm-bindgen in Cargo.lock")?;
    let runner = Tool {
        package: "wasm-bindgen-cli",
        program: "wasm-bindgen-test-runner",
        version,
        // Its lock file names a version that the registry does not have.
        arguments: &["--no-default-features"],
    };
    runner.install(workspace)
}

impl Tool<'_> {
    fn is_installed(&self, workspace: &Workspace) -> bool {
        first_line(workspace.command(self.program).arg("--version"))
            .is_some_and(|line| line.split_whitespace().any(|word| word == self.version))
    }

    /// A tool runs for seconds, so that the time to compile it weighs more than its speed.
    fn install(&self, workspace: &Workspace) -> Result<()> {
        if self.is_installed(workspace) {
            return Ok(());
        }
        let Self { package, version, .. } = self;
        note(&format!("installing {package} {version}, once"));
        let mut command = workspace.cargo();
        command
            .args(["install", "--quiet", "--force", package, "--version", version, "--root"])
            .arg(&workspace.tools)
            .args(self.arguments)
            .env_remove("CARGO_TARGET_DIR")
            .env_remove("RUSTFLAGS")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
            .env("CARGO_PROFILE_RELEASE_DEBUG", "false")
            .env("CARGO_PROFILE_RELEASE_LTO", "off")
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0");
        execute(&mut command).with_context(|| {
            format!(
                "{package} {version} could not be installed; put that version on PATH, for example by\n\
                 cargo install {package} --version {version}"
            )
        })
    }
}
