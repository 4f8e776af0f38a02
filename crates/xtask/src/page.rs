//! Builds the page into `dist/` with trunk, and only when one of its inputs has changed.

mod bindgen;
mod entry_page;
mod inputs;
mod minify;
pub mod split;
mod stylesheet;
mod trunk;
pub mod worker;

pub use trunk::{is_called_as_wasm_bindgen, wasm_bindgen};

use crate::{
    console::{Progress, Step, note},
    process::execute,
    setup,
    workspace::{PAGE, WASM, Workspace},
};
use anyhow::{Context, Result};
use std::{env, ffi::OsString, fs, path::PathBuf, process::Command, thread, time::Duration};
use trunk::TrunkBuild;

/// Cargo adds these to the flags of `.cargo/config.toml`.
const RUSTFLAGS: &str = "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS";
/// The profile of the root Cargo.toml that optimises for size.
const PROFILE: &str = "wasm";
/// The feature that the splitting needs.
const FEATURE: &str = "split";

const COMPILE: Step =
    Step { title: "compile trunk and the page", estimate: Duration::from_secs(270) };
const BUILD: Step = Step { title: "build the page", estimate: Duration::from_secs(60) };

/// The steps that [`build`] takes now.
pub fn steps(workspace: &Workspace) -> Result<Vec<Step>> {
    Ok(match (is_current(workspace)?, setup::has_trunk(workspace)) {
        (true, _) => Vec::new(),
        (false, true) => vec![BUILD],
        (false, false) => vec![COMPILE, BUILD],
    })
}

/// Builds `dist/` as it is shipped.
pub fn build(workspace: &Workspace, progress: &Progress) -> Result<()> {
    if is_current(workspace)? {
        note("the page is up to date");
        return Ok(());
    }
    setup::wasm_target(workspace)?;
    setup::npm_packages(workspace)?;
    if !setup::has_trunk(workspace) {
        progress.run(COMPILE, || compile_with_trunk(workspace))?;
    }
    progress
        .run(BUILD, || {
            let build = TrunkBuild::prepare(workspace)?;
            let mut trunk = build.command(workspace);
            trunk.args(["build", "--release", "--cargo-profile", PROFILE, "--features", FEATURE]);
            execute(trunk.env(RUSTFLAGS, remapped_paths()?))?;
            split::copy_chunks(workspace)?;
            worker::rename(workspace)?;
            stylesheet::bundle(workspace)?;
            entry_page::finish(workspace)
        })
        .context("the page was not built")?;
    fs::create_dir_all(&workspace.target)?;
    fs::write(stamp(workspace), inputs::fingerprint(workspace)?).context("target directory")
}

/// Compiles the page while trunk is compiled. Each has a phase that occupies a single core.
fn compile_with_trunk(workspace: &Workspace) -> Result<()> {
    let mut page = compile(workspace)?;
    thread::scope(|scope| {
        let page = scope.spawn(move || execute(&mut page));
        setup::trunk(workspace)?;
        page.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// Compiles what trunk will find compiled: its own call of cargo has the same profile, features and
/// flags.
fn compile(workspace: &Workspace) -> Result<Command> {
    let mut cargo = workspace.cargo();
    cargo
        .args(["build", "--quiet", "--package", PAGE, "--target", WASM])
        .args(["--profile", PROFILE, "--features", FEATURE, "--bins"])
        .env(RUSTFLAGS, remapped_paths()?);
    Ok(cargo)
}

/// Whether `dist/` is what a build would give.
pub fn is_current(workspace: &Workspace) -> Result<bool> {
    let built = fs::read_to_string(stamp(workspace)).unwrap_or_default();
    Ok(workspace.dist().join("index.html").is_file() && built == inputs::fingerprint(workspace)?)
}

/// Holds the fingerprint of the last build.
fn stamp(workspace: &Workspace) -> PathBuf {
    workspace.target.join("page.stamp")
}

/// Compiler flags that remove the registry's path on this machine from the names of source files.
/// A panic message contains such a name, and the page would show it to everybody.
fn remapped_paths() -> Result<OsString> {
    let home = match env::var_os("CARGO_HOME") {
        Some(home) => PathBuf::from(home),
        None => env::home_dir().context("no home directory")?.join(".cargo"),
    };
    let mut flags = OsString::new();
    // The directory is absent where the sources are vendored.
    for entry in fs::read_dir(home.join("registry/src")).into_iter().flatten() {
        flags.push(" --remap-path-prefix=");
        flags.push(entry?.path());
        flags.push("/=");
    }
    Ok(flags)
}
