//! Paths of the repository, and commands that find the project's tools.

use crate::profile::Profile;
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::{
    collections::BTreeSet,
    env,
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// The package of the page.
pub const PAGE: &str = "lb-portal-page";
/// The package of the server.
pub const SERVER: &str = "lb-portal-server";
/// The target the page is compiled for.
pub const WASM: &str = "wasm32-unknown-unknown";

/// The repository and its build directory.
pub struct Workspace {
    pub root: PathBuf,
    /// Cargo's build directory.
    pub target: PathBuf,
    /// Tools that were installed for this project, shared by all clones of a user.
    pub tools: PathBuf,
    metadata: Metadata,
}

/// The output of `cargo metadata`, as far as it is used.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    target_directory: PathBuf,
    resolve: Resolve,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
    version: String,
    /// `None` for a package of this workspace.
    source: Option<String>,
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
    /// Reads the output of `cargo metadata`.
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

    /// The version of a package in Cargo.lock.
    pub fn locked_version(&self, name: &str) -> Option<&str> {
        self.metadata.packages.iter().find(|p| p.name == name).map(|p| p.version.as_str())
    }

    /// The directories of a package and of its dependencies in this workspace.
    pub fn local_dependencies(&self, name: &str) -> Vec<PathBuf> {
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

    /// The server, where a build leaves it.
    pub fn binary(&self, profile: Profile) -> PathBuf {
        self.target.join(profile.of_the_server()).join("lb-portal")
    }

    pub fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// The directory of the browser tests and of the npm packages.
    pub fn end2end(&self) -> PathBuf {
        self.root.join("end2end")
    }

    /// PATH for commands: the project's tools, the user's PATH, and the directories of servers, which
    /// not every user has on it.
    pub fn path(&self) -> OsString {
        let own = [self.tools.join("bin"), self.end2end().join("node_modules").join(".bin")];
        let users = env::var_os("PATH").unwrap_or_default();
        let all = own
            .into_iter()
            .chain(env::split_paths(&users))
            .chain(["/usr/local/sbin", "/usr/sbin"].map(PathBuf::from));
        env::join_paths(all).unwrap_or(users)
    }

    /// The path of a program.
    pub fn which(&self, program: &str) -> Option<PathBuf> {
        env::split_paths(&self.path()).map(|dir| dir.join(program)).find(|file| file.is_file())
    }

    /// A command in the repository that finds the project's tools.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        // trunk takes NO_COLOR for a boolean and exits at its usual value "1".
        command.current_dir(&self.root).env("PATH", self.path()).env_remove("NO_COLOR");
        command
    }

    /// A cargo command in the repository that finds the project's tools.
    pub fn cargo(&self) -> Command {
        self.command(cargo())
    }
}

/// The cargo that runs this program.
fn cargo() -> OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}
