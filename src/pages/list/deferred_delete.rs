//! What was asked to be deleted goes a few seconds later, unless somebody takes it back.

use crate::{
    i18n::{I18nContext, Locale, errors, t_string},
    store::Store,
};
use futures::future::{LocalBoxFuture, join_all};
use leptos::{prelude::*, task::spawn_local};
use openstack_types::error::ApiError;
use std::sync::Arc;

/// Requests under way at a time; a browser keeps more than six to one server waiting anyway.
const AT_ONCE: usize = 6;
/// Failures told one by one; the rest is a number.
const FAILURES_TOLD: usize = 3;

/// How a kind of thing goes.
pub struct DeleteKind<I: 'static> {
    /// Shows some as being deleted, or as they are again.
    pub show: fn(Store, &[I], bool),
    /// Deletes one.
    pub delete: fn(Store, I) -> LocalBoxFuture<'static, Result<(), ApiError>>,
}

/// Shows what goes as being deleted, says `words` with a way back, and deletes when the time is up:
/// whatever page one is on by then. `told` hears which go, and with `false` that they stay after all.
pub fn schedule<I: Copy + Send + Sync + 'static>(
    i18n: I18nContext<Locale>,
    store: Store,
    kind: &'static DeleteKind<I>,
    things: Vec<(I, String)>,
    words: String,
    told: Callback<(Vec<I>, bool)>,
) {
    let ids: Vec<I> = things.iter().map(|(id, _)| *id).collect();
    (kind.show)(store, &ids, true);
    let decide = {
        let ids = ids.clone();
        move |carry_out: bool| {
            if carry_out {
                spawn_local(delete(i18n, store, kind, things.clone()));
            } else {
                (kind.show)(store, &ids, false);
                // The page that asked may be gone.
                told.try_run((ids.clone(), false));
            }
        }
    };
    store.toasts.undoable(words, t_string!(i18n, common.undo), Arc::new(decide));
    told.run((ids, true));
}

async fn delete<I: Copy + 'static>(
    i18n: I18nContext<Locale>,
    store: Store,
    kind: &'static DeleteKind<I>,
    things: Vec<(I, String)>,
) {
    let mut failures = Vec::new();
    for some in things.chunks(AT_ONCE) {
        let requests = some.iter().map(|(id, name)| async move {
            let answer = (kind.delete)(store, *id).await;
            (kind.show)(store, &[*id], false);
            answer.err().map(|error| (name.clone(), error))
        });
        failures.extend(join_all(requests).await.into_iter().flatten());
    }
    let more = failures.len().saturating_sub(FAILURES_TOLD);
    for (name, error) in failures.into_iter().take(FAILURES_TOLD) {
        let reason = errors::explain(i18n, &error);
        let words = t_string!(i18n, load_balancers.delete_failed, name = name, reason = reason);
        store.toasts.error(words.to_string());
    }
    if more > 0 {
        let words = t_string!(i18n, load_balancers.delete_failed_more, count = more);
        store.toasts.error(words.to_string());
    }
}
