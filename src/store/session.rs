//! Who is signed in.

use crate::client::{
    self,
    session::{self as door, SignInError},
};
use gloo_timers::callback::Timeout;
use leptos::{prelude::*, task::spawn_local};
use openstack_types::portal;

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

/// The session; a handle.
#[derive(Clone, Copy)]
pub struct Session {
    phase: RwSignal<Phase>,
    who: RwSignal<Option<portal::Session>>,
}

impl Session {
    pub(super) fn new() -> Self {
        Self { phase: RwSignal::new(Phase::Unknown), who: RwSignal::new(None) }
    }

    /// Where the page stands.
    pub fn phase(self) -> Phase {
        self.phase.get()
    }

    /// Who is signed in, and where; stays while a session that ended is being renewed.
    pub fn who(self) -> Option<portal::Session> {
        self.who.get()
    }

    /// Whether the role in the project lets one change anything at all. A cloud has roles of its own
    /// and decides itself; only somebody who is known to be a reader is spared the refusal.
    pub fn may_change(self) -> bool {
        self.who.with(|who| {
            who.as_ref().is_none_or(|who| !who.roles.iter().all(|role| role == "reader"))
        })
    }

    /// Without following changes.
    pub fn who_untracked(self) -> Option<portal::Session> {
        self.who.get_untracked()
    }

    /// Changes when what the page may know does: with the user, the project, signing in and out.
    pub(super) fn scope(self) -> Option<String> {
        if self.phase.get() != Phase::In {
            return None;
        }
        self.who.with(|who| who.as_ref().map(|who| format!("{} {}", who.user.id, who.project.id)))
    }

    /// Asks the server who is signed in.
    pub(super) fn ask(self) {
        spawn_local(async move {
            match door::current().await {
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
        if self.who.with_untracked(|before| before.as_ref() != Some(&who)) {
            self.who.set(Some(who));
        }
        if self.phase.get_untracked() != Phase::In {
            self.phase.set(Phase::In);
        }
    }

    /// A service said that nobody is signed in.
    pub(super) fn ended(self) {
        match self.phase.get_untracked() {
            Phase::In => self.phase.set(Phase::Ended),
            Phase::Unknown | Phase::Unreachable => self.phase.set(Phase::Out),
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
        self.phase.set(Phase::Out);
        self.who.set(None);
        Ok(())
    }

    /// Gives up a session that ended: nothing of it is kept.
    pub fn leave(self) {
        self.phase.set(Phase::Out);
        self.who.set(None);
    }
}
