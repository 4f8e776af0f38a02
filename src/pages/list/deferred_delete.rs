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
use web_sys::{HtmlElement, wasm_bindgen::JsCast};

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
    /// The address of the details.
    pub href: fn(I) -> String,
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
                focus_again(ids.first().map(|id| (kind.href)(*id)));
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

/// Focuses the link to what is no longer being deleted, or the heading, unless something has the focus: the
/// button that was pressed is gone.
fn focus_again(href: Option<String>) {
    // After the message is removed.
    request_animation_frame(move || {
        let document = document();
        if document.active_element().is_some_and(|focused| focused.tag_name() != "BODY") {
            return;
        }
        let link = href.and_then(|href| {
            document.query_selector(&format!("main th a[href=\"{href}\"]")).ok().flatten()
        });
        let target = link.or_else(|| document.query_selector("main h1").ok().flatten());
        if let Some(target) = target.and_then(|target| target.dyn_into::<HtmlElement>().ok()) {
            // Fails only for an element that is no longer in the document.
            let _ = target.focus();
        }
    });
}

async fn delete<I: Copy + 'static>(
    i18n: I18nContext<Locale>,
    store: Store,
    kind: &'static DeleteKind<I>,
    targets: Vec<(I, String)>,
) {
    let mut failures = Vec::new();
    // A page that is being closed sends all it has to send at once.
    let at_once = if store.is_closing() { targets.len() } else { MAX_CONCURRENT };
    for batch in targets.chunks(at_once.max(1)) {
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
