//! Builds the page into `dist/`, and only when one of its inputs has changed.
//!
//! Cargo compiles the programs, wasm-bindgen is used as a library in the version of Cargo.lock, and
//! `index.html` says what else belongs to the page. `trunk serve` reads the same `index.html`, for
//! work on the page alone; nothing else needs trunk.

mod bindgen;
mod dist;
mod entry_page;
mod inputs;
mod minify;
mod optimise;
mod reorder;
pub mod split;
mod stylesheet;
pub mod worker;

use crate::{
    console::{Progress, Step, note},
    process::execute,
    profile::Profile,
    setup,
    workspace::{PAGE, WASM, Workspace},
};
use anyhow::{Context, Result};
use dist::Dist;
use entry_page::PROGRAM;
use optimise::{Level, optimise};
use std::{env, ffi::OsString, fs, path::PathBuf, time::Duration};

/// Cargo adds these to the flags of `.cargo/config.toml`.
const RUSTFLAGS: &str = "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS";

const COMPILE: Step = Step { title: "compile the page", estimate: Duration::from_secs(240) };
const OPTIMISE: Step =
    Step { title: "split and optimise the page", estimate: Duration::from_secs(60) };
const COMPILE_QUICKLY: Step =
    Step { title: "compile the page", estimate: Duration::from_secs(120) };

/// The steps that [`build`] takes now.
pub fn steps(workspace: &Workspace, profile: Profile) -> Result<Vec<Step>> {
    Ok(match (is_current(workspace, profile)?, profile) {
        (true, _) => Vec::new(),
        (false, Profile::Release) => vec![COMPILE, OPTIMISE],
        (false, Profile::Quick) => vec![COMPILE_QUICKLY],
    })
}

/// Builds `dist/`: as it is shipped, or quickly, in one piece.
pub fn build(workspace: &Workspace, profile: Profile, progress: &Progress) -> Result<()> {
    if is_current(workspace, profile)? {
        note("the page is up to date");
        return Ok(());
    }
    setup::wasm_target(workspace)?;
    let built = match profile {
        Profile::Quick => progress.run(COMPILE_QUICKLY, || {
            compile(workspace, profile)?;
            assemble(workspace, profile)
        }),
        Profile::Release => {
            setup::npm_packages(workspace)?;
            progress
                .run(COMPILE, || compile(workspace, profile))
                .and_then(|()| progress.run(OPTIMISE, || assemble(workspace, profile)))
        }
    };
    built.context("the page was not built")?;
    let fingerprint = inputs::fingerprint(workspace, profile)?;
    fs::write(stamp(workspace), fingerprint).context("target directory")
}

fn compile(workspace: &Workspace, profile: Profile) -> Result<()> {
    let mut cargo = workspace.cargo();
    cargo
        .args(["build", "--package", PAGE, "--bins", "--target", WASM])
        .args(["--profile", profile.of_the_page()])
        .env(RUSTFLAGS, remapped_paths()?);
    if profile == Profile::Release {
        cargo.args(["--features", "split"]);
    }
    execute(&mut cargo)
}

/// Makes `dist/` of what cargo compiled.
fn assemble(workspace: &Workspace, profile: Profile) -> Result<()> {
    let compiled = workspace.target.join(WASM).join(profile.of_the_page());
    let program = |name: &str| compiled.join(format!("{name}.wasm"));
    let work = workspace.target.join("page");
    let dist = Dist::begin(work.join("dist"))?;

    let page = bindgen::Call::page(&program(PROGRAM), work.join(PROGRAM))?;
    let chunks = match profile {
        Profile::Quick => page.generate(&page.input, false).map(|()| Vec::new()),
        Profile::Release => split::split(workspace, &page),
    }?;
    for (name, bytes) in chunks {
        dist.write(&name, &bytes)?;
    }
    let name = dist.add_program(&page)?;

    let worker = bindgen::Call::worker(&program(worker::NAME), work.join(worker::NAME))?;
    worker.generate(&worker.input, false)?;
    if profile == Profile::Release {
        let module = worker.module();
        fs::write(&module, optimise(workspace, &module, Level::Smallest)?)?;
    }
    let worker = dist.add_program(&worker)?;

    entry_page::write(workspace, &dist, &name, &worker)?;
    dist.replace(&workspace.dist())
}

/// Whether `dist/` is what a build would give.
pub fn is_current(workspace: &Workspace, profile: Profile) -> Result<bool> {
    let built = fs::read_to_string(stamp(workspace)).unwrap_or_default();
    Ok(workspace.dist().join("index.html").is_file()
        && built == inputs::fingerprint(workspace, profile)?)
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
