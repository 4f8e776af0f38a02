//! One certificate in the list.

use crate::{
    i18n::{I18nContext, Locale, TextFn, t_string, use_i18n},
    pages::{
        list::{CreatedAt, ListRow, Selection, last_known},
        permissions::read_only_reason,
        ssl_certificates::{
            delete::name_of,
            expiry::short_badge,
            uses::{balancer_name, listener_word},
        },
    },
    routes::Route,
    store::{
        certificates::{Certificate, Use, Uses},
        use_store,
    },
    ui::{Cell, Glyph, Menu, MenuItem, StatusBadge, Tag, Tags, Tone},
};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use openstack_types::{LoadBalancerId, SecretId};

/// The space for domain names in a row, in characters. Names beyond it are shown as a number.
const DOMAINS_WIDTH: usize = 26;

/// Draws the row.
pub(super) fn row(
    id: Signal<SecretId>,
    index: Signal<usize>,
    selection: Selection<SecretId>,
    uses: Memo<Uses>,
    deleting: RwSignal<Vec<SecretId>>,
    replacing: RwSignal<Option<SecretId>>,
) -> AnyView {
    let i18n = use_i18n();
    let store = use_store();
    let known = last_known(
        id,
        move |id| store.certificates.get(id),
        |certificate: &Certificate| certificate.id,
    );
    let name = move || {
        let name = known.with(|one| one.as_deref().map(|one| name_of(i18n, one)));
        name.unwrap_or_default()
    };
    let created_at = move || {
        let at = known.with(|one| one.as_deref().map(|one| one.created_at.clone()));
        at.unwrap_or_default()
    };
    let label = move |key: TextFn| move || key(i18n).to_owned();
    let used_by = Memo::new(move |_| uses.with(|uses| uses.of(id.get()).to_vec()));
    let part = move |draw: fn(I18nContext<Locale>, &Certificate) -> AnyView| {
        move || known.with(|one| one.as_deref().map(|one| draw(i18n, one)))
    };
    let cells = view! {
        <Cell label=label(|i18n| t_string!(i18n, certificates.column_state))>
            {part(|_, one| status(&one.status))}
        </Cell>
        <Cell label=label(|i18n| t_string!(i18n, certificates.column_expires))>{part(short_badge)}</Cell>
        <Cell label=label(|i18n| t_string!(i18n, certificates.column_domains))>
            {part(|i18n, one| domains(i18n, one.domains()))}
        </Cell>
        <Cell label=label(|i18n| t_string!(i18n, certificates.column_used_by))>
            {move || users(i18n, &used_by.get())}
        </Cell>
        <Cell label=label(|i18n| t_string!(i18n, certificates.column_created_at))>
            <CreatedAt at=Signal::derive(created_at) />
        </Cell>
        <Cell control=true>
            <Actions id name=Signal::derive(name) used_by deleting replacing />
        </Cell>
    };
    ListRow {
        index,
        selected: Memo::new(move |_| selection.contains(id.get())).into(),
        on_select: Callback::new(move |select| selection.set(id.get_untracked(), select)),
        name: Signal::derive(name),
        name_column: |i18n| t_string!(i18n, certificates.column_name),
        href: Signal::derive(move || Route::SslCertificate(id.get()).href()),
        cells: cells.into_any(),
    }
    .view()
}

/// The ⋮ menu.
#[component]
fn Actions(
    id: Signal<SecretId>,
    name: Signal<String>,
    used_by: Memo<Vec<Use>>,
    deleting: RwSignal<Vec<SecretId>>,
    replacing: RwSignal<Option<SecretId>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let navigate = use_navigate();
    let read_only = read_only_reason();
    let is_used = move || used_by.with(|uses| !uses.is_empty());
    let no_replace = move || {
        let unused = move || t_string!(i18n, certificates.replace_unused).to_owned();
        read_only().or_else(|| (!is_used()).then(unused))
    };
    let no_delete = move || {
        let used = move || t_string!(i18n, certificates.in_use_one).to_owned();
        read_only().or_else(|| is_used().then(used))
    };
    let items = move || {
        let navigate = navigate.clone();
        let id = id.get_untracked();
        vec![
            MenuItem::new(
                move || t_string!(i18n, load_balancers.view_details).to_owned(),
                move || navigate(&Route::SslCertificate(id).href(), Default::default()),
            )
            .icon(Glyph::ArrowRight),
            MenuItem::new(
                move || t_string!(i18n, certificates.replace_open).to_owned(),
                move || replacing.set(Some(id)),
            )
            .icon(Glyph::Certificate)
            .disabled_reason(Signal::derive(no_replace)),
            MenuItem::new(
                move || t_string!(i18n, common.delete).to_owned(),
                move || deleting.set(vec![id]),
            )
            .icon(Glyph::Trash)
            .danger()
            .disabled_reason(Signal::derive(no_delete)),
        ]
    };
    let label = move || t_string!(i18n, load_balancers.actions_for, name = name.get()).to_string();
    view! { <Menu label items /> }
}

/// The status of the secret, as Barbican names it.
pub(in crate::pages::ssl_certificates) fn status(status: &str) -> AnyView {
    let tone = match status {
        "ACTIVE" => Tone::Ok,
        "ERROR" => Tone::Error,
        Certificate::DELETING => Tone::Pending,
        _ => Tone::Neutral,
    };
    view! { <StatusBadge tone=Signal::stored(tone) text=status.to_owned() /> }.into_any()
}

/// The domain names that fit, and the number of the others.
fn domains(i18n: I18nContext<Locale>, names: &[String]) -> AnyView {
    if names.is_empty() {
        return view! { <span class="muted">"–"</span> }.into_any();
    }
    let mut width = DOMAINS_WIDTH;
    let fits = |name: &&String| {
        let fits = width >= name.len();
        width = width.saturating_sub(name.len() + 2);
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

/// The first load balancer, and the number of the others.
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
            <a class="truncate" href=Route::load_balancer(first.balancer).href()>
                {balancer_name(i18n, first)}
            </a>
            {rest}
        </span>
    }
    .into_any()
}
