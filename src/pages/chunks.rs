//! The pages as chunks: everything but the list of load balancers is downloaded when it is needed.

use super::{
    chunk::{Loading, chunk},
    keyboard, lifecycle, load_balancers,
    location::Page,
    login, not_found, notices as messages_over_the_page, services as all_services, session_sync,
    ssl_certificates as certificates,
};
use crate::{
    i18n::{errors, messages},
    store::use_store,
};
use leptos::prelude::*;
use openstack_types::{LoadBalancerId, SecretId};

/// Downloads what a page needs; `None` if it is part of the first download.
pub fn load(page: Page) -> Option<Loading> {
    match page {
        Page::LoadBalancers => None,
        Page::Login => Some(sign_in::load()),
        Page::Services => Some(services::load()),
        Page::CreateLoadBalancer(_) => Some(create_load_balancer::load()),
        Page::LoadBalancer(_) => Some(load_balancer::load()),
        Page::SslCertificates => Some(ssl_certificates::load()),
        Page::CreateSslCertificate => Some(create_ssl_certificate::load()),
        Page::SslCertificate(_) => Some(ssl_certificate::load()),
    }
}

/// A page that is [loaded](load); `None` is `Page not found`.
pub fn view(page: Option<Page>) -> AnyView {
    match page {
        Some(Page::Login) => sign_in::view(None),
        Some(Page::Services) => services::view(),
        Some(Page::LoadBalancers) => view! { <load_balancers::LoadBalancerList /> }.into_any(),
        Some(Page::CreateLoadBalancer(from)) => create_load_balancer::view(from),
        Some(Page::LoadBalancer(id)) => load_balancer::view(id),
        Some(Page::SslCertificates) => ssl_certificates::view(),
        Some(Page::CreateSslCertificate) => create_ssl_certificate::view(),
        Some(Page::SslCertificate(id)) => ssl_certificate::view(id),
        None => view! { <not_found::NotFound /> }.into_any(),
    }
}

chunk! {
    /// The wizard for a load balancer.
    load_balancer_forms: create_load_balancer(from: Option<LoadBalancerId>) {
        view! { <load_balancers::CreateLoadBalancer from /> }.into_any()
    }
}

chunk! {
    /// The details of a load balancer.
    load_balancer: load_balancer(id: LoadBalancerId) {
        view! { <load_balancers::LoadBalancerDetails id /> }.into_any()
    }
}

chunk! {
    /// What runs beside every page: keyboard shortcuts with their help dialog, names for the
    /// search of load balancers, the names of users, following the session of other tabs, and notices of
    /// finished edits.
    welcome: background(help: RwSignal<bool>) {
        errors::translate_messages(messages::translate);
        session_sync::follow();
        lifecycle::follow();
        use_store().users.read_names();
        load_balancers::edit::notify_completions();
        view! {
            <keyboard::Keyboard help />
            <certificates::NamesForSearch />
        }
        .into_any()
    }
}

chunk! {
    /// Messages over the page.
    welcome: notices() {
        view! { <messages_over_the_page::Notices /> }.into_any()
    }
}

chunk! {
    /// `All Services`.
    welcome: services() {
        view! { <all_services::Services /> }.into_any()
    }
}

chunk! {
    /// The sign-in page, or with `ended` the dialog that renews a session that has ended.
    welcome: sign_in(ended: Option<Signal<bool>>) {
        match ended {
            None => view! { <login::Login /> }.into_any(),
            Some(ended) => view! { <login::SignInAgain ended /> }.into_any(),
        }
    }
}

chunk! {
    /// The list of certificates.
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
    /// The details of a certificate.
    ssl_certificates: ssl_certificate(id: SecretId) {
        view! { <certificates::CertificateDetails id /> }.into_any()
    }
}
