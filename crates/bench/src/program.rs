//! Programs that run during a measurement.

use anyhow::{Context, Result, bail};
use std::{path::Path, process::Stdio, time::Duration};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    time::timeout,
};

/// The program is killed when this is dropped.
pub struct Program {
    child: Child,
}

impl Program {
    /// The process, unless it has ended.
    pub fn id(&self) -> Option<u32> {
        self.child.id()
    }

    pub fn start(file: &Path, args: &[&str]) -> Result<Self> {
        let child = Command::new(file)
            .args(args)
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| file.display().to_string())?;
        Ok(Self { child })
    }

    /// Starts a program and waits until it prints `listening on [http://]ADDRESS`. Returns the address.
    pub async fn start_listening(
        file: &Path,
        args: &[&str],
        env: &[(&str, &str)],
    ) -> Result<(Self, String)> {
        let mut child = Command::new(file)
            .args(args)
            .envs(env.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| file.display().to_string())?;
        let stdout = child.stdout.take().context("no output")?;
        let stderr = child.stderr.take().context("no output")?;
        // Both are read to the end: a full pipe would block the program.
        let (sender, mut address) = tokio::sync::mpsc::channel(1);
        for lines in [find_address(stdout, sender.clone()), find_address(stderr, sender)] {
            tokio::spawn(lines);
        }
        match timeout(Duration::from_secs(20), address.recv()).await {
            Ok(Some(address)) => Ok((Self { child }, address)),
            _ => bail!("{} does not listen", file.display()),
        }
    }
}

type Lines = std::pin::Pin<Box<dyn Future<Output = ()> + Send>>;

fn find_address(
    output: impl tokio::io::AsyncRead + Unpin + Send + 'static,
    sender: tokio::sync::mpsc::Sender<String>,
) -> Lines {
    Box::pin(async move {
        let mut lines = BufReader::new(output).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            if let Some((_, rest)) = line.split_once("listening on ") {
                let address = rest.trim().trim_start_matches("http://").trim_end_matches('/');
                let _ = sender.try_send(address.to_owned());
            }
        }
    })
}
