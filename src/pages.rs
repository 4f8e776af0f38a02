//! The pages, a room each, and where one is.

pub mod chunks;
mod keyboard;
mod leave_guard;
mod list;
pub mod load_balancers;
mod login;
mod not_downloaded;
mod not_found;
pub mod preferences;
mod services;
mod session_sync;
mod ssl_certificates;

use crate::{
    i18n::{t_string, use_i18n},
    routes::Route,
};
use chunks::Loading;
use leptos::prelude::*;
use leptos_router::hooks;
pub use not_downloaded::NotDownloaded;
use openstack_types::{LoadBalancerId, SecretId};

/// Where one is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// What the address means; `None` is nothing.
    pub route: Option<Route>,
}

/// A page, whatever its search or dialog: as long as it is the same, nothing of it is made anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// Sign in.
    Login,
    /// `All Services`.
    Services,
    /// `Load Balancer Management`.
    LoadBalancers,
    /// The wizard; with another origin it begins anew.
    CreateLoadBalancer(Option<LoadBalancerId>),
    /// `Load Balancer Details`, with or without the dialog.
    LoadBalancer(LoadBalancerId),
    /// `SSL Certificate Management`.
    SslCertificates,
    /// The wizard for a certificate.
    CreateSslCertificate,
    /// A certificate in detail.
    SslCertificate(SecretId),
}

impl Location {
    /// The page to show; `None` is the one that says that there is none.
    pub fn page(&self) -> Option<Page> {
        match self.route.as_ref()? {
            Route::Services => Some(Page::Services),
            Route::LoadBalancers(_) => Some(Page::LoadBalancers),
            Route::CreateLoadBalancer { from, .. } => Some(Page::CreateLoadBalancer(*from)),
            Route::LoadBalancer(id) | Route::EditLoadBalancer(id) => Some(Page::LoadBalancer(*id)),
            Route::SslCertificates(_) => Some(Page::SslCertificates),
            Route::CreateSslCertificate { .. } => Some(Page::CreateSslCertificate),
            Route::SslCertificate(id) => Some(Page::SslCertificate(*id)),
            Route::Login { .. } => Some(Page::Login),
        }
    }
}

/// Follows the address bar.
pub fn provide_location() -> Memo<Location> {
    let address = hooks::use_location();
    let (path, query) = (address.pathname, address.search);
    let location = Memo::new(move |_| Location {
        route: path.with(|path| query.with(|query| Route::parse(path, query))),
    });
    provide_context(location);
    location
}

/// Where one is, anywhere in a page.
pub fn use_location() -> Memo<Location> {
    expect_context()
}

/// Makes a place one that the back button leads to, without going there.
pub fn put_into_history(route: &Route) {
    // Fails only for an address of another site.
    let _ = window().history().and_then(|history| {
        history.push_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(&route.href()))
    });
}

/// Says the title of the page to the browser: of its tab, its history and its bookmarks.
pub fn page_title(title: impl Fn() -> String + 'static) {
    let i18n = use_i18n();
    Effect::new(move |_| {
        let product = t_string!(i18n, common.product);
        document().set_title(&format!("{} · {product}", title()));
    });
}

/// Has the browser ask before it closes the page, as long as the view that calls this is there and
/// something would be lost.
pub fn ask_before_unload(would_lose: impl Fn() -> bool + 'static) {
    let closing = window_event_listener(leptos::ev::beforeunload, move |event| {
        if would_lose() {
            event.prevent_default();
        }
    });
    on_cleanup(move || closing.remove());
}

impl Page {
    /// Downloads what the page needs beyond the first download; `None` is nothing.
    pub fn load(self) -> Option<Loading> {
        match self {
            Self::LoadBalancers => None,
            Self::Login => Some(chunks::sign_in::load()),
            Self::Services => Some(chunks::services::load()),
            Self::CreateLoadBalancer(_) => Some(chunks::create_load_balancer::load()),
            Self::LoadBalancer(_) => Some(chunks::load_balancer::load()),
            Self::SslCertificates => Some(chunks::ssl_certificates::load()),
            Self::CreateSslCertificate => Some(chunks::create_ssl_certificate::load()),
            Self::SslCertificate(_) => Some(chunks::ssl_certificate::load()),
        }
    }
}

/// The page itself, once it is [loaded](Page::load).
pub fn view(page: Option<Page>) -> AnyView {
    match page {
        Some(Page::Login) => chunks::sign_in::view(None),
        Some(Page::Services) => chunks::services::view(),
        Some(Page::LoadBalancers) => view! { <load_balancers::LoadBalancerList /> }.into_any(),
        Some(Page::CreateLoadBalancer(from)) => chunks::create_load_balancer::view(from),
        Some(Page::LoadBalancer(id)) => chunks::load_balancer::view(id),
        Some(Page::SslCertificates) => chunks::ssl_certificates::view(),
        Some(Page::CreateSslCertificate) => chunks::create_ssl_certificate::view(),
        Some(Page::SslCertificate(id)) => chunks::ssl_certificate::view(id),
        None => view! { <not_found::NotFound /> }.into_any(),
    }
}
