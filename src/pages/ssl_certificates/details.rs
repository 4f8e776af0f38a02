//! The details of a certificate.

use super::{
    delete::{DeleteCertificates, name_of},
    expiry::badge,
    facts::facts,
    list::status,
    replace::ReplaceDialog,
    uses::{balancer_name, listener_word},
};
use crate::{
    i18n::{I18nContext, Locale, errors, t, t_string, use_i18n},
    pages::{
        list::{CreatedAt, DeleteEvent},
        page_title,
        permissions::read_only_reason,
    },
    routes::Route,
    store::{
        certificates::{Certificate, Use, Uses},
        use_store,
    },
    ui::{
        Art, Button, ButtonKind, Card, Cell, CopyButton, Crumb, Definition, Definitions,
        EmptyState, Glyph, HeaderCell, LinkButton, PageHeader, Row, SkeletonLines, Table, text,
    },
};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use openstack_types::{SecretId, error::ApiError};
use std::sync::Arc;

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
enum ViewState {
    Loading,
    /// It does not exist, or was deleted meanwhile.
    Gone {
        was_here: bool,
    },
    Failed(ApiError),
    Shown,
}

#[component]
pub fn CertificateDetails(id: SecretId) -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
    store.certificates.ensure_listed();
    store.load_balancers.ensure_listed();
    let live = Memo::new(move |_| store.certificates.get(id));
    let shown = Memo::new(move |before: Option<&Option<Arc<Certificate>>>| {
        live.get().or_else(|| before.cloned().flatten())
    });
    let uses = Memo::new(move |_| store.load_balancers.certificate_uses());
    let view_state = Memo::new(move |_| {
        let loading = store.certificates.loading();
        match (live.with(Option::is_some), shown.with(Option::is_some)) {
            (true, _) => ViewState::Shown,
            (false, true) => ViewState::Gone { was_here: true },
            (false, false) if loading.listed => ViewState::Gone { was_here: false },
            (false, false) => match loading.error.filter(|_| !loading.busy) {
                Some(error) => ViewState::Failed(error),
                None => ViewState::Loading,
            },
        }
    });
    let is_shown = move || view_state.get() == ViewState::Shown;
    let title = move || {
        let known = shown.with(|one| one.as_deref().map(|one| name_of(i18n, one)));
        known
            .filter(|_| is_shown())
            .unwrap_or_else(|| t_string!(i18n, certificates.details_title).to_owned())
    };
    page_title(title);
    let deleting = RwSignal::new(Vec::new());
    let replacing = RwSignal::new(false);
    let to_list = {
        let navigate = use_navigate();
        move |_: DeleteEvent<SecretId>| {
            navigate(&Route::ssl_certificates().href(), Default::default());
        }
    };
    view! {
        <PageHeader
            title
            parent=Crumb {
                href: Route::ssl_certificates().href(),
                label: text(move || t_string!(i18n, common.ssl_certificate_management).to_owned()),
            }
            beside=move || {
                let badges = move || {
                    shown.with(|one| {
                        one.as_deref().map(|one| view! { {status(&one.status)} {badge(i18n, one)} })
                    })
                };
                view! {
                    <Show when=is_shown>
                        <span class="details-state">{badges}</span>
                    </Show>
                }
            }
            sub=move || {
                view! { <Show when=is_shown>{t!(i18n, certificates.details_title)}</Show> }
            }
            actions=move || {
                view! {
                    <Show when=is_shown>
                        <Actions id uses deleting replacing />
                    </Show>
                }
            }
        />
        {move || match view_state.get() {
            ViewState::Loading => view! { <SkeletonLines lines=8 /> }.into_any(),
            ViewState::Gone { was_here } => not_found(i18n, was_here),
            ViewState::Failed(error) => {
                let text = text(move || errors::explain(i18n, &error));
                view! {
                    <EmptyState
                        art=Art::Failed
                        title=move || t_string!(i18n, certificates.load_failed).to_owned()
                        text
                    >
                        <Button on_press=move || store.certificates.list()>
                            {t!(i18n, common.try_again)}
                        </Button>
                    </EmptyState>
                }
                .into_any()
            }
            ViewState::Shown => view! {
                <div class="details">
                    {move || shown.get().map(|one| basics(&one))}
                    {move || inside(i18n, shown.get().as_deref())}
                    {move || used_by(i18n, uses.with(|uses| uses.of(id).to_vec()))}
                </div>
            }
            .into_any(),
        }}
        <DeleteCertificates ids=deleting uses on_event=to_list />
        <ReplaceDialog id uses open=replacing />
    }
}

#[component]
fn Actions(
    id: SecretId,
    uses: Memo<Uses>,
    deleting: RwSignal<Vec<SecretId>>,
    replacing: RwSignal<bool>,
) -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
    let busy = Memo::new(move |_| store.certificates.loading().busy);
    let read_only = read_only_reason();
    let no_delete = move || {
        read_only().or_else(|| {
            let used = uses.with(|uses| !uses.of(id).is_empty());
            used.then(|| t_string!(i18n, certificates.in_use_one).to_owned())
        })
    };
    let no_replace = move || {
        read_only().or_else(|| {
            let unused = uses.with(|uses| uses.of(id).is_empty());
            unused.then(|| t_string!(i18n, certificates.replace_unused).to_owned())
        })
    };
    let refresh = move || {
        store.certificates.list();
        store.load_balancers.list();
    };
    view! {
        <Button icon=Glyph::Refresh busy on_press=refresh>
            {t!(i18n, common.refresh)}
        </Button>
        <Button
            icon=Glyph::Certificate
            disabled_reason=Signal::derive(no_replace)
            on_press=move || replacing.set(true)
        >
            {t!(i18n, certificates.replace_open)}
        </Button>
        <Button
            icon=Glyph::Trash
            disabled_reason=Signal::derive(no_delete)
            on_press=move || deleting.set(vec![id])
        >
            {t!(i18n, common.delete)}
        </Button>
    }
}

/// The creator and the reference.
fn basics(one: &Certificate) -> AnyView {
    let i18n = use_i18n();
    let (name, description) = (one.name.clone(), one.description.clone());
    let or_nothing = |text: String| match text.trim() {
        "" => view! { <span class="muted">"–"</span> }.into_any(),
        _ => view! { <span class="details-text">{text}</span> }.into_any(),
    };
    let copy = |value: String, label: fn(I18nContext<Locale>) -> &'static str| {
        let copied = value.clone();
        view! {
            <span class="details-copy">
                <span class="mono">{value}</span>
                <CopyButton text=copied label=move || label(i18n).to_owned() />
            </span>
        }
    };
    let id = copy(one.id.to_string(), |i18n| t_string!(i18n, details.copy_id));
    let reference =
        copy(one.reference.clone(), |i18n| t_string!(i18n, certificates.copy_reference));
    let created = view! { <CreatedAt at=Signal::stored(one.created_at.clone()) /> };
    view! {
        <Card title=move || t_string!(i18n, details.basics).to_owned()>
            <Definitions>
                <Definition term=move || t_string!(i18n, details.name).to_owned()>
                    {or_nothing(name)}
                </Definition>
                <Definition term=move || t_string!(i18n, details.description).to_owned()>
                    {or_nothing(description)}
                </Definition>
                <Definition term=move || t_string!(i18n, details.id).to_owned()>{id}</Definition>
                <Definition term=move || t_string!(i18n, details.created_at).to_owned()>
                    {created}
                </Definition>
                <Definition term=move || t_string!(i18n, certificates.reference).to_owned()>
                    {reference}
                </Definition>
            </Definitions>
        </Card>
    }
    .into_any()
}

fn inside(i18n: I18nContext<Locale>, one: Option<&Certificate>) -> AnyView {
    let content = match one.and_then(|one| one.facts.clone()) {
        Some(known) => facts(known),
        None => view! { <p class="muted">{t!(i18n, certificates.unknown_hint)}</p> }.into_any(),
    };
    view! {
        <Card title=move || t_string!(i18n, certificates.contents).to_owned()>{content}</Card>
    }
    .into_any()
}

fn used_by(i18n: I18nContext<Locale>, uses: Vec<Use>) -> AnyView {
    let head = move |column: usize| {
        text(move || {
            match column {
                0 => t_string!(i18n, certificates.load_balancer),
                1 => t_string!(i18n, details.vip),
                _ => t_string!(i18n, certificates.listener),
            }
            .to_owned()
        })
    };
    let content = if uses.is_empty() {
        view! { <p class="muted">{t!(i18n, certificates.used_by_none)}</p> }.into_any()
    } else {
        let rows = uses.into_iter().map(|one| {
            let href = Route::load_balancer(one.balancer).href();
            let (name, listener) = (balancer_name(i18n, &one), listener_word(&one));
            view! {
                <Row>
                    <Cell heading=true label=head(0)>
                        <a href=href>{name}</a>
                    </Cell>
                    <Cell label=head(1)>
                        <span class="mono">{one.vip}</span>
                    </Cell>
                    <Cell label=head(2)>{listener}</Cell>
                </Row>
            }
        });
        let rows = rows.collect_view();
        view! {
            <Table label=move || t_string!(i18n, certificates.used_by_title).to_owned()>
                <thead>
                    <tr role="row">
                        <HeaderCell label=head(0) />
                        <HeaderCell label=head(1) />
                        <HeaderCell label=head(2) />
                    </tr>
                </thead>
                <tbody role="rowgroup">{rows}</tbody>
            </Table>
        }
        .into_any()
    };
    view! {
        <Card title=move || t_string!(i18n, certificates.used_by_title).to_owned()>{content}</Card>
    }
    .into_any()
}

/// It does not exist, or was deleted while it was shown.
fn not_found(i18n: I18nContext<Locale>, was_here: bool) -> AnyView {
    let title = move || {
        if was_here {
            t_string!(i18n, certificates.deleted).to_owned()
        } else {
            t_string!(i18n, certificates.not_found).to_owned()
        }
    };
    let words = text(move || {
        if was_here {
            t_string!(i18n, certificates.deleted_text).to_owned()
        } else {
            t_string!(i18n, certificates.not_found_text).to_owned()
        }
    });
    view! {
        <EmptyState art=Art::NoMatch title text=words>
            <LinkButton kind=ButtonKind::Primary href=Route::ssl_certificates().href()>
                {t!(i18n, certificates.back_to_list)}
            </LinkButton>
        </EmptyState>
    }
    .into_any()
}
