//! Stands in for wasm-bindgen while trunk builds the page.
//!
//! trunk runs the `wasm-bindgen` that comes first on PATH. For the build of the page that is this
//! program under that name. It runs wasm-bindgen as a library, in the version of Cargo.lock, so that
//! nobody has to install the command. Of the page itself it makes a first download and chunks
//! ([`split`]).

use super::{bindgen::Call, split};
use crate::workspace::Workspace;
use anyhow::{Context, Result};
use std::{
    env,
    ffi::OsString,
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Command,
};

/// The name under which trunk runs this program.
const NAME: &str = "wasm-bindgen";
/// The environment variable with the directory for the chunks and their list.
const CHUNKS: &str = "LB_PORTAL_CHUNKS";

/// A build by trunk that finds this program as wasm-bindgen.
pub struct TrunkBuild {
    chunks: PathBuf,
    path: OsString,
}

impl TrunkBuild {
    /// Removes the chunks of the last build, and puts this program under the name `wasm-bindgen`
    /// before everything else on PATH.
    pub fn prepare(workspace: &Workspace) -> Result<Self> {
        let chunks = split::directory(workspace);
        let _ = fs::remove_dir_all(&chunks);
        let bin = chunks.join("bin");
        fs::create_dir_all(&bin).with_context(|| bin.display().to_string())?;
        symlink(env::current_exe()?, bin.join(NAME)).context("cannot stand in for wasm-bindgen")?;
        let path = workspace.path();
        let path = env::join_paths([bin].into_iter().chain(env::split_paths(&path)))?;
        Ok(Self { chunks, path })
    }

    /// trunk, without arguments yet.
    pub fn command(&self, workspace: &Workspace) -> Command {
        let mut command = workspace.command("trunk");
        command.env("PATH", &self.path).env(CHUNKS, &self.chunks);
        command
    }
}

/// Whether this program was called under the name `wasm-bindgen`.
pub fn is_called_as_wasm_bindgen() -> bool {
    env::args_os().next().is_some_and(|name| Path::new(&name).file_name() == Some(NAME.as_ref()))
}

/// Does what trunk asks of wasm-bindgen.
pub fn wasm_bindgen() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if arguments == ["--version"] {
        // trunk compares this with Cargo.lock.
        println!("{NAME} {}", wasm_bindgen_shared::version());
        return Ok(());
    }
    let call = Call::parse(&arguments)?;
    if call.out_name != split::PROGRAM {
        return call.generate(&call.input, false);
    }
    let chunks = env::var_os(CHUNKS).context("no directory for the chunks")?;
    split::split(&call, Path::new(&chunks))
}
