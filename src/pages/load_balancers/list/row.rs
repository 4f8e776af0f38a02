//! One load balancer in the list.

use super::Ticked;
use crate::{
    i18n::{
        I18nContext, Locale, errors,
        format::{Style, time},
        t_string, use_i18n,
    },
    pages::{load_balancers::edit_refusal, put_into_history},
    routes::Route,
    store::{
        row::{Row as Known, protocol_word},
        use_store,
    },
    ui::{
        Cell, Checkbox, Glyph, Menu, MenuItem, OperatingBadge, ProvisioningBadge, Row, StatusBadge,
        Tag, Tags, Time, Tone, Tooltip,
    },
};
use leptos::{either::Either, prelude::*};
use leptos_router::hooks::use_navigate;
use openstack_types::{
    LoadBalancerId,
    rules::{LbType, may_delete},
};
use std::sync::Arc;

/// Letters of listeners that a row has room for, the edges of each counted as two; the rest of the
/// listeners is a number.
const LISTENERS_ROOM: usize = 21;

/// Draws the row. Each cell follows its own part, so that a change of state redraws the state alone.
pub(super) fn row(
    id: Signal<LoadBalancerId>,
    index: Signal<usize>,
    selection: Ticked,
    deleting: RwSignal<Vec<LoadBalancerId>>,
) -> AnyView {
    let i18n = use_i18n();
    let store = use_store();
    let navigate = use_navigate();
    // Between its deletion and the list without it a row shows what it was.
    let known: Memo<Option<Arc<Known>>> = Memo::new(move |before: Option<&Option<Arc<Known>>>| {
        let id = id.get();
        let was = || before.cloned().flatten().filter(|was| was.id == id);
        store.load_balancers.row(id).or_else(was)
    });
    let name = Memo::new(move |_| known.with(|row| row.as_deref().map(|row| row.name.clone())));
    let shown_name = move || {
        let name = name.get().filter(|name| !name.is_empty());
        name.unwrap_or_else(|| t_string!(i18n, load_balancers.unnamed).to_owned())
    };
    let vip = move || known.with(|row| row.as_deref().and_then(|row| row.vip.clone()));
    let label = move |key: fn(I18nContext<Locale>) -> &'static str| move || key(i18n).to_owned();
    let href = move || Route::LoadBalancer(id.get()).href();
    let open = move || navigate(&untrack(href), Default::default());
    let ticked = Memo::new(move |_| selection.is_ticked(id.get()));
    let created_by_known = store.features().created_by;
    view! {
        <Row index selected=ticked on_open=open>
            <Cell control=true>
                <Checkbox
                    label=move || {
                        t_string!(i18n, load_balancers.select_one, name = shown_name()).to_string()
                    }
                    hide_label=true
                    checked=ticked
                    on_change=move |tick: bool| selection.set(id.get_untracked(), tick)
                />
            </Cell>
            <Cell heading=true label=label(|i18n| t_string!(i18n, load_balancers.column_name))>
                <a class="truncate" href=href title=shown_name>
                    {shown_name}
                </a>
            </Cell>
            <Cell label=label(|i18n| t_string!(i18n, load_balancers.column_state))>
                <State known />
            </Cell>
            <Cell label=label(|i18n| t_string!(i18n, load_balancers.column_type))>
                {move || {
                    known.with(|row| match row.as_deref()? {
                        Known { kind: Some(kind), .. } => Some(type_word(i18n, *kind)),
                        row => (!row.whole).then_some("…"),
                    })
                }}
            </Cell>
            <Cell label=label(|i18n| t_string!(i18n, load_balancers.column_vip))>
                <span class="mono truncate" title=vip>
                    {vip}
                </span>
            </Cell>
            <Cell label=label(|i18n| t_string!(i18n, load_balancers.column_listeners))>
                <Listeners known />
            </Cell>
            <Cell label=label(|i18n| t_string!(i18n, load_balancers.column_servers))>
                <Servers known />
            </Cell>
            <Cell label=label(|i18n| t_string!(i18n, load_balancers.column_created_at))>
                <CreatedAt known />
            </Cell>
            {created_by_known
                .then(|| {
                    let by = move || {
                        let id = known.with(|row| row.as_deref().and_then(|row| row.created_by.clone()));
                        id.map(|id| store.users.name(&id))
                    };
                    view! {
                        <Cell label=label(|i18n| t_string!(i18n, load_balancers.column_created_by))>
                            <span class="truncate" title=by>{by}</span>
                        </Cell>
                    }
                })}
            <Cell control=true>
                <Actions id known shown_name=Signal::derive(shown_name) deleting />
            </Cell>
        </Row>
    }
    .into_any()
}

/// The short word for a type.
fn type_word(i18n: I18nContext<Locale>, kind: LbType) -> &'static str {
    match kind {
        LbType::Application => t_string!(i18n, common.application),
        LbType::Network => t_string!(i18n, common.network),
    }
}

/// Whether the last change has been carried out, and whether traffic flows.
#[component]
fn State(known: Memo<Option<Arc<Known>>>) -> impl IntoView {
    let provisioning =
        Memo::new(move |_| known.with(|row| row.as_deref().map(|row| row.provisioning.clone())));
    let operating =
        Memo::new(move |_| known.with(|row| row.as_deref().map(|row| row.operating.clone())));
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
            {move || {
                operating
                    .get()
                    .map(|status| view! { <OperatingBadge status=Signal::stored(status) /> })
            }}
        </span>
    }
}

/// What stands where there is nothing, or where it is not known yet.
fn nothing(
    known: Memo<Option<Arc<Known>>>,
    word: fn(I18nContext<Locale>) -> &'static str,
) -> AnyView {
    let i18n = use_i18n();
    let whole = move || known.with(|row| row.as_deref().is_some_and(|row| row.whole));
    let words = move || if whole() { word(i18n) } else { "…" };
    view! { <span class="muted">{words}</span> }.into_any()
}

/// Protocol and port of each.
#[component]
fn Listeners(known: Memo<Option<Arc<Known>>>) -> impl IntoView {
    let listeners =
        Memo::new(move |_| known.with(|row| row.as_deref().map(|row| row.listeners.clone())));
    move || {
        let listeners = listeners.get().unwrap_or_default();
        if listeners.is_empty() {
            return nothing(known, |i18n| t_string!(i18n, load_balancers.none));
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

/// How many there is room for, the number of the others included; at least one.
fn fitting(texts: &[String]) -> usize {
    let mut used = 0;
    for (i, text) in texts.iter().enumerate() {
        used += text.len() + 2;
        let number = if i + 1 < texts.len() { 4 } else { 0 };
        if used + number > LISTENERS_ROOM {
            // The last one may stand where the number would.
            let rest: usize = texts[i..].iter().map(|text| text.len() + 2).sum();
            let before = used - text.len() - 2;
            return if before + rest <= LISTENERS_ROOM { texts.len() } else { i.max(1) };
        }
    }
    texts.len()
}

/// Healthy of all.
#[component]
fn Servers(known: Memo<Option<Arc<Known>>>) -> impl IntoView {
    let i18n = use_i18n();
    let servers = Memo::new(move |_| {
        known.with(|row| row.as_deref().map(|row| row.servers)).unwrap_or_default()
    });
    move || {
        let servers = servers.get();
        if servers.total == 0 {
            return nothing(known, |i18n| t_string!(i18n, load_balancers.no_servers));
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
        let text = move || match not_checked {
            true => t_string!(i18n, load_balancers.servers_not_checked, total = total).to_string(),
            false => {
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

#[component]
fn CreatedAt(known: Memo<Option<Arc<Known>>>) -> impl IntoView {
    let i18n = use_i18n();
    let wire = Memo::new(move |_| {
        known.with(|row| row.as_deref().map(|row| row.created_at.clone())).unwrap_or_default()
    });
    view! {
        <Time
            datetime=move || format!("{}Z", wire.get())
            text=move || time(i18n.get_locale(), &wire.get(), Style::Minutes)
            title=move || time(i18n.get_locale(), &wire.get(), Style::Seconds)
        />
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
    let store = use_store();
    let navigate = use_navigate();
    let read_only =
        move || (!store.session.may_change()).then(|| t_string!(i18n, errors.read_only).to_owned());
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
                    // The dialog lies over the details: going back closes it.
                    put_into_history(&Route::LoadBalancer(id));
                    to_edit(&Route::EditLoadBalancer(id).href(), Default::default());
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
    fn a_row_names_as_many_listeners_as_it_has_room_for() {
        assert_eq!(count(&["HTTP:80"]), 1);
        assert_eq!(count(&["HTTP:80", "HTTP:8080"]), 2);
        assert_eq!(count(&["HTTP:80", "HTTP:8080", "TCP:25"]), 1);
        assert_eq!(count(&["TCP:80", "TCP:81", "TCP:82"]), 2);
        assert_eq!(count(&["HTTPS with SSL:443", "HTTP:80"]), 1);
    }
}
