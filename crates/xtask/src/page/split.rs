//! Code splitting: makes a first download and chunks of the page.
//!
//! The module that cargo built is cut into pieces. wasm-bindgen processes the first of them; the
//! others are named by their content. The code that loads them becomes part of the page's script: a visitor fetches no further file for it, and since
//! the script's name changes with every build, a page never loads the chunks of another build.

use super::{
    bindgen::Call,
    minify::minify,
    optimise::{Level, optimise},
};
use crate::{texts::content_hash::content_hash, workspace::Workspace};
use anyhow::{Context, Result, anyhow, ensure};
use serde::{Deserialize, Serialize};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// The name under which the first piece imports the chunk loader. No file has it in the end.
const LOADER: &str = "./loader.js";

/// A piece that is downloaded when it is needed.
#[derive(Serialize, Deserialize)]
pub struct Chunk {
    /// Its name in the sources, or a number when several split points share it.
    pub name: String,
    /// Its file name in `dist/`.
    pub file: String,
    /// The split points that need it.
    pub used_by: Vec<String>,
}

/// The chunks of the last build.
pub fn chunks(workspace: &Workspace) -> Result<Vec<Chunk>> {
    let text = fs::read(manifest(workspace))
        .context("there is no list of chunks: build the page first")?;
    Ok(serde_json::from_slice(&text)?)
}

/// The list of chunks.
fn manifest(workspace: &Workspace) -> PathBuf {
    workspace.target.join("chunks.json")
}

/// Splits the module of `call`, runs wasm-bindgen on the first piece, and optimises all of them.
/// Returns the chunks with the names of their files.
pub fn split(workspace: &Workspace, call: &Call) -> Result<Vec<(String, Vec<u8>)>> {
    let work = call.out_dir.join("split");
    let first = work.join(format!("{}.wasm", call.out_name));
    let loader = work.join(LOADER);

    let program = fs::read(&call.input).context("the module that cargo built")?;
    let mut options = wasm_split_cli_support::Options::new(&program);
    options.output_dir = &work;
    options.main_out_path = &first;
    options.link_name = LOADER;
    let pieces = wasm_split_cli_support::transform(options)
        .map_err(|error| anyhow!("the page cannot be split: {error:#}"))?;

    call.generate(&first, true)?;

    let mut loader = without_console(&fs::read_to_string(&loader).context("the chunk loader")?)?;
    let mut chunks = Vec::new();
    let mut files = Vec::new();
    for piece in &pieces.split_modules {
        let old = file_name(piece)?.trim_end_matches(".wasm");
        if !loader.contains(&quoted(old)) {
            // Another piece has everything that is in this one.
            continue;
        }
        let name = old.trim_start_matches("split_");
        let bytes = optimise(workspace, piece, Level::Smallest)?;
        let stem = format!("{name}-{}", content_hash([&bytes]));
        loader = loader.replace(&quoted(old), &quoted(&stem));
        let mut used_by: Vec<String> = pieces
            .prefetch_map
            .iter()
            .filter(|(_, files)| files.iter().any(|file| file == old))
            .map(|(point, _)| point.clone())
            .collect();
        used_by.sort();
        let file = format!("{stem}.wasm");
        chunks.push(Chunk { name: name.to_owned(), file: file.clone(), used_by });
        files.push((file, bytes));
    }
    chunks.sort_by(|a, b| (a.used_by.len(), &a.name).cmp(&(b.used_by.len(), &b.name)));
    fs::write(manifest(workspace), serde_json::to_string_pretty(&chunks)?)?;

    let (script, module) = (call.script(), call.module());
    let text = fs::read_to_string(&script).context("the script that wasm-bindgen wrote")?;
    let text = with_loader(&text, &loader)?;
    let (bytes, text) = minify(&fs::read(&module)?, &text, &format!("./{}_bg.js", call.out_name))?;
    fs::write(&module, bytes)?;
    fs::write(&module, optimise(workspace, &module, Level::Small)?)?;
    fs::write(&script, text)?;
    Ok(files)
}

fn file_name(path: &Path) -> Result<&str> {
    path.file_name().and_then(|name| name.to_str()).context("a piece without a name")
}

/// A file beside the script, as the loader names it.
fn quoted(stem: &str) -> String {
    format!("\"./{stem}.wasm\"")
}

/// The loader without its message on the console. The page learns of a failure and shows it where
/// somebody waits for the chunk; nobody waits for a prefetched one.
fn without_console(loader: &str) -> Result<String> {
    const MESSAGE: &str = "console.error(e);";
    ensure!(loader.contains(MESSAGE), "the chunk loader reports failures in another way");
    Ok(loader.replace(MESSAGE, ""))
}

/// The page's script with the chunk loader in place of its import.
///
/// A file for the loader would be one more download to wait for, and would have to import the script
/// by the name that it is given later.
fn with_loader(script: &str, loader: &str) -> Result<String> {
    // wasm-bindgen writes an import for each function, all of the same file.
    let import = |line: &str| {
        let (name, from) = line.strip_prefix("import * as ")?.split_once(" from ")?;
        from.contains(LOADER).then(|| name.to_owned())
    };
    let mut names = Vec::new();
    let mut body = String::new();
    for line in loader.lines().filter(|line| !line.starts_with("import ")) {
        let line = match line.strip_prefix("export ") {
            Some(line) => {
                let name = line.strip_prefix("const ").and_then(|rest| rest.split_once(" ="));
                names.push(name.context("an export that is no const")?.0);
                line
            }
            None => line,
        };
        body.push_str(line);
        body.push('\n');
    }
    let names = names.join(", ");
    let mut first = None;
    let mut text = String::new();
    for line in script.lines() {
        match (import(line), &first) {
            (None, _) => text.push_str(line),
            (Some(name), Some(first)) => text.push_str(&format!("const {name} = {first};")),
            (Some(name), None) => {
                text.push_str(&format!(
                    "const {name} = (() => {{\n{body}return {{ {names} }};\n}})();"
                ));
                first = Some(name);
            }
        }
        text.push('\n');
    }
    ensure!(first.is_some(), "the page has no chunks");
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loader_writes_nothing_to_the_console() {
        let loader = "} catch (e) {\nconsole.error(e);\nsuccess = false;\n}";
        assert_eq!(without_console(loader).unwrap(), "} catch (e) {\n\nsuccess = false;\n}");
        assert!(without_console("} catch {}").is_err());
    }

    #[test]
    fn the_loader_takes_the_place_of_its_imports() {
        let import = |name: &str| format!("import * as {name} from \"./loader.js\"\n");
        let script = format!("{}{}use(a, b);\nexport {{ initSync }};\n", import("a"), import("b"));
        let loader = "import { initSync } from \"./main.js\";\nlet x;\nexport const load = x;\n";
        assert_eq!(
            with_loader(&script, loader).unwrap(),
            "const a = (() => {\nlet x;\nconst load = x;\nreturn { load };\n})();\nconst b = a;\n\
             use(a, b);\nexport { initSync };\n"
        );
        assert!(with_loader("use(1);", loader).is_err());
    }
}
