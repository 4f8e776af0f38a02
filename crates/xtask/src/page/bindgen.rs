//! Stands in for wasm-bindgen while trunk builds the page.
//!
//! trunk runs the `wasm-bindgen` that comes first on PATH. For the build of the page that is this
//! program under that name. It runs wasm-bindgen as a library, in the version of Cargo.lock, so that
//! nobody has to install the command. Of the page itself it makes a first download and chunks
//! ([`split`](super::split)).

use super::split;
use crate::workspace::Workspace;
use anyhow::{Context, Result, bail};
use std::{
    env,
    ffi::OsString,
    fs,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    process::Command,
};
use wasm_bindgen_cli_support::Bindgen;

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

/// The arguments that trunk passes.
#[derive(Debug, PartialEq, Eq)]
pub struct Call {
    pub input: PathBuf,
    pub out_dir: PathBuf,
    pub out_name: String,
    target: Target,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    Web,
    NoModules,
}

impl Call {
    /// An argument that is not known is an error: it would be lost.
    fn parse(arguments: &[String]) -> Result<Self> {
        let (mut input, mut out_dir, mut out_name, mut target) = (None, None, None, None);
        for argument in arguments {
            match argument.split_once('=') {
                Some(("--out-dir", value)) => out_dir = Some(value.into()),
                Some(("--out-name", value)) => out_name = Some(value.to_owned()),
                Some(("--target", "web")) => target = Some(Target::Web),
                Some(("--target", "no-modules")) => target = Some(Target::NoModules),
                None if argument == "--no-typescript" => {}
                None if !argument.starts_with('-') => input = Some(argument.into()),
                _ => bail!("trunk passes {argument} to wasm-bindgen, which is not known"),
            }
        }
        Ok(Self {
            input: input.context("no input for wasm-bindgen")?,
            out_dir: out_dir.context("no --out-dir for wasm-bindgen")?,
            out_name: out_name.context("no --out-name for wasm-bindgen")?,
            target: target.context("no --target for wasm-bindgen")?,
        })
    }

    /// Runs wasm-bindgen on `input`. `for_chunks` keeps the exports and names that chunks refer to.
    pub fn generate(&self, input: &Path, for_chunks: bool) -> Result<()> {
        let mut bindgen = Bindgen::new();
        match self.target {
            Target::Web => bindgen.web(true)?,
            Target::NoModules => bindgen.no_modules(true)?,
        };
        bindgen
            .input_path(input)
            .out_name(&self.out_name)
            .typescript(false)
            .keep_lld_exports(for_chunks)
            .demangle(!for_chunks)
            .generate(&self.out_dir)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Call> {
        Call::parse(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn the_arguments_that_trunk_passes_are_parsed() {
        let call = "--target=web --out-dir=/t/w --out-name=page /t/page.wasm --no-typescript";
        assert_eq!(
            parse(call).unwrap(),
            Call {
                input: "/t/page.wasm".into(),
                out_dir: "/t/w".into(),
                out_name: "page".to_owned(),
                target: Target::Web,
            }
        );
        let worker = "--target=no-modules --out-dir=/t --out-name=certificate_worker /t/w.wasm";
        assert_eq!(parse(worker).unwrap().target, Target::NoModules);
    }

    #[test]
    fn missing_and_unknown_arguments_are_errors() {
        for line in [
            "",
            "--out-dir=/t --out-name=page /t/page.wasm",
            "--target=web --out-name=page /t/page.wasm",
            "--target=web --out-dir=/t --out-name=page",
            "--target=web --out-dir=/t --out-name=page /t/page.wasm --keep-debug",
            "--target=deno --out-dir=/t --out-name=page /t/page.wasm",
        ] {
            assert!(parse(line).is_err(), "{line}");
        }
    }
}
