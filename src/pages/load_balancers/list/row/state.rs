//! The column of states.

use crate::{
    i18n::{errors, use_i18n},
    pages::load_balancers::operating_badge::operating_badge,
    store::row::{Row as Known, operating_word, provisioning_word},
    ui::{ProvisioningBadge, Tooltip},
};
use leptos::prelude::*;
use openstack_types::{OperatingStatus, ProvisioningStatus};
use std::sync::Arc;

/// The state in one word, or two where the last change and the traffic disagree. The word that is not drawn
/// stays readable for screen readers and as a tooltip.
#[component]
pub(super) fn State(known: Memo<Option<Arc<Known>>>) -> impl IntoView {
    let i18n = use_i18n();
    let state = Memo::new(move |_| {
        known.with(|row| {
            row.as_deref().map(|row| {
                let shown = (shown_states(row), row.is_idle(), row.reason.clone());
                (row.provisioning.clone(), row.operating.clone(), shown)
            })
        })
    });
    let view = move || {
        let (provisioning, operating, (shown, is_idle, reason)) = state.get()?;
        let first = if shown == Shown::Operating {
            let word = provisioning_word(&provisioning).to_owned();
            let both = format!("{word} · {}", operating_word(&operating));
            view! { <span class="list-quiet" title=both>{word}</span> }.into_any()
        } else {
            let badge = view! { <ProvisioningBadge status=Signal::stored(provisioning) /> };
            match reason {
                Some(reason) => {
                    let text = move || errors::message_text(i18n, &reason);
                    view! { <Tooltip text>{badge}</Tooltip> }.into_any()
                }
                None => badge.into_any(),
            }
        };
        let second = (shown != Shown::Provisioning).then(|| operating_badge(operating, is_idle));
        Some((first, second))
    };
    view! { <span class="list-state">{view}</span> }
}

/// Which of the two states a row shows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shown {
    Provisioning,
    Operating,
    Both,
}

fn shown_states(row: &Known) -> Shown {
    use {OperatingStatus as Operating, ProvisioningStatus as Provisioning};
    match (&row.provisioning, &row.operating) {
        (Provisioning::Active, _) => Shown::Operating,
        (Provisioning::PendingCreate | Provisioning::PendingDelete, _)
        | (Provisioning::PendingUpdate, Operating::Online | Operating::NoMonitor)
        | (Provisioning::Error, Operating::Error | Operating::Offline) => Shown::Provisioning,
        _ => Shown::Both,
    }
}
