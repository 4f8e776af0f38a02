//! Where things are, and how the project's tools are called.

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::{
    collections::BTreeSet,
    env,
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// The package that is the page.
pub const PAGE: &str = "lb-portal-page";
/// The package that is the server.
pub const SERVER: &str = "lb-portal-server";
/// The target the page is compiled for.
pub const WASM: &str = "wasm32-unknown-unknown";

/// The repository and its build directory.
pub struct Workspace {
    /// The repository.
    pub root: PathBuf,
    /// Cargo's build directory, wherever the user has put it.
    pub target: PathBuf,
    /// Tools of this project that the user does not have: per user, outside of their own `cargo bin`.
    pub tools: PathBuf,
    metadata: Metadata,
}

/// What `cargo metadata` tells, as far as it is used.
#[derive(Deserialize)]
pub struct Metadata {
    /// Every package of the dependency graph.
    pub packages: Vec<Package>,
    target_directory: PathBuf,
    resolve: Resolve,
}

/// A package of the dependency graph.
#[derive(Deserialize)]
pub struct Package {
    /// Cargo's own id of it.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// SPDX expression.
    pub license: Option<String>,
    /// `None` is a package of this workspace.
    pub source: Option<String>,
    manifest_path: PathBuf,
}

#[derive(Deserialize)]
struct Resolve {
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    dependencies: Vec<String>,
}

impl Workspace {
    /// Asks cargo.
    pub fn find() -> Result<Self> {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = here.ancestors().nth(2).context("xtask is not in crates/xtask")?.to_owned();
        let mut cargo = Command::new(cargo());
        cargo.current_dir(&root).args(["metadata", "--format-version", "1"]);
        let answer = cargo.stderr(Stdio::inherit()).output().context("cargo metadata")?;
        if !answer.status.success() {
            bail!("cargo metadata failed");
        }
        let metadata: Metadata = serde_json::from_slice(&answer.stdout)?;
        let cache = env::var_os("XDG_CACHE_HOME")
            .map(PathBuf::from)
            .filter(|dir| dir.is_absolute())
            .or_else(|| env::home_dir().map(|home| home.join(".cache")))
            .context("neither XDG_CACHE_HOME nor HOME is set: no place for tools")?;
        Ok(Self {
            target: metadata.target_directory.clone(),
            tools: cache.join("lb-portal").join("tools"),
            root,
            metadata,
        })
    }

    /// The dependency graph.
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// Version of a package that Cargo.lock has chosen.
    pub fn locked_version(&self, name: &str) -> Option<&str> {
        self.metadata.packages.iter().find(|p| p.name == name).map(|p| p.version.as_str())
    }

    /// Directories of this workspace's packages that a package is made of, itself included.
    pub fn sources_of(&self, name: &str) -> Vec<PathBuf> {
        let packages = &self.metadata.packages;
        let local = |id: &str| packages.iter().find(|p| p.id == id && p.source.is_none());
        let mut seen = BTreeSet::new();
        let mut open: Vec<&str> = packages
            .iter()
            .filter(|p| p.name == name && p.source.is_none())
            .map(|p| p.id.as_str())
            .collect();
        while let Some(id) = open.pop() {
            if local(id).is_none() || !seen.insert(id) {
                continue;
            }
            let node = self.metadata.resolve.nodes.iter().find(|n| n.id == id);
            open.extend(node.iter().flat_map(|n| &n.dependencies).map(String::as_str));
        }
        seen.into_iter()
            .filter_map(local)
            .filter_map(|p| p.manifest_path.parent())
            .map(Path::to_owned)
            .collect()
    }

    /// The release build of the server.
    pub fn binary(&self) -> PathBuf {
        self.target.join("release").join("lb-portal")
    }

    /// The built page.
    pub fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// The browser tests and the npm packages.
    pub fn end2end(&self) -> PathBuf {
        self.root.join("end2end")
    }

    /// The project's own tools first, then whatever the user has, then where distributions put
    /// servers (`/usr/sbin` is not on everybody's PATH).
    pub fn path(&self) -> OsString {
        let own = [self.tools.join("bin"), self.end2end().join("node_modules").join(".bin")];
        let users = env::var_os("PATH").unwrap_or_default();
        let all = own
            .into_iter()
            .chain(env::split_paths(&users))
            .chain(["/usr/local/sbin", "/usr/sbin"].map(PathBuf::from));
        env::join_paths(all).unwrap_or(users)
    }

    /// Where a program is.
    pub fn which(&self, program: &str) -> Option<PathBuf> {
        env::split_paths(&self.path()).map(|dir| dir.join(program)).find(|file| file.is_file())
    }

    /// A command in the repository that finds the project's tools.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        // trunk reads NO_COLOR as a boolean of its own and exits at the usual "1".
        command.current_dir(&self.root).env("PATH", self.path()).env_remove("NO_COLOR");
        command
    }

    /// A cargo command in the repository.
    pub fn cargo(&self) -> Command {
        self.command(cargo())
    }
}

/// The cargo that runs this.
fn cargo() -> OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// Runs a command and fails with its name when it does.
pub fn must(command: &mut Command) -> Result<()> {
    let name = command.get_program().to_string_lossy().into_owned();
    let status = command.status().with_context(|| format!("cannot run {name}"))?;
    if !status.success() {
        bail!("{name} failed ({status})");
    }
    Ok(())
}

/// First line of what a program says, standard output or standard error; `None` when it cannot run.
pub fn first_line(command: &mut Command) -> Option<String> {
    let answer = command.stdin(Stdio::null()).output().ok()?;
    let said = if answer.stdout.is_empty() { answer.stderr } else { answer.stdout };
    String::from_utf8_lossy(&said).lines().next().map(|line| line.trim().to_owned())
}
