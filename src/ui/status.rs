//! Status badges: colour, shape and text, each sufficient alone.

use leptos::prelude::*;
use openstack_types::{OperatingStatus, ProvisioningStatus};

use super::Text;

/// The meaning of a state, a message or a tag.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// Neither good nor bad.
    #[default]
    Neutral,
    /// Information.
    Info,
    /// Working.
    Ok,
    /// Working, but needs attention.
    Warning,
    /// Not working.
    Error,
    /// In transition.
    Pending,
}

impl Tone {
    /// The suffix of its CSS classes.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Neutral => "neutral",
            Self::Info => "info",
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Pending => "pending",
        }
    }

    /// The shape: a different outline for each tone, on a grid of 12.
    fn shape(self) -> &'static str {
        match self {
            Self::Neutral => "M2.5 6h7",
            Self::Info => "M6 5.5v4M6 2.6v.1",
            Self::Ok => "m2.25 6.5 2.5 2.5 5-5.5",
            Self::Warning => "M6 1.5 11 10.5H1zM6 5v2.25M6 8.8v.05",
            Self::Error => "m3 3 6 6m0-6-6 6",
            Self::Pending => "M10.5 6A4.5 4.5 0 1 1 6 1.5",
        }
    }
}

/// A text with the colour and the shape of its tone.
#[component]
pub fn StatusBadge(#[prop(into)] tone: Signal<Tone>, #[prop(into)] text: Text) -> impl IntoView {
    view! {
        <span class=move || format!("status status-{}", tone.get().name())>
            <svg class="status-shape" viewBox="0 0 12 12" aria-hidden="true" focusable="false">
                <path d=move || tone.get().shape() />
            </svg>
            <span>{move || text.get()}</span>
        </span>
    }
}

/// The status of the last change.
#[component]
pub fn ProvisioningBadge(#[prop(into)] status: Signal<ProvisioningStatus>) -> impl IntoView {
    let tone = Signal::derive(move || status.with(|status| provisioning(status).0));
    let text = Signal::derive(move || status.with(|status| provisioning(status).1.to_owned()));
    view! { <StatusBadge tone text /> }
}

/// Whether it serves traffic.
#[component]
pub fn OperatingBadge(#[prop(into)] status: Signal<OperatingStatus>) -> impl IntoView {
    let tone = Signal::derive(move || status.with(|status| operating(status).0));
    let text = Signal::derive(move || status.with(|status| operating(status).1.to_owned()));
    view! { <StatusBadge tone text /> }
}

/// Octavia's words, shortened; the same in every language.
fn provisioning(status: &ProvisioningStatus) -> (Tone, &str) {
    match status {
        ProvisioningStatus::Active => (Tone::Ok, "ACTIVE"),
        ProvisioningStatus::PendingCreate => (Tone::Pending, "CREATING"),
        ProvisioningStatus::PendingUpdate => (Tone::Pending, "UPDATING"),
        ProvisioningStatus::PendingDelete => (Tone::Pending, "DELETING"),
        ProvisioningStatus::Deleted => (Tone::Neutral, "DELETED"),
        ProvisioningStatus::Error => (Tone::Error, "ERROR"),
        ProvisioningStatus::Unknown(word) => (Tone::Neutral, word),
    }
}

fn operating(status: &OperatingStatus) -> (Tone, &str) {
    match status {
        OperatingStatus::Online => (Tone::Ok, "ONLINE"),
        OperatingStatus::Degraded => (Tone::Warning, "DEGRADED"),
        OperatingStatus::Error => (Tone::Error, "ERROR"),
        OperatingStatus::Offline => (Tone::Neutral, "OFFLINE"),
        OperatingStatus::Draining => (Tone::Info, "DRAINING"),
        OperatingStatus::NoMonitor => (Tone::Neutral, "NO MONITOR"),
        OperatingStatus::Unknown(word) => (Tone::Neutral, word),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_state_is_shown_unchanged() {
        let status = ProvisioningStatus::Unknown("ALLOCATED".to_owned());
        assert_eq!(provisioning(&status), (Tone::Neutral, "ALLOCATED"));
        let status = OperatingStatus::Unknown("FROZEN".to_owned());
        assert_eq!(operating(&status), (Tone::Neutral, "FROZEN"));
    }

    #[test]
    fn every_pending_state_spins() {
        for status in [
            ProvisioningStatus::PendingCreate,
            ProvisioningStatus::PendingUpdate,
            ProvisioningStatus::PendingDelete,
        ] {
            assert_eq!(provisioning(&status).0, Tone::Pending);
        }
    }
}
