//! Asks before a failover.

use crate::{
    i18n::{errors, t, t_string, use_i18n},
    store::use_store,
    ui::{Banner, Button, ButtonKind, Dialog, Tone},
};
use leptos::{prelude::*, task::spawn_local};
use openstack_types::{LoadBalancerId, error::ApiError};

#[component]
pub(super) fn FailoverDialog(
    id: LoadBalancerId,
    #[prop(into)] name: Signal<String>,
    open: RwSignal<bool>,
) -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
    let busy = RwSignal::new(false);
    let error = RwSignal::new(None::<ApiError>);
    Effect::new(move |_| {
        if open.get() {
            error.set(None);
        }
    });
    let close = move || open.set(false);
    let start = move || {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            let result = store.load_balancers.failover(id).await;
            // `try_set`: the page may have been left meanwhile.
            busy.try_set(false);
            match result {
                Ok(()) => drop(open.try_set(false)),
                Err(why) => drop(error.try_set(Some(why))),
            }
        });
    };
    let title = move || t_string!(i18n, details.failover_title, name = name.get()).to_string();
    view! {
        <Dialog
            open
            on_close=close
            on_submit=start
            title
            actions=move || {
                view! {
                    <Button autofocus=true on_press=close>{t!(i18n, common.cancel)}</Button>
                    <Button kind=ButtonKind::Primary submit=true busy>
                        {t!(i18n, details.failover)}
                    </Button>
                }
            }
        >
            {move || {
                error
                    .get()
                    .map(|error| {
                        let text = errors::explain(i18n, &error);
                        view! { <Banner tone=Tone::Error>{text}</Banner> }
                    })
            }}
            <p>{t!(i18n, details.failover_text)}</p>
        </Dialog>
    }
}
