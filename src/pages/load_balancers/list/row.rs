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
        row::{Row as Known, protocol_word},
        use_store,
    },
    ui::{Cell, Glyph, Menu, MenuItem, ProvisioningBadge, StatusBadge, Tag, Tags, Tone, Tooltip},
};
use leptos::{either::Either, prelude::*};
use leptos_router::hooks::use_navigate;
use openstack_types::{
    LoadBalancerId,
    rules::{LbType, may_delete},
};
use std::sync::Arc;

/// The space for listeners in a row, in characters; the edges of each tag count as two. Listeners beyond
/// it are shown as a number.
const LISTENERS_WIDTH: usize = 21;

/// Draws the row. Each cell follows its own part of the state, so that a change redraws one cell.
pub(super) fn row(
    id: Signal<LoadBalancerId>,
    index: Signal<usize>,
    selection: Selection<LoadBalancerId>,
    deleting: RwSignal<Vec<LoadBalancerId>>,
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
            <Type known />
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
            <Actions id known shown_name deleting />
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

/// The provisioning and the operating status.
#[component]
fn State(known: Memo<Option<Arc<Known>>>) -> impl IntoView {
    let provisioning =
        Memo::new(move |_| known.with(|row| row.as_deref().map(|row| row.provisioning.clone())));
    let operating = Memo::new(move |_| {
        known.with(|row| row.as_deref().map(|row| (row.operating.clone(), row.is_idle())))
    });
    let reason =
        Memo::new(move |_| known.with(|row| row.as_deref().and_then(|row| row.reason.clone())));
    view! {
        <span class="list-state">
            {move || {
                let badge = provisioning
                    .get()
                    .map(|status| view! { <ProvisioningBadge status=Signal::stored(status) /> });
                match reason.get() {
                    Some(reason) => Either::Left(view! { <Tooltip text=reason>{badge}</Tooltip> }),
                    None => Either::Right(badge),
                }
            }}
            {move || operating.get().map(|(status, is_idle)| operating_badge(status, is_idle))}
        </span>
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
        let fitting = fitting(&all);
        let more = all.len() - fitting;
        let named = all.into_iter().take(fitting);
        view! {
            <span title=(more > 0).then_some(title)>
                <Tags>
                    {named.map(|text| view! { <Tag text code=true /> }).collect_view()}
                    {(more > 0).then(|| view! { <Tag text=format!("+{more}") /> })}
                </Tags>
            </span>
        }
        .into_any()
    }
}

/// How many tags fit, with the number of the others; at least one.
fn fitting(texts: &[String]) -> usize {
    let mut used = 0;
    for (i, text) in texts.iter().enumerate() {
        used += text.len() + 2;
        let number = if i + 1 < texts.len() { 4 } else { 0 };
        if used + number > LISTENERS_WIDTH {
            // The last tag may take the space of the number.
            let rest: usize = texts[i..].iter().map(|text| text.len() + 2).sum();
            let before = used - text.len() - 2;
            return if before + rest <= LISTENERS_WIDTH { texts.len() } else { i.max(1) };
        }
    }
    texts.len()
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
            (0, _) if servers.unchecked == servers.total => Tone::Neutral,
            (0, 0) => Tone::Neutral,
            (0, _) => Tone::Ok,
            (_, 0) => Tone::Error,
            _ => Tone::Warning,
        };
        let (healthy, total) = (servers.healthy, servers.total);
        let not_checked = servers.unchecked == total;
        let text = move || {
            if not_checked {
                t_string!(i18n, load_balancers.servers_not_checked, total = total).to_string()
            } else {
                t_string!(i18n, load_balancers.servers_healthy, healthy = healthy, total = total)
                    .to_string()
            }
        };
        let badge = view! { <StatusBadge tone=Signal::stored(tone) text /> };
        if servers.unchecked > 0 {
            let hint = move || t_string!(i18n, load_balancers.servers_unchecked).to_owned();
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
        let (to_edit, to_clone) = (navigate.clone(), navigate.clone());
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
    use super::fitting;

    fn count(texts: &[&str]) -> usize {
        fitting(&texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn a_row_names_the_listeners_that_fit() {
        assert_eq!(count(&["HTTP:80"]), 1);
        assert_eq!(count(&["HTTP:80", "HTTP:8080"]), 2);
        assert_eq!(count(&["HTTP:80", "HTTP:8080", "TCP:25"]), 1);
        assert_eq!(count(&["TCP:80", "TCP:81", "TCP:82"]), 2);
        assert_eq!(count(&["HTTPS with SSL:443", "HTTP:80"]), 1);
    }
}
