//! The list of errors above the buttons of a form.

use super::{field_label::field_label, state::Form};
use crate::{
    i18n::{t_string, use_i18n},
    ui::{Banner, Tone},
};
use leptos::prelude::*;

const MAX_ERRORS: usize = 10;

/// All visible errors, each a link to its field; shown once the form has been submitted.
#[component]
pub fn ErrorSummary(form: Form) -> impl IntoView {
    let i18n = use_i18n();
    let shown =
        Memo::new(move |_| if form.submitted.get() { form.visible_findings() } else { Vec::new() });
    move || {
        let findings = shown.get();
        (!findings.is_empty()).then(|| {
            let count = findings.len();
            let lead = t_string!(i18n, create.errors_title, count = count).to_string();
            let items = findings.into_iter().take(MAX_ERRORS).map(|finding| {
                let text = form.finding_text(&finding);
                let text = format!("{}: {text}", field_label(form, &finding.0));
                let path = finding.0;
                view! {
                    <li>
                        <button type="button" class="link" on:click=move |_| form.focus(&path)>
                            {text}
                        </button>
                    </li>
                }
            });
            let items = items.collect_view();
            view! {
                <Banner tone=Tone::Error>
                    <p>{lead}</p>
                    <ul class="form-list">{items}</ul>
                </Banner>
            }
        })
    }
}
