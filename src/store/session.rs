//! Who is signed in.

use crate::client::{
    self,
    session::{self as door, SignInError},
};
use gloo_timers::callback::Timeout;
use leptos::{prelude::*, task::spawn_local};
use openstack_types::portal;
use std::rc::Rc;

/// Milliseconds between asking a server that does not answer.
const ASK_AGAIN: u32 = 3_000;

/// Where the page stands with its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Asking.
    Unknown,
    /// The server has not answered yet; it is being asked again.
    Unreachable,
    /// Nobody is signed in.
    Out,
    /// Somebody is.
    In,
    /// Somebody was, until the session ended by itself: what the page shows is kept.
    Ended,
}

/// What one may do in the project: the strongest role, as the stronger ones imply the weaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Looks.
    Reader,
    /// Manages what is one's own; the page says Tenant User.
    Member,
    /// Manages everything of the project; the page says Tenant Admin.
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

/// What a change of the session means for what the page knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SessionChange {
    /// Another user or another project, or nobody: nothing known before may be shown any more.
    Another {
        /// Somebody.
        signed_in: bool,
    },
    /// The session ended by itself: what is shown stays, and nothing more is heard.
    Paused,
    /// The same user is back in the same project.
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

    /// Hears of every turn, before any view does: a page that appears finds what it may show.
    pub(super) fn on_change(self, hear: impl Fn(SessionChange) + 'static) {
        self.on_change.set_value(Some(Rc::new(hear)));
    }

    /// Where the page stands.
    pub fn phase(self) -> Phase {
        self.phase.get()
    }

    /// Who is signed in, and where; stays while a session that ended is being renewed.
    pub fn who(self) -> Option<portal::Session> {
        self.who.get()
    }

    /// What one may do in the project; `None` where a cloud has roles of its own alone.
    pub fn role(self) -> Option<Role> {
        self.who.with(|who| who.as_ref().and_then(|who| Role::strongest(&who.roles)))
    }

    /// Whether one may change anything at all. A cloud decides itself; only somebody who is known to
    /// be a reader is spared the refusal.
    pub fn may_change(self) -> bool {
        self.role() != Some(Role::Reader)
    }

    /// Without following changes.
    pub fn who_untracked(self) -> Option<portal::Session> {
        self.who.get_untracked()
    }

    /// Whom and where this browser was found to be signed in to, when that is not who the page shows:
    /// another tab has gone there. Nothing is done for this one until it has [followed](Self::follow).
    pub fn elsewhere(self) -> Option<portal::Session> {
        self.elsewhere.get()
    }

    /// Goes where another tab has gone.
    pub fn follow(self) {
        if let Some(who) = self.elsewhere.get_untracked() {
            self.begin(who);
        }
    }

    /// Asks whether another tab is still where it was found to be.
    pub fn look_again(self) {
        self.elsewhere.set(None);
        self.ask();
    }

    /// Asks the server who is signed in.
    pub fn ask(self) {
        let before = self.who.get_untracked();
        spawn_local(async move {
            let answer = door::current().await;
            // Whoever has signed in or gone over meanwhile knows better than an answer of before.
            if self.who.get_untracked() != before {
                return;
            }
            match answer {
                Ok(Some(who))
                    if before.is_some() && scope(before.as_ref()) != scope(Some(&who)) =>
                {
                    self.elsewhere.set(Some(who));
                }
                Ok(Some(who)) => self.begin(who),
                Ok(None) => self.ended(),
                Err(_) => {
                    if matches!(self.phase.get_untracked(), Phase::Unknown | Phase::Unreachable) {
                        self.phase.set(Phase::Unreachable);
                        Timeout::new(ASK_AGAIN, move || self.ask()).forget();
                    }
                }
            }
        });
    }

    fn begin(self, who: portal::Session) {
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

    /// A service said that nobody is signed in.
    pub(super) fn ended(self) {
        match self.phase.get_untracked() {
            Phase::In => self.set(Phase::Ended, self.who.get_untracked()),
            Phase::Unknown | Phase::Unreachable => self.set(Phase::Out, None),
            Phase::Out | Phase::Ended => {}
        }
    }

    /// Signs in.
    pub async fn sign_in(self, form: portal::SignIn) -> Result<(), SignInError> {
        door::sign_in(&form).await.map(|who| self.begin(who))
    }

    /// Goes over to another project.
    pub async fn switch_project(self, project: &str) -> client::Result<()> {
        door::switch_project(project).await.map(|who| self.begin(who))
    }

    /// Signs out; if the server cannot be reached, the session goes on and the error says so.
    pub async fn sign_out(self) -> client::Result<()> {
        door::sign_out().await?;
        self.set(Phase::Out, None);
        Ok(())
    }

    /// Gives up a session that ended: nothing of it is kept.
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
    use super::Role;

    #[test]
    fn the_strongest_role_counts_and_a_clouds_own_ones_do_not() {
        let strongest = |roles: &[&str]| {
            Role::strongest(&roles.iter().map(|role| (*role).to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(strongest(&["reader", "manager", "member"]), Some(Role::Manager));
        assert_eq!(strongest(&["reader", "load-balancer_member"]), Some(Role::Reader));
        assert_eq!(strongest(&["load-balancer_member"]), None);
    }
}
