//! Signals that stop the process, or must not.

use anyhow::Context;
use std::{io, pin::Pin};
use tokio::signal::unix::{SignalKind, signal};

/// Completes at the first SIGTERM or SIGINT from now on.
pub(super) fn stop_signal() -> anyhow::Result<Pin<Box<dyn Future<Output = ()> + Send>>> {
    let listen = || -> io::Result<_> {
        Ok((signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?))
    };
    let (mut terminate, mut interrupt) = listen().context("cannot listen to signals")?;
    Ok(Box::pin(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    }))
}

/// A file that reaches the limit of sizes (`ulimit -f`, RLIMIT_FSIZE) makes its write fail, which is answered as
/// a full disk is, instead of ending the process.
pub(super) fn ignore_file_size_signal() -> anyhow::Result<()> {
    // Its default action stays replaced when the stream is dropped.
    signal(SignalKind::from_raw(rustix::process::Signal::XFSZ.as_raw()))
        .map(drop)
        .context("cannot listen to signals")
}
