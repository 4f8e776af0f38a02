//! The dialog with all settings of one object.

use super::{
    group_settings, listener_settings, monitor_settings, server_settings,
    setting::Setting,
    target::{OpenSettings, SettingsOf},
    views::value_text,
};
use crate::{
    i18n::{I18nContext, Locale, t, t_string, use_i18n},
    pages::load_balancers::{
        details::shown_graph::ShownGraph,
        labels::{endpoint_label, listener_label},
    },
    store::Graph,
    ui::{Button, Definition, Definitions, Dialog},
};
use leptos::prelude::*;
use openstack_types::PoolId;
use std::sync::Arc;

#[derive(Clone, PartialEq)]
struct Content {
    title: String,
    settings: Vec<Setting>,
    /// Of the health check of a server group.
    check: Option<Vec<Setting>>,
}

fn content(of: SettingsOf, i18n: I18nContext<Locale>, graph: &Graph) -> Option<Content> {
    let pool = |id: PoolId| graph.pools.iter().find(|one| one.pool.id == id);
    Some(match of {
        SettingsOf::Listener(id) => {
            let one = graph.listeners.iter().find(|one| one.id == id)?;
            let title = listener_label(&one.protocol, one.protocol_port);
            Content { title, settings: listener_settings(one), check: None }
        }
        SettingsOf::Group(id) => {
            let one = pool(id)?;
            let group = t_string!(i18n, details.group);
            let title = match one.pool.name.trim() {
                "" => group.to_owned(),
                name => format!("{group} · {name}"),
            };
            let check = one.monitor.as_ref().map(monitor_settings);
            Content { title, settings: group_settings(&one.pool), check }
        }
        SettingsOf::Server(group, id) => {
            let one = pool(group)?.members.iter().find(|one| one.id == id)?;
            let title = endpoint_label(&one.address, one.protocol_port);
            Content { title, settings: server_settings(one), check: None }
        }
    })
}

#[component]
pub(in crate::pages::load_balancers::details) fn SettingsDialog(
    shown: ShownGraph,
    open: OpenSettings,
) -> impl IntoView {
    let i18n = use_i18n();
    // Kept while the dialog closes, and when the object is deleted meanwhile.
    let content = Memo::new(move |previous: Option<&Option<Arc<Content>>>| {
        let graph = shown.get();
        let current = open.get().and_then(|of| content(of, i18n, graph.as_deref()?));
        current.map(Arc::new).or_else(|| previous.cloned().flatten())
    });
    let close = move || open.set(None);
    let title = move || {
        content.with(|content| content.as_ref().map(|one| one.title.clone())).unwrap_or_default()
    };
    view! {
        <Dialog
            open=Signal::derive(move || open.with(Option::is_some))
            on_close=close
            wide=true
            title
            actions=move || {
                view! { <Button on_press=close>{t!(i18n, common.close)}</Button> }
            }
        >
            {move || {
                content
                    .get()
                    .map(|content| {
                        view! {
                            {all_settings(i18n, content.settings.clone())}
                            {content
                                .check
                                .clone()
                                .map(|check| {
                                    view! {
                                        <h3 class="details-heading settings-heading">
                                            {t!(i18n, create.health_check)}
                                        </h3>
                                        {all_settings(i18n, check)}
                                    }
                                })}
                        }
                    })
            }}
        </Dialog>
    }
}

fn all_settings(i18n: I18nContext<Locale>, settings: Vec<Setting>) -> AnyView {
    let items = settings.into_iter().map(move |setting| {
        let Setting { label, value, is_default, .. } = setting;
        let text = move || value_text(i18n, &value);
        view! {
            <Definition term=move || label(i18n).to_owned()>
                <span class="details-text" class:muted=is_default>{text}</span>
            </Definition>
        }
    });
    view! { <div class="settings-all"><Definitions>{items.collect_view()}</Definitions></div> }
        .into_any()
}
