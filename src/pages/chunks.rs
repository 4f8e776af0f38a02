//! Chunks: parts of the page that are downloaded when they are first needed.
//!
//! With the feature `split`, which `cargo xtask` builds the page with, everything that only a chunk
//! uses is cut out of the first download. Without it a chunk is an ordinary part of the program and
//! always there, so that tests and `trunk serve` need none of this.

use super::{
    keyboard as keys, load_balancers, login, services as all_services, session_sync,
    ssl_certificates as certificates,
};
use crate::{
    i18n::{t_string, use_i18n},
    store::{certificates::Certificate, use_store},
};
use futures::future::LocalBoxFuture;
use leptos::{prelude::*, task::spawn_local};
use openstack_types::{LoadBalancerId, SecretId};
use std::sync::Arc;

/// A download that is under way, or over already.
pub type Loading = LocalBoxFuture<'static, Result<(), NotLoaded>>;

/// A chunk could not be downloaded: the server does not answer, or serves another version by now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotLoaded;

#[cfg(feature = "split")]
impl From<leptos::wasm_split::SplitLoaderError> for NotLoaded {
    fn from(_: leptos::wasm_split::SplitLoaderError) -> Self {
        Self
    }
}

/// Makes a view a part of a chunk.
///
/// `chunk!(file: name(argument: Type) { view })` is a module `name` with `load()`, which downloads
/// the chunk, and `view(argument)`, which is empty as long as it is not there. Views of one file are
/// downloaded together; what several files use is put into more of them, so there are few.
macro_rules! chunk {
    ($(#[$doc:meta])* $file:ident: $name:ident($($argument:ident: $kind:ty),*) $view:block) => {
        $(#[$doc])*
        pub mod $name {
            use super::*;
            use futures::FutureExt;

            #[cfg(feature = "split")]
            #[::leptos::wasm_split::wasm_split(
                $file,
                wasm_split_path = ::leptos::wasm_split,
                fallible,
                preload(download)
            )]
            fn $name($($argument: $kind),*) -> Result<AnyView, NotLoaded> {
                Ok($view)
            }

            #[cfg(not(feature = "split"))]
            async fn $name($($argument: $kind),*) -> Result<AnyView, NotLoaded> {
                Ok($view)
            }

            /// Downloads it, once for all calls.
            pub fn load() -> Loading {
                #[cfg(feature = "split")]
                return download().map(|done| done.map_err(NotLoaded::from)).boxed_local();
                #[cfg(not(feature = "split"))]
                std::future::ready(Ok(())).boxed_local()
            }

            /// Its view, after [`load`].
            pub fn view($($argument: $kind),*) -> AnyView {
                // With the chunk in memory there is nothing to wait for.
                match $name($($argument),*).now_or_never() {
                    Some(Ok(view)) => view,
                    _ => ().into_any(),
                }
            }
        }
    };
}

/// A part of a page that is a chunk of its own: there from when it is first wanted on.
///
/// When it cannot be downloaded, that is told and `give_up` called, which should take the wish back.
pub fn when_wanted(
    wanted: Signal<bool>,
    load: fn() -> Loading,
    view: impl Fn() -> AnyView + Send + 'static,
    give_up: impl Fn() + Copy + 'static,
) -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
    let there = RwSignal::new(false);
    Effect::new(move |_| {
        if wanted.get() && !there.get_untracked() {
            spawn_local(async move {
                match load().await {
                    // The page may be gone by now.
                    Ok(()) => drop(there.try_set(true)),
                    Err(NotLoaded) => {
                        let words = untrack(|| t_string!(i18n, common.not_downloaded_hint));
                        store.toasts.error(words);
                        give_up();
                    }
                }
            });
        }
    });
    move || there.get().then(&view)
}

chunk! {
    /// The wizard.
    load_balancer_forms: create_load_balancer(from: Option<LoadBalancerId>) {
        view! { <load_balancers::CreateLoadBalancer from /> }.into_any()
    }
}

chunk! {
    /// The details.
    load_balancer: load_balancer(id: LoadBalancerId) {
        view! { <load_balancers::LoadBalancerDetails id /> }.into_any()
    }
}

chunk! {
    /// The question before load balancers are deleted.
    load_balancer: delete_load_balancers(
        ids: RwSignal<Vec<LoadBalancerId>>,
        on_deleted: Callback<(Vec<LoadBalancerId>, bool)>
    ) {
        view! { <load_balancers::delete::DeleteDialog ids on_deleted /> }.into_any()
    }
}

chunk! {
    /// The dialog that edits a load balancer.
    load_balancer_forms: edit_load_balancer(id: LoadBalancerId, shown: Signal<bool>) {
        view! { <load_balancers::edit::EditDialog id shown /> }.into_any()
    }
}

chunk! {
    /// What works behind every page: what the keyboard can do besides, with the dialog that tells it as
    /// long as `help`, the names of certificates for the search of load balancers, following what
    /// another tab does, and telling of edits that end out of sight.
    welcome: behind(help: RwSignal<bool>) {
        session_sync::follow();
        load_balancers::edit::notify_completions();
        view! {
            <keys::Keyboard help />
            <certificates::CertificateNames />
        }
        .into_any()
    }
}

chunk! {
    /// `All Services`.
    welcome: services() {
        view! { <all_services::Services /> }.into_any()
    }
}

chunk! {
    /// The sign-in page, or the dialog that renews a session once it has `ended`.
    welcome: sign_in(ended: Option<Signal<bool>>) {
        match ended {
            None => view! { <login::Login /> }.into_any(),
            Some(ended) => view! { <login::SignInAgain ended /> }.into_any(),
        }
    }
}

chunk! {
    /// The certificates.
    ssl_certificates: ssl_certificates() {
        view! { <certificates::CertificateList /> }.into_any()
    }
}

chunk! {
    /// The wizard for a certificate.
    ssl_certificates: create_ssl_certificate() {
        view! { <certificates::CreateCertificate /> }.into_any()
    }
}

chunk! {
    /// The same in a dialog.
    ssl_certificates: create_certificate(open: RwSignal<bool>, on_created: Callback<Arc<Certificate>>) {
        view! { <certificates::CreateCertificateDialog open on_created /> }.into_any()
    }
}

chunk! {
    /// A certificate in detail.
    ssl_certificates: ssl_certificate(id: SecretId) {
        view! { <certificates::CertificateDetails id /> }.into_any()
    }
}
