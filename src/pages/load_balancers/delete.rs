//! The confirmation before load balancers are deleted: their names, what is deleted with them, and which
//! traffic stops. Where traffic stops, the user types the name or the number.

use crate::{
    i18n::{I18nContext, Locale, t, t_string, use_i18n},
    pages::list::{DeleteDialog, DeleteEvent, DeleteKind, limited_list},
    routes::Route,
    store::{Graph, row::protocol_word, use_store},
    ui::{Field, TextInput},
};
use leptos::prelude::*;
use openstack_types::{LoadBalancerId, field, octavia::Listener, rules::may_delete};
use std::sync::Arc;

static DELETE_KIND: DeleteKind<LoadBalancerId> = DeleteKind {
    title_one: |i18n| t_string!(i18n, load_balancers.delete_one_title),
    title_many: |i18n| t_string!(i18n, load_balancers.delete_many_title),
    scheduled_many: |i18n, count| {
        t_string!(i18n, load_balancers.delete_started_many, count = count)
    },
    set_deleting: |store, ids, deleting| store.load_balancers.set_deleting(ids, deleting),
    href: |id| Route::load_balancer(id).href(),
    delete: |store, id| Box::pin(store.load_balancers.delete(id)),
};

/// The confirmation. It is open while `ids` is not empty.
#[component]
pub(super) fn DeleteLoadBalancers(
    ids: RwSignal<Vec<LoadBalancerId>>,
    /// Called when the undo period begins, and when the user takes the deletion back.
    on_event: Callback<DeleteEvent<LoadBalancerId>>,
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
    // The load balancers may change while the dialog is open.
    let request = Memo::new(move |_| {
        let graphs = ids.get().into_iter().filter_map(|id| store.load_balancers.graph(id));
        let (deletable, refused) =
            graphs.partition(|graph| may_delete(&graph.balancer.provisioning_status).is_ok());
        Request { deletable, refused }
    });
    let several = Memo::new(move |_| ids.with(|ids| ids.len() > 1));
    let required = Memo::new(move |_| request.with(Request::required_text));
    let targets = move || {
        request.with(|request| {
            let target = |graph: &Arc<Graph>| (graph.balancer.id, name_of(graph));
            request.deletable.iter().map(target).collect::<Vec<_>>()
        })
    };
    let refusal = move || {
        if request.with(|request| request.deletable.is_empty()) {
            return Some(t_string!(i18n, errors.pending).to_owned());
        }
        required
            .get()
            .filter(|required| typed.with(|typed| typed.trim() != required))
            .map(|required| prompt(i18n, several.get(), &required))
    };
    let field = move || {
        required.get().map(|required| {
            let label = move || prompt(i18n, several.get(), &required);
            view! {
                <Field label>
                    <TextInput value=typed on_input=move |text| typed.set(text) autofocus=true />
                </Field>
            }
        })
    };
    let content = move || {
        view! {
            {move || {
                let request = request.get();
                if several.get() { many(i18n, &request) } else { one(i18n, &request) }
            }}
            {field}
        }
    };
    DeleteDialog {
        kind: &DELETE_KIND,
        ids,
        targets: Signal::derive(targets),
        refusal: Signal::derive(refusal),
        focus_cancel: false,
        content: ViewFn::from(content),
        on_event,
    }
    .view()
}

/// The load balancers that the user asked to delete.
#[derive(Clone, Default, PartialEq, Eq)]
struct Request {
    deletable: Vec<Arc<Graph>>,
    refused: Vec<Arc<Graph>>,
}

impl Request {
    /// What the user must type where traffic would stop: the name of one, the number of several.
    fn required_text(&self) -> Option<String> {
        match self.deletable.as_slice() {
            [] => None,
            [one] if self.refused.is_empty() => (!one.listeners.is_empty()).then(|| name_of(one)),
            several => Some(several.len().to_string()),
        }
    }
}

/// The name of a load balancer; its address if it has none.
fn name_of(graph: &Graph) -> String {
    let balancer = &graph.balancer;
    let name = Some(balancer.name.trim()).filter(|name| !field::is_blank(name));
    let name = name.or(balancer.vip_address.as_deref());
    name.map_or_else(|| balancer.id.to_string(), str::to_owned)
}

fn prompt(i18n: I18nContext<Locale>, several: bool, required: &str) -> String {
    if several {
        t_string!(i18n, load_balancers.delete_type_count, count = required)
    } else {
        t_string!(i18n, load_balancers.delete_type_name, name = required)
    }
}

/// `HTTP:80, TCP:25`
fn listeners_of(graph: &Graph) -> String {
    let one = |l: &Listener| format!("{}:{}", protocol_word(&l.protocol), l.protocol_port);
    graph.listeners.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// `127.8.0.4:80, 127.8.0.4:25`
fn addresses_of(graph: &Graph) -> String {
    let vip = graph.balancer.vip_address.as_deref().unwrap_or_default();
    let vip = if vip.contains(':') { format!("[{vip}]") } else { vip.to_owned() };
    let one = |l: &Listener| format!("{vip}:{}", l.protocol_port);
    graph.listeners.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn servers_of(graph: &Graph) -> usize {
    graph.pools.iter().map(|pool| pool.members.len()).sum()
}

fn one(i18n: I18nContext<Locale>, request: &Request) -> AnyView {
    let Some(graph) = request.deletable.first().or(request.refused.first()).cloned() else {
        return ().into_any();
    };
    let (listeners, servers) = (graph.listeners.len(), servers_of(&graph));
    let lead = t_string!(i18n, load_balancers.delete_one_lead, name = name_of(&graph)).to_string();
    let also_deleted = (listeners + servers > 0).then(|| {
        let listeners = (listeners > 0).then(|| {
            let list = listeners_of(&graph);
            t_string!(i18n, load_balancers.delete_listeners, list = list)
        });
        let servers =
            (servers > 0).then(|| t_string!(i18n, load_balancers.delete_servers, count = servers));
        view! {
            <h3 class="delete-heading">{t!(i18n, load_balancers.delete_also)}</h3>
            <ul class="delete-list">
                {listeners.map(|text| view! { <li>{text}</li> })}
                {servers.map(|text| view! { <li>{text}</li> })}
            </ul>
        }
    });
    let stops = if graph.listeners.is_empty() {
        t_string!(i18n, load_balancers.delete_no_impact).to_owned()
    } else {
        let addresses = addresses_of(&graph);
        t_string!(i18n, load_balancers.delete_impact_text, addresses = addresses)
    };
    view! {
        <p class="delete-lead">{lead}</p>
        {also_deleted}
        <h3 class="delete-heading">{t!(i18n, load_balancers.delete_impact)}</h3>
        <p>{stops}</p>
    }
    .into_any()
}

fn many(i18n: I18nContext<Locale>, request: &Request) -> AnyView {
    let list = |graphs: &[Arc<Graph>]| {
        let items = graphs.iter().map(|graph| {
            view! {
                <strong>{name_of(graph)}</strong>
                " "
                <span class="muted mono">{addresses_of(graph)}</span>
            }
            .into_any()
        });
        limited_list(i18n, graphs.len(), &mut { items })
    };
    let count = request.deletable.len();
    let lead = match request.deletable.as_slice() {
        [one] => t_string!(i18n, load_balancers.delete_one_lead, name = name_of(one)),
        _ => t_string!(i18n, load_balancers.delete_many_lead, count = count),
    };
    let servers: usize = request.deletable.iter().map(|graph| servers_of(graph)).sum();
    let listeners: usize = request.deletable.iter().map(|graph| graph.listeners.len()).sum();
    let listeners = t_string!(i18n, load_balancers.delete_stop_listeners, count = listeners);
    let servers = t_string!(i18n, load_balancers.delete_stop_servers, count = servers);
    let refused = (!request.refused.is_empty()).then(|| {
        view! {
            <h3 class="delete-heading">{t!(i18n, load_balancers.delete_skipped)}</h3>
            {list(&request.refused)}
        }
    });
    view! {
        <p class="delete-lead">{lead}</p>
        {list(&request.deletable)}
        <h3 class="delete-heading">{t!(i18n, load_balancers.delete_impact)}</h3>
        <ul class="delete-list">
            <li>{listeners}</li>
            <li>{servers}</li>
        </ul>
        {refused}
    }
    .into_any()
}
