//! One certificate in the list.

use super::Ticked;
use crate::{
    i18n::{
        I18nContext, Locale,
        format::{Style, time},
        t_string, use_i18n,
    },
    pages::ssl_certificates::{
        delete::name_of,
        expiry::short_badge,
        uses::{balancer_name, listener_word},
    },
    routes::Route,
    store::{
        certificates::{Certificate, Use, Uses},
        use_store,
    },
    ui::{Cell, Checkbox, Row, StatusBadge, Tag, Tags, Time, Tone},
};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use openstack_types::{LoadBalancerId, SecretId};
use std::sync::Arc;

/// Letters of names that a row has room for; the rest is a number.
const NAMES_ROOM: usize = 26;

/// Draws the row.
pub(super) fn row(
    id: Signal<SecretId>,
    index: Signal<usize>,
    selection: Ticked,
    uses: Memo<Uses>,
) -> AnyView {
    let i18n = use_i18n();
    let store = use_store();
    let navigate = use_navigate();
    // Between its deletion and the list without it a row shows what it was.
    let known: Memo<Option<Arc<Certificate>>> =
        Memo::new(move |before: Option<&Option<Arc<Certificate>>>| {
            let id = id.get();
            let was = || before.cloned().flatten().filter(|was| was.id == id);
            store.certificates.get(id).or_else(was)
        });
    let name = move || {
        let name = known.with(|one| one.as_deref().map(|one| name_of(i18n, one)));
        name.unwrap_or_default()
    };
    let label = move |key: fn(I18nContext<Locale>) -> &'static str| move || key(i18n).to_owned();
    let href = move || Route::SslCertificate(id.get()).href();
    let open = move || navigate(&untrack(href), Default::default());
    let ticked = Memo::new(move |_| selection.is_ticked(id.get()));
    let used_by = Memo::new(move |_| uses.with(|uses| uses.of(id.get()).to_vec()));
    let part = move |work: fn(I18nContext<Locale>, &Certificate) -> AnyView| {
        move || known.with(|one| one.as_deref().map(|one| work(i18n, one)))
    };
    view! {
        <Row index selected=ticked on_open=open>
            <Cell control=true>
                <Checkbox
                    label=move || {
                        t_string!(i18n, load_balancers.select_one, name = name()).to_string()
                    }
                    hide_label=true
                    checked=ticked
                    on_change=move |tick: bool| selection.set(id.get_untracked(), tick)
                />
            </Cell>
            <Cell heading=true label=label(|i18n| t_string!(i18n, certificates.column_name))>
                <a class="truncate" href=href title=name>
                    {name}
                </a>
            </Cell>
            <Cell label=label(|i18n| t_string!(i18n, certificates.column_state))>
                {part(|_, one| status(&one.status))}
            </Cell>
            <Cell label=label(|i18n| t_string!(i18n, certificates.column_expires))>
                {part(short_badge)}
            </Cell>
            <Cell label=label(|i18n| t_string!(i18n, certificates.column_domains))>
                {part(|i18n, one| domains(i18n, one.domains()))}
            </Cell>
            <Cell label=label(|i18n| t_string!(i18n, certificates.column_used_by))>
                {move || users(i18n, &used_by.get())}
            </Cell>
            <Cell label=label(|i18n| t_string!(i18n, certificates.column_created_at))>
                {part(|i18n, one| created_at(i18n, one.created_at.clone()))}
            </Cell>
        </Row>
    }
    .into_any()
}

/// Barbican's word for it.
pub(in crate::pages::ssl_certificates) fn status(status: &str) -> AnyView {
    let tone = match status {
        "ACTIVE" => Tone::Ok,
        "ERROR" => Tone::Error,
        _ => Tone::Neutral,
    };
    view! { <StatusBadge tone=Signal::stored(tone) text=status.to_owned() /> }.into_any()
}

/// As many as there is room for.
fn domains(i18n: I18nContext<Locale>, names: &[String]) -> AnyView {
    if names.is_empty() {
        return view! { <span class="muted">"–"</span> }.into_any();
    }
    let mut room = NAMES_ROOM;
    let fits = |name: &&String| {
        let fits = room >= name.len();
        room = room.saturating_sub(name.len() + 2);
        fits
    };
    let fitting = names.iter().take_while(fits).count().max(1);
    let more = names.len() - fitting;
    let title = names.join(", ");
    let named: Vec<String> = names.iter().take(fitting).cloned().collect();
    let rest = (more > 0).then(|| {
        let text = t_string!(i18n, certificates.more, count = more).to_string();
        view! { <Tag text /> }
    });
    view! {
        <span class="certificate-names" title=title>
            <Tags>{named.into_iter().map(|text| view! { <Tag text code=true /> }).collect_view()} {rest}</Tags>
        </span>
    }
    .into_any()
}

/// The first load balancer, and how many more.
fn users(i18n: I18nContext<Locale>, uses: &[Use]) -> AnyView {
    let Some(first) = uses.first() else {
        let none = move || t_string!(i18n, certificates.unused);
        return view! { <span class="muted">{none}</span> }.into_any();
    };
    let mut balancers: Vec<LoadBalancerId> = uses.iter().map(|one| one.balancer).collect();
    balancers.dedup();
    let title: Vec<String> = uses
        .iter()
        .map(|one| format!("{} {}", balancer_name(i18n, one), listener_word(one)))
        .collect();
    let more = balancers.len() - 1;
    let rest = (more > 0).then(|| {
        let text = t_string!(i18n, certificates.more, count = more).to_string();
        view! { <Tag text /> }
    });
    view! {
        <span class="certificate-users" title=title.join(", ")>
            <a class="truncate" href=Route::LoadBalancer(first.balancer).href()>
                {balancer_name(i18n, first)}
            </a>
            {rest}
        </span>
    }
    .into_any()
}

/// When it was stored.
pub(in crate::pages::ssl_certificates) fn created_at(
    i18n: I18nContext<Locale>,
    wire: String,
) -> AnyView {
    let machine = format!("{wire}Z");
    let wire = StoredValue::new(wire);
    let written = move |style| wire.with_value(|wire| time(i18n.get_locale(), wire, style));
    view! {
        <Time
            datetime=machine
            text=move || written(Style::Minutes)
            title=move || written(Style::Seconds)
        />
    }
    .into_any()
}
