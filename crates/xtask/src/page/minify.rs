//! Reduces what wasm-bindgen writes: short names where only the module and its script use them, and
//! no exports of classes that are never instantiated.
//!
//! wasm-bindgen names an import by its function and sixteen hexadecimal digits, which do not
//! compress. It also exports the classes of every library, whether used or not; without these
//! exports, wasm-opt removes the code behind them. Together they are 2 % of the first download.

use anyhow::{Result, anyhow, ensure};
use std::collections::{HashMap, HashSet};
use wasm_encoder::{
    ExportSection, ImportSection, Module,
    reencode::{Error, Reencode, utils},
};
use wasmparser::{Export, Import, Imports, Parser};

/// The classes of wasm-streams, a dependency of leptos for server functions, which the page does not
/// use: part of their names in the script, and of their functions' names in the module.
const UNUSED: (&str, &str) = ("IntoUnderlying", "intounderlying");

/// The reduced module and script. `from` is the name under which the module imports its script.
pub fn minify(module: &[u8], script: &str, from: &str) -> Result<(Vec<u8>, String)> {
    let (class, _) = UNUSED;
    let instantiates = |line: &str| line.contains(class) && line.contains(".__wrap(");
    ensure!(!script.lines().any(instantiates), "the page uses a class {class}…: keep its exports");
    ensure!(!tokens(script).any(is_short), "the script has short names already");

    let mut names = ShortNames { from, short: HashMap::new() };
    let mut reduced = Module::new();
    names
        .parse_core_module(&mut reduced, Parser::new(0), module)
        .map_err(|error| anyhow!("cannot read the module that wasm-bindgen wrote: {error}"))?;
    let mut text = String::with_capacity(script.len());
    let mut seen = HashSet::new();
    for token in tokens(script) {
        match names.short.get_key_value(token) {
            Some((name, short)) => {
                seen.insert(name);
                text.push_str(short);
            }
            None => text.push_str(token),
        }
    }
    let missing = names.short.keys().find(|name| !seen.contains(name));
    ensure!(missing.is_none(), "{missing:?} is not in the script");
    Ok((reduced.finish(), text))
}

/// Words and what is between them, without gaps.
fn tokens(mut script: &str) -> impl Iterator<Item = &str> {
    let in_word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    std::iter::from_fn(move || {
        let word = in_word(script.chars().next()?);
        let end = script.find(|c| in_word(c) != word).unwrap_or(script.len());
        let (token, rest) = script.split_at(end);
        script = rest;
        Some(token)
    })
}

/// Whether a name looks like those that [`ShortNames`] gives.
fn is_short(token: &str) -> bool {
    token.strip_prefix('$').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// Writes a module with short names.
struct ShortNames<'a> {
    from: &'a str,
    /// Short names by long names.
    short: HashMap<String, String>,
}

impl ShortNames<'_> {
    fn shorten(&mut self, long: &str) -> String {
        let next = format!("${}", self.short.len());
        self.short.entry(long.to_owned()).or_insert(next).clone()
    }
}

impl Reencode for ShortNames<'_> {
    type Error = std::convert::Infallible;

    fn parse_imports(
        &mut self,
        section: &mut ImportSection,
        imports: Imports<'_>,
    ) -> Result<(), Error<Self::Error>> {
        match imports {
            Imports::Single(at, import) if import.module == self.from => {
                let name = self.shorten(import.name);
                let import = Import { name: &name, ..import };
                utils::parse_imports(self, section, Imports::Single(at, import))
            }
            other => utils::parse_imports(self, section, other),
        }
    }

    fn parse_export(
        &mut self,
        exports: &mut ExportSection,
        export: Export<'_>,
    ) -> Result<(), Error<Self::Error>> {
        if export.name.contains(UNUSED.1) {
            return Ok(());
        }
        // The mangled names of Rust functions that JavaScript calls.
        if !export.name.starts_with("_ZN") && !export.name.starts_with("_R") {
            return utils::parse_export(self, exports, export);
        }
        let name = self.shorten(export.name);
        utils::parse_export(self, exports, Export { name: &name, ..export })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_encoder::{
        CodeSection, EntityType, ExportKind, Function, FunctionSection, Instruction, TypeSection,
    };

    /// A module that imports one function of the script and one of another file, and exports one of
    /// its own under each of the names.
    fn module(exports: &[&str]) -> Vec<u8> {
        let (mut types, mut imports, mut functions) =
            (TypeSection::new(), ImportSection::new(), FunctionSection::new());
        types.ty().function([], []);
        imports.import("./page_bg.js", "__wbg_now_463ac581d2fc7ea3", EntityType::Function(0));
        imports.import("./loader.js", "load_it", EntityType::Function(0));
        functions.function(0);
        let mut own = ExportSection::new();
        for name in exports {
            own.export(name, ExportKind::Func, 2);
        }
        let mut code = CodeSection::new();
        let mut body = Function::new([]);
        body.instruction(&Instruction::Call(0)).instruction(&Instruction::End);
        code.function(&body);
        let mut module = Module::new();
        module.section(&types).section(&imports).section(&functions).section(&own).section(&code);
        module.finish()
    }

    fn names(module: &[u8]) -> Vec<String> {
        let mut names = Vec::new();
        for payload in Parser::new(0).parse_all(module) {
            match payload.unwrap() {
                wasmparser::Payload::ImportSection(all) => {
                    names.extend(all.into_imports().map(|import| import.unwrap().name.to_owned()));
                }
                wasmparser::Payload::ExportSection(all) => {
                    names.extend(all.into_iter().map(|export| export.unwrap().name.to_owned()));
                }
                _ => {}
            }
        }
        names
    }

    #[test]
    fn module_and_script_use_the_same_short_names() {
        let script =
            "const own = {\n__wbg_now_463ac581d2fc7ea3: () => wasm._ZN4page1E(`${x}`),\n};";
        let whole = module(&["main", "_ZN4page1E", "intounderlyingsink_write"]);
        let (reduced, text) = minify(&whole, script, "./page_bg.js").unwrap();
        assert_eq!(names(&reduced), ["$0", "load_it", "main", "$1"]);
        assert_eq!(text, "const own = {\n$0: () => wasm.$1(`${x}`),\n};");
    }

    #[test]
    fn a_module_and_a_script_that_do_not_match_are_an_error() {
        let refused = |exports: &[&str], script: &str| {
            minify(&module(exports), script, "./page_bg.js").unwrap_err().to_string()
        };
        let own = "__wbg_now_463ac581d2fc7ea3";
        assert!(refused(&["_ZN4page1E"], own).contains("_ZN4page1E"));
        assert!(refused(&[], &format!("{own} $7")).contains("short names"));
        let made = format!("{own}\nconst ret = IntoUnderlyingSink.__wrap(arg0);");
        assert!(refused(&[], &made).contains("IntoUnderlying"));
    }
}
