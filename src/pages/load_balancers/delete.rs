//! The question before load balancers are deleted: names them, what goes with them, and what stops.

use crate::{
    i18n::{I18nContext, Locale, t, t_string, use_i18n},
    pages::list::{DeleteKind, schedule},
    store::{Graph, row::protocol_word, use_store},
    ui::{Button, ButtonKind, Dialog, Field, TextInput},
};
use leptos::prelude::*;
use openstack_types::{LoadBalancerId, rules::may_delete};
use std::sync::Arc;

/// Load balancers named in the question; the rest is a number.
const NAMED: usize = 8;

const DELETE_KIND: DeleteKind<LoadBalancerId> = DeleteKind {
    show: |store, ids, going| store.load_balancers.set_leaving(ids, going),
    delete: |store, id| Box::pin(store.load_balancers.delete(id)),
};

/// Asks, and deletes after a few seconds in which it can be taken back. Open as long as `ids` are;
/// empties them when answered.
#[component]
pub fn DeleteDialog(
    ids: RwSignal<Vec<LoadBalancerId>>,
    /// Told which go, and with `false` which of those stay after all.
    on_deleted: Callback<(Vec<LoadBalancerId>, bool)>,
) -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
    let typed = RwSignal::new(String::new());
    let open = Memo::new(move |_| ids.with(|ids| !ids.is_empty()));
    Effect::new(move |_| {
        if open.get() {
            typed.set(String::new());
        }
    });
    // As it is now: what is asked about may change while the question is open.
    let asked = Memo::new(move |_| {
        let graphs = ids.get().into_iter().filter_map(|id| store.load_balancers.graph(id));
        let (possible, refused) =
            graphs.partition(|graph| may_delete(&graph.balancer.provisioning_status).is_ok());
        Asked { possible, refused }
    });
    let several = Memo::new(move |_| ids.with(|ids| ids.len() > 1));
    let wanted = Memo::new(move |_| asked.with(Asked::wanted));
    let reason = move || {
        if asked.with(|asked| asked.possible.is_empty()) {
            return Some(t_string!(i18n, errors.pending).to_owned());
        }
        wanted
            .get()
            .filter(|wanted| typed.with(|typed| typed.trim() != wanted))
            .map(|wanted| prompt(i18n, several.get(), &wanted))
    };
    let close = move || ids.set(Vec::new());
    let submit = move || {
        if reason().is_some() {
            return;
        }
        let going = asked.with_untracked(|asked| asked.possible.clone());
        ids.set(Vec::new());
        let words = match going.as_slice() {
            [one] => {
                let name = name_of(one);
                t_string!(i18n, load_balancers.delete_started, name = name).to_string()
            }
            several => {
                let count = several.len();
                t_string!(i18n, load_balancers.delete_started_many, count = count).to_string()
            }
        };
        let things = going.iter().map(|graph| (graph.balancer.id, name_of(graph))).collect();
        schedule(i18n, store, &DELETE_KIND, things, words, on_deleted);
    };
    let title = move || {
        if several.get() {
            t_string!(i18n, load_balancers.delete_many_title).to_owned()
        } else {
            t_string!(i18n, load_balancers.delete_one_title).to_owned()
        }
    };
    view! {
        <Dialog
            open
            on_close=close
            title
            danger=true
            on_submit=submit
            actions=move || {
                view! {
                    <Button on_press=close>{t!(i18n, common.cancel)}</Button>
                    <Button
                        kind=ButtonKind::Danger
                        submit=true
                        disabled_reason=Signal::derive(reason)
                    >
                        {t!(i18n, common.delete)}
                    </Button>
                }
            }
        >
            {move || {
                let asked = asked.get();
                if several.get() { many(i18n, &asked) } else { one(i18n, &asked) }
            }}
            {move || {
                wanted
                    .get()
                    .map(|wanted| {
                        let label = move || prompt(i18n, several.get(), &wanted);
                        view! {
                            <Field label>
                                <TextInput
                                    value=typed
                                    on_input=move |text| typed.set(text)
                                    autofocus=true
                                />
                            </Field>
                        }
                    })
            }}
        </Dialog>
    }
}

/// What the question is about.
#[derive(Clone, Default, PartialEq, Eq)]
struct Asked {
    possible: Vec<Arc<Graph>>,
    refused: Vec<Arc<Graph>>,
}

impl Asked {
    /// What must be typed where traffic would stop: the name of one, the number of several.
    fn wanted(&self) -> Option<String> {
        match self.possible.as_slice() {
            [] => None,
            [one] if self.refused.is_empty() => (!one.listeners.is_empty()).then(|| name_of(one)),
            several => Some(several.len().to_string()),
        }
    }
}

/// One without a name is known by its address.
fn name_of(graph: &Graph) -> String {
    let balancer = &graph.balancer;
    let name = Some(balancer.name.trim()).filter(|name| !name.is_empty());
    let name = name.or(balancer.vip_address.as_deref());
    name.map_or_else(|| balancer.id.to_string(), str::to_owned)
}

fn prompt(i18n: I18nContext<Locale>, several: bool, wanted: &str) -> String {
    if several {
        t_string!(i18n, load_balancers.delete_type_count, count = wanted).to_string()
    } else {
        t_string!(i18n, load_balancers.delete_type_name, name = wanted).to_string()
    }
}

/// `HTTP:80, TCP:25`
fn listeners_of(graph: &Graph) -> String {
    let one = |l: &openstack_types::octavia::Listener| {
        format!("{}:{}", protocol_word(&l.protocol), l.protocol_port)
    };
    graph.listeners.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// `127.8.0.4:80, 127.8.0.4:25`
fn addresses_of(graph: &Graph) -> String {
    let vip = graph.balancer.vip_address.as_deref().unwrap_or_default();
    let vip = if vip.contains(':') { format!("[{vip}]") } else { vip.to_owned() };
    let one = |l: &openstack_types::octavia::Listener| format!("{vip}:{}", l.protocol_port);
    graph.listeners.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn servers_of(graph: &Graph) -> usize {
    graph.pools.iter().map(|pool| pool.members.len()).sum()
}

fn one(i18n: I18nContext<Locale>, asked: &Asked) -> AnyView {
    let Some(graph) = asked.possible.first().or(asked.refused.first()).cloned() else {
        return ().into_any();
    };
    let (listeners, servers) = (graph.listeners.len(), servers_of(&graph));
    let lead = t_string!(i18n, load_balancers.delete_one_lead, name = name_of(&graph)).to_string();
    let goes = (listeners + servers > 0).then(|| {
        let listeners = (listeners > 0).then(|| {
            let list = listeners_of(&graph);
            t_string!(i18n, load_balancers.delete_listeners, list = list).to_string()
        });
        let servers = match servers {
            0 => None,
            1 => Some(t_string!(i18n, load_balancers.delete_servers_one).to_owned()),
            count => {
                Some(t_string!(i18n, load_balancers.delete_servers, count = count).to_string())
            }
        };
        view! {
            <h3 class="delete-heading">{t!(i18n, load_balancers.delete_with)}</h3>
            <ul class="delete-list">
                {listeners.map(|text| view! { <li>{text}</li> })}
                {servers.map(|text| view! { <li>{text}</li> })}
            </ul>
        }
    });
    let stops = if graph.listeners.is_empty() {
        t_string!(i18n, load_balancers.delete_nothing_stops).to_owned()
    } else {
        let addresses = addresses_of(&graph);
        t_string!(i18n, load_balancers.delete_stops_text, addresses = addresses).to_string()
    };
    view! {
        <p class="delete-lead">{lead}</p>
        {goes}
        <h3 class="delete-heading">{t!(i18n, load_balancers.delete_stops)}</h3>
        <p>{stops}</p>
    }
    .into_any()
}

fn many(i18n: I18nContext<Locale>, asked: &Asked) -> AnyView {
    let list = |graphs: &[Arc<Graph>]| {
        let more = graphs.len().saturating_sub(NAMED);
        let named: Vec<_> = graphs.iter().take(NAMED).cloned().collect();
        view! {
            <ul class="delete-list">
                {named
                    .into_iter()
                    .map(|graph| {
                        let addresses = addresses_of(&graph);
                        view! {
                            <li>
                                <strong>{name_of(&graph)}</strong>
                                " "
                                <span class="muted mono">{addresses}</span>
                            </li>
                        }
                    })
                    .collect_view()}
                {(more > 0)
                    .then(|| {
                        let text = t_string!(i18n, load_balancers.and_more, count = more)
                            .to_string();
                        view! { <li>{text}</li> }
                    })}
            </ul>
        }
    };
    let count = asked.possible.len();
    let lead = match asked.possible.as_slice() {
        [one] => t_string!(i18n, load_balancers.delete_one_lead, name = name_of(one)).to_string(),
        _ => t_string!(i18n, load_balancers.delete_many_lead, count = count).to_string(),
    };
    let servers: usize = asked.possible.iter().map(|graph| servers_of(graph)).sum();
    let listeners: usize = asked.possible.iter().map(|graph| graph.listeners.len()).sum();
    let listeners = match listeners {
        1 => t_string!(i18n, load_balancers.delete_stop_listeners_one).to_owned(),
        count => t_string!(i18n, load_balancers.delete_stop_listeners, count = count).to_string(),
    };
    let servers = match servers {
        1 => t_string!(i18n, load_balancers.delete_stop_servers_one).to_owned(),
        count => t_string!(i18n, load_balancers.delete_stop_servers, count = count).to_string(),
    };
    let refused = (!asked.refused.is_empty()).then(|| {
        view! {
            <h3 class="delete-heading">{t!(i18n, load_balancers.delete_left_out)}</h3>
            {list(&asked.refused)}
        }
    });
    view! {
        <p class="delete-lead">{lead}</p>
        {list(&asked.possible)}
        <h3 class="delete-heading">{t!(i18n, load_balancers.delete_stops)}</h3>
        <ul class="delete-list">
            <li>{listeners}</li>
            <li>{servers}</li>
        </ul>
        {refused}
    }
    .into_any()
}
