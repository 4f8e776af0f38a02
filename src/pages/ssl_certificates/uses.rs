//! The listeners that use a certificate, as links.

use crate::{
    i18n::{I18nContext, Locale, t_string},
    routes::Route,
    store::{certificates::Use, row::protocol_word},
};
use leptos::prelude::*;
use openstack_types::field;

/// The name of the load balancer of a use.
pub(super) fn balancer_name(i18n: I18nContext<Locale>, one: &Use) -> String {
    match one.name.trim() {
        name if field::is_blank(name) => t_string!(i18n, load_balancers.unnamed).to_owned(),
        name => name.to_owned(),
    }
}

/// `HTTPS with SSL 443`
pub(super) fn listener_word(one: &Use) -> String {
    format!("{} {}", protocol_word(&one.protocol), one.port)
}

/// A list of links to the load balancers.
pub(super) fn links(i18n: I18nContext<Locale>, uses: &[Use]) -> AnyView {
    let items = uses.iter().map(|one| {
        let href = Route::load_balancer(one.balancer).href();
        let (name, listener) = (balancer_name(i18n, one), listener_word(one));
        view! {
            <li>
                <a href=href>{name}</a>
                " "
                <span class="muted">{listener}</span>
            </li>
        }
    });
    view! { <ul class="delete-list">{items.collect_view()}</ul> }.into_any()
}
