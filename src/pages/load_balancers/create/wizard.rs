//! The steps of the wizard, its draft, and the request that creates the load balancer.

use super::{
    attempt,
    configure::Configure,
    network::{self, preselect_network},
    review::Review,
    step::{STEPS, focus_step, step_label},
};
use crate::{
    i18n::{LiveText, errors, t, t_string, use_i18n},
    pages::{
        leave_guard::LeaveGuard,
        load_balancers::form::{
            draft_storage::DraftStorage,
            focus::{focus_card, focus_field},
            rejection::Rejection,
            state::Form,
        },
        use_location,
    },
    routes::{CreateStep, Route},
    store::{Store, use_store},
    ui::{Banner, Button, Stepper, Tone},
};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use openstack_types::{LoadBalancerId, error::ApiError, octavia::LoadBalancer};
use plan::{Draft, FieldPath, path::RejectedPart};

const DRAFT_STORAGE: DraftStorage = DraftStorage("create-load-balancer");

/// The state of the wizard; a handle.
#[derive(Clone, Copy)]
struct WizardState {
    store: Store,
    form: Form,
    /// The load balancer that is cloned.
    from: Option<LoadBalancerId>,
    /// The draft that an untouched form has.
    initial: RwSignal<Draft>,
    /// The form shows a draft from the storage.
    was_restored: RwSignal<bool>,
    is_created: RwSignal<bool>,
}

impl WizardState {
    fn new(store: Store, from: Option<LoadBalancerId>, initial: Draft) -> Self {
        let stored = DRAFT_STORAGE.load::<Draft>(store, from);
        let mut initial = initial;
        initial.separate_options();
        let was_restored = stored.is_some();
        let mut draft = stored.unwrap_or_else(|| initial.clone());
        draft.separate_options();
        let draft = RwSignal::new(draft);
        let findings =
            Memo::new(move |_| draft.with(|draft| network::findings(store.networks, draft)));
        Self {
            store,
            from,
            initial: RwSignal::new(initial),
            was_restored: RwSignal::new(was_restored),
            form: Form::with_findings(draft, findings),
            is_created: RwSignal::new(false),
        }
    }

    /// Whether leaving would lose something. Tracked.
    fn has_changes(self) -> bool {
        !self.is_created.get()
            && self.form.draft.with(|draft| self.initial.with(|initial| draft != initial))
    }

    /// Whether the draft can be reviewed. The errors are not final before the networks are known.
    fn is_incomplete(self) -> bool {
        let networks_are_known = self.store.networks.with(|_| ()).is_some();
        let has_errors = self.form.findings.with(|findings| !findings.is_empty());
        has_errors && !self.is_created.get() && networks_are_known
    }

    fn start_over(self) {
        DRAFT_STORAGE.clear(self.from);
        attempt::forget(self.from);
        self.form.reset(self.initial.get_untracked());
        self.was_restored.set(false);
    }

    /// Shows the message for a created load balancer.
    fn on_created(self, created: &LoadBalancer) {
        let i18n = self.form.i18n();
        self.is_created.set(true);
        DRAFT_STORAGE.clear(self.from);
        let (text, link) = untrack(|| {
            let text = t_string!(i18n, create.created, name = created.name.as_str()).to_string();
            (text, t_string!(i18n, create.view_details))
        });
        let details = Route::load_balancer(created.id).href();
        self.store.toasts.success_with_link(text, link, details);
    }

    /// Shows why the request was rejected. Returns whether a field is at fault.
    fn on_rejected(self, error: &ApiError) -> bool {
        let (form, i18n) = (self.form, self.form.i18n());
        let path = form
            .draft
            .with_untracked(|draft| {
                FieldPath::from_service_error(draft, RejectedPart::Whole, error)
            })
            // The form has no control for a condition.
            .filter(|path| !matches!(path, FieldPath::Policy { .. } | FieldPath::Rule { .. }));
        let has_path = path.is_some();
        form.reject(Rejection {
            lead: LiveText::new(move || t_string!(i18n, create.create_failed).to_owned()),
            text: LiveText::new({
                let error = error.clone();
                move || errors::explain(i18n, &error)
            }),
            path: path.map(|path| path.control()),
            is_unconfirmed: error.status == 0,
        });
        has_path
    }
}

/// The two steps of the wizard.
#[component]
pub(super) fn Wizard(from: Option<LoadBalancerId>, initial: Draft) -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
    let location = use_location();
    let state = WizardState::new(store, from, initial);
    let form = state.form;
    preselect_network(form, state.initial);
    let changed = Memo::new(move |_| state.has_changes());
    Effect::new(move |_| {
        if changed.get() {
            form.draft.with(|draft| DRAFT_STORAGE.save(store, from, draft));
        }
    });

    let step = Memo::new(move |previous: Option<&CreateStep>| {
        location.with(|location| match location.route {
            Some(Route::CreateLoadBalancer { step, .. }) => step,
            _ => previous.copied().unwrap_or_default(),
        })
    });
    let navigate = {
        let navigate = use_navigate();
        Callback::new(move |(step, replace): (CreateStep, bool)| {
            let route = Route::CreateLoadBalancer { from, step };
            navigate(&route.href(), NavigateOptions { replace, ..Default::default() });
        })
    };
    // The address of the review can be opened with an incomplete draft.
    Effect::new(move |_| {
        if step.get() == CreateStep::Review && state.is_incomplete() {
            navigate.run((CreateStep::Configure, true));
        }
    });
    Effect::new(move |previous: Option<CreateStep>| {
        let current = step.get();
        if previous.is_some_and(|previous| previous != current) {
            request_animation_frame(move || focus_step(current));
        }
        current
    });
    // After the page's heading has got focus.
    Effect::new(move |_| {
        if untrack(|| step.get()) == CreateStep::Configure {
            request_animation_frame(|| request_animation_frame(|| focus_field(&FieldPath::Name)));
        }
    });
    let on_back = Callback::new(move |card: Option<String>| {
        navigate.run((CreateStep::Configure, false));
        if let Some(card) = card {
            focus_card(card);
        }
    });
    let busy = RwSignal::new(false);
    let create = create_callback(state, busy);
    view! {
        <LeaveGuard
            changed
            on_leave=move || {
                DRAFT_STORAGE.clear(from);
                attempt::forget(from);
            }
        />
        <Stepper
            label=move || t_string!(i18n, create.steps).to_owned()
            steps=STEPS.iter().map(|step| step_label(i18n, *step)).collect()
            current=Signal::derive(move || {
                STEPS.iter().position(|one| *one == step.get()).unwrap_or_default()
            })
        />
        <ReaderNotice />
        <RestoredNotice state />
        <div hidden=move || step.get() != CreateStep::Configure>
            <Configure form on_next=move || navigate.run((CreateStep::Review, false)) />
        </div>
        <div hidden=move || step.get() != CreateStep::Review>
            <Show when=move || step.get() == CreateStep::Review>
                <Review
                    form
                    busy
                    on_back
                    on_create=create
                />
            </Show>
        </div>
    }
}

/// Sends the request; `busy` is true meanwhile.
fn create_callback(state: WizardState, busy: RwSignal<bool>) -> Callback<()> {
    let navigate = use_navigate();
    Callback::new(move |()| {
        let form = state.form;
        let Ok(request) = form.draft.with_untracked(plan::to_request) else { return };
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        form.rejection.set(None);
        let navigate = navigate.clone();
        spawn_local(async move {
            let result = attempt::create_once(state.store, state.from, &request).await;
            // The page has been left; the list shows the new load balancer.
            if busy.try_set(false).is_some() {
                return;
            }
            match result {
                Ok(created) => {
                    state.on_created(&created);
                    navigate(&Route::load_balancers().href(), Default::default());
                }
                // The field is in the first step.
                Err(error) if state.on_rejected(&error) => {
                    let route =
                        Route::CreateLoadBalancer { from: state.from, step: CreateStep::Configure };
                    navigate(&route.href(), Default::default());
                }
                Err(_) => {}
            }
        });
    })
}

/// Says that the form shows a stored draft, and offers to start over.
#[component]
fn RestoredNotice(state: WizardState) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <Show when=move || state.was_restored.get()>
            <Banner
                tone=Tone::Info
                action=move || {
                    view! {
                        <Button on_press=move || state.start_over()>
                            {t!(i18n, create.start_over)}
                        </Button>
                    }
                }
            >
                {t!(i18n, create.restored)}
            </Banner>
        </Show>
    }
}

/// Says that the user may look only, before anything is typed.
#[component]
fn ReaderNotice() -> impl IntoView {
    let i18n = use_i18n();
    let session = use_store().session;
    view! {
        <Show when=move || !session.may_change()>
            <Banner tone=Tone::Warning>{t!(i18n, form.read_only)}</Banner>
        </Show>
    }
}
