//! The real binary, to be killed in the middle of things.

use super::{Answer, Client, PASSWORD};
use reqwest::StatusCode;
use serde_json::json;
use std::{path::Path, process::Stdio};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

/// A server that runs until it is killed.
pub struct Running {
    child: Child,
    /// `admin` in the project `default`.
    pub client: Client,
}

impl Running {
    /// Starts the binary and waits until it is ready.
    pub async fn start(data_dir: &Path) -> Self {
        Self::start_by(&[], data_dir).await
    }

    /// [`Self::start`] by another program, which is given the command as its last words.
    pub async fn start_by(by: &[&str], data_dir: &Path) -> Self {
        let words: Vec<&str> =
            by.iter().copied().chain([env!("CARGO_BIN_EXE_lb-portal")]).collect();
        let mut child = Command::new(words[0])
            .args(&words[1..])
            .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(data_dir)
            .env("LB_PORTAL_ADMIN_PASSWORD", PASSWORD)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let base = loop {
            let line = lines.next_line().await.unwrap().expect("the server ended");
            if let Some(url) = line.strip_prefix("listening on ") {
                break url.trim_end_matches('/').to_owned();
            }
        };
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let anonymous = Client { http: crate::common::http().build().unwrap(), base, token: None };
        let scope = json!({"project": {"name": "default", "domain": {"id": "default"}}});
        let answer: Answer = anonymous.authenticate("admin", PASSWORD, Some(scope)).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        let token = answer.headers["x-subject-token"].to_str().unwrap().to_owned();
        Self { child, client: Client { token: Some(token), ..anonymous } }
    }

    pub fn id(&self) -> u32 {
        self.child.id().unwrap()
    }

    /// Ends it as a power cut would.
    pub async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }
}
