//! `Edit Load Balancer`: the dialog over the details page, from what is there to what is wanted.
//!
//! It opens and closes with the address. What is typed belongs to [`editing`], what is being carried
//! out to the store, so that neither is lost when the dialog is closed and opened again.

mod basics;
mod completion_notice;
mod conflicts;
mod editing;
mod footer;
mod labels;
mod listeners;
mod run;
mod server;
mod servers;

use crate::{
    i18n::{errors, t, t_string, use_i18n},
    pages::{ask_before_unload, permissions, use_location},
    routes::Route,
    store::{edits::Progress, use_store},
    ui::{Banner, Button, ButtonKind, Dialog, ProvisioningBadge, SkeletonLines, Tone},
};
use basics::FormBody;
pub use completion_notice::notify_completions;
use editing::{Editing, Stage};
use footer::{FormActions, RunActions};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};
use openstack_types::LoadBalancerId;
use run::Run;

/// The dialog, open while the address says so and there is something to edit.
#[component]
pub fn EditDialog(
    id: LoadBalancerId,
    /// The load balancer is there and shown.
    #[prop(into)]
    shown: Signal<bool>,
) -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
    let location = use_location();
    let editing = Editing::new(store, id);
    let wanted = Memo::new(move |_| {
        location.with(|location| location.route == Some(Route::EditLoadBalancer(id)))
    });
    // The question whether to give up what was typed.
    let asking = RwSignal::new(false);
    let open =
        Memo::new(move |_| shown.get() && !editing.closed.get() && (wanted.get() || asking.get()));
    let go = {
        let navigate = use_navigate();
        Callback::new(move |(route, replace): (Route, bool)| {
            let options = NavigateOptions { replace, scroll: false, ..Default::default() };
            navigate(&route.href(), options);
        })
    };
    let leave = move || {
        asking.set(false);
        editing.give_up();
        if wanted.get_untracked() {
            go.run((Route::LoadBalancer(id), true));
        }
    };
    let close = move || {
        if editing.would_lose() { asking.set(true) } else { leave() }
    };
    let stay = move || {
        asking.set(false);
        if !wanted.get_untracked() {
            go.run((Route::EditLoadBalancer(id), false));
        }
    };
    // The back button has left already when the program hears of it: what is typed is still there.
    Effect::new(move |before: Option<bool>| {
        let now = wanted.get();
        if before != Some(now) {
            editing.closed.set(false);
        }
        if before == Some(true) && !now {
            if untrack(|| editing.would_lose()) && !editing.is_running() {
                asking.set(true);
            } else if !editing.is_running() {
                editing.give_up();
            }
        }
        now
    });
    Effect::new(move |_| {
        if open.get() && editing.may_read() {
            editing.read();
        }
    });
    ask_before_unload(move || untrack(|| open.get()) && editing.would_lose());
    let progress = editing.progress();
    // What ends out of sight is told by [`notify_completions`], and stands until somebody looks.
    Effect::new(move |was_watched: Option<bool>| {
        let progress = progress.get();
        let is_watched = wanted.get();
        match &progress {
            Some(Progress::Done { .. }) if was_watched == Some(true) && is_watched => {
                editing.give_up();
                completion_notice::notify_success(i18n, store, id);
                go.run((Route::LoadBalancer(id), true));
            }
            // It has been told already, and the dialog that is just being opened is another.
            Some(Progress::Done { .. }) if is_watched => editing.forget(),
            Some(Progress::Invalid(_)) if is_watched => editing.back_to_form(true),
            _ => {}
        }
        is_watched && progress.is_some_and(|progress| progress.is_running())
    });
    let busy =
        Signal::derive(move || progress.with(|p| p.as_ref().is_some_and(Progress::is_running)));
    let submit = move || editing.submit();
    let on_close = Callback::new(move |()| close());
    view! {
        <Dialog
            open
            on_close
            busy
            full=true
            on_submit=submit
            title=move || t_string!(i18n, edit.title).to_owned()
            actions=move || {
                view! {
                    {move || match editing.stage() {
                        Stage::Form => view! { <FormActions editing on_close /> }.into_any(),
                        Stage::Run => view! { <RunActions editing on_close /> }.into_any(),
                        _ => {
                            view! {
                                <Button on_press=move || close()>{t!(i18n, common.close)}</Button>
                            }
                                .into_any()
                        }
                    }}
                }
            }
        >
            {move || match editing.stage() {
                Stage::Form => view! { <FormBody editing /> }.into_any(),
                Stage::Run => view! { <Run editing /> }.into_any(),
                Stage::Reading => view! { <SkeletonLines lines=8 /> }.into_any(),
                Stage::ReadOnly => {
                    view! { <Banner tone=Tone::Info>{t!(i18n, errors.read_only)}</Banner> }
                        .into_any()
                }
                Stage::Waiting(status) => {
                    let refusal = permissions::edit_refusal(i18n, &status);
                    view! {
                        <div class="edit-waiting">
                            <ProvisioningBadge status=Signal::stored(status) />
                            <p>{refusal}</p>
                            <p class="muted">{t!(i18n, edit.opens_by_itself)}</p>
                        </div>
                    }
                        .into_any()
                }
                Stage::Failed(error) => {
                    view! {
                        <Banner
                            tone=Tone::Error
                            action=move || {
                                view! {
                                    <Button on_press=move || {
                                        editing.read()
                                    }>{t!(i18n, common.try_again)}</Button>
                                }
                            }
                        >
                            {errors::explain(i18n, &error)}
                        </Banner>
                    }
                        .into_any()
                }
            }}
        </Dialog>
        <Dialog
            open=Signal::derive(move || asking.get())
            on_close=stay
            on_submit=leave
            title=move || t_string!(i18n, edit.leave_title).to_owned()
            actions=move || {
                view! {
                    <Button autofocus=true on_press=stay>{t!(i18n, edit.keep_editing)}</Button>
                    <Button kind=ButtonKind::Danger submit=true>{t!(i18n, edit.discard)}</Button>
                }
            }
        >
            <p>
                {move || match editing.stage() {
                    Stage::Run => t_string!(i18n, edit.leave_half_done),
                    _ => t_string!(i18n, edit.leave_text),
                }}
            </p>
        </Dialog>
    }
}
