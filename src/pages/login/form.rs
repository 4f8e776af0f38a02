//! The sign-in form.

use crate::{
    i18n::{I18nContext, Locale, errors, t, t_string, use_i18n},
    pages::ssl_certificates::warn_of_expiry,
    store::{SignInError, Store, use_store},
    ui::{Banner, Button, ButtonKind, Field, InputKind, TextInput, Tone},
};
use gloo_timers::callback::Interval;
use leptos::{prelude::*, task::spawn_local};
use openstack_types::{
    error::ApiError,
    portal::{Mode, Session, SignIn},
};
use web_sys::{HtmlInputElement, Storage, wasm_bindgen::JsCast};

/// The key of user and project in the browser's storage. The password is never stored.
const REMEMBERED_USER: &str = "user";
const REMEMBERED_PROJECT: &str = "project";
const REMEMBERED_DOMAIN: &str = "domain";

/// The state of the form; a handle.
#[derive(Clone, Copy)]
pub(super) struct Form {
    user: RwSignal<String>,
    password: RwSignal<String>,
    project: RwSignal<String>,
    /// Of a cloud.
    domain: RwSignal<String>,
    /// Signing in.
    pub(super) busy: RwSignal<bool>,
    /// Empty fields are reported after the first attempt.
    tried: RwSignal<bool>,
    problem: RwSignal<Option<Problem>>,
    /// Seconds until the server accepts another attempt.
    wait: RwSignal<u32>,
    countdown: StoredValue<Option<Interval>, LocalStorage>,
    caps_lock: RwSignal<bool>,
    store: Store,
    i18n: I18nContext<Locale>,
}

#[derive(Clone, PartialEq, Eq)]
enum Problem {
    Refused,
    Other(ApiError),
}

impl Form {
    /// With the stored user and project.
    pub(super) fn new() -> Self {
        Self {
            user: RwSignal::new(remembered(REMEMBERED_USER)),
            password: RwSignal::default(),
            project: RwSignal::new(remembered(REMEMBERED_PROJECT)),
            domain: RwSignal::new(remembered(REMEMBERED_DOMAIN)),
            busy: RwSignal::new(false),
            tried: RwSignal::new(false),
            problem: RwSignal::new(None),
            wait: RwSignal::new(0),
            countdown: StoredValue::new_local(None),
            caps_lock: RwSignal::new(false),
            store: use_store(),
            i18n: use_i18n(),
        }
    }

    /// With the user and project of the session.
    pub(super) fn begin_again(self, who: Option<&Session>) {
        if let Some(who) = who {
            self.user.set(who.user.name.clone());
            match &who.cloud {
                None => self.project.set(who.project.name.clone()),
                // Several projects may have one name.
                Some(cloud) => {
                    self.project.set(who.project.id.0.clone());
                    self.domain.set(cloud.domain.clone());
                }
            }
        }
        self.password.set(String::new());
        self.tried.set(false);
        self.problem.set(None);
    }

    /// Signs in, unless a field is empty or the server requires a delay.
    pub(super) fn submit(self) {
        self.tried.set(true);
        let missing = self.user.with_untracked(|user| user.trim().is_empty())
            || self.password.with_untracked(String::is_empty);
        if missing {
            request_animation_frame(focus_first_error);
        }
        if missing || self.busy.get_untracked() || self.wait.get_untracked() > 0 {
            return;
        }
        self.busy.set(true);
        self.problem.set(None);
        let user = self.user.get_untracked().trim().to_owned();
        let project = self.project.get_untracked().trim().to_owned();
        let domain = self.domain.get_untracked().trim().to_owned();
        let is_of_cloud = untrack(|| self.is_of_cloud());
        let request = SignIn {
            user: user.clone(),
            password: self.password.get_untracked(),
            project: (!project.is_empty()).then(|| project.clone()),
            domain: (is_of_cloud && !domain.is_empty()).then(|| domain.clone()),
        };
        spawn_local(async move {
            let answer = self.store.session.sign_in(request).await;
            if answer.is_ok() {
                remember(REMEMBERED_USER, &user);
                remember(REMEMBERED_PROJECT, &project);
                remember(REMEMBERED_DOMAIN, &domain);
                warn_of_expiry(self.store, self.i18n);
            }
            // The page may be gone by now, and its signals with it.
            self.busy.try_set(false);
            match answer {
                Ok(()) => drop(self.password.try_set(String::new())),
                Err(SignInError::Slowed { seconds }) => self.pause(seconds),
                Err(SignInError::Refused) => {
                    self.problem.try_set(Some(Problem::Refused));
                    request_animation_frame(select_password);
                }
                Err(SignInError::Other(error)) => {
                    self.problem.try_set(Some(Problem::Other(error)));
                }
            }
        });
    }

    /// Whether the users are those of a cloud, which may have several domains.
    fn is_of_cloud(self) -> bool {
        self.store.info.with(|info| info.as_ref().is_some_and(|info| info.mode == Mode::Cloud))
    }

    fn pause(self, seconds: u32) {
        if self.wait.try_set(seconds.max(1)).is_some() {
            return;
        }
        let tick = Interval::new(1_000, move || {
            let left = self.wait.try_update(|wait| {
                *wait = wait.saturating_sub(1);
                *wait
            });
            if left.is_none_or(|left| left == 0) {
                self.countdown.try_update_value(Option::take);
            }
        });
        self.countdown.try_set_value(Some(tick));
    }
}

fn slowed(i18n: I18nContext<Locale>, seconds: u32) -> String {
    t_string!(i18n, login.slowed, seconds = seconds)
}

/// What is wrong although user and password are right, or the text of the portal.
fn denied(i18n: I18nContext<Locale>, message: &str) -> String {
    let known = [
        ("password has expired", t_string!(i18n, login.password_expired)),
        ("locked this account", t_string!(i18n, login.account_locked)),
        ("second factor", t_string!(i18n, login.second_factor)),
        ("no project", t_string!(i18n, login.no_project)),
        ("no role", t_string!(i18n, login.no_role)),
        ("have this name", t_string!(i18n, login.ambiguous_project)),
    ];
    let found = known.into_iter().find(|(part, _)| message.contains(part));
    found.map_or(message, |(_, text)| text).to_owned()
}

/// The fields, and why the last attempt failed.
#[component]
pub(super) fn Fields(form: Form) -> impl IntoView {
    let i18n = use_i18n();
    let missing = move |field: RwSignal<String>, words: fn(I18nContext<Locale>) -> String| {
        Signal::derive(move || {
            (form.tried.get() && field.with(|text| text.trim().is_empty())).then(|| words(i18n))
        })
    };
    let problem = move || {
        if form.wait.get() > 0 {
            return Some(slowed(i18n, form.wait.get()));
        }
        form.problem.get().map(|problem| match problem {
            Problem::Refused => t_string!(i18n, login.refused).to_owned(),
            Problem::Other(error) if error.status == 403 => denied(i18n, &error.message),
            Problem::Other(error) => errors::explain(i18n, &error),
        })
    };
    let revealed = RwSignal::new(false);
    let caps_lock = move |event: web_sys::KeyboardEvent| {
        let on = event.get_modifier_state("CapsLock");
        if form.caps_lock.get_untracked() != on {
            form.caps_lock.set(on);
        }
    };
    view! {
        <div class="stack login-fields" on:keydown=caps_lock on:keyup=caps_lock>
            {move || problem().map(|text| view! { <Banner tone=Tone::Error>{text}</Banner> })}
            <Field
                label=move || t_string!(i18n, login.user).to_owned()
                error=missing(form.user, |i18n| t_string!(i18n, login.missing_user).to_owned())
            >
                <TextInput
                    value=form.user
                    on_input=move |text| form.user.set(text)
                    kind=InputKind::Code
                    name="username"
                    autocomplete="username"
                    autofocus=form.user.with_untracked(String::is_empty)
                />
            </Field>
            <Field
                label=move || t_string!(i18n, login.password).to_owned()
                error=missing(form.password, |i18n| t_string!(i18n, login.missing_password).to_owned())
            >
                <TextInput
                    value=form.password
                    on_input=move |text| form.password.set(text)
                    kind=InputKind::Password
                    name="password"
                    autocomplete="current-password"
                    autofocus=!form.user.with_untracked(String::is_empty)
                    reveal=revealed
                />
                <button
                    type="button"
                    class="login-reveal"
                    aria-pressed=move || if revealed.get() { "true" } else { "false" }
                    on:click=move |_| revealed.update(|shown| *shown = !*shown)
                >
                    {move || {
                        if revealed.get() {
                            t_string!(i18n, login.hide)
                        } else {
                            t_string!(i18n, login.show)
                        }
                    }}
                </button>
            </Field>
            {move || {
                form.caps_lock
                    .get()
                    .then(|| {
                        view! {
                            <p class="login-caps" role="status">
                                {t!(i18n, login.caps_lock)}
                            </p>
                        }
                    })
            }}
            {move || form.is_of_cloud().then(|| view! { <Domain form /> })}
            <Field
                label=move || t_string!(i18n, login.project).to_owned()
                hint=move || t_string!(i18n, login.project_hint).to_owned()
                optional=true
            >
                <TextInput
                    value=form.project
                    on_input=move |text| form.project.set(text)
                    name="project"
                />
            </Field>
        </div>
    }
}

#[component]
fn Domain(form: Form) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <Field
            label=move || t_string!(i18n, login.domain).to_owned()
            hint=move || t_string!(i18n, login.domain_hint).to_owned()
            optional=true
        >
            <TextInput
                value=form.domain
                on_input=move |text| form.domain.set(text)
                name="domain"
            />
        </Field>
    }
}

/// The button that submits the form.
#[component]
pub(super) fn SignInButton(form: Form) -> impl IntoView {
    let i18n = use_i18n();
    let reason = move || {
        let seconds = form.wait.get();
        (seconds > 0).then(|| slowed(i18n, seconds))
    };
    view! {
        <Button kind=ButtonKind::Primary submit=true busy=form.busy disabled_reason=reason>
            {t!(i18n, login.sign_in)}
        </Button>
    }
}

fn focus_first_error() {
    let field = document().query_selector("[aria-invalid=true]").ok().flatten();
    if let Some(field) = field.and_then(|field| field.dyn_into::<web_sys::HtmlElement>().ok()) {
        // Fails only for an element that is no longer in the document.
        let _ = field.focus();
    }
}

/// The password is what is typed again.
fn select_password() {
    let field = document().query_selector("input[name=password]").ok().flatten();
    if let Some(field) = field.and_then(|field| field.dyn_into::<HtmlInputElement>().ok()) {
        // Fails only for an element that is no longer in the document.
        let _ = field.focus();
        field.select();
    }
}

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

fn remembered(key: &str) -> String {
    storage().and_then(|storage| storage.get_item(key).ok().flatten()).unwrap_or_default()
}

fn remember(key: &str, value: &str) {
    if let Some(storage) = storage() {
        // Without storage, the choice is not remembered.
        let _ = storage.set_item(key, value);
    }
}
