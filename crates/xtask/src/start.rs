//! `cargo xtask start`: from a fresh clone to a portal that serves.

use crate::{
    console::{heading, note},
    portal, setup,
    workspace::Workspace,
};
use anyhow::{Context, Result};
use std::{
    env,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::ExitCode,
};

/// Where the portal answers when nobody says otherwise.
const LISTEN: &str = "127.0.0.1:8080";

/// Sets up, builds, and becomes the server.
pub fn run(workspace: &Workspace, words: Vec<String>) -> Result<ExitCode> {
    heading("look for what is needed");
    setup::haproxy(workspace)?;
    setup::low_ports();
    portal::build(workspace)?;

    let listen = given(&words, "--listen").map_or(LISTEN.to_owned(), str::to_owned);
    let data = match given(&words, "--data-dir") {
        Some(directory) => PathBuf::from(directory),
        None => default_data_dir()?,
    };
    let mut server = workspace.command(workspace.binary());
    // Relative paths among the words are meant from where the user typed them.
    server.current_dir(env::current_dir()?).arg("serve");
    if given(&words, "--listen").is_none() {
        server.args(["--listen", &listen]);
    }
    if given(&words, "--data-dir").is_none() {
        server.arg("--data-dir").arg(&data);
    }
    heading(&format!("open http://{listen}"));
    note(&how_to_sign_in(workspace, &data));
    note("Ctrl-C ends it; load balancers come back with the next start");
    eprintln!();
    Err(server.args(words).exec()).context("cannot start the server")
}

/// The value of a flag among the words for the server.
fn given<'a>(words: &'a [String], flag: &str) -> Option<&'a str> {
    words.iter().enumerate().find_map(|(at, word)| match word.strip_prefix(flag)? {
        "" => words.get(at + 1).map(String::as_str),
        rest => rest.strip_prefix('='),
    })
}

fn default_data_dir() -> Result<PathBuf> {
    let share = env::var_os("XDG_DATA_HOME")
        .map(PathBuf::from)
        .filter(|dir| dir.is_absolute())
        .or_else(|| env::home_dir().map(|home| home.join(".local").join("share")))
        .context("neither XDG_DATA_HOME nor HOME is set: say --data-dir DIR")?;
    Ok(share.join("lb-portal"))
}

fn how_to_sign_in(workspace: &Workspace, data: &Path) -> String {
    let first = std::fs::read_dir(data).map_or(true, |mut entries| entries.next().is_none());
    if !first {
        return format!(
            "sign in as before; forgotten: {} user passwd admin --data-dir {}",
            workspace.binary().display(),
            data.display()
        );
    }
    match env::var_os("LB_PORTAL_ADMIN_PASSWORD") {
        Some(_) => "sign in as admin with the password of LB_PORTAL_ADMIN_PASSWORD".into(),
        None => "sign in as admin with the password that the server prints below, this once".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_the_server() {
        let words =
            |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<String>>();
        for (line, want) in [
            ("--listen 127.0.0.1:9000", Some("127.0.0.1:9000")),
            ("--data-dir x --listen=[::1]:80", Some("[::1]:80")),
            ("--listener x", None),
            ("--listen", None),
            ("", None),
        ] {
            assert_eq!(given(&words(line), "--listen"), want, "{line}");
        }
    }
}
