//! A session with the admin socket (the runtime API) of one HAProxy process.

use crate::admin_socket::AdminSocket;
use std::{io, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixStream,
    time::timeout,
};

/// The longest wait for an answer.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(5);
/// Commands sent before the first answer is read. Together they are smaller than the socket's buffer.
const PIPELINE_DEPTH: usize = 100;
/// HAProxy writes this when it waits for the next command.
const PROMPT: &[u8] = b"\n> ";

/// An interactive session.
///
/// The engine keeps it open as long as the process lives: a stopping process closes its admin socket, but it
/// finishes open sessions and does not exit while there is one. So the last requests of an old generation
/// are still counted.
#[derive(Debug)]
pub(crate) struct AdminSession {
    stream: UnixStream,
}

impl AdminSession {
    /// Opens a session and returns when HAProxy answers, which it does once it serves.
    pub(crate) async fn open(socket: &AdminSocket) -> io::Result<Self> {
        let mut session = Self { stream: socket.connect()? };
        session.stream.write_all(b"prompt\n").await?;
        session.read_response().await?;
        Ok(session)
    }

    /// Executes a command and returns the answer without the empty line that ends it.
    pub(crate) async fn execute(&mut self, command: &str) -> io::Result<String> {
        timeout(RESPONSE_TIMEOUT, async {
            self.stream.write_all(command.as_bytes()).await?;
            self.stream.write_all(b"\n").await?;
            self.read_response().await
        })
        .await?
    }

    /// Executes commands and ignores their answers. Commands are pipelined.
    pub(crate) async fn execute_all(&mut self, commands: &[String]) -> io::Result<()> {
        for batch in commands.chunks(PIPELINE_DEPTH) {
            timeout(RESPONSE_TIMEOUT, self.execute_batch(batch)).await??;
        }
        Ok(())
    }

    async fn execute_batch(&mut self, commands: &[String]) -> io::Result<()> {
        let lines: String = commands.iter().flat_map(|command| [command, "\n"]).collect();
        self.stream.write_all(lines.as_bytes()).await?;
        let (mut received, mut prompts) = (Vec::new(), 0);
        while prompts < commands.len() {
            if self.stream.read_buf(&mut received).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            prompts = received.windows(PROMPT.len()).filter(|bytes| *bytes == PROMPT).count();
        }
        Ok(())
    }

    async fn read_response(&mut self) -> io::Result<String> {
        let mut received = Vec::with_capacity(16 * 1024);
        loop {
            if self.stream.read_buf(&mut received).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if received.ends_with(PROMPT) {
                received.truncate(received.len() - PROMPT.len());
                return String::from_utf8(received).map_err(io::Error::other);
            }
        }
    }
}
