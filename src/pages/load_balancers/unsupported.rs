//! Lists settings that a clone or an export cannot have.

use crate::{
    i18n::{t, t_string, use_i18n},
    store::row::protocol_word,
    ui::{Banner, Tone},
};
use leptos::prelude::*;

#[component]
pub(super) fn UnsupportedNotice(unsupported: Vec<plan::Unsupported>) -> impl IntoView {
    let i18n = use_i18n();
    let text = move |setting: &plan::Unsupported| match setting {
        plan::Unsupported::Listener { protocol, port } => {
            let protocol = protocol_word(protocol).to_owned();
            t_string!(i18n, create.unsupported_listener, protocol = protocol, port = *port)
                .to_string()
        }
        plan::Unsupported::PoolProtocol { name, protocol } => {
            let (name, protocol) = (name.clone(), protocol.to_string());
            t_string!(i18n, create.unsupported_pool, name = name, protocol = protocol).to_string()
        }
        plan::Unsupported::PoolTls { name } => {
            t_string!(i18n, create.unsupported_pool_tls, name = name.clone()).to_string()
        }
        plan::Unsupported::HealthCheck { kind } => {
            t_string!(i18n, create.unsupported_health, kind = kind.to_string()).to_string()
        }
        plan::Unsupported::Policy { name, action, port } => {
            let name = if name.is_empty() { action.to_string() } else { name.clone() };
            t_string!(i18n, create.unsupported_policy, name = name, port = *port).to_string()
        }
        plan::Unsupported::SwitchedOff { name } => {
            t_string!(i18n, create.unsupported_off, name = name.clone()).to_string()
        }
        plan::Unsupported::Persistence { kind } => {
            t_string!(i18n, create.unsupported_persistence, kind = kind.to_string()).to_string()
        }
    };
    view! {
        <Banner tone=Tone::Warning>
            <p>{t!(i18n, create.unsupported)}</p>
            <ul class="form-list">
                {unsupported
                    .into_iter()
                    .map(|setting| view! { <li>{move || text(&setting)}</li> })
                    .collect_view()}
            </ul>
        </Banner>
    }
}
