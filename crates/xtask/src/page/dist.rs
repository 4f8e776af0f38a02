//! The files that are served.

use super::bindgen::Call;
use crate::{files::files_below, texts::content_hash::content_hash};
use anyhow::{Context, Result};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// A new `dist/`, until it is complete.
pub struct Dist(PathBuf);

impl Dist {
    pub fn begin(directory: PathBuf) -> Result<Self> {
        let _ = fs::remove_dir_all(&directory);
        fs::create_dir_all(&directory).with_context(|| directory.display().to_string())?;
        Ok(Self(directory))
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> Result<()> {
        fs::write(self.0.join(name), bytes).with_context(|| format!("cannot write dist/{name}"))
    }

    /// Adds a file under a name that contains a hash of its content: one name never stands for two
    /// contents in a browser's cache. Returns the name.
    pub fn add(&self, stem: &str, ending: &str, bytes: &[u8]) -> Result<String> {
        let name = format!("{stem}-{}.{ending}", content_hash([bytes]));
        self.write(&name, bytes)?;
        Ok(name)
    }

    /// Adds the script and the module of a program; returns the name that both begin with.
    pub fn add_program(&self, call: &Call) -> Result<String> {
        let (script, module) = (fs::read(call.script())?, fs::read(call.module())?);
        let name = format!("{}-{}", call.out_name, content_hash([&script, &module]));
        self.write(&format!("{name}.js"), script)?;
        self.write(&format!("{name}_bg.wasm"), module)?;
        Ok(name)
    }

    /// Copies the files below a directory.
    pub fn copy(&self, directory: &Path) -> Result<()> {
        for file in files_below(directory)? {
            let to = self.0.join(file.strip_prefix(directory)?);
            fs::create_dir_all(to.parent().context("no directory")?)?;
            fs::copy(&file, to).with_context(|| file.display().to_string())?;
        }
        Ok(())
    }

    /// Moves everything to `dist`, whose content is removed. The directory itself stays: cargo takes
    /// a new one for a change.
    pub fn replace(self, dist: &Path) -> Result<()> {
        fs::create_dir_all(dist)?;
        for entry in fs::read_dir(dist)? {
            let path = entry?.path();
            if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }?;
        }
        for entry in fs::read_dir(&self.0)? {
            let entry = entry?;
            fs::rename(entry.path(), dist.join(entry.file_name()))?;
        }
        Ok(())
    }
}
