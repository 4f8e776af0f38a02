//! Redirects to the sign-in page, and back after signing in.

use crate::{
    pages::Location,
    routes::Route,
    store::{Phase, Store},
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

/// Keeps the location consistent with the session.
pub(super) fn guard(store: Store, location: Memo<Location>) {
    let navigate = use_navigate();
    Effect::new(move |before: Option<Phase>| {
        let phase = store.session.phase();
        let route = location.with(|location| location.route.clone());
        let replace = NavigateOptions { replace: true, ..Default::default() };
        match (phase, route) {
            (Phase::Out, Some(Route::Login { .. })) => {}
            (Phase::Out, wanted) => {
                // After signing out, the next sign-in begins at the start page. After a session
                // that ended by itself, it leads back to the current page.
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
