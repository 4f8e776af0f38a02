//! Makes smaller what wasm-bindgen has written: short names where only the module and its script know
//! them, and no classes of which nobody can have an object.
//!
//! wasm-bindgen names an import by what it does and sixteen digits of a hash, which no compression
//! makes smaller. And it exports the classes of every library, whether used or not: without their
//! exports, wasm-opt leaves out what only they call. Both together were a fiftieth of the first
//! download when this was written.

use anyhow::{Result, anyhow, ensure};
use std::collections::{HashMap, HashSet};
use wasm_encoder::{
    ExportSection, ImportSection, Module,
    reencode::{Error, Reencode, utils},
};
use wasmparser::{Export, Import, Imports, Parser};

/// The classes of wasm-streams, which leptos brings for server functions: the page has none. A word
/// of their names in the script, and of their functions' in the module.
const UNUSED: (&str, &str) = ("IntoUnderlying", "intounderlying");

/// The module and the script, both smaller. `from` is what the module imports from its script as.
pub fn slim(module: &[u8], script: &str, from: &str) -> Result<(Vec<u8>, String)> {
    let (class, _) = UNUSED;
    let hands_out = |line: &str| line.contains(class) && line.contains(".__wrap(");
    ensure!(!script.lines().any(hands_out), "objects of {class}… are made: their code is needed");
    ensure!(!tokens(script).any(is_short), "the script has short names already");

    let mut short = Short { from, names: HashMap::new() };
    let mut slim = Module::new();
    short
        .parse_core_module(&mut slim, Parser::new(0), module)
        .map_err(|error| anyhow!("what wasm-bindgen has written cannot be read: {error}"))?;
    let mut text = String::with_capacity(script.len());
    let mut met = HashSet::new();
    for token in tokens(script) {
        match short.names.get_key_value(token) {
            Some((name, short)) => {
                met.insert(name);
                text.push_str(short);
            }
            None => text.push_str(token),
        }
    }
    let missed = short.names.keys().find(|name| !met.contains(name));
    ensure!(missed.is_none(), "{missed:?} is not in the script");
    Ok((slim.finish(), text))
}

/// Words and what is between them; all of them together are the script.
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

/// Whether a name is one of those given here.
fn is_short(token: &str) -> bool {
    token.strip_prefix('$').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// A module with short names.
struct Short<'a> {
    from: &'a str,
    /// By the name that each had.
    names: HashMap<String, String>,
}

impl Short<'_> {
    fn name(&mut self, long: &str) -> String {
        let next = format!("${}", self.names.len());
        self.names.entry(long.to_owned()).or_insert(next).clone()
    }
}

impl Reencode for Short<'_> {
    type Error = std::convert::Infallible;

    fn parse_imports(
        &mut self,
        section: &mut ImportSection,
        imports: Imports<'_>,
    ) -> Result<(), Error<Self::Error>> {
        match imports {
            Imports::Single(at, import) if import.module == self.from => {
                let name = self.name(import.name);
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
        // Functions that Rust gives to JavaScript have its mangled names.
        if !export.name.starts_with("_ZN") && !export.name.starts_with("_R") {
            return utils::parse_export(self, exports, export);
        }
        let name = self.name(export.name);
        utils::parse_export(self, exports, Export { name: &name, ..export })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_encoder::{
        CodeSection, EntityType, ExportKind, Function, FunctionSection, Instruction, TypeSection,
    };

    /// Imports one function of the script, and exports one of its own by each of the names.
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
    fn both_sides_know_the_short_names() {
        let script =
            "const own = {\n__wbg_now_463ac581d2fc7ea3: () => wasm._ZN4page1E(`${x}`),\n};";
        let whole = module(&["main", "_ZN4page1E", "intounderlyingsink_write"]);
        let (slim, text) = slim(&whole, script, "./page_bg.js").unwrap();
        assert_eq!(names(&slim), ["$0", "load_it", "main", "$1"]);
        assert_eq!(text, "const own = {\n$0: () => wasm.$1(`${x}`),\n};");
    }

    #[test]
    fn what_does_not_fit_together_is_refused() {
        let refused = |exports: &[&str], script: &str| {
            slim(&module(exports), script, "./page_bg.js").unwrap_err().to_string()
        };
        let own = "__wbg_now_463ac581d2fc7ea3";
        assert!(refused(&["_ZN4page1E"], own).contains("_ZN4page1E"));
        assert!(refused(&[], &format!("{own} $7")).contains("short names"));
        let made = format!("{own}\nconst ret = IntoUnderlyingSink.__wrap(arg0);");
        assert!(refused(&[], &made).contains("IntoUnderlying"));
    }
}
