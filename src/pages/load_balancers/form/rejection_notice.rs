//! Why the service rejected a request, above the buttons.

use super::{field_label::field_label, state::Form};
use crate::{
    i18n::{t, t_string, use_i18n},
    ui::{Banner, Tone},
};
use leptos::prelude::*;

/// Why the service rejected the last request, with a link to the field. `on_go` is called before
/// that field gets focus. With `of_field`, only what is about a field.
#[component]
pub fn RejectionNotice(
    form: Form,
    #[prop(optional, into)] on_go: Option<Callback<()>>,
    #[prop(optional)] of_field: bool,
) -> impl IntoView {
    let i18n = use_i18n();
    move || {
        let rejection = form.rejection.get();
        rejection.filter(|rejection| !of_field || rejection.path.is_some()).map(|rejection| {
            let link = rejection.path.map(|path| {
                let name = field_label(form, &path);
                let label = t_string!(i18n, create.go_to_field, field = name).to_string();
                let go = move |_| {
                    if let Some(on_go) = on_go {
                        on_go.run(());
                    }
                    form.focus(&path);
                };
                view! {
                    <p>
                        <button type="button" class="link" on:click=go>
                            {label}
                        </button>
                    </p>
                }
            });
            let lead = (!rejection.is_unconfirmed).then(|| format!("{} ", rejection.lead.get()));
            let unconfirmed =
                rejection.is_unconfirmed.then(|| view! { " " {t!(i18n, form.unconfirmed)} });
            view! {
                <Banner tone=if rejection.is_unconfirmed { Tone::Warning } else { Tone::Error }>
                    <p>{lead} {rejection.text.get()} {unconfirmed}</p>
                    {link}
                </Banner>
            }
        })
    }
}
