//! The real binary in a process of its own, with all that it logs.

use super::{Client, PASSWORD};
use std::{path::Path, process::Stdio};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, BufReader},
    process::{Child, Command},
    task::JoinHandle,
};

/// A server that logs everything it can; `admin` has [`PASSWORD`]. Killed when dropped.
pub struct Logged {
    /// A client without a token.
    pub client: Client,
    child: Child,
    log: JoinHandle<Vec<u8>>,
}

impl Logged {
    /// Starts it on a directory.
    pub async fn start(data_dir: &Path) -> Self {
        Self::start_with(&["--data-dir", data_dir.to_str().unwrap()]).await
    }

    /// Starts it with arguments of `serve`.
    pub async fn start_with(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_lb-portal"))
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(arguments)
            .env("RUST_LOG", "trace")
            .env("LB_PORTAL_ADMIN_PASSWORD", PASSWORD)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut log = child.stderr.take().unwrap();
        let log = tokio::spawn(async move {
            let mut text = Vec::new();
            log.read_to_end(&mut text).await.unwrap();
            text
        });
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = lines.next_line().await.unwrap().unwrap();
        let base = line.strip_prefix("listening on ").unwrap().to_owned();
        let client = Client { http: crate::common::http().build().unwrap(), base, token: None };
        Self { client, child, log }
    }

    /// Kills it, as a machine that fails does.
    pub async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// Ends it as a signal would, and gives its log.
    pub async fn stop(mut self) -> Vec<u8> {
        let id = self.child.id().unwrap().to_string();
        assert!(Command::new("kill").arg(&id).status().await.unwrap().success());
        assert!(self.child.wait().await.unwrap().success());
        self.log.await.unwrap()
    }
}
