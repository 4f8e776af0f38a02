//! Whose settings the dialog shows.

use leptos::prelude::RwSignal;
use openstack_types::{ListenerId, MemberId, PoolId};

/// The object whose settings are shown; `None` while the dialog is closed.
pub(in crate::pages::load_balancers::details) type OpenSettings = RwSignal<Option<SettingsOf>>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::pages::load_balancers::details) enum SettingsOf {
    Listener(ListenerId),
    /// With its health check.
    Group(PoolId),
    Server(PoolId, MemberId),
}
