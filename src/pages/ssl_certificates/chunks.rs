//! The certificate dialog, which other pages download when they need it.

use super::create::CreateCertificateDialog;
use crate::{pages::chunk::chunk, store::certificates::Certificate};
use leptos::prelude::*;
use std::sync::Arc;

chunk! {
    /// The dialog that creates a certificate.
    ssl_certificates: create_certificate(open: RwSignal<bool>, on_created: Callback<Arc<Certificate>>) {
        view! { <CreateCertificateDialog open on_created /> }.into_any()
    }
}
