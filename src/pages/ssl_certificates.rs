//! `SSL Certificate Management`.

use super::page_title;
use crate::{
    i18n::{t_string, use_i18n},
    ui::{EmptyState, PageHeader},
};
use leptos::prelude::*;

/// The list of certificates.
#[component]
pub(super) fn SslCertificates() -> impl IntoView {
    let i18n = use_i18n();
    let title = move || t_string!(i18n, common.ssl_certificate_management).to_owned();
    page_title(title);
    view! {
        <PageHeader title />
        <EmptyState title=move || t_string!(i18n, common.not_available_yet).to_owned() />
    }
}
