//! The edit dialog over the details page. It opens and closes with the address.
//!
//! The draft belongs to [`EditSession`] and the running plan to the store, so that both survive when the
//! dialog is closed and opened again.

use super::{
    completion_notice::notify_success,
    form_actions::FormActions,
    form_body::FormBody,
    progress_actions::ProgressActions,
    progress_view::{ProgressView, rejection},
    session::EditSession,
    stage::Stage,
    start,
};
use crate::{
    i18n::{errors, t, t_string, use_i18n},
    pages::{Location, ask_before_unload, permissions::edit_refusal, use_location},
    routes::{EditStart, Route},
    store::{edits::Progress, use_store},
    ui::{Banner, Button, ButtonKind, Dialog, ProvisioningBadge, SkeletonLines, Tone},
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use openstack_types::LoadBalancerId;
use plan::FieldPath;

/// The edit dialog: open while the address says so and there is something to edit.
#[component]
pub fn EditDialog(
    id: LoadBalancerId,
    /// The page shows the load balancer.
    #[prop(into)]
    shown: Signal<bool>,
) -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
    let location = use_location();
    let session = EditSession::new(store, id);
    let is_routed = Memo::new(move |_| location.with(|location| location.edits(id)));
    let details =
        move || Route::LoadBalancer { id, view: location.with_untracked(Location::details_view) };
    let confirms_discard = RwSignal::new(false);
    let open = Memo::new(move |_| {
        shown.get() && !session.is_closed.get() && (is_routed.get() || confirms_discard.get())
    });
    let navigate = {
        let navigate = use_navigate();
        Callback::new(move |(route, replace): (Route, bool)| {
            let options = NavigateOptions { replace, scroll: false, ..Default::default() };
            navigate(&route.href(), options);
        })
    };
    let discard = move || {
        confirms_discard.set(false);
        session.discard_and_close();
        if is_routed.get_untracked() {
            navigate.run((details(), true));
        }
    };
    let on_close = Callback::new(move |()| {
        if session.has_unsaved_changes() { confirms_discard.set(true) } else { discard() }
    });
    let keep_editing = move || {
        confirms_discard.set(false);
        if !is_routed.get_untracked() {
            let view = location.with_untracked(Location::details_view);
            navigate.run((Route::EditLoadBalancer { id, view, start: EditStart::Form }, false));
        }
    };
    // After the back button the address has changed already, but the draft still exists.
    Effect::new(move |was_routed: Option<bool>| {
        let is_routed = is_routed.get();
        if was_routed != Some(is_routed) {
            session.is_closed.set(false);
        }
        if was_routed == Some(true) && !is_routed && !session.is_running_untracked() {
            if untrack(|| session.has_unsaved_changes()) {
                confirms_discard.set(true);
            } else {
                session.discard_and_close();
            }
        }
        is_routed
    });
    Effect::new(move |_| {
        if open.get() && session.needs_reading() {
            session.read();
        }
    });
    start::follow(session, location, navigate);
    ask_before_unload(move || untrack(|| open.get()) && session.has_unsaved_changes());
    let progress = session.progress();
    // An edit that ends while the dialog is closed is announced by `notify_completions`, and its
    // progress stays until the dialog is opened.
    Effect::new(move |was_watched: Option<bool>| {
        let progress = progress.get();
        let is_watched = is_routed.get();
        match &progress {
            Some(Progress::Done { .. }) if was_watched == Some(true) && is_watched => {
                session.discard_and_close();
                notify_success(i18n, store, id);
                navigate.run((details(), true));
            }
            // Already announced; the dialog is being opened for the next edit.
            Some(Progress::Done { .. }) if is_watched => session.discard(),
            Some(Progress::Invalid(_)) if is_watched => session.return_to_form_with_errors(),
            Some(Progress::Failed { failure, progress, field: Some(path) })
                if is_watched && has_control(path) =>
            {
                let rejection = untrack(|| rejection(i18n, failure, progress, path));
                session.return_to_form_with_rejection(rejection);
            }
            _ => {}
        }
        is_watched && progress.is_some_and(|progress| progress.is_running())
    });
    let busy =
        Signal::derive(move || progress.with(|p| p.as_ref().is_some_and(Progress::is_running)));
    view! {
        <Dialog
            open
            on_close
            busy
            full=true
            on_submit=move || session.submit()
            title=move || t_string!(i18n, edit.title).to_owned()
            actions=move || view! { <DialogActions session on_close /> }
        >
            <DialogBody session />
        </Dialog>
        <DiscardDialog session open=confirms_discard keep_editing discard />
    }
}

/// Whether the dialog has a control for a field: conditions have their own editor.
fn has_control(path: &FieldPath) -> bool {
    !matches!(path, FieldPath::Policy { .. } | FieldPath::Rule { .. })
}

#[component]
fn DialogActions(session: EditSession, on_close: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    move || match session.stage() {
        Stage::Form => view! { <FormActions session on_close /> }.into_any(),
        Stage::Progress => view! { <ProgressActions session on_close /> }.into_any(),
        _ => view! {
            <Button on_press=move || on_close.run(())>{t!(i18n, common.close)}</Button>
        }
        .into_any(),
    }
}

#[component]
fn DialogBody(session: EditSession) -> impl IntoView {
    let i18n = use_i18n();
    move || match session.stage() {
        Stage::Form => view! { <FormBody session /> }.into_any(),
        Stage::Progress => view! { <ProgressView session /> }.into_any(),
        Stage::Reading => view! { <SkeletonLines lines=8 /> }.into_any(),
        Stage::ReadOnly => {
            view! { <Banner tone=Tone::Info>{t!(i18n, errors.read_only)}</Banner> }.into_any()
        }
        Stage::Waiting(status) => {
            let refusal = edit_refusal(i18n, &status);
            view! {
                <div class="edit-waiting">
                    <ProvisioningBadge status=Signal::stored(status) />
                    <p>{refusal}</p>
                    <p class="muted">{t!(i18n, edit.opens_when_active)}</p>
                </div>
            }
            .into_any()
        }
        Stage::ReadFailed(error) => view! {
            <Banner
                tone=Tone::Error
                action=move || {
                    view! {
                        <Button on_press=move || session.read()>
                            {t!(i18n, common.try_again)}
                        </Button>
                    }
                }
            >
                {errors::explain(i18n, &error)}
            </Banner>
        }
        .into_any(),
    }
}

/// Asks whether to discard the changes.
#[component]
fn DiscardDialog(
    session: EditSession,
    #[prop(into)] open: Signal<bool>,
    #[prop(into)] keep_editing: Callback<()>,
    #[prop(into)] discard: Callback<()>,
) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <Dialog
            open
            on_close=keep_editing
            on_submit=discard
            title=move || t_string!(i18n, edit.leave_title).to_owned()
            actions=move || {
                view! {
                    <Button autofocus=true on_press=keep_editing>
                        {t!(i18n, edit.keep_editing)}
                    </Button>
                    <Button kind=ButtonKind::Danger submit=true>{t!(i18n, edit.discard)}</Button>
                }
            }
        >
            <p>
                {move || match session.stage() {
                    Stage::Progress => t_string!(i18n, edit.leave_half_done),
                    _ => t_string!(i18n, edit.leave_text),
                }}
            </p>
        </Dialog>
    }
}
