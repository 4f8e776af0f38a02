//! One load balancer in detail, as it is now.

mod basics;
mod connection;
mod export;
mod groups;
mod health_reason_text;
mod monitoring;
mod topology;
mod view_state;

use super::chunks::{LazyDeleteDialog, LazyEditDialog};
use crate::{
    i18n::{errors, t, t_string, use_i18n},
    pages::{
        list::DeleteEvent,
        page_title,
        permissions::{edit_refusal, read_only_reason},
    },
    routes::Route,
    store::{
        Graph,
        metrics::Metrics,
        stats::{Source, source},
        use_store,
    },
    ui::{
        Art, Banner, Button, ButtonKind, Card, Crumb, EmptyState, Glyph, LinkButton, Menu,
        MenuItem, OperatingBadge, PageHeader, ProvisioningBadge, SkeletonLines, Tone, text,
    },
};
use basics::Basics;
use connection::Connection;
use export::ExportDialog;
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use monitoring::Monitoring;
use openstack_types::{LoadBalancerId, ProvisioningStatus, rules::may_delete};
use std::sync::Arc;
use topology::{Topology, anchor_id};
use view_state::ViewState;

/// What the parts of the page follow: the last that was known, also once it is gone.
type Shown = Memo<Option<Arc<Graph>>>;

/// Works out a piece of what is shown; views follow the piece and not the whole.
fn piece<T: PartialEq + Send + Sync + 'static>(
    shown: Shown,
    work: impl Fn(&Graph) -> T + Send + Sync + 'static,
) -> Memo<Option<T>> {
    Memo::new(move |_| shown.with(|graph| graph.as_deref().map(&work)))
}

/// All there is to know of it.
#[component]
pub fn LoadBalancerDetails(id: LoadBalancerId) -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
    store.networks.ensure();
    let live = Memo::new(move |_| store.load_balancers.graph(id));
    let shown: Shown = Memo::new(move |before: Option<&Option<Arc<Graph>>>| {
        live.get().or_else(|| before.cloned().flatten())
    });
    let reading = view_state::Reading::begin(store, id);
    let view_state = view_state::view_state(live, shown, reading);

    let name = piece(shown, |graph| graph.balancer.name.clone());
    let title = move || match name.get().filter(|_| view_state.get() == ViewState::Shown) {
        Some(name) if name.trim().is_empty() => t_string!(i18n, load_balancers.unnamed).to_owned(),
        Some(name) => name,
        None => t_string!(i18n, details.title).to_owned(),
    };
    page_title(title);
    let is_shown = move || view_state.get() == ViewState::Shown;
    // What is being deleted may be gone before it is answered.
    let stays = piece(shown, |graph| {
        graph.balancer.provisioning_status != ProvisioningStatus::PendingDelete
    });
    let followed = move |from: Source| {
        Memo::new(move |_| {
            let here = store.info.with(|info| source(info.as_ref())) == Some(from);
            here && is_shown() && stays.get() == Some(true)
        })
    };
    Metrics::follow(id, followed(Source::Metrics).into());
    let totals = followed(Source::Stats).into();
    let deleting = RwSignal::new(Vec::new());
    let exporting = RwSignal::new(false);
    let to_list = {
        let navigate = use_navigate();
        move |_: DeleteEvent<LoadBalancerId>| {
            navigate(&Route::load_balancers().href(), Default::default());
        }
    };
    view! {
        <PageHeader
            title
            parent=Crumb {
                href: Route::load_balancers().href(),
                label: text(move || t_string!(i18n, load_balancers.title).to_owned()),
            }
            beside=move || view! { <Show when=is_shown><State shown /></Show> }
            sub=move || {
                view! { <Show when=is_shown>{t!(i18n, details.title)}</Show> }
            }
            actions=move || {
                view! {
                    <Show when=is_shown>
                        <Actions id shown reading deleting exporting />
                    </Show>
                }
            }
        />
        {move || match view_state.get() {
            ViewState::Loading => view! { <Loading /> }.into_any(),
            ViewState::Gone { was_here } => view! { <Gone was_here /> }.into_any(),
            ViewState::Failed(error) => {
                let text = text(move || errors::explain(i18n, &error));
                view! {
                    <EmptyState
                        art=Art::Failed
                        title=move || t_string!(i18n, details.failed).to_owned()
                        text
                    >
                        <Button busy=reading.busy on_press=move || reading.again()>
                            {t!(i18n, common.try_again)}
                        </Button>
                    </EmptyState>
                }
                .into_any()
            }
            ViewState::Shown => view! {
                <Problems shown reading />
                <div class="details">
                    <Topology shown />
                    <Basics shown />
                    <Connection shown />
                    <Monitoring id shown totals />
                </div>
            }
            .into_any(),
        }}
        <LazyDeleteDialog ids=deleting on_event=to_list />
        <ExportDialog id open=exporting />
        <LazyEditDialog id shown=Signal::derive(is_shown) />
    }
}

#[component]
fn State(shown: Shown) -> impl IntoView {
    let provisioning = piece(shown, |graph| graph.balancer.provisioning_status.clone());
    let operating = piece(shown, |graph| graph.balancer.operating_status.clone());
    view! {
        <span class="details-state">
            {move || {
                provisioning
                    .get()
                    .map(|status| view! { <ProvisioningBadge status=Signal::stored(status) /> })
            }}
            {move || {
                operating
                    .get()
                    .map(|status| view! { <OperatingBadge status=Signal::stored(status) /> })
            }}
        </span>
    }
}

#[component]
fn Actions(
    id: LoadBalancerId,
    shown: Shown,
    reading: view_state::Reading,
    deleting: RwSignal<Vec<LoadBalancerId>>,
    exporting: RwSignal<bool>,
) -> impl IntoView {
    let i18n = use_i18n();
    let navigate = use_navigate();
    let provisioning = piece(shown, |graph| graph.balancer.provisioning_status.clone());
    let read_only = read_only_reason();
    let no_edit = Signal::derive(move || {
        read_only().or_else(|| provisioning.get().and_then(|status| edit_refusal(i18n, &status)))
    });
    let no_delete = Signal::derive(move || {
        read_only().or_else(|| {
            let refused = provisioning.get().and_then(|status| may_delete(&status).err());
            refused.map(|refusal| errors::refusal(i18n, refusal))
        })
    });
    let edit = {
        let navigate = navigate.clone();
        move || navigate(&Route::EditLoadBalancer(id).href(), Default::default())
    };
    let items = move || {
        let navigate = navigate.clone();
        vec![
            MenuItem::new(
                move || t_string!(i18n, common.clone).to_owned(),
                move || navigate(&Route::clone_of(id).href(), Default::default()),
            )
            .icon(Glyph::Clone)
            .disabled_reason(Signal::derive(read_only)),
            MenuItem::new(
                move || t_string!(i18n, details.export).to_owned(),
                move || exporting.set(true),
            )
            .icon(Glyph::Download),
        ]
    };
    let name = piece(shown, |graph| graph.balancer.name.clone());
    let label = move || {
        let name = name.get().unwrap_or_default();
        t_string!(i18n, load_balancers.actions_for, name = name).to_string()
    };
    view! {
        <Button icon=Glyph::Refresh busy=reading.busy on_press=move || reading.again()>
            {t!(i18n, common.refresh)}
        </Button>
        <Button icon=Glyph::Pencil disabled_reason=no_edit on_press=edit>
            {t!(i18n, common.edit)}
        </Button>
        <Button
            icon=Glyph::Trash
            disabled_reason=no_delete
            on_press=move || deleting.set(vec![id])
        >
            {t!(i18n, common.delete)}
        </Button>
        <Menu label items />
    }
}

/// What does not work, above everything else.
#[component]
fn Problems(shown: Shown, reading: view_state::Reading) -> impl IntoView {
    let i18n = use_i18n();
    let broken = piece(shown, |graph| {
        let error = graph.balancer.provisioning_status == ProvisioningStatus::Error;
        let reason = graph.reason().map(str::to_owned);
        (error || reason.is_some()).then_some((error, reason))
    });
    view! {
        {move || {
            broken
                .get()
                .flatten()
                .map(|(whole, reason)| {
                    let words = reason
                        .unwrap_or_else(|| t_string!(i18n, details.in_error_unknown).to_owned());
                    let what = match whole {
                        true => t_string!(i18n, details.in_error).to_owned(),
                        false => t_string!(i18n, details.listener_in_error).to_owned(),
                    };
                    view! {
                        <Banner tone=Tone::Error>
                            <p>
                                <strong>{what}</strong>
                                " "
                                {words}
                            </p>
                        </Banner>
                    }
                })
        }}
        {move || {
            reading
                .error
                .get()
                .map(|error| {
                    let reason = errors::explain(i18n, &error);
                    view! {
                        <Banner
                            tone=Tone::Error
                            action=move || {
                                view! {
                                    <Button busy=reading.busy on_press=move || reading.again()>
                                        {t!(i18n, common.try_again)}
                                    </Button>
                                }
                            }
                        >
                            {t_string!(i18n, load_balancers.failed_stale, reason = reason)
                                .to_string()}
                        </Banner>
                    }
                })
        }}
    }
}

#[component]
fn Loading() -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <div class="details" aria-busy="true">
            <Card title=move || t_string!(i18n, details.basics).to_owned()>
                <SkeletonLines lines=5 />
            </Card>
            <Card title=move || t_string!(i18n, details.connection).to_owned()>
                <SkeletonLines lines=5 />
            </Card>
        </div>
    }
}

/// It is not there: never was, or was deleted while one looked at it.
#[component]
fn Gone(was_here: bool) -> impl IntoView {
    let i18n = use_i18n();
    let title = move || match was_here {
        true => t_string!(i18n, details.deleted).to_owned(),
        false => t_string!(i18n, details.not_found).to_owned(),
    };
    let words = text(move || match was_here {
        true => t_string!(i18n, details.deleted_text).to_owned(),
        false => t_string!(i18n, details.not_found_text).to_owned(),
    });
    view! {
        <EmptyState art=Art::NoMatch title text=words>
            <LinkButton kind=ButtonKind::Primary href=Route::load_balancers().href()>
                {t!(i18n, details.to_list)}
            </LinkButton>
        </EmptyState>
    }
}
