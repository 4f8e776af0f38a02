//! Which route the address bar shows, and which page that is.

use crate::routes::{DetailsView, Route};
use leptos::prelude::*;
use leptos_router::hooks;
use openstack_types::{LoadBalancerId, SecretId};

/// What the address bar shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// `None` for an address that no page has.
    pub route: Option<Route>,
}

/// A page without its search, step or dialog. While it stays the same, its view is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// Sign in.
    Login,
    /// `All Services`.
    Services,
    /// `Load Balancer Management`.
    LoadBalancers,
    /// The wizard, empty or with the settings of a load balancer.
    CreateLoadBalancer(Option<LoadBalancerId>),
    /// `Load Balancer Details`, with or without the edit dialog.
    LoadBalancer(LoadBalancerId),
    /// `SSL Certificate Management`.
    SslCertificates,
    /// The wizard for a certificate.
    CreateSslCertificate,
    /// The details of a certificate.
    SslCertificate(SecretId),
}

impl Location {
    /// Whether it is the edit dialog of a load balancer.
    pub fn edits(&self, id: LoadBalancerId) -> bool {
        matches!(self.route, Some(Route::EditLoadBalancer { id: edited, .. }) if edited == id)
    }

    /// What the details of a load balancer show.
    pub fn details_view(&self) -> DetailsView {
        match &self.route {
            Some(Route::LoadBalancer { view, .. } | Route::EditLoadBalancer { view, .. }) => {
                view.clone()
            }
            _ => DetailsView::default(),
        }
    }

    /// The page to show; `None` is `Page not found`.
    pub fn page(&self) -> Option<Page> {
        match self.route.as_ref()? {
            Route::Services => Some(Page::Services),
            Route::LoadBalancers(_) => Some(Page::LoadBalancers),
            Route::CreateLoadBalancer { from, .. } => Some(Page::CreateLoadBalancer(*from)),
            Route::LoadBalancer { id, .. } | Route::EditLoadBalancer { id, .. } => {
                Some(Page::LoadBalancer(*id))
            }
            Route::SslCertificates(_) => Some(Page::SslCertificates),
            Route::CreateSslCertificate { .. } => Some(Page::CreateSslCertificate),
            Route::SslCertificate(id) => Some(Page::SslCertificate(*id)),
            Route::Login { .. } => Some(Page::Login),
        }
    }
}

/// Follows the address bar and provides the location to the views below.
pub fn provide_location() -> Memo<Location> {
    let address = hooks::use_location();
    let (path, query) = (address.pathname, address.search);
    let location = Memo::new(move |_| Location {
        route: path.with(|path| query.with(|query| Route::parse(path, query))),
    });
    provide_context(location);
    location
}

/// The location, from [`provide_location`].
pub fn use_location() -> Memo<Location> {
    expect_context()
}
