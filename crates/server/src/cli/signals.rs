//! Signals that stop the process.

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
