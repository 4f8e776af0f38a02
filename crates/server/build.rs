//! Embeds the page in `dist/` into the binary, compressed at build time.
//!
//! If `dist/` is missing or empty the table is empty, and the server says how to build the page.

use std::{
    env,
    fmt::Write as _,
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

fn main() -> io::Result<()> {
    let root = PathBuf::from(required("CARGO_MANIFEST_DIR")).join("../..");
    let out = PathBuf::from(required("OUT_DIR"));
    let dist = root.join("dist");
    // Cargo considers a missing directory as changed.
    fs::create_dir_all(&dist)?;
    println!("cargo::rerun-if-changed={}", dist.display());
    println!("cargo::rerun-if-changed=build.rs");

    let mut files = Vec::new();
    find_files(&dist, &mut files)?;
    files.sort();
    let embedded = out.join("page");
    fs::create_dir_all(&embedded)?;
    let mut table = String::from("&[\n");
    for (n, file) in files.iter().enumerate() {
        let Ok(path) = file.strip_prefix(&dist) else { continue };
        let Some(path) = path.to_str() else {
            return Err(io::Error::other(format!("{} is not UTF-8", path.display())));
        };
        let bytes = fs::read(file)?;
        let plain = write_file(&embedded, n, "plain", &bytes)?;
        let (brotli, gzip) = if is_compressible(path) {
            (
                write_if_smaller(&embedded, n, "br", &brotli(&bytes)?, &bytes)?,
                write_if_smaller(&embedded, n, "gz", &gzip(&bytes)?, &bytes)?,
            )
        } else {
            ("None".to_owned(), "None".to_owned())
        };
        writeln!(
            table,
            "    Asset {{ path: {path:?}, plain: {plain}, brotli: {brotli}, gzip: {gzip} }},"
        )
        .map_err(io::Error::other)?;
    }
    table.push(']');
    fs::write(out.join("assets.rs"), table)
}

fn required(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| panic!("cargo sets {name}"))
}

fn find_files(dir: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        // Temporary files of trunk.
        if entry.file_name().as_encoded_bytes().starts_with(b".") {
            continue;
        }
        if entry.file_type()?.is_dir() {
            find_files(&entry.path(), files)?;
        } else {
            files.push(entry.path());
        }
    }
    Ok(())
}

fn write_file(dir: &Path, n: usize, kind: &str, bytes: &[u8]) -> io::Result<String> {
    let path = dir.join(format!("{n}.{kind}"));
    fs::write(&path, bytes)?;
    Ok(format!("include_bytes!({path:?})"))
}

fn write_if_smaller(
    dir: &Path,
    n: usize,
    kind: &str,
    packed: &[u8],
    plain: &[u8],
) -> io::Result<String> {
    if packed.len() < plain.len() {
        Ok(format!("Some({})", write_file(dir, n, kind, packed)?))
    } else {
        Ok("None".to_owned())
    }
}

/// `index.html` has a new nonce in each response. Images and fonts are compressed already.
fn is_compressible(path: &str) -> bool {
    path != "index.html"
        && [".js", ".css", ".wasm", ".svg", ".json", ".webmanifest", ".txt", ".html"]
            .iter()
            .any(|ending| path.ends_with(ending))
}

/// Whether the best compression is worth its time. `PROFILE` is `release` for a quick build too.
fn is_release() -> bool {
    required("OPT_LEVEL") == "3"
}

fn brotli(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let params = brotli::enc::BrotliEncoderParams {
        quality: if is_release() { 11 } else { 5 },
        lgwin: 22,
        size_hint: bytes.len(),
        ..Default::default()
    };
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut &bytes[..], &mut packed, &params)?;
    Ok(packed)
}

fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let level = flate2::Compression::new(if is_release() { 9 } else { 3 });
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), level);
    encoder.write_all(bytes)?;
    encoder.finish()
}
