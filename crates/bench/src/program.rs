//! Programs that run beside a measurement and end with it.

use anyhow::{Context, Result, bail};
use std::{path::Path, process::Stdio, time::Duration};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    time::timeout,
};

/// One of them; dropping it ends it.
pub struct Program {
    _child: Child,
}

impl Program {
    /// Starts it without waiting for anything.
    pub fn start(file: &Path, args: &[&str]) -> Result<Self> {
        let child = Command::new(file)
            .args(args)
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| file.display().to_string())?;
        Ok(Self { _child: child })
    }

    /// Starts it and waits for `listening on [http://]ADDRESS`; gives the address.
    pub async fn listening(
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
        // Both are read to their ends, or the program would stop at a full pipe.
        let (found, mut address) = tokio::sync::mpsc::channel(1);
        for lines in [look(stdout, found.clone()), look(stderr, found)] {
            tokio::spawn(lines);
        }
        match timeout(Duration::from_secs(20), address.recv()).await {
            Ok(Some(address)) => Ok((Self { _child: child }, address)),
            _ => bail!("{} did not begin to listen", file.display()),
        }
    }
}

type Lines = std::pin::Pin<Box<dyn Future<Output = ()> + Send>>;

fn look(
    output: impl tokio::io::AsyncRead + Unpin + Send + 'static,
    found: tokio::sync::mpsc::Sender<String>,
) -> Lines {
    Box::pin(async move {
        let mut lines = BufReader::new(output).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            if let Some((_, rest)) = line.split_once("listening on ") {
                let address = rest.trim().trim_start_matches("http://").trim_end_matches('/');
                let _ = found.try_send(address.to_owned());
            }
        }
    })
}
