//! Deletes after an undo period: the rows show that they are being deleted, a message offers `Undo`, and
//! the requests are sent when the period ends, whichever page is shown by then.

use crate::{
    i18n::{I18nContext, Locale, TextFn, errors, t_string},
    store::{
        Store,
        toasts::{Decision, UndoableAction},
    },
};
use futures::future::{LocalBoxFuture, join_all};
use leptos::{prelude::*, task::spawn_local};
use openstack_types::error::ApiError;
use std::{sync::Arc, time::Duration};

/// How long a deletion can be undone. Pauses while the message has the pointer or the keyboard focus.
const UNDO_PERIOD: Duration = Duration::from_secs(6);
/// Concurrent requests. Browsers queue more than six to one server anyway.
const MAX_CONCURRENT: usize = 6;
/// Failures reported one by one; the rest are reported as a count.
const MAX_FAILURES_SHOWN: usize = 3;

/// How resources of one kind are deleted.
pub struct DeleteKind<I: 'static> {
    /// The title of the confirmation for one resource.
    pub title_one: TextFn,
    /// The title of the confirmation for several.
    pub title_many: TextFn,
    /// The message during the undo period of several.
    pub scheduled_many: fn(I18nContext<Locale>, usize) -> String,
    /// Shows resources as being deleted, or as they were.
    pub set_deleting: fn(Store, &[I], bool),
    /// Sends the request.
    pub delete: fn(Store, I) -> LocalBoxFuture<'static, Result<(), ApiError>>,
}

/// Progress of a deletion, for the page that asked for it.
#[derive(Clone, Debug)]
pub enum DeleteEvent<I> {
    /// The undo period has begun.
    Scheduled(Vec<I>),
    /// The user took the deletion back.
    Undone(Vec<I>),
}

/// Starts the undo period of `targets`, ids with names.
pub fn schedule<I: Copy + Send + Sync + 'static>(
    i18n: I18nContext<Locale>,
    store: Store,
    kind: &'static DeleteKind<I>,
    targets: Vec<(I, String)>,
    on_event: Callback<DeleteEvent<I>>,
) {
    let ids: Vec<I> = targets.iter().map(|(id, _)| *id).collect();
    let message = match targets.as_slice() {
        [(_, name)] => t_string!(i18n, load_balancers.delete_started, name = name),
        several => (kind.scheduled_many)(i18n, several.len()),
    };
    (kind.set_deleting)(store, &ids, true);
    let decide = {
        let ids = ids.clone();
        move |decision| match decision {
            Decision::CarryOut => spawn_local(delete(i18n, store, kind, targets.clone())),
            Decision::Undo => {
                (kind.set_deleting)(store, &ids, false);
                // The page that asked may be gone.
                on_event.try_run(DeleteEvent::Undone(ids.clone()));
            }
        }
    };
    store.toasts.undoable(
        message,
        UndoableAction {
            label: t_string!(i18n, common.undo).to_owned(),
            period: UNDO_PERIOD,
            decide: Arc::new(decide),
        },
    );
    on_event.run(DeleteEvent::Scheduled(ids));
}

async fn delete<I: Copy + 'static>(
    i18n: I18nContext<Locale>,
    store: Store,
    kind: &'static DeleteKind<I>,
    targets: Vec<(I, String)>,
) {
    let mut failures = Vec::new();
    for batch in targets.chunks(MAX_CONCURRENT) {
        let requests = batch.iter().map(|(id, name)| async move {
            let result = (kind.delete)(store, *id).await;
            (kind.set_deleting)(store, &[*id], false);
            result.err().map(|error| (name.clone(), error))
        });
        failures.extend(join_all(requests).await.into_iter().flatten());
    }
    report(i18n, store, failures);
}

/// Not generic, so that it compiles once for all kinds.
fn report(i18n: I18nContext<Locale>, store: Store, failures: Vec<(String, ApiError)>) {
    let more = failures.len().saturating_sub(MAX_FAILURES_SHOWN);
    for (name, error) in failures.into_iter().take(MAX_FAILURES_SHOWN) {
        let reason = errors::explain(i18n, &error);
        store.toasts.error(t_string!(
            i18n,
            load_balancers.delete_failed,
            name = name,
            reason = reason
        ));
    }
    if more > 0 {
        store.toasts.error(t_string!(i18n, load_balancers.delete_failed_more, count = more));
    }
}
