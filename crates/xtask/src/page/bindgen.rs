//! wasm-bindgen as a library, called with the arguments that trunk passes to the command.

use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use wasm_bindgen_cli_support::Bindgen;

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
    pub fn parse(arguments: &[String]) -> Result<Self> {
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
