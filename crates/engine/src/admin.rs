//! A session with the admin socket (the runtime API) of one HAProxy process.

use crate::admin_socket::AdminSocket;
use std::{io, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixStream,
    time::timeout,
};

/// The longest wait for the next part of an answer.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(5);
/// Commands sent before the first answer is read. Together they are smaller than the socket's buffer.
const PIPELINE_DEPTH: usize = 100;
/// HAProxy writes this when it waits for the next command.
const PROMPT: &[u8] = b"\n> ";
/// HAProxy writes this when it waits for the next line of a payload.
const PAYLOAD_PROMPT: &str = "+ ";

/// An interactive session.
///
/// The engine keeps it open as long as the process lives: a stopping process closes its admin socket, but it
/// finishes open sessions and does not exit while there is one. So the last requests of an old generation
/// are still counted.
///
/// A connection on which a command failed or timed out is closed, because the late answer would be taken for
/// the answer to the next command. The next command opens another one.
#[derive(Debug)]
pub(crate) struct AdminSession {
    socket: AdminSocket,
    /// `None` after a failure.
    stream: Option<UnixStream>,
}

impl AdminSession {
    /// Opens a session and returns when HAProxy answers, which it does once it has started.
    pub(crate) async fn open(socket: AdminSocket) -> io::Result<Self> {
        let stream = Some(connect(&socket).await?);
        Ok(Self { socket, stream })
    }

    /// Executes a command and returns the answer without the empty line that ends it. The command may have a
    /// payload, whose last line is empty.
    pub(crate) async fn execute(&mut self, command: &str) -> io::Result<String> {
        let mut stream = self.take_stream().await?;
        write_line(&mut stream, command.as_bytes()).await?;
        let response = read_response(&mut stream).await?;
        self.stream = Some(stream);
        Ok(response.trim_start_matches(PAYLOAD_PROMPT).to_owned())
    }

    /// Executes commands and ignores their answers. Commands are pipelined.
    pub(crate) async fn execute_all(
        &mut self,
        mut commands: Box<dyn Iterator<Item = Vec<u8>> + Send + '_>,
    ) -> io::Result<()> {
        let mut stream = self.take_stream().await?;
        loop {
            let (mut count, mut lines) = (0, Vec::new());
            for command in commands.by_ref().take(PIPELINE_DEPTH) {
                lines.extend_from_slice(&command);
                lines.push(b'\n');
                count += 1;
            }
            if count == 0 {
                break;
            }
            timeout(RESPONSE_TIMEOUT, execute_batch(&mut stream, &lines, count)).await??;
        }
        self.stream = Some(stream);
        Ok(())
    }

    /// The connection, which the caller puts back after an answer. A caller that fails or is cancelled drops it.
    async fn take_stream(&mut self) -> io::Result<UnixStream> {
        match self.stream.take() {
            Some(stream) => Ok(stream),
            None => timeout(RESPONSE_TIMEOUT, connect(&self.socket)).await?,
        }
    }
}

async fn connect(socket: &AdminSocket) -> io::Result<UnixStream> {
    let mut stream = socket.connect()?;
    stream.write_all(b"prompt\n").await?;
    // The caller limits the time: a process answers when it has started.
    read_until_prompt(&mut stream, None).await?;
    Ok(stream)
}

async fn write_line(stream: &mut UnixStream, line: &[u8]) -> io::Result<()> {
    timeout(RESPONSE_TIMEOUT, async {
        stream.write_all(line).await?;
        stream.write_all(b"\n").await
    })
    .await?
}

async fn execute_batch(stream: &mut UnixStream, lines: &[u8], count: usize) -> io::Result<()> {
    stream.write_all(lines).await?;
    let (mut received, mut prompts) = (Vec::new(), 0);
    while prompts < count {
        if stream.read_buf(&mut received).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        prompts = received.windows(PROMPT.len()).filter(|bytes| *bytes == PROMPT).count();
    }
    Ok(())
}

async fn read_response(stream: &mut UnixStream) -> io::Result<String> {
    let response = read_until_prompt(stream, Some(RESPONSE_TIMEOUT)).await?;
    String::from_utf8(response).map_err(io::Error::other)
}

/// Each part of the answer must arrive within `limit`.
async fn read_until_prompt(
    stream: &mut UnixStream,
    limit: Option<Duration>,
) -> io::Result<Vec<u8>> {
    let mut received = Vec::with_capacity(16 * 1024);
    loop {
        let read = stream.read_buf(&mut received);
        let count = match limit {
            Some(limit) => timeout(limit, read).await??,
            None => read.await?,
        };
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if received.ends_with(PROMPT) {
            received.truncate(received.len() - PROMPT.len());
            return Ok(received);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::admin_socket::of_process::AdminSocketOfProcess;
    use tokio::{sync::oneshot, task::JoinSet};

    /// Answers each command with itself, but the first command of all not before `release`.
    async fn echo(admin: AdminSocketOfProcess, release: oneshot::Receiver<()>) {
        let mut release = Some(release);
        let mut sessions = JoinSet::new();
        loop {
            let session = admin.accept().await;
            sessions.spawn(echo_session(session, release.take()));
        }
    }

    async fn echo_session(mut stream: UnixStream, mut release: Option<oneshot::Receiver<()>>) {
        let mut buffer = [0; 256];
        loop {
            let count = stream.read(&mut buffer).await.unwrap_or(0);
            let command = String::from_utf8_lossy(&buffer[..count]).trim().to_owned();
            if command.is_empty() {
                return;
            }
            if command != "prompt"
                && let Some(release) = release.take()
            {
                let _ = release.await;
            }
            if stream.write_all(format!("{command}\n\n> ").as_bytes()).await.is_err() {
                return;
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_comes_late_is_not_the_answer_to_the_next_command() {
        let (socket, of_process) = AdminSocket::new().unwrap();
        let (release, released) = oneshot::channel();
        let process = tokio::spawn(echo(AdminSocketOfProcess::new(of_process), released));
        let mut session = AdminSession::open(socket).await.unwrap();
        assert!(session.execute("show one").await.is_err());
        release.send(()).unwrap();
        assert_eq!(session.execute("show two").await.unwrap().trim(), "show two");
        assert_eq!(session.execute("show three").await.unwrap().trim(), "show three");
        process.abort();
    }
}
