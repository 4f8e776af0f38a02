//! Reads the cloud for all pages of a scope, while there is one. A cloud sends no events, so its lists are read again
//! and again: seldom while nothing happens, often while something is being changed.

mod lists;
mod members;
mod requests;
mod rhythm;

pub(super) use members::members_now;

use super::{scope::Scope, state::Cloud};
use std::sync::Arc;

/// Starts reading, unless it is being done.
pub(super) fn ensure(cloud: &Arc<Cloud>, scope: &Arc<Scope>) {
    if !scope.begin_polling() {
        return;
    }
    let (cloud, scope) = (cloud.clone(), scope.clone());
    tokio::spawn(async move {
        let reading = tokio::spawn({
            let (cloud, scope) = (cloud.clone(), scope.clone());
            async move {
                tokio::select! {
                    () = lists::read(&cloud, &scope) => {}
                    () = members::read(&cloud, &scope) => {}
                    () = cloud.shutdown.cancelled() => scope.end_polling(),
                }
            }
        });
        if let Err(error) = reading.await {
            tracing::error!(%error, "the reader of a cloud has failed");
            scope.end_polling();
        }
        scope.notify();
        cloud.scopes.sweep_later().await;
    });
}
