//! Generates the module that `src/i18n.rs` includes from `locales/`: a constant for each key, a
//! structure for each key with placeholders, and the texts. A key that only some languages have
//! fails the build.

#[path = "build/texts.rs"]
mod texts;

use std::{env, error::Error, fmt::Write, fs, path::PathBuf};
use texts::{Texts, keys};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=locales");
    if env::var_os("CARGO_FEATURE_SPLIT").is_some() {
        // Keeps the relocations, from which xtask splits the program.
        println!("cargo::rustc-link-arg-bin=page=--emit-relocs");
    }
    let texts = match Texts::read("locales".as_ref()) {
        Ok(texts) => texts,
        Err(problems) => {
            problems.lines().for_each(|problem| println!("cargo::error={problem}"));
            return Ok(());
        }
    };
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("texts.rs"), module(&texts)?)?;
    for (language, of) in &texts.languages {
        fs::write(out.join(format!("{language}.txt")), &of.lines)?;
    }
    Ok(())
}

fn module(texts: &Texts) -> Result<String, Box<dyn Error>> {
    let mut all = String::new();
    let tags: Vec<_> = texts.languages.keys().collect();
    let files: Vec<_> = texts.languages.values().map(|of| format!("/{}", of.file)).collect();
    let number = tags.len();
    writeln!(all, "pub const COUNT: usize = {};", keys(&texts.sections).count())?;
    writeln!(all, "pub const TAGS: [&str; {number}] = {tags:?};")?;
    writeln!(all, "pub const FILES: [&str; {number}] = {files:?};")?;
    writeln!(all, "macro_rules! lines {{ () => {{ [")?;
    for tag in tags {
        writeln!(all, "include_str!(concat!(env!(\"OUT_DIR\"), \"/{tag}.txt\")),")?;
    }
    writeln!(all, "] }} }}")?;

    let lines: Vec<Vec<&str>> =
        texts.languages.values().map(|of| of.lines.lines().collect()).collect();
    let mut number = 0;
    let (mut by_key, mut compiled_in) = (String::new(), String::new());
    for (section, keys) in &texts.sections {
        writeln!(by_key, "pub mod {section} {{ use super::super::*;")?;
        writeln!(compiled_in, "pub mod {section} {{")?;
        for (key, names) in keys {
            if names.is_empty() {
                let all: Vec<_> = lines.iter().map(|lines| lines[number]).collect();
                writeln!(by_key, "pub const {key}: Text = Text({number});")?;
                writeln!(compiled_in, "pub const {key}: [&str; {}] = {all:?};", all.len())?;
            } else {
                let field = |name: &String| format!("pub {name}: &'a dyn std::fmt::Display,");
                let fields: String = names.iter().map(field).collect();
                let values: String = names.iter().map(|name| format!("self.{name},")).collect();
                writeln!(by_key, "pub struct {key}<'a> {{ {fields} }}")?;
                writeln!(
                    by_key,
                    "impl {key}<'_> {{ pub fn fill(&self, i18n: I18nContext<Locale>) -> String {{ \
                     i18n.fill(Text({number}), &[{values}]) }} }}"
                )?;
            }
            number += 1;
        }
        by_key.push_str("}\n");
        compiled_in.push_str("}\n");
    }
    write!(all, "pub mod keys {{\n{by_key}}}\npub mod compiled_in {{\n{compiled_in}}}\n")?;
    Ok(all)
}
