//! A socket with deadlines: for the head of a request, for a client that reads nothing, and for what
//! a client still sends when the connection ends.

use super::connections::Connection;
use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Sleep, sleep},
};

/// How long, and how much, a client may still send when the response is complete.
const LINGER: Duration = Duration::from_secs(2);
const LINGER_BYTES: usize = 1 << 20;

pub(super) struct TimedIo<S> {
    socket: S,
    connection: Arc<Connection>,
    head_timeout: Duration,
    write_timeout: Duration,
    /// Runs from the first byte of a head until the request begins.
    head: Option<Pin<Box<Sleep>>>,
    /// Runs while the socket takes nothing.
    write: Option<Pin<Box<Sleep>>>,
    /// Whether the client may still be sending a body when the connection ends.
    unread: Arc<AtomicBool>,
    linger: Option<(Pin<Box<Sleep>>, usize)>,
}

impl<S> TimedIo<S> {
    pub(super) fn new(
        socket: S,
        connection: Arc<Connection>,
        head_timeout: Duration,
        write_timeout: Duration,
        unread: Arc<AtomicBool>,
    ) -> Self {
        Self {
            socket,
            connection,
            head_timeout,
            write_timeout,
            head: None,
            write: None,
            unread,
            linger: None,
        }
    }

    fn check_write<T>(
        &mut self,
        cx: &mut Context<'_>,
        poll: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        // Whatever is written answers the head, so the timer of the next one has not begun.
        self.head = None;
        if poll.is_ready() {
            self.write = None;
            return poll;
        }
        let timeout = self.write_timeout;
        let timer = self.write.get_or_insert_with(|| Box::pin(sleep(timeout)));
        ready!(timer.as_mut().poll(cx));
        Poll::Ready(Err(timed_out("the client reads nothing")))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for TimedIo<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let before = buffer.filled().len();
        let poll = Pin::new(&mut this.socket).poll_read(cx, buffer);
        if poll.is_ready() {
            let read = buffer.filled().len() > before;
            if read && this.head.is_none() && this.connection.is_waiting() {
                this.head = Some(Box::pin(sleep(this.head_timeout)));
            }
            return poll;
        }
        let Some(head) = &mut this.head else { return Poll::Pending };
        if !this.connection.is_waiting() {
            this.head = None;
            return Poll::Pending;
        }
        ready!(head.as_mut().poll(cx));
        Poll::Ready(Err(timed_out("the head of the request is incomplete")))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for TimedIo<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.socket).poll_write(cx, bytes);
        self.check_write(cx, poll)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.socket).poll_write_vectored(cx, parts);
        self.check_write(cx, poll)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    /// Closing a socket with unread bytes resets the connection, and the client may lose the
    /// response. So what it still sends is read for a moment.
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        ready!(Pin::new(&mut this.socket).poll_shutdown(cx))?;
        if !this.unread.load(Ordering::Relaxed) {
            return Poll::Ready(Ok(()));
        }
        let (timer, read) = this.linger.get_or_insert_with(|| (Box::pin(sleep(LINGER)), 0));
        let mut scratch = [0; 4096];
        while *read < LINGER_BYTES && timer.as_mut().poll(cx).is_pending() {
            let mut buffer = ReadBuf::new(&mut scratch);
            match ready!(Pin::new(&mut this.socket).poll_read(cx, &mut buffer)) {
                Ok(()) if !buffer.filled().is_empty() => *read += buffer.filled().len(),
                _ => break,
            }
        }
        Poll::Ready(Ok(()))
    }
}

fn timed_out(why: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, why)
}
