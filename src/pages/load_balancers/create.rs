//! The wizard that creates a load balancer: fill in, look at it, create it with one request.

mod configure;
mod listeners;
mod network;
mod review;
mod servers;
mod step;

use crate::{
    i18n::{errors, t, t_string, use_i18n},
    pages::{
        leave_guard::LeaveGuard,
        load_balancers::{
            form::{Form, Refused, draft_storage::DraftStorage},
            unsupported::UnsupportedNotice,
        },
        page_title, use_location,
    },
    routes::{CreateStep, Route},
    store::use_store,
    ui::{
        Art, Banner, Button, Crumb, EmptyState, LinkButton, PageHeader, SkeletonLines, Stepper,
        Tone, text,
    },
};
use configure::Configure;
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use openstack_types::{LoadBalancerId, error::ApiError, field::NAME_MAX};
use plan::{Draft, FieldPath};
use review::Review;

const DRAFT_STORAGE: DraftStorage = DraftStorage("create-load-balancer");

/// The wizard; with `from`, it begins with the settings of that load balancer.
#[component]
pub fn CreateLoadBalancer(from: Option<LoadBalancerId>) -> impl IntoView {
    let i18n = use_i18n();
    let title = move || t_string!(i18n, create.title).to_owned();
    page_title(title);
    view! {
        <PageHeader
            title
            parent=Crumb {
                href: Route::load_balancers().href(),
                label: text(move || t_string!(i18n, load_balancers.title).to_owned()),
            }
        />
        {match from {
            Some(id) => view! { <Cloning id /> }.into_any(),
            None => view! { <Wizard from=None begin=Draft::default() unsupported=vec![] /> }.into_any(),
        }}
    }
}

/// Reads what is to be cloned, then shows the wizard with it.
#[component]
fn Cloning(id: LoadBalancerId) -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
    let read = RwSignal::new(None::<Result<plan::ClonedDraft, ApiError>>);
    let ask = move || {
        read.set(None);
        spawn_local(async move {
            let graph = store.load_balancers.read_full_graph(id).await;
            let cloned = graph.map(|graph| {
                let mut cloned = plan::clone_draft(&graph);
                let name = cloned.draft.name.clone();
                let name = untrack(|| t_string!(i18n, create.clone_name, name = name).to_string());
                cloned.draft.name = name.chars().take(NAME_MAX).collect();
                // A cloud tells none: it judges by itself.
                let info =
                    store.info.with_untracked(|info| info.as_ref().map(|i| i.tls_versions.clone()));
                if let Some(allowed) = info.filter(|allowed| !allowed.is_empty()) {
                    cloned.draft.reset_disallowed_tls(&allowed);
                }
                cloned
            });
            // The page may be gone by now.
            read.try_set(Some(cloned));
        });
    };
    ask();
    move || match read.get() {
        None => view! { <SkeletonLines lines=8 /> }.into_any(),
        Some(Ok(cloned)) => view! {
            <Wizard from=Some(id) begin=cloned.draft unsupported=cloned.unsupported />
        }
        .into_any(),
        Some(Err(error)) => {
            let gone = error.status == 404;
            let title = move || t_string!(i18n, create.clone_failed).to_owned();
            let text = text(move || errors::explain(i18n, &error));
            view! {
                <EmptyState art=Art::Failed title text>
                    {(!gone)
                        .then(|| {
                            view! { <Button on_press=ask>{t!(i18n, common.try_again)}</Button> }
                        })}
                    <LinkButton href=Route::create().href()>
                        {t!(i18n, create.start_empty)}
                    </LinkButton>
                </EmptyState>
            }
            .into_any()
        }
    }
}

/// The two steps.
#[component]
fn Wizard(
    from: Option<LoadBalancerId>,
    begin: Draft,
    unsupported: Vec<plan::Unsupported>,
) -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
    let location = use_location();
    let put_aside = DRAFT_STORAGE.load::<Draft>(store, from);
    let restored = RwSignal::new(put_aside.is_some());
    // What the form would show to somebody who has typed nothing.
    let pristine = RwSignal::new(begin.clone());
    let form = Form::new(put_aside.unwrap_or(begin));
    let done = RwSignal::new(false);
    let changed = Memo::new(move |_| {
        !done.get() && form.draft.with(|draft| pristine.with(|begin| draft != begin))
    });
    network::propose(form, pristine);
    Effect::new(move |_| {
        if changed.get() {
            form.draft.with(|draft| DRAFT_STORAGE.save(store, from, draft));
        }
    });

    let step = Memo::new(move |before: Option<&CreateStep>| {
        location.with(|location| match location.route {
            Some(Route::CreateLoadBalancer { step, .. }) => step,
            _ => before.copied().unwrap_or_default(),
        })
    });
    let go = {
        let navigate = use_navigate();
        Callback::new(move |(step, replace): (CreateStep, bool)| {
            let route = Route::CreateLoadBalancer { from, step };
            navigate(&route.href(), NavigateOptions { replace, ..Default::default() });
        })
    };
    // An address alone does not make a draft ready to be looked at.
    let networks_known = move || store.networks.with(|_| ()).is_some();
    Effect::new(move |_| {
        let not_ready = form.findings.with(|findings| !findings.is_empty());
        if step.get() == CreateStep::Review && not_ready && !done.get() && networks_known() {
            go.run((CreateStep::Configure, true));
        }
    });
    Effect::new(move |before: Option<CreateStep>| {
        let now = step.get();
        if before.is_some_and(|before| before != now) {
            request_animation_frame(move || step::focus_step(now));
        }
        now
    });

    let busy = RwSignal::new(false);
    let navigate = use_navigate();
    let create = Callback::new(move |()| {
        let Ok(request) = form.draft.with_untracked(plan::to_request) else { return };
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        form.refused.set(None);
        let navigate = navigate.clone();
        spawn_local(async move {
            let answer = store.load_balancers.create(&request).await;
            // Whoever has left meanwhile finds the new one in the list.
            if busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(created) => {
                    done.set(true);
                    DRAFT_STORAGE.clear(from);
                    let name = created.name.clone();
                    let (words, next) = untrack(|| {
                        let words = t_string!(i18n, create.created, name = name).to_string();
                        (words, t_string!(i18n, create.created_next))
                    });
                    let details = Route::LoadBalancer(created.id).href();
                    store.toasts.success_with_link(words, next, details);
                    navigate(&Route::load_balancers().href(), Default::default());
                }
                Err(error) => {
                    let field = error.field.as_deref();
                    let at = field.and_then(|field| {
                        form.draft.with_untracked(|draft| {
                            FieldPath::from_service_error(draft, field, &error.message)
                        })
                    });
                    form.refused.set(Some(Refused {
                        text: untrack(|| errors::explain(i18n, &error)),
                        at: at.map(|at| at.control()),
                    }));
                }
            }
        });
    });
    let start_over = move || {
        DRAFT_STORAGE.clear(from);
        form.begin_again(pristine.get_untracked());
        restored.set(false);
    };
    view! {
        <LeaveGuard changed on_leave=move || DRAFT_STORAGE.clear(from) />
        <Stepper
            label=move || t_string!(i18n, create.steps).to_owned()
            steps=vec![
                text(move || t_string!(i18n, create.configure).to_owned()),
                text(move || t_string!(i18n, create.review).to_owned()),
            ]
            current=Signal::derive(move || usize::from(step.get() == CreateStep::Review))
        />
        <Show when=move || restored.get()>
            <Banner
                tone=Tone::Info
                action=move || {
                    view! { <Button on_press=start_over>{t!(i18n, create.start_over)}</Button> }
                }
            >
                {t!(i18n, create.restored)}
            </Banner>
        </Show>
        {(!unsupported.is_empty()).then(|| view! { <UnsupportedNotice unsupported /> })}
        <div hidden=move || step.get() != CreateStep::Configure>
            <Configure form on_next=move || go.run((CreateStep::Review, false)) />
        </div>
        <div hidden=move || step.get() != CreateStep::Review>
            <Show when=move || step.get() == CreateStep::Review>
                <Review
                    form
                    busy
                    on_back=move |part| {
                        go.run((CreateStep::Configure, false));
                        if let Some(part) = part {
                            form.focus_part(part);
                        }
                    }
                    on_create=create
                />
            </Show>
        </div>
    }
}
