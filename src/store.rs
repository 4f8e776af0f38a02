//! The state of the page: session, server information, resources, and messages.
//!
//! There is one store, created at the root, so that its signals live as long as the page. Only
//! metrics and statistics live as long as the page that shows them. Pages read the store and call
//! its methods; they never fetch.

pub mod certificate_replacement;
pub mod certificates;
pub mod edits;
mod full_graph;
pub mod graph;
pub mod load_balancers;
pub mod loading;
pub mod metrics;
pub mod networks;
mod order;
pub mod row;
pub mod search;
pub mod session;
pub mod stats;
mod stream_opening;
#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests;
pub mod toasts;
pub mod users;

pub use crate::client::session::SignInError;
pub use certificates::Certificates;
pub use edits::Edits;
pub use graph::{Graph, PoolGraph};
pub use load_balancers::LoadBalancers;
pub use networks::Networks;
pub use order::{lower, natural_key};
use session::SessionChange;
pub use session::{Phase, Role, Session};
use stream_opening::StreamOpening;
pub use toasts::{Toast, Toasts, Tone};
pub use users::Users;

use crate::client::{self, SessionProblem, events::Message};
use leptos::{prelude::*, task::spawn_local};
use openstack_types::{
    field,
    portal::{self, EventKind, Features, Info},
};

/// The state of the event stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Connection {
    /// No session, or not connected yet.
    #[default]
    Idle,
    /// Changes arrive as they happen.
    Live,
    /// Broken; being retried.
    Reconnecting,
}

/// The store; a handle from [`use_store`].
#[derive(Clone, Copy)]
pub struct Store {
    /// The session of the page.
    pub session: Session,
    /// What the portal can do; `None` until it has answered.
    pub info: RwSignal<Option<Info>>,
    pub load_balancers: LoadBalancers,
    /// Edits of load balancers, under way or done.
    pub edits: Edits,
    pub certificates: Certificates,
    /// Virtual networks.
    pub networks: Networks,
    /// Names of users.
    pub users: Users,
    /// What has to be announced.
    pub toasts: Toasts,
    /// The state of the event stream.
    pub connection: RwSignal<Connection>,
    opening: StreamOpening,
    closing: StoredValue<bool>,
    stream: StoredValue<Option<client::events::Stream>, LocalStorage>,
}

/// The store, anywhere below the root.
pub fn use_store() -> Store {
    expect_context()
}

impl Store {
    /// Creates the store, reads the session, and follows events while it lasts.
    pub fn provide() -> Self {
        let opening = StreamOpening::new();
        let load_balancers = LoadBalancers::new(opening);
        let session = Session::new();
        let store = Self {
            session,
            info: RwSignal::new(None),
            load_balancers,
            edits: Edits::new(load_balancers, session),
            certificates: Certificates::new(opening),
            networks: Networks::new(),
            users: Users::new(),
            toasts: Toasts::new(),
            connection: RwSignal::default(),
            opening,
            closing: StoredValue::new(false),
            stream: StoredValue::new_local(None),
        };
        provide_context(store);
        client::on_session_problem(move |problem| match problem {
            SessionProblem::Ended => store.session.ended(),
            SessionProblem::Elsewhere => store.session.refresh(),
        });
        spawn_local(async move {
            if let Ok(info) = client::portal::info().await {
                store.info.set(Some(info));
            }
        });
        store.session.on_change(move |change| store.on_session_change(change));
        store.session.refresh();
        store
    }

    /// Has forms accept the addresses that the operator allows for servers. In a view.
    pub fn follow_allowed_servers(self) {
        let allow = |session: Option<portal::Session>| {
            let ranges = session.iter().flat_map(|session| &session.allowed_servers);
            field::allow_servers(ranges.flat_map(|range| range.parse()).collect());
        };
        // At once: the form is about to check its input.
        allow(self.session.who_untracked());
        Effect::new(move |_| allow(self.session.who()));
    }

    /// Features of the portal beyond OpenStack.
    pub fn features(self) -> Features {
        self.info.with(|info| info.as_ref().map(|info| info.features).unwrap_or_default())
    }

    fn on_session_change(self, change: SessionChange) {
        // Pending actions belong to the previous user, or cannot be carried out before the session
        // is renewed.
        self.toasts.undo_all();
        self.opening.begin();
        let listen = match change {
            SessionChange::Another { signed_in } => {
                client::set_expected_session(session::scope(self.session.who_untracked().as_ref()));
                let balancers = self.load_balancers.forget();
                self.edits.clear();
                let certificates = self.certificates.forget();
                self.networks.forget();
                self.users.forget();
                if let Some(who) = self.session.who_untracked() {
                    self.users.insert(who.user.id, who.user.name);
                }
                // The page that shows them may stay open when the project changes.
                if signed_in && balancers {
                    self.load_balancers.list();
                }
                if signed_in && certificates {
                    self.certificates.resync();
                }
                signed_in
            }
            SessionChange::Paused => false,
            SessionChange::Resumed => {
                self.resync();
                true
            }
        };
        self.stream.set_value(None);
        self.connection.set(Connection::Idle);
        if listen {
            self.open_stream();
        } else {
            self.opening.end();
        }
    }

    /// The page is being closed: carries out what can still be undone, by requests that outlive the page.
    pub fn close(self) {
        self.closing.set_value(true);
        client::outlive_page(true);
        self.toasts.carry_out_all();
    }

    /// The page is shown again after it was [closed](Self::close).
    pub fn reopen(self) {
        self.closing.set_value(false);
        client::outlive_page(false);
    }

    /// Whether the page is being closed.
    pub fn is_closing(self) -> bool {
        self.closing.get_value()
    }

    /// The browser has lost the network, which the event stream may notice minutes later.
    pub fn offline(self) {
        if self.connection.get_untracked() == Connection::Live {
            self.connection.set(Connection::Reconnecting);
        }
    }

    /// The browser has the network again: reads what failed or was missed meanwhile.
    pub fn online(self) {
        if self.session.phase_untracked() == Phase::In {
            self.open_stream();
            self.resync();
        }
    }

    fn open_stream(self) {
        let stream = client::events::Stream::open(move |message| self.on_message(message));
        self.stream.set_value(Some(stream));
    }

    fn resync(self) {
        self.load_balancers.resync();
        self.certificates.resync();
    }

    fn on_message(self, message: Message) {
        match message {
            Message::Hello => {
                let was = self.connection.get_untracked();
                self.connection.set(Connection::Live);
                if self.info.with_untracked(Option::is_none) {
                    spawn_local(async move {
                        if let Ok(info) = client::portal::info().await {
                            self.info.set(Some(info));
                        }
                    });
                }
                let has_read = self.opening.end();
                if has_read || was == Connection::Reconnecting {
                    self.resync();
                }
            }
            Message::Change(event) if event.kind == EventKind::Secret => {
                self.certificates.on_event(&event);
            }
            Message::Change(event) => self.load_balancers.on_event(*event),
            Message::Resync => self.resync(),
            Message::Lost { refused } => {
                self.opening.end();
                self.connection.set(Connection::Reconnecting);
                if refused {
                    self.session.refresh();
                }
            }
        }
    }
}
