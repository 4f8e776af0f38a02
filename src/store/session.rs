//! The session of the page.

use crate::client::{
    self,
    session::{self as client_session, SignInError},
};
use gloo_timers::callback::Timeout;
use leptos::{prelude::*, task::spawn_local};
use openstack_types::{portal, support::Support};
use std::rc::Rc;

/// Milliseconds between requests to a server that does not answer.
const RETRY_DELAY: u32 = 3_000;

/// The state of the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Being read.
    Unknown,
    /// The server has not answered yet; being retried.
    Unreachable,
    /// Signed out.
    Out,
    /// Signed in.
    In,
    /// The session has ended by itself. The page keeps what it shows.
    Ended,
}

/// The strongest role in the project. Stronger roles imply weaker ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Reads.
    Reader,
    /// Manages their own resources (`Tenant User`).
    Member,
    /// Manages all resources of the project (`Tenant Admin`).
    Manager,
    /// Manages the cloud.
    Admin,
}

impl Role {
    fn strongest(roles: &[String]) -> Option<Self> {
        let known = |role: &String| match role.as_str() {
            "reader" => Some(Self::Reader),
            "member" => Some(Self::Member),
            "manager" => Some(Self::Manager),
            "admin" => Some(Self::Admin),
            _ => None,
        };
        roles.iter().filter_map(known).max()
    }
}

/// Whether a role of a cloud can only look, under the default policies of any release.
fn only_reads(role: &str) -> bool {
    matches!(role, "reader" | "load-balancer_observer" | "load-balancer_global_observer")
}

/// What a change of the session means for the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SessionChange {
    /// Another user, another project, or signed out: earlier state must not be shown.
    Another {
        /// Somebody.
        signed_in: bool,
    },
    /// The session has ended by itself: the state stays, events stop.
    Paused,
    /// The same user has signed in again to the same project.
    Resumed,
}

type OnChange = Rc<dyn Fn(SessionChange)>;

/// The session; a handle.
#[derive(Clone, Copy)]
pub struct Session {
    phase: RwSignal<Phase>,
    who: RwSignal<Option<portal::Session>>,
    elsewhere: RwSignal<Option<portal::Session>>,
    on_change: StoredValue<Option<OnChange>, LocalStorage>,
}

impl Session {
    pub(super) fn new() -> Self {
        Self {
            phase: RwSignal::new(Phase::Unknown),
            who: RwSignal::new(None),
            elsewhere: RwSignal::new(None),
            on_change: StoredValue::new_local(None),
        }
    }

    /// Called for every change before any view is updated, so that a new page finds the right
    /// state.
    pub(super) fn on_change(self, on_change: impl Fn(SessionChange) + 'static) {
        self.on_change.set_value(Some(Rc::new(on_change)));
    }

    pub fn phase(self) -> Phase {
        self.phase.get()
    }

    /// Not reactive.
    pub fn phase_untracked(self) -> Phase {
        self.phase.get_untracked()
    }

    /// The user and project. Kept while a session that has ended is being renewed.
    pub fn who(self) -> Option<portal::Session> {
        self.who.get()
    }

    /// The role in the project; `None` where a cloud has only roles of its own.
    pub fn role(self) -> Option<Role> {
        self.who.with(|who| who.as_ref().and_then(|who| Role::strongest(&who.roles)))
    }

    /// Whether the user may change anything. Only known readers are refused here; for other roles
    /// the service decides.
    pub fn may_change(self) -> bool {
        self.who.with(|who| {
            who.as_ref().is_none_or(|who| match &who.cloud {
                None => Role::strongest(&who.roles) != Some(Role::Reader),
                // The policies of older releases have roles of their own.
                Some(_) => who.roles.is_empty() || !who.roles.iter().all(|role| only_reads(role)),
            })
        })
    }

    /// Whether there is a key manager for certificates.
    pub fn offers_certificates(self) -> bool {
        self.who.with(|who| {
            let cloud = who.as_ref().and_then(|who| who.cloud.as_ref());
            cloud.is_none_or(|cloud| cloud.certificates)
        })
    }

    /// What the cloud has for load balancers of a provider; `None`: its default one. Not reactive.
    pub fn support(self, provider: Option<&str>) -> Support {
        self.who.with_untracked(|who| match who.as_ref().and_then(|who| who.cloud.as_ref()) {
            Some(cloud) => {
                Support::of_cloud(cloud.api_version.as_deref(), provider, &cloud.providers)
            }
            None => Support::EVERYTHING,
        })
    }

    /// Not reactive.
    pub fn who_untracked(self) -> Option<portal::Session> {
        self.who.get_untracked()
    }

    /// The user and project of the cookie, when another tab has changed them. Requests have no
    /// effect until this tab [follows](Self::follow).
    pub fn elsewhere(self) -> Option<portal::Session> {
        self.elsewhere.get()
    }

    /// Switches to the user and project of the cookie.
    pub fn follow(self) {
        if let Some(who) = self.elsewhere.get_untracked() {
            self.set_signed_in(who);
        }
    }

    /// Reads the session again.
    pub fn check_again(self) {
        self.elsewhere.set(None);
        self.refresh();
    }

    /// Reads the session.
    pub fn refresh(self) {
        let before = self.who.get_untracked();
        spawn_local(async move {
            let answer = client_session::current().await;
            // Ignored if the session has changed meanwhile.
            if self.who.get_untracked() != before {
                return;
            }
            match answer {
                Ok(Some(who))
                    if before.is_some() && scope(before.as_ref()) != scope(Some(&who)) =>
                {
                    self.elsewhere.set(Some(who));
                }
                Ok(Some(who)) => self.set_signed_in(who),
                Ok(None) => self.ended(),
                Err(_) => {
                    if matches!(self.phase.get_untracked(), Phase::Unknown | Phase::Unreachable) {
                        self.phase.set(Phase::Unreachable);
                        Timeout::new(RETRY_DELAY, move || self.refresh()).forget();
                    }
                }
            }
        });
    }

    fn set_signed_in(self, who: portal::Session) {
        self.set(Phase::In, Some(who));
    }

    fn set(self, phase: Phase, who: Option<portal::Session>) {
        if self.elsewhere.with_untracked(Option::is_some) {
            self.elsewhere.set(None);
        }
        let (phase_before, who_before) = (self.phase.get_untracked(), self.who.get_untracked());
        let change = match (phase_before, phase) {
            _ if scope(who_before.as_ref()) != scope(who.as_ref()) => {
                Some(SessionChange::Another { signed_in: who.is_some() })
            }
            (Phase::In, Phase::Ended) => Some(SessionChange::Paused),
            (Phase::Ended, Phase::In) => Some(SessionChange::Resumed),
            _ => None,
        };
        if who_before != who {
            self.who.set(who);
        }
        if let Some(change) = change
            && let Some(on_change) = self.on_change.get_value()
        {
            on_change(change);
        }
        if phase_before != phase {
            self.phase.set(phase);
        }
    }

    /// A service has answered 401.
    pub(super) fn ended(self) {
        match self.phase.get_untracked() {
            Phase::In => self.set(Phase::Ended, self.who.get_untracked()),
            Phase::Unknown | Phase::Unreachable => self.set(Phase::Out, None),
            Phase::Out | Phase::Ended => {}
        }
    }

    pub async fn sign_in(self, form: portal::SignIn) -> Result<(), SignInError> {
        client_session::sign_in(&form).await.map(|who| self.set_signed_in(who))
    }

    /// Switches to another project.
    pub async fn switch_project(self, project: &str) -> client::Result<()> {
        client_session::switch_project(project).await.map(|who| self.set_signed_in(who))
    }

    /// Signs out.
    ///
    /// # Errors
    /// The server cannot be reached; the session continues.
    pub async fn sign_out(self) -> client::Result<()> {
        client_session::sign_out().await?;
        self.set(Phase::Out, None);
        Ok(())
    }

    /// Discards a session that has ended, with its state.
    pub fn leave(self) {
        self.set(Phase::Out, None);
    }
}

/// The session that requests of the page expect.
pub(super) fn scope(who: Option<&portal::Session>) -> String {
    who.map(|who| portal::expected_session(&who.user.id, &who.project.id)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Role, only_reads};

    #[test]
    fn the_strongest_role_counts_and_a_clouds_own_ones_do_not() {
        let strongest = |roles: &[&str]| {
            Role::strongest(&roles.iter().map(|role| (*role).to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(strongest(&["reader", "manager", "member"]), Some(Role::Manager));
        assert_eq!(strongest(&["reader", "load-balancer_member"]), Some(Role::Reader));
        assert_eq!(strongest(&["load-balancer_member"]), None);
    }

    #[test]
    fn a_role_of_a_cloud_that_may_do_more_is_not_taken_for_a_reader() {
        for (role, want) in [
            ("reader", true),
            ("load-balancer_observer", true),
            ("load-balancer_member", false),
            ("member", false),
            ("operator", false),
        ] {
            assert_eq!(only_reads(role), want, "{role}");
        }
    }
}
