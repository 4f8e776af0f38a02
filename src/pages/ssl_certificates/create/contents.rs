//! What a bundle contains.

use super::labels;
use crate::{
    i18n::{t, use_i18n},
    pages::ssl_certificates::facts::facts,
    ui::{Banner, Tone},
};
use certificate::{CertificateMetadata, Opened};
use leptos::prelude::*;

/// The content of a bundle, with warnings.
pub(super) fn contents(opened: &Opened) -> AnyView {
    let i18n = use_i18n();
    let warnings = opened.warnings.clone();
    let had_passphrase = opened.summary.had_passphrase;
    let warned = (!warnings.is_empty()).then(|| {
        let items = move || {
            let all = warnings.iter().map(|one| view! { <li>{labels::warning(i18n, one)}</li> });
            all.collect_view()
        };
        view! {
            <Banner tone=Tone::Warning>
                <ul class="certificate-warnings">{items}</ul>
            </Banner>
        }
    });
    view! {
        <div class="stack">
            {warned} {facts(CertificateMetadata::from_summary(&opened.summary))}
            {had_passphrase
                .then(|| {
                    view! { <p class="muted">{t!(i18n, certificates.had_passphrase)}</p> }
                })}
        </div>
    }
    .into_any()
}
