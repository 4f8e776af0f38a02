//! Who is not signed in is led to the sign-in page, and afterwards back.

use crate::{
    pages::Location,
    routes::Route,
    store::{Phase, Store},
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

/// Keeps the place in step with the session.
pub(super) fn guard(store: Store, location: Memo<Location>) {
    let navigate = use_navigate();
    Effect::new(move |before: Option<Phase>| {
        let phase = store.session.phase();
        let route = location.with(|location| location.route.clone());
        let replace = NavigateOptions { replace: true, ..Default::default() };
        match (phase, route) {
            (Phase::Out, Some(Route::Login { .. })) => {}
            (Phase::Out, wanted) => {
                // Whoever signs out wants to leave, not to come back to the same page; whose session
                // ended by itself was in the midst of something.
                let left = before == Some(Phase::In);
                let login = match wanted {
                    Some(wanted) if !left => wanted.behind_login(),
                    _ => Route::Login { next: None },
                };
                navigate(&login.href(), replace);
            }
            (Phase::In, Some(Route::Login { next })) => {
                navigate(&next.unwrap_or_else(|| Route::Services.href()), replace);
            }
            _ => {}
        }
        phase
    });
}
