//! Splits the page into a first download and chunks, where trunk calls wasm-bindgen.
//!
//! trunk takes the `wasm-bindgen` that comes first on PATH. For the build of the page that is this
//! program under that name: it cuts what cargo has built into pieces, hands the first of them to the
//! real wasm-bindgen, and optimises and names the others. What loads them becomes a part of the
//! page's own JavaScript, so that a visitor fetches nothing more, and with it is renamed for every
//! build: a page never meets the chunks of another build.

use crate::{
    slim::slim,
    workspace::{Workspace, must},
};
use anyhow::{Context, Result, anyhow, ensure};
use serde::{Deserialize, Serialize};
use std::{
    collections::hash_map::DefaultHasher,
    env,
    ffi::OsString,
    fs,
    hash::{Hash, Hasher},
    os::unix::{fs::symlink, process::CommandExt},
    path::{Path, PathBuf},
    process::Command,
};

/// The name under which trunk calls this program.
const NAME: &str = "wasm-bindgen";
/// Where the real one is; set for trunk, which hands it on.
const REAL: &str = "LB_PORTAL_WASM_BINDGEN";
/// Where the chunks and their list go.
const HOME: &str = "LB_PORTAL_CHUNKS";
/// What the first piece imports what loads the others from. Never a file.
const LOADER: &str = "./loader.js";

/// The program that is split, as cargo calls it.
const PROGRAM: &str = "page";
/// Which chunks there are, beside them.
const MANIFEST: &str = "chunks.json";

/// A piece that is downloaded when it is needed.
#[derive(Serialize, Deserialize)]
pub struct Chunk {
    /// Its name in the sources; a number when several share it.
    pub name: String,
    /// Its name in `dist/`.
    pub file: String,
    /// What cannot be shown without it.
    pub of: Vec<String>,
}

/// The chunks of the page as it was built last.
pub fn chunks(workspace: &Workspace) -> Result<Vec<Chunk>> {
    let manifest = home(workspace).join(MANIFEST);
    let text = fs::read(manifest).context("the page is not split: build it first")?;
    Ok(serde_json::from_slice(&text)?)
}

fn home(workspace: &Workspace) -> PathBuf {
    workspace.target.join("split")
}

/// A build of the page in pieces.
pub struct Split {
    home: PathBuf,
    path: OsString,
    real: PathBuf,
}

impl Split {
    /// Makes ready what [`Split::command`] needs, with no chunks yet.
    pub fn prepare(workspace: &Workspace) -> Result<Self> {
        let real = workspace.which(NAME).context("wasm-bindgen is not on PATH")?;
        let home = home(workspace);
        let _ = fs::remove_dir_all(&home);
        let bin = home.join("bin");
        fs::create_dir_all(&bin).with_context(|| bin.display().to_string())?;
        symlink(env::current_exe()?, bin.join(NAME)).context("cannot stand in for wasm-bindgen")?;
        let path = workspace.path();
        let path = env::join_paths([bin].into_iter().chain(env::split_paths(&path)))?;
        Ok(Self { home, path, real })
    }

    /// A command that finds this program as wasm-bindgen.
    pub fn command(&self, workspace: &Workspace, program: &str) -> Command {
        let mut command = workspace.command(program);
        command.env("PATH", &self.path).env(REAL, &self.real).env(HOME, &self.home);
        command
    }

    /// Puts the chunks beside the rest of the page.
    pub fn finish(&self, workspace: &Workspace) -> Result<()> {
        for Chunk { file, .. } in chunks(workspace)? {
            fs::copy(self.home.join(&file), workspace.dist().join(&file))
                .context("cannot put the chunks into dist/")?;
        }
        Ok(())
    }
}

/// Whether this program was called as wasm-bindgen.
pub fn is_called() -> bool {
    env::args_os().next().is_some_and(|name| Path::new(&name).file_name() == Some(NAME.as_ref()))
}

/// Does wasm-bindgen's work on a program in pieces.
pub fn wasm_bindgen() -> Result<()> {
    let real = env::var_os(REAL).context("called as wasm-bindgen by something other than xtask")?;
    let words: Vec<OsString> = env::args_os().skip(1).collect();
    let Some(call) = Call::read(&words) else {
        return Err(Command::new(real).args(words).exec()).context("cannot run wasm-bindgen");
    };
    let home = PathBuf::from(env::var_os(HOME).context("no place for the chunks")?);
    let work = call.out_dir.join("split");
    let _ = fs::remove_dir_all(&work);
    let first = work.join(format!("{}.wasm", call.out_name));
    let loader = work.join(LOADER);

    let program = fs::read(call.input).context("what cargo has built")?;
    let mut options = wasm_split_cli_support::Options::new(&program);
    options.output_dir = &work;
    options.main_out_path = &first;
    options.link_name = LOADER;
    let pieces = wasm_split_cli_support::transform(options)
        .map_err(|error| anyhow!("the page cannot be split: {error:#}"))?;

    let rest = words.iter().filter(|word| *word != call.input);
    // What the chunks use of the first piece must keep its name there.
    let keep = ["--keep-lld-exports", "--no-demangle"];
    must(Command::new(real).args(rest).args(keep).arg(&first))?;

    let mut loads = quiet(&fs::read_to_string(&loader).context("what loads the chunks")?)?;
    let mut chunks = Vec::new();
    for piece in &pieces.split_modules {
        let old = file_name(piece)?.trim_end_matches(".wasm");
        if !loads.contains(&quoted(old)) {
            // Nothing is in it that is not elsewhere.
            continue;
        }
        let name = old.trim_start_matches("split_");
        let file = store(piece, name, &home)?;
        loads = loads.replace(&quoted(old), &quoted(file.trim_end_matches(".wasm")));
        let needs = |(_, files): &(_, &Vec<String>)| files.iter().any(|file| file == old);
        let mut of: Vec<String> =
            pieces.prefetch_map.iter().filter(needs).map(|(page, _)| page.clone()).collect();
        of.sort();
        chunks.push(Chunk { name: name.to_owned(), file, of });
    }
    chunks.sort_by(|a, b| (a.of.len(), &a.name).cmp(&(b.of.len(), &b.name)));
    fs::write(home.join(MANIFEST), serde_json::to_string_pretty(&chunks)?)?;
    let own = |what: &str| call.out_dir.join(format!("{}{what}", call.out_name));
    let (script, module) = (own(".js"), own("_bg.wasm"));
    let text = fs::read_to_string(&script).context("what wasm-bindgen has written")?;
    let from = format!("./{}_bg.js", call.out_name);
    let (bytes, text) = slim(&fs::read(&module)?, &with_loader(&text, &loads)?, &from)?;
    fs::write(&module, bytes)?;
    fs::write(&script, text)?;
    Ok(())
}

/// A call that has something to do.
struct Call<'a> {
    input: &'a OsString,
    out_dir: PathBuf,
    out_name: String,
}

impl<'a> Call<'a> {
    /// As trunk calls it for the page; `None` when it only asks for the version, and for the program of
    /// another thread, which is whole.
    fn read(words: &'a [OsString]) -> Option<Self> {
        let value = |flag: &str| {
            words.iter().find_map(|word| word.to_str()?.strip_prefix(flag).map(str::to_owned))
        };
        Some(Self {
            input: words
                .iter()
                .find(|word| Path::new(word).extension() == Some("wasm".as_ref()))?,
            out_dir: value("--out-dir=")?.into(),
            out_name: value("--out-name=").filter(|name| name == PROGRAM)?,
        })
    }
}

fn file_name(path: &Path) -> Result<&str> {
    path.file_name().and_then(|name| name.to_str()).context("a piece without a name")
}

/// A file beside the script, as the loader names it.
fn quoted(stem: &str) -> String {
    format!("\"./{stem}.wasm\"")
}

/// Has the loader keep what failed to itself: the page is told, and tells whoever waits for it. Nobody
/// waits for what was fetched ahead.
fn quiet(loader: &str) -> Result<String> {
    const SAYS: &str = "console.error(e);";
    ensure!(loader.contains(SAYS), "the loader of chunks says its failures in another way");
    Ok(loader.replace(SAYS, ""))
}

/// Optimises a piece, as trunk does the first, and stores it under a name that tells its content:
/// `create_load_balancer-0123456789abcdef.wasm`. Gives the name.
fn store(piece: &Path, name: &str, home: &Path) -> Result<String> {
    let small = piece.with_extension("small");
    must(Command::new("wasm-opt").arg("-Oz").arg(piece).arg("-o").arg(&small))?;
    let bytes = fs::read(&small)?;
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    let file = format!("{name}-{:016x}.wasm", hasher.finish());
    fs::write(home.join(&file), bytes).context("cannot store a chunk")?;
    Ok(file)
}

/// The page's JavaScript with what loads the chunks in the place of its import.
///
/// A file of its own would be one more to wait for. And it would have to import the page's script by
/// the name that trunk gives it later.
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
    fn only_a_call_with_a_program_has_something_to_do() {
        let words = |line: &str| line.split_whitespace().map(OsString::from).collect::<Vec<_>>();
        let real =
            words("--target=web --out-dir=/t/w --out-name=page /t/page.wasm --no-typescript");
        let call = Call::read(&real).unwrap();
        assert_eq!((call.input, call.out_name), (&OsString::from("/t/page.wasm"), "page".into()));
        assert_eq!(call.out_dir, Path::new("/t/w"));
        assert!(Call::read(&words("--version")).is_none());
        let thread = words("--out-dir=/t --out-name=certificate_worker /t/certificate_worker.wasm");
        assert!(Call::read(&thread).is_none());
    }

    #[test]
    fn the_loader_is_quiet() {
        let loader = "} catch (e) {\nconsole.error(e);\nsuccess = false;\n}";
        assert_eq!(quiet(loader).unwrap(), "} catch (e) {\n\nsuccess = false;\n}");
        assert!(quiet("} catch {}").is_err());
    }

    #[test]
    fn the_loader_moves_in() {
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
