//! Turns `locales/` into the module that `src/i18n.rs` includes. A key that one language lacks, or
//! has too many, fails the build.

use leptos_i18n_codegen::gen_code;
use leptos_i18n_parser::parse_locales::{
    options::{Config, ParseOptions},
    parse_locales,
};
use std::{env, error::Error, fs, path::PathBuf};

const NAMESPACES: [&str; 9] = [
    "common",
    "login",
    "services",
    "load_balancers",
    "create",
    "details",
    "edit",
    "certificates",
    "errors",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=locales");
    if env::var_os("CARGO_FEATURE_SPLIT").is_some() {
        // Tells what uses what, by which the program is split.
        println!("cargo::rustc-link-arg-bin=page=--emit-relocs");
    }
    let config = Config::new("en")?
        .add_locale("zh-TW")?
        .add_namespaces(NAMESPACES)?
        .parse_options(ParseOptions::default().interpolate_display(true));
    let parsed = parse_locales(None, config)?;
    for problem in parsed.diag.warnings().iter() {
        println!("cargo::error={problem}");
    }
    for problem in parsed.diag.errors().iter() {
        println!("cargo::error={problem}");
    }
    let attributes = "#![allow(missing_docs, unused_imports, dead_code, clippy::all)]".parse()?;
    let module = gen_code(&parsed, None, false, Some(&attributes), false)?;
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("i18n.rs"), module.to_string())?;
    Ok(())
}
