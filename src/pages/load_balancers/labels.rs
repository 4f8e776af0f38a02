//! Labels of load balancer types, listeners and servers.

use crate::{
    i18n::{I18nContext, Locale, t_string},
    store::row::protocol_word,
};
use openstack_types::{octavia::ListenerProtocol, rules::LbType};
use std::fmt::Display;

/// `192.0.2.10:80`, `[2001:db8::1]:80`
pub fn endpoint_label(address: &str, port: impl Display) -> String {
    format!("{}:{port}", url_host(address))
}

/// An address as a URL has it: IPv6 in brackets.
pub fn url_host(address: &str) -> String {
    if address.contains(':') { format!("[{address}]") } else { address.to_owned() }
}

/// `HTTP 80`
pub fn listener_label(protocol: &ListenerProtocol, port: impl Display) -> String {
    format!("{} {port}", protocol_word(protocol))
}

pub fn lb_type_label(i18n: I18nContext<Locale>, kind: LbType) -> &'static str {
    match kind {
        LbType::Application => t_string!(i18n, common.application_load_balancer),
        LbType::Network => t_string!(i18n, common.network_load_balancer),
    }
}
