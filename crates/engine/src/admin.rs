//! The admin socket of one HAProxy process.

use std::{io, path::Path, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixStream,
    time::timeout,
};

/// The longest wait for an answer of a process that runs.
const PATIENCE: Duration = Duration::from_secs(5);
/// Commands on their way at a time: fewer bytes than the socket holds.
const AT_ONCE: usize = 100;
/// What HAProxy writes when it waits for the next command.
const PROMPT: &[u8] = b"\n> ";

/// One interactive session.
///
/// It is kept as long as the process lives: a process that is going closes its admin socket, but
/// finishes the sessions that are open, and stays while there is one. So the last request of an old
/// generation is still counted.
#[derive(Debug)]
pub(crate) struct AdminSession {
    stream: UnixStream,
}

impl AdminSession {
    /// Opens a session; returns when HAProxy answers, which it does once it serves.
    pub(crate) async fn open(socket: &Path) -> io::Result<Self> {
        let mut session = Self { stream: UnixStream::connect(socket).await? };
        session.stream.write_all(b"prompt\n").await?;
        session.answer().await?;
        Ok(session)
    }

    /// Sends a command and returns what HAProxy says, without the empty line that ends it.
    pub(crate) async fn ask(&mut self, command: &str) -> io::Result<String> {
        timeout(PATIENCE, async {
            self.stream.write_all(command.as_bytes()).await?;
            self.stream.write_all(b"\n").await?;
            self.answer().await
        })
        .await?
    }

    /// Sends commands whose answers do not matter, all before the first answer is read.
    pub(crate) async fn tell(&mut self, commands: &[String]) -> io::Result<()> {
        for some in commands.chunks(AT_ONCE) {
            timeout(PATIENCE, async {
                let lines: String = some.iter().flat_map(|command| [command, "\n"]).collect();
                self.stream.write_all(lines.as_bytes()).await?;
                let (mut read, mut prompts) = (Vec::new(), 0);
                while prompts < some.len() {
                    if self.stream.read_buf(&mut read).await? == 0 {
                        return Err(io::Error::from(io::ErrorKind::UnexpectedEof));
                    }
                    prompts = read.windows(PROMPT.len()).filter(|bytes| *bytes == PROMPT).count();
                }
                Ok(())
            })
            .await??;
        }
        Ok(())
    }

    async fn answer(&mut self) -> io::Result<String> {
        let mut read = Vec::with_capacity(16 * 1024);
        loop {
            if self.stream.read_buf(&mut read).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if read.ends_with(PROMPT) {
                read.truncate(read.len() - PROMPT.len());
                return String::from_utf8(read).map_err(io::Error::other);
            }
        }
    }
}
