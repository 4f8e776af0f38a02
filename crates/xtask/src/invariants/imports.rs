//! Which file of a crate imports which, read from its tokens.
//!
//! An import is a path that leads to an item of another file: in a `use`, in an expression, in a type
//! or in the arguments of a macro. A re-export (`pub use`) is no import of the file that has it; a path
//! through it leads to the file with the item. Methods are not followed, and test modules are left
//! out.

use super::tokens::after_item;
use crate::files::files_below;
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

/// Segments below the crate's root; the root itself is empty.
type ModulePath = Vec<String>;

/// Files of a crate, by name below its `src/`, and the files that each imports.
pub type Imports = BTreeMap<String, BTreeSet<String>>;

/// A module, in a file of its own or in its parent's.
#[derive(Default)]
struct Module {
    file: String,
    /// Names that a `use` brings in, and the paths that they stand for.
    aliases: BTreeMap<String, ModulePath>,
    /// Modules of which a `use` brings in everything.
    globs: Vec<ModulePath>,
    /// Names of the items that the module defines.
    items: BTreeSet<String>,
    /// Paths in the module's code, relative to it unless the first segment says otherwise.
    paths: Vec<ModulePath>,
}

/// The modules of a crate.
#[derive(Default)]
struct Modules(BTreeMap<ModulePath, Module>);

/// Reads every file of a crate below `src`, which holds its `root`, such as `lib.rs`.
pub fn imports(src: &Path, root: &str) -> Imports {
    let mut modules = Modules::default();
    for file in files_below(src).unwrap() {
        let name = file.strip_prefix(src).unwrap().to_string_lossy().into_owned();
        let is_other_root = ["main.rs", "lib.rs"].contains(&name.as_str()) && name != root;
        if is_other_root || name.starts_with("bin/") || !name.ends_with(".rs") {
            continue;
        }
        modules.read(&name, root, &fs::read_to_string(&file).unwrap());
    }
    modules.imports()
}

impl Modules {
    /// Reads a file, of the module that its name stands for.
    fn read(&mut self, name: &str, root: &str, source: &str) {
        let path: ModulePath = if name == root {
            Vec::new()
        } else {
            let stem = name.trim_end_matches(".rs").trim_end_matches("/mod");
            stem.split('/').map(str::to_owned).collect()
        };
        let tokens = source.parse().unwrap_or_else(|error| panic!("{name}: {error}"));
        self.walk(tokens, &path, name);
    }

    fn module(&mut self, path: &ModulePath, file: &str) -> &mut Module {
        let module = self.0.entry(path.clone()).or_default();
        file.clone_into(&mut module.file);
        module
    }

    fn walk(&mut self, tokens: TokenStream, path: &ModulePath, file: &str) {
        self.module(path, file);
        let trees: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        let mut is_public = false;
        while at < trees.len() {
            match &trees[at] {
                TokenTree::Punct(punct) if punct.as_char() == '#' => {
                    let bang = usize::from(is_punct(trees.get(at + 1), '!'));
                    at += 1 + bang;
                    is_public = false;
                    if let Some(TokenTree::Group(group)) = trees.get(at) {
                        let text: String = group.stream().to_string().split_whitespace().collect();
                        at += 1;
                        if text.starts_with("cfg(test)") || text.starts_with("cfg(all(test,") {
                            at = after_item(&trees, at);
                        }
                    }
                    continue;
                }
                TokenTree::Ident(word) if word == "pub" => {
                    is_public = true;
                    at += 1;
                    // The scope of `pub(crate)`.
                    if matches!(trees.get(at), Some(TokenTree::Group(group))
                        if group.delimiter() == Delimiter::Parenthesis)
                    {
                        at += 1;
                    }
                    continue;
                }
                TokenTree::Ident(word) if word == "use" => {
                    let end = (at..trees.len())
                        .find(|at| is_punct(trees.get(*at), ';'))
                        .unwrap_or(trees.len());
                    self.use_tree(&trees[at + 1..end], &Vec::new(), is_public, path, file);
                    at = end;
                }
                TokenTree::Ident(word) if word == "mod" => {
                    let name = trees.get(at + 1).map(ToString::to_string).unwrap_or_default();
                    if let Some(TokenTree::Group(body)) = trees.get(at + 2) {
                        let inner = [path.as_slice(), &[name]].concat();
                        self.walk(body.stream(), &inner, file);
                        at += 2;
                    } else {
                        // A `#[path]` leads to a file that is not below `src`.
                        let inner = [path.as_slice(), &[name]].concat();
                        let file = format!("{}.rs", inner.join("/"));
                        self.module(&inner, &file);
                    }
                    at += 1;
                }
                TokenTree::Ident(word) => {
                    const ITEMS: [&str; 8] =
                        ["const", "enum", "fn", "static", "struct", "trait", "type", "union"];
                    if ITEMS.contains(&word.to_string().as_str())
                        && let Some(TokenTree::Ident(name)) = trees.get(at + 1)
                    {
                        self.module(path, file).items.insert(name.to_string());
                        at += 1;
                    } else {
                        let is_member = at > 0
                            && is_punct(trees.get(at - 1), '.')
                            && !(at > 1 && is_punct(trees.get(at - 2), '.'));
                        let (found, end) = plain_path(&trees, at);
                        at = end - 1;
                        if !is_member {
                            self.module(path, file).paths.push(found);
                        }
                    }
                }
                TokenTree::Group(group) => self.walk(group.stream(), path, file),
                _ => {}
            }
            is_public = false;
            at += 1;
        }
    }

    /// Reads a tree of a `use` below `prefix`.
    fn use_tree(
        &mut self,
        trees: &[TokenTree],
        prefix: &ModulePath,
        is_public: bool,
        path: &ModulePath,
        file: &str,
    ) {
        let branches = trees.split(|tree| is_punct(Some(tree), ','));
        for branch in branches.filter(|branch| !branch.is_empty()) {
            let mut found = prefix.clone();
            let mut name = None;
            let mut at = 0;
            while let Some(tree) = branch.get(at) {
                match tree {
                    TokenTree::Ident(word) if word == "as" => {
                        name = branch.get(at + 1).map(ToString::to_string);
                        break;
                    }
                    TokenTree::Ident(word) if word == "self" && !found.is_empty() => {}
                    TokenTree::Ident(word) => found.push(word.to_string()),
                    TokenTree::Group(group) => {
                        let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                        self.use_tree(&inner, &found, is_public, path, file);
                        found.clear();
                        break;
                    }
                    TokenTree::Punct(punct) if punct.as_char() == '*' => {
                        let module = self.module(path, file);
                        module.globs.push(std::mem::take(&mut found));
                        break;
                    }
                    _ => {}
                }
                at += 1;
            }
            let Some(last) = found.last().cloned() else { continue };
            let module = self.module(path, file);
            if !is_public {
                module.paths.push(found.clone());
            }
            module.aliases.insert(name.unwrap_or(last), found);
        }
    }

    /// The path from the root of what `path` means in `module`; `None` outside of this crate.
    fn absolute(&self, module: &ModulePath, path: &[String]) -> Option<ModulePath> {
        let mut base = module.clone();
        let (first, mut rest) = path.split_first()?;
        match first.as_str() {
            "crate" => base.clear(),
            "self" => {}
            "super" => {
                base.pop()?;
                while let Some(("super", after)) =
                    rest.split_first().map(|(word, after)| (word.as_str(), after))
                {
                    base.pop()?;
                    rest = after;
                }
            }
            name => {
                let child = [module.as_slice(), &[name.to_owned()]].concat();
                let here = self.0.get(module)?;
                if !self.0.contains_key(&child) && !here.aliases.contains_key(name) {
                    return None;
                }
                rest = path;
            }
        }
        Some([base.as_slice(), rest].concat())
    }

    /// The file of the item at a path from the root; `None` if the path ends at a module or leads out
    /// of the crate.
    fn file_of(&self, path: &[String], depth: usize) -> Option<&str> {
        let mut at = Vec::new();
        for (index, name) in path.iter().enumerate() {
            let child = [at.as_slice(), std::slice::from_ref(name)].concat();
            if self.0.contains_key(&child) {
                at = child;
                continue;
            }
            let module = self.0.get(&at)?;
            if depth == 0 || module.items.contains(name) {
                return Some(&module.file);
            }
            if let Some(alias) = module.aliases.get(name) {
                // A name that stands for itself is of another crate.
                let target = self.absolute(&at, alias).filter(|_| alias.first() != Some(name))?;
                return self.file_of(&[&target, &path[index + 1..]].concat(), depth - 1);
            }
            for glob in &module.globs {
                let Some(target) = self.absolute(&at, glob) else { continue };
                if self.0.get(&target).is_some_and(|inner| inner.items.contains(name)) {
                    return self.file_of(&[&target, &path[index..]].concat(), depth - 1);
                }
            }
            return Some(&module.file);
        }
        None
    }

    fn imports(&self) -> Imports {
        let mut imports = Imports::new();
        for (path, module) in &self.0 {
            let targets = imports.entry(module.file.clone()).or_default();
            for found in &module.paths {
                let target = self.absolute(path, found).and_then(|path| self.file_of(&path, 9));
                targets.extend(target.filter(|file| *file != module.file).map(str::to_owned));
            }
            for glob in &module.globs {
                let target = self.absolute(path, glob).and_then(|path| self.0.get(&path));
                targets.extend(target.map(|m| m.file.clone()).filter(|file| *file != module.file));
            }
        }
        imports
    }
}

/// `a::b::c` from an identifier on, and where it ends.
fn plain_path(trees: &[TokenTree], mut at: usize) -> (ModulePath, usize) {
    let mut path = Vec::new();
    while let Some(TokenTree::Ident(word)) = trees.get(at) {
        path.push(word.to_string());
        at += 1;
        if !(is_punct(trees.get(at), ':') && is_punct(trees.get(at + 1), ':')) {
            break;
        }
        at += 2;
    }
    (path, at)
}

fn is_punct(tree: Option<&TokenTree>, what: char) -> bool {
    matches!(tree, Some(TokenTree::Punct(punct)) if punct.as_char() == what)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn imports_of(files: &[(&str, &str)]) -> Vec<String> {
        let mut modules = Modules::default();
        for (name, source) in files {
            modules.read(name, "lib.rs", source);
        }
        let imports = modules.imports();
        imports
            .into_iter()
            .flat_map(|(file, targets)| targets.into_iter().map(move |to| format!("{file} {to}")))
            .collect()
    }

    #[test]
    fn every_form_of_an_import_is_found() {
        for source in [
            "use crate::b::Item;",
            "use crate::{b::{Item, Other}};",
            "use crate::b::Item as Renamed;",
            "use super::b::Item;",
            "use crate::b::*;",
            "use crate::b; fn f() -> b::Item {}",
            "use crate::b as c; fn f(item: c::Item) {}",
            "fn f() { let x = crate::b::Item::new(); }",
            "fn f() { view! { <p>{super::b::item()}</p> } }",
            "mod inner { use super::super::b::Item; }",
            "fn f() { let range = 0..crate::b::ITEM; }",
            "use crate::facade::Item;",
            "use crate::Item;",
            "//! A module.\nuse crate::b::Item;",
            "#[cfg(unix)] use crate::b::Item;",
        ] {
            let files = [
                ("lib.rs", "mod a; mod b; mod facade; pub use b::Item;"),
                ("a.rs", source),
                ("b.rs", "pub struct Item; pub fn item() {} pub const ITEM: u8 = 1;"),
                ("facade.rs", "pub use crate::b::*;"),
            ];
            let found = imports_of(&files);
            assert!(found.contains(&"a.rs b.rs".to_owned()), "{source}: {found:?}");
            assert!(!found.contains(&"a.rs lib.rs".to_owned()), "{source}: {found:?}");
        }
    }

    #[test]
    fn what_imports_nothing_is_not_found() {
        for source in [
            "use crate::b;",
            "pub use crate::b::Item;",
            "use std::b::Item;",
            "fn f() { x.b::<u8>(); }",
            "#[cfg(test)] mod tests { use crate::b::Item; }",
            "// crate::b::Item\nfn f() {}",
            "#[cfg(test)] use crate::b::Item;",
        ] {
            let files =
                [("lib.rs", "mod a; mod b;"), ("a.rs", source), ("b.rs", "pub struct Item;")];
            assert_eq!(imports_of(&files), Vec::<String>::new(), "{source}");
        }
    }

    #[test]
    fn a_file_that_uses_what_it_exports_imports_it() {
        let files = [
            ("lib.rs", "mod b; pub use b::Item; fn f(item: Item) {}"),
            ("b.rs", "pub struct Item;"),
        ];
        assert_eq!(imports_of(&files), ["lib.rs b.rs"]);
    }
}
