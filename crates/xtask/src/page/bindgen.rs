//! wasm-bindgen as a library, so that nobody has to install the command.

use anyhow::{Context, Result};
use std::{
    fs,
    path::{Path, PathBuf},
};
use wasm_bindgen_cli_support::Bindgen;

/// A call of wasm-bindgen.
pub struct Call {
    pub input: PathBuf,
    pub out_dir: PathBuf,
    pub out_name: String,
    target: Target,
}

#[derive(Clone, Copy)]
enum Target {
    Web,
    NoModules,
}

impl Call {
    /// For a program that the entry page starts.
    pub fn page(input: &Path, out_dir: PathBuf) -> Result<Self> {
        Self::new(input, out_dir, Target::Web)
    }

    /// For a program that a web worker starts.
    pub fn worker(input: &Path, out_dir: PathBuf) -> Result<Self> {
        Self::new(input, out_dir, Target::NoModules)
    }

    fn new(input: &Path, out_dir: PathBuf, target: Target) -> Result<Self> {
        let name = input.file_stem().and_then(|name| name.to_str()).context("no program")?;
        let _ = fs::remove_dir_all(&out_dir);
        fs::create_dir_all(&out_dir).with_context(|| out_dir.display().to_string())?;
        Ok(Self { input: input.to_owned(), out_dir, out_name: name.to_owned(), target })
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

    /// The script that [`generate`](Self::generate) writes.
    pub fn script(&self) -> PathBuf {
        self.out_dir.join(format!("{}.js", self.out_name))
    }

    /// The module that [`generate`](Self::generate) writes.
    pub fn module(&self) -> PathBuf {
        self.out_dir.join(format!("{}_bg.wasm", self.out_name))
    }
}
