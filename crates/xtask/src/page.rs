//! The page: built by trunk, and only when something it is made of has changed.

use crate::{
    console::{say, timed},
    dist, setup,
    split::Split,
    worker,
    workspace::{PAGE, Workspace, first_line, must},
};
use anyhow::{Context, Result};
use std::{
    collections::hash_map::DefaultHasher,
    env,
    ffi::OsString,
    fs,
    hash::{Hash, Hasher},
    path::{Path, PathBuf},
};

/// What the page is made of, besides its own crates.
const INPUTS: [&str; 17] = [
    ".cargo/config.toml",
    "src",
    "style",
    "locales",
    "public",
    "index.html",
    "build.rs",
    "build",
    "Trunk.toml",
    "Cargo.toml",
    "Cargo.lock",
    "crates/xtask/src/ahead.js",
    "crates/xtask/src/dist.rs",
    "crates/xtask/src/page.rs",
    "crates/xtask/src/slim.rs",
    "crates/xtask/src/split.rs",
    "end2end/package-lock.json",
];

/// Cargo adds these to the flags of `.cargo/config.toml`.
const RUSTFLAGS: &str = "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS";

/// Builds `dist/` as it is shipped.
pub fn build(workspace: &Workspace) -> Result<()> {
    let stamp = workspace.target.join("page.stamp");
    let built = fs::read_to_string(&stamp).unwrap_or_default();
    if workspace.dist().join("index.html").is_file() && built == fingerprint(workspace)? {
        say("the page is up to date");
        return Ok(());
    }
    setup::page(workspace)?;
    let (done, _) = timed("build the page (2 to 4 minutes the first time)", || {
        let split = Split::prepare(workspace)?;
        let profile = ["--release", "--cargo-profile", "wasm", "--features", "split"];
        let mut trunk = split.command(workspace, "trunk");
        must(trunk.arg("build").args(profile).env(RUSTFLAGS, without_places()?))?;
        split.finish(workspace)?;
        worker::finish(workspace)?;
        dist::finish(workspace)
    });
    done.context("the page was not built")?;
    fs::create_dir_all(&workspace.target)?;
    fs::write(stamp, fingerprint(workspace)?).context("target directory")
}

/// Has the sources of dependencies named without where they lie on this machine: a panic tells its
/// place, and so the page would tell everybody.
fn without_places() -> Result<OsString> {
    let home = match env::var_os("CARGO_HOME") {
        Some(home) => PathBuf::from(home),
        None => env::home_dir().context("no home directory")?.join(".cargo"),
    };
    let mut flags = OsString::new();
    // Absent where the sources are vendored.
    for entry in fs::read_dir(home.join("registry/src")).into_iter().flatten() {
        flags.push(" --remap-path-prefix=");
        flags.push(entry?.path());
        flags.push("/=");
    }
    Ok(flags)
}

/// A hash of all that goes into the page and of what came out. The latter, because a development
/// build goes to the same place.
fn fingerprint(workspace: &Workspace) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    first_line(workspace.command("rustc").arg("-V")).hash(&mut hasher);
    let own = INPUTS.map(|name| workspace.root.join(name));
    // The page's own directory is the whole repository: its parts are named above.
    let crates = workspace.sources_of(PAGE).into_iter().filter(|dir| *dir != workspace.root);
    for input in own.into_iter().chain(crates) {
        for file in files(&input)? {
            file.hash(&mut hasher);
            fs::read(&file).with_context(|| file.display().to_string())?.hash(&mut hasher);
        }
    }
    for file in files(&workspace.dist())? {
        file.hash(&mut hasher);
        file.metadata()?.len().hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// Every file below a path, in a fixed order; none when there is nothing.
pub fn files(path: &Path) -> Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    if !path.is_dir() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(path).with_context(|| path.display().to_string())? {
        found.extend(files(&entry?.path())?);
    }
    found.sort();
    Ok(found)
}
