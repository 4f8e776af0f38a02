//! `Replace…`: replaces a certificate on every listener that uses it, load balancer by load
//! balancer, and then checks by a handshake what each listener serves.

use super::{
    choice::CertificateChoice,
    expiry::badge,
    uses::{balancer_name, listener_word},
};
use crate::{
    i18n::{I18nContext, Locale, errors, t, t_string, use_i18n},
    store::{
        Store,
        certificate_replacement::Check,
        certificates::{Use, Uses},
        edits::{Failure, Progress},
        use_store,
    },
    ui::{Banner, Button, ButtonKind, Dialog, Field, StatusBadge, Tone},
};
use leptos::{prelude::*, task::spawn_local};
use openstack_types::{ListenerId, LoadBalancerId, SecretId, error::ApiError};
use std::collections::HashMap;

/// The state of a replacement; a handle.
#[derive(Clone, Copy)]
struct Replacing {
    /// The certificate that is replaced.
    old: SecretId,
    /// The reference of the new certificate.
    new: RwSignal<String>,
    /// The listeners to change; empty before it starts.
    targets: RwSignal<Vec<Use>>,
    /// Load balancers whose edit could not start, with the error.
    stuck: RwSignal<HashMap<LoadBalancerId, ApiError>>,
    /// The results of the handshakes.
    checks: RwSignal<HashMap<ListenerId, Check>>,
    store: Store,
    i18n: I18nContext<Locale>,
}

#[derive(Clone, Debug, PartialEq)]
enum ListenerState {
    /// It waits for its load balancer's turn.
    Later,
    /// It is being changed.
    Under,
    /// It is changed, but not checked yet.
    Changed,
    /// The new certificate is served.
    Served(String),
    /// Another certificate is served, or none.
    NotServed(String),
    /// It could not be changed.
    Failed(String),
}

impl Replacing {
    /// The load balancers of the listeners, without duplicates.
    fn balancers(self) -> Vec<LoadBalancerId> {
        let mut ids: Vec<_> =
            self.targets.with(|targets| targets.iter().map(|one| one.balancer).collect());
        ids.dedup();
        ids
    }

    fn has_begun(self) -> bool {
        self.targets.with(|targets| !targets.is_empty())
    }

    /// Starts, or retries what has failed.
    fn begin(self, targets: Vec<Use>) {
        if !untrack(|| self.has_begun()) {
            // A finished edit is an earlier one.
            for one in &targets {
                self.store.edits.dismiss(one.balancer);
            }
            self.targets.set(targets);
        }
        self.stuck.update(HashMap::clear);
        self.checks.update(HashMap::clear);
        let balancers = untrack(|| self.balancers());
        self.store.edits.set_watched(balancers.clone());
        for id in balancers {
            spawn_local(self.change(id));
        }
    }

    async fn change(self, id: LoadBalancerId) {
        let begun = self.store.replace_certificate(id, self.old, &self.new.get_untracked()).await;
        if let Err(error) = begun {
            self.stuck.try_update(|stuck| stuck.insert(id, error));
        }
    }

    /// Checks the listeners of a load balancer.
    fn check(self, id: LoadBalancerId) {
        let targets = self.targets.get_untracked();
        for one in targets.into_iter().filter(|one| one.balancer == id) {
            spawn_local(async move {
                let new = SecretId::from_ref(&self.new.get_untracked());
                let check = self.store.certificates.check(one.listener, new).await;
                self.checks.try_update(|checks| checks.insert(one.listener, check));
            });
        }
    }

    fn progress(self, one: &Use) -> ListenerState {
        if let Some(error) = self.stuck.with(|stuck| stuck.get(&one.balancer).cloned()) {
            return ListenerState::Failed(errors::explain(self.i18n, &error));
        }
        match self.store.edits.progress(one.balancer) {
            None => ListenerState::Later,
            Some(Progress::Reading | Progress::Running { .. }) => ListenerState::Under,
            Some(Progress::Done { .. }) => {
                match self.checks.with(|checks| checks.get(&one.listener).cloned()) {
                    None => ListenerState::Changed,
                    Some(Check::Served { version }) => ListenerState::Served(version),
                    Some(Check::Other) => ListenerState::NotServed(
                        t_string!(self.i18n, certificates.replace_other_certificate_served)
                            .to_owned(),
                    ),
                    Some(Check::None(why)) => ListenerState::NotServed(why),
                    Some(Check::NotAsked(error)) => {
                        ListenerState::NotServed(errors::explain(self.i18n, &error))
                    }
                }
            }
            Some(Progress::Failed { failure, .. }) => {
                ListenerState::Failed(self.failure_text(&failure))
            }
            Some(Progress::Stopped { .. }) => {
                ListenerState::Failed(t_string!(self.i18n, certificates.replace_stopped).to_owned())
            }
            Some(Progress::Conflicts { .. } | Progress::Invalid(_)) => ListenerState::Failed(
                t_string!(self.i18n, certificates.replace_conflict).to_owned(),
            ),
        }
    }

    fn failure_text(self, failure: &Failure) -> String {
        match failure {
            Failure::Api(error) => errors::explain(self.i18n, error),
            Failure::InError(Some(reason)) => errors::message_text(self.i18n, reason),
            Failure::InError(None) => {
                t_string!(self.i18n, details.last_change_failed_no_reason).to_owned()
            }
            Failure::StillPending => t_string!(self.i18n, errors.busy).to_owned(),
        }
    }
}

#[component]
pub(super) fn ReplaceDialog(id: SecretId, uses: Memo<Uses>, open: RwSignal<bool>) -> impl IntoView {
    move || open.get().then(|| view! { <Steps id uses open /> })
}

#[component]
fn Steps(id: SecretId, uses: Memo<Uses>, open: RwSignal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
    let replacing = Replacing {
        old: id,
        new: RwSignal::default(),
        targets: RwSignal::default(),
        stuck: RwSignal::default(),
        checks: RwSignal::default(),
        store,
        i18n,
    };
    on_cleanup(move || store.edits.set_watched(Vec::new()));
    let submitted = RwSignal::new(false);
    let shown = RwSignal::new(true);
    let wanted = move || SecretId::from_ref(&replacing.new.get()).filter(|new| *new != id);
    let error = Signal::derive(move || {
        if replacing.new.with(|new| SecretId::from_ref(new) == Some(id)) {
            return Some(t_string!(i18n, certificates.replace_same).to_owned());
        }
        (submitted.get() && wanted().is_none())
            .then(|| t_string!(i18n, errors.field_not_chosen).to_owned())
    });
    // Checks a load balancer when its edit is done.
    Effect::new(move |before: Option<Vec<LoadBalancerId>>| {
        let is_done =
            |id: &LoadBalancerId| matches!(store.edits.progress(*id), Some(Progress::Done { .. }));
        let done: Vec<_> = replacing.balancers().into_iter().filter(is_done).collect();
        let before = before.unwrap_or_default();
        for id in done.iter().filter(|id| !before.contains(id)) {
            replacing.check(*id);
        }
        done
    });
    let lines = Memo::new(move |_| {
        let targets = replacing.targets.get();
        targets.into_iter().map(|one| (replacing.progress(&one), one)).collect::<Vec<_>>()
    });
    let is_running = Memo::new(move |_| {
        lines.with(|lines| {
            lines.iter().any(|(state, _)| {
                matches!(
                    state,
                    ListenerState::Later | ListenerState::Under | ListenerState::Changed
                )
            })
        })
    });
    let has_failed = Memo::new(move |_| {
        lines.with(|lines| {
            lines.iter().any(|(state, _)| {
                matches!(state, ListenerState::Failed(_) | ListenerState::NotServed(_))
            })
        })
    });
    let is_done =
        Memo::new(move |_| replacing.has_begun() && !is_running.get() && !has_failed.get());
    let close = move || {
        // A finished edit is not offered again.
        for id in untrack(|| replacing.balancers()) {
            store.edits.dismiss(id);
        }
        shown.set(false);
        request_animation_frame(move || open.set(false));
    };
    let submit = move || {
        submitted.set(true);
        if is_done.get_untracked() {
            return close();
        }
        if untrack(wanted).is_some() {
            replacing.begin(uses.with_untracked(|uses| uses.of(id).to_vec()));
        }
    };
    // When the new certificate expires, and which names of the old one it does not have.
    let chosen = move || {
        let new = wanted().and_then(|new| store.certificates.get(new))?;
        let old = store.certificates.get(id);
        let missing: Vec<String> = old
            .iter()
            .flat_map(|old| old.domains())
            .filter(|name| !new.domains().iter().any(|pattern| covers(pattern, name)))
            .cloned()
            .collect();
        let warning = (!missing.is_empty() && new.facts.is_some()).then(|| {
            let names = missing.join(", ");
            let text = t_string!(i18n, certificates.replace_uncovered, names = names).to_string();
            view! { <Banner tone=Tone::Warning>{text}</Banner> }
        });
        Some(view! {
            <p>{badge(i18n, &new)}</p>
            {warning}
        })
    };
    let plan = move || uses.with(|uses| uses.of(id).to_vec());
    view! {
        <Dialog
            open=shown
            on_close=close
            wide=true
            busy=is_running
            on_submit=submit
            title=move || t_string!(i18n, certificates.replace_title).to_owned()
            actions=move || {
                view! {
                    <Show
                        when=move || is_done.get()
                        fallback=move || {
                            view! {
                                <Button on_press=close disabled_reason=Signal::derive(move || {
                                    is_running
                                        .get()
                                        .then(|| {
                                            t_string!(i18n, certificates.replace_running).to_owned()
                                        })
                                })>{t!(i18n, common.cancel)}</Button>
                                <Button kind=ButtonKind::Primary submit=true busy=is_running>
                                    {move || {
                                        if replacing.has_begun() {
                                            t_string!(i18n, common.try_again)
                                        } else {
                                            t_string!(i18n, certificates.replace)
                                        }
                                    }}
                                </Button>
                            }
                        }
                    >
                        <Button kind=ButtonKind::Primary submit=true>
                            {t!(i18n, common.close)}
                        </Button>
                    </Show>
                }
            }
        >
            <div class="stack">
                <Show when=move || !replacing.has_begun()>
                    <p>{t!(i18n, certificates.replace_lead)}</p>
                    <Field label=move || t_string!(i18n, common.ssl_certificate).to_owned() error>
                        <CertificateChoice
                            without=id
                            value=replacing.new
                            on_change=move |new: String| replacing.new.set(new)
                        />
                    </Field>
                    {chosen}
                    <h3 class="certificate-listeners">{t!(i18n, certificates.replace_listeners)}</h3>
                    <ul class="delete-list">
                        {move || {
                            plan()
                                .iter()
                                .map(|one| view! { <li>{target(i18n, one)}</li> })
                                .collect_view()
                        }}
                    </ul>
                </Show>
                <Show when=move || is_done.get()>
                    <Banner tone=Tone::Ok>{t!(i18n, certificates.replace_done)}</Banner>
                </Show>
                <Show when=move || has_failed.get() && !is_running.get()>
                    <Banner tone=Tone::Error>{t!(i18n, certificates.replace_failed)}</Banner>
                </Show>
                <Show when=move || replacing.has_begun()>
                    <ul class="certificate-steps" aria-live="polite">
                        {move || {
                            lines.get().iter().map(|(state, one)| line(i18n, state, one)).collect_view()
                        }}
                    </ul>
                </Show>
            </div>
        </Dialog>
    }
}

/// Whether a name of a certificate covers a name: the same, or a wildcard for its first label (RFC 6125).
fn covers(pattern: &str, name: &str) -> bool {
    let rest = |name: &str| name.split_once('.').map(|(_, rest)| rest.to_ascii_lowercase());
    pattern.eq_ignore_ascii_case(name)
        || (!name.starts_with('*') && pattern.starts_with("*.") && rest(pattern) == rest(name))
}

/// `shop, HTTPS with SSL:443`
fn target(i18n: I18nContext<Locale>, one: &Use) -> String {
    format!("{}, {}", balancer_name(i18n, one), listener_word(one))
}

fn line(i18n: I18nContext<Locale>, state: &ListenerState, one: &Use) -> AnyView {
    let (tone, text) = match state {
        ListenerState::Later | ListenerState::Under => {
            (Tone::Pending, t_string!(i18n, certificates.replace_step_changing).to_owned())
        }
        ListenerState::Changed => {
            (Tone::Pending, t_string!(i18n, certificates.replace_step_verifying).to_owned())
        }
        ListenerState::Served(version) => {
            let version = version.clone();
            (
                Tone::Ok,
                t_string!(i18n, certificates.replace_step_verified, version = version).to_string(),
            )
        }
        ListenerState::NotServed(why) => {
            let why = why.clone();
            (
                Tone::Error,
                t_string!(i18n, certificates.replace_step_not_verified, reason = why).to_string(),
            )
        }
        ListenerState::Failed(why) => (Tone::Error, why.clone()),
    };
    view! {
        <li>
            <span>{target(i18n, one)}</span>
            <StatusBadge tone=Signal::stored(tone) text=text />
        </li>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn a_wildcard_covers_one_label() {
        assert!(covers("shop.example.com", "SHOP.example.com"));
        assert!(covers("*.example.com", "shop.example.com"));
        assert!(covers("*.example.com", "*.example.com"));
        for name in ["example.com", "a.shop.example.com", "new.example.org", "*.shop.example.com"] {
            assert!(!covers("*.example.com", name), "{name}");
        }
    }
}
