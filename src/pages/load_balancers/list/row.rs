//! One load balancer in the list.

use crate::{
    i18n::{TextFn, errors, t_string, use_i18n},
    pages::{
        list::{CreatedAt, ListRow, Selection, last_known},
        load_balancers::operating_badge::operating_badge,
        permissions::{edit_refusal, read_only_reason},
        push_history,
    },
    routes::Route,
    store::{
        row::{Row as Known, operating_word, protocol_word, provisioning_word},
        use_store,
    },
    ui::{Cell, Glyph, Menu, MenuItem, ProvisioningBadge, StatusBadge, Tag, Tags, Tone, Tooltip},
};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use openstack_types::{
    LoadBalancerId, OperatingStatus, ProvisioningStatus,
    octavia::ListenerProtocol,
    rules::{LbType, may_delete},
};
use std::sync::Arc;

/// The edges of a tag and the gap to the next one, in characters.
const TAG_EDGES: usize = 3;
/// The window whose column of listeners is wider, in px.
const WIDE: f64 = 1600.0;

/// Draws the row. Each cell follows its own part of the state, so that a change redraws one cell.
pub(super) fn row(
    id: Signal<LoadBalancerId>,
    index: Signal<usize>,
    selection: Selection<LoadBalancerId>,
    deleting: RwSignal<Vec<LoadBalancerId>>,
    exporting: RwSignal<Option<LoadBalancerId>>,
) -> AnyView {
    let i18n = use_i18n();
    let store = use_store();
    let known = last_known(id, move |id| store.load_balancers.row(id), |row: &Known| row.id);
    let name = Memo::new(move |_| known.with(|row| row.as_deref().map(|row| row.name.clone())));
    let shown_name = Signal::derive(move || {
        let name = name.get().filter(|name| !name.is_empty());
        name.unwrap_or_else(|| t_string!(i18n, load_balancers.unnamed).to_owned())
    });
    let label = move |key: TextFn| move || key(i18n).to_owned();
    let cells = view! {
        <Cell label=label(|i18n| t_string!(i18n, load_balancers.column_state))>
            <State known />
        </Cell>
        <Cell label=label(|i18n| t_string!(i18n, load_balancers.column_type))>
            <span class="list-type">
                <Type known />
            </span>
        </Cell>
        <Cell label=label(|i18n| t_string!(i18n, load_balancers.column_vip))>
            <Vip known />
        </Cell>
        <Cell label=label(|i18n| t_string!(i18n, load_balancers.column_listeners))>
            <Listeners known />
        </Cell>
        <Cell label=label(|i18n| t_string!(i18n, load_balancers.column_servers))>
            <Servers known />
        </Cell>
        <Cell label=label(|i18n| t_string!(i18n, load_balancers.column_created_at))>
            <CreatedAt at=created_at(known) />
        </Cell>
        {store
            .features()
            .created_by
            .then(|| {
                view! {
                    <Cell label=label(|i18n| t_string!(i18n, load_balancers.column_created_by))>
                        <CreatedBy known />
                    </Cell>
                }
            })}
        <Cell control=true>
            <Actions id known shown_name deleting exporting />
        </Cell>
    };
    ListRow {
        index,
        selected: Memo::new(move |_| selection.contains(id.get())).into(),
        on_select: Callback::new(move |select| selection.set(id.get_untracked(), select)),
        name: shown_name,
        name_column: |i18n| t_string!(i18n, load_balancers.column_name),
        href: Signal::derive(move || Route::load_balancer(id.get()).href()),
        cells: cells.into_any(),
    }
    .view()
}

/// The type, in short.
#[component]
fn Type(known: Memo<Option<Arc<Known>>>) -> impl IntoView {
    let i18n = use_i18n();
    move || {
        known.with(|row| match row.as_deref()? {
            Known { kind: Some(LbType::Application), .. } => {
                Some(t_string!(i18n, common.application))
            }
            Known { kind: Some(LbType::Network), .. } => Some(t_string!(i18n, common.network)),
            row => (!row.whole).then_some("…"),
        })
    }
}

#[component]
fn Vip(known: Memo<Option<Arc<Known>>>) -> impl IntoView {
    let vip = move || known.with(|row| row.as_deref().and_then(|row| row.vip.clone()));
    view! {
        <span class="mono truncate" title=vip>
            {vip}
        </span>
    }
}

#[component]
fn CreatedBy(known: Memo<Option<Arc<Known>>>) -> impl IntoView {
    let store = use_store();
    let name = move || {
        let id = known.with(|row| row.as_deref().and_then(|row| row.created_by.clone()));
        id.map(|id| store.users.name(&id))
    };
    view! {
        <span class="truncate" title=name>
            {name}
        </span>
    }
}

fn created_at(known: Memo<Option<Arc<Known>>>) -> Signal<String> {
    let at = Memo::new(move |_| {
        known.with(|row| row.as_deref().map(|row| row.created_at.clone())).unwrap_or_default()
    });
    at.into()
}

/// The state in one word, or two where the last change and the traffic disagree. The word that is not drawn
/// stays readable for screen readers and as a tooltip.
#[component]
fn State(known: Memo<Option<Arc<Known>>>) -> impl IntoView {
    let i18n = use_i18n();
    let state = Memo::new(move |_| {
        known.with(|row| {
            row.as_deref().map(|row| {
                let shown = (shown_states(row), row.is_idle(), row.reason.clone());
                (row.provisioning.clone(), row.operating.clone(), shown)
            })
        })
    });
    let view = move || {
        let (provisioning, operating, (shown, is_idle, reason)) = state.get()?;
        let first = if shown == Shown::Operating {
            let word = provisioning_word(&provisioning).to_owned();
            let both = format!("{word} · {}", operating_word(&operating));
            view! { <span class="list-quiet" title=both>{word}</span> }.into_any()
        } else {
            let badge = view! { <ProvisioningBadge status=Signal::stored(provisioning) /> };
            match reason {
                Some(reason) => {
                    let text = move || errors::message_text(i18n, &reason);
                    view! { <Tooltip text>{badge}</Tooltip> }.into_any()
                }
                None => badge.into_any(),
            }
        };
        let second = (shown != Shown::Provisioning).then(|| operating_badge(operating, is_idle));
        Some((first, second))
    };
    view! { <span class="list-state">{view}</span> }
}

/// Which of the two states a row shows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    Provisioning,
    Operating,
    Both,
}

fn shown_states(row: &Known) -> Shown {
    use {OperatingStatus as Operating, ProvisioningStatus as Provisioning};
    match (&row.provisioning, &row.operating) {
        (Provisioning::Active, _) => Shown::Operating,
        (Provisioning::PendingCreate | Provisioning::PendingDelete, _)
        | (Provisioning::PendingUpdate, Operating::Online | Operating::NoMonitor)
        | (Provisioning::Error, Operating::Error | Operating::Offline) => Shown::Provisioning,
        _ => Shown::Both,
    }
}

/// What a cell shows without content; `…` while the details are not loaded yet.
fn empty_cell(known: Memo<Option<Arc<Known>>>, text: TextFn) -> AnyView {
    let i18n = use_i18n();
    let whole = move || known.with(|row| row.as_deref().is_some_and(|row| row.whole));
    let shown = move || if whole() { text(i18n) } else { "…" };
    view! { <span class="muted">{shown}</span> }.into_any()
}

/// Protocol and port of each listener.
#[component]
fn Listeners(known: Memo<Option<Arc<Known>>>) -> impl IntoView {
    let listeners =
        Memo::new(move |_| known.with(|row| row.as_deref().map(|row| row.listeners.clone())));
    move || {
        let listeners = listeners.get().unwrap_or_default();
        if listeners.is_empty() {
            return empty_cell(known, |i18n| t_string!(i18n, load_balancers.none));
        }
        let all: Vec<String> = listeners
            .iter()
            .map(|(protocol, port)| format!("{}:{port}", protocol_word(protocol)))
            .collect();
        let title = all.join(", ");
        let widths: Vec<usize> =
            listeners.iter().map(|(protocol, port)| width(protocol, *port)).collect();
        let fitting = fitting(&widths, space());
        let more = all.len() - fitting;
        let named = listeners.into_iter().take(fitting);
        view! {
            <span title=title>
                <Tags>
                    {named.map(|(protocol, port)| listener_tag(&protocol, port)).collect_view()}
                    {(more > 0).then(|| view! { <Tag text=format!("+{more}") /> })}
                </Tags>
            </span>
        }
        .into_any()
    }
}

/// `HTTPS with SSL:443`, drawn without the words that every such listener has.
fn listener_tag(protocol: &ListenerProtocol, port: u16) -> AnyView {
    let word = protocol_word(protocol);
    let (short, rest) = word.split_at(short(word));
    view! {
        <span class="tag mono">
            {short.to_owned()}
            <span class="list-long">{rest.to_owned()}</span>
            {format!(":{port}")}
        </span>
    }
    .into_any()
}

/// The length of the part of a protocol's name that is always drawn.
fn short(word: &str) -> usize {
    word.find(' ').unwrap_or(word.len())
}

/// The width of a tag in characters, with its edges.
fn width(protocol: &ListenerProtocol, port: u16) -> usize {
    short(protocol_word(protocol)) + 1 + port.to_string().len() + TAG_EDGES
}

/// The width of the column in characters.
fn space() -> usize {
    let window = window().inner_width().ok().and_then(|width| width.as_f64());
    if window.is_some_and(|width| width >= WIDE) { 38 } else { 26 }
}

/// How many tags of these widths fit, with the number of the others; at least one.
fn fitting(widths: &[usize], space: usize) -> usize {
    let fits = |count: usize| {
        let number = if count < widths.len() { TAG_EDGES + 2 } else { 0 };
        widths[..count].iter().sum::<usize>() + number <= space
    };
    (1..=widths.len()).rev().find(|count| fits(*count)).unwrap_or(1)
}

/// Healthy servers of all.
#[component]
fn Servers(known: Memo<Option<Arc<Known>>>) -> impl IntoView {
    let i18n = use_i18n();
    let servers = Memo::new(move |_| {
        known.with(|row| row.as_deref().map(|row| row.servers)).unwrap_or_default()
    });
    move || {
        let servers = servers.get();
        if servers.total == 0 {
            return empty_cell(known, |i18n| t_string!(i18n, load_balancers.no_servers));
        }
        let tone = match (servers.down, servers.healthy) {
            (0, 0) => Tone::Neutral,
            (0, _) => Tone::Ok,
            (_, 0) => Tone::Error,
            _ => Tone::Warning,
        };
        let (healthy, total) = (servers.healthy, servers.total);
        let hint = move || t_string!(i18n, load_balancers.servers_unchecked).to_owned();
        if servers.unchecked == total {
            let text = move || t_string!(i18n, load_balancers.servers_not_checked, total = total);
            return view! {
                <Tooltip text=hint>
                    <span class="muted">{text}</span>
                </Tooltip>
            }
            .into_any();
        }
        let text = move || {
            t_string!(i18n, load_balancers.servers_healthy, healthy = healthy, total = total)
        };
        let badge = view! { <StatusBadge tone=Signal::stored(tone) text /> };
        if servers.unchecked > 0 {
            view! { <Tooltip text=hint>{badge}</Tooltip> }.into_any()
        } else {
            badge.into_any()
        }
    }
}

/// The ⋮ menu.
#[component]
fn Actions(
    id: Signal<LoadBalancerId>,
    known: Memo<Option<Arc<Known>>>,
    shown_name: Signal<String>,
    deleting: RwSignal<Vec<LoadBalancerId>>,
    exporting: RwSignal<Option<LoadBalancerId>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let navigate = use_navigate();
    let read_only = read_only_reason();
    let provisioning = move || known.with(|row| row.as_deref().map(|row| row.provisioning.clone()));
    let no_edit = move || {
        read_only().or_else(|| provisioning().and_then(|status| edit_refusal(i18n, &status)))
    };
    let no_delete = move || {
        read_only().or_else(|| {
            let refused = provisioning().and_then(|status| may_delete(&status).err());
            refused.map(|refusal| errors::refusal(i18n, refusal))
        })
    };
    let items = move || {
        let (to_details, to_edit, to_clone) =
            (navigate.clone(), navigate.clone(), navigate.clone());
        let id = id.get_untracked();
        vec![
            MenuItem::new(
                move || t_string!(i18n, common.edit).to_owned(),
                move || {
                    // The dialog is shown over the details, so that going back closes it.
                    push_history(&Route::load_balancer(id));
                    to_edit(&Route::edit_load_balancer(id).href(), Default::default());
                },
            )
            .icon(Glyph::Pencil)
            .disabled_reason(Signal::derive(no_edit)),
            MenuItem::new(
                move || t_string!(i18n, common.clone).to_owned(),
                move || {
                    to_clone(&Route::clone_of(id).href(), Default::default());
                },
            )
            .icon(Glyph::Clone)
            .disabled_reason(Signal::derive(read_only)),
            MenuItem::new(
                move || t_string!(i18n, load_balancers.view_details).to_owned(),
                move || to_details(&Route::load_balancer(id).href(), Default::default()),
            )
            .icon(Glyph::ArrowRight),
            MenuItem::new(
                move || t_string!(i18n, details.export).to_owned(),
                move || exporting.set(Some(id)),
            )
            .icon(Glyph::Download),
            MenuItem::new(
                move || t_string!(i18n, common.delete).to_owned(),
                move || deleting.set(vec![id]),
            )
            .icon(Glyph::Trash)
            .danger()
            .disabled_reason(Signal::derive(no_delete)),
        ]
    };
    view! {
        <Menu
            label=move || {
                t_string!(i18n, load_balancers.actions_for, name = shown_name.get()).to_string()
            }
            items
        />
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(listeners: &[(ListenerProtocol, u16)]) -> usize {
        let widths: Vec<_> = listeners.iter().map(|(word, port)| width(word, *port)).collect();
        fitting(&widths, 26)
    }

    #[test]
    fn a_row_names_the_listeners_that_fit() {
        let (http, tcp) =
            (|port| (ListenerProtocol::Http, port), |port| (ListenerProtocol::Tcp, port));
        assert_eq!(count(&[http(80)]), 1);
        assert_eq!(count(&[http(80), (ListenerProtocol::TerminatedHttps, 443)]), 2);
        assert_eq!(count(&[http(80), http(8080)]), 2);
        assert_eq!(count(&[http(80), http(8080), tcp(25)]), 1);
        assert_eq!(count(&[tcp(80), tcp(81), tcp(82)]), 2);
    }
}
