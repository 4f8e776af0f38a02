//! The wizard in a dialog, for other pages.

use super::{configure::Fields, form::Form, review::Reviewed};
use crate::{
    i18n::{t, t_string, use_i18n},
    store::{certificates::Certificate, use_store},
    ui::{Button, ButtonKind, Dialog},
};
use leptos::{prelude::*, task::spawn_local};
use std::sync::Arc;

/// Creates a certificate while `open` is true, and calls `on_created`.
#[component]
pub fn CreateCertificateDialog(
    open: RwSignal<bool>,
    on_created: Callback<Arc<Certificate>>,
) -> impl IntoView {
    // A new form and worker each time.
    move || open.get().then(|| view! { <Steps open on_created /> })
}

#[component]
fn Steps(open: RwSignal<bool>, on_created: Callback<Arc<Certificate>>) -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
    store.certificates.ensure_listed();
    let form = Form::new(i18n, store);
    let shown = RwSignal::new(true);
    let reviewing = RwSignal::new(false);
    // Closed before it is removed, so that the browser restores the focus.
    let close = move || {
        shown.set(false);
        request_animation_frame(move || open.set(false));
    };
    let submit = move || {
        if !reviewing.get_untracked() {
            reviewing.set(form.submit());
            return;
        }
        spawn_local(async move {
            if let Some(created) = form.store().await {
                on_created.run(created);
                close();
            }
        });
    };
    let back = move || reviewing.set(false);
    view! {
        <Dialog
            open=shown
            on_close=close
            wide=true
            busy=form.busy
            on_submit=submit
            title=move || t_string!(i18n, certificates.create_title).to_owned()
            actions=move || {
                view! {
                    <Show
                        when=move || reviewing.get()
                        fallback=move || {
                            view! {
                                <Button on_press=close>{t!(i18n, common.cancel)}</Button>
                                <Button kind=ButtonKind::Primary submit=true>
                                    {t!(i18n, create.next)}
                                </Button>
                            }
                        }
                    >
                        <Button on_press=back>{t!(i18n, create.back)}</Button>
                        <Button kind=ButtonKind::Primary submit=true busy=form.busy>
                            {t!(i18n, common.create)}
                        </Button>
                    </Show>
                }
            }
        >
            <div class="form" hidden=move || reviewing.get()>
                <Fields form />
            </div>
            <Show when=move || reviewing.get()>
                <div class="form">
                    <Reviewed form on_back=Callback::new(move |()| back()) />
                </div>
            </Show>
        </Dialog>
    }
}
