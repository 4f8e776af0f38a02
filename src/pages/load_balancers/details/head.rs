//! The head of the page: state, VIP, and a command to try it.

use super::{
    shown_graph::{ShownGraph, select},
    try_it::try_command,
};
use crate::{
    i18n::{t, t_string, use_i18n},
    pages::load_balancers::operating_badge::operating_badge,
    store::use_store,
    ui::{CopyButton, ProvisioningBadge},
};
use leptos::prelude::*;
use openstack_types::{OperatingStatus, ProvisioningStatus, SecretId};

/// Which of its two statuses tell how it is.
fn shown_statuses(
    provisioning: ProvisioningStatus,
    operating: OperatingStatus,
) -> (Option<ProvisioningStatus>, Option<OperatingStatus>) {
    let is_trouble = matches!(operating, OperatingStatus::Error | OperatingStatus::Degraded);
    match &provisioning {
        ProvisioningStatus::Active => (None, Some(operating)),
        ProvisioningStatus::Error => {
            (Some(provisioning), (operating != OperatingStatus::Error).then_some(operating))
        }
        _ => (Some(provisioning), is_trouble.then_some(operating)),
    }
}

/// One state, or two where they disagree.
#[component]
pub(super) fn HeadState(shown: ShownGraph) -> impl IntoView {
    let statuses = select(shown, |graph| {
        let balancer = &graph.balancer;
        let statuses =
            shown_statuses(balancer.provisioning_status.clone(), balancer.operating_status.clone());
        (statuses, graph.is_idle())
    });
    view! {
        <span class="details-state">
            {move || {
                statuses
                    .get()
                    .map(|((provisioning, operating), is_idle)| {
                        view! {
                            {provisioning
                                .map(|status| {
                                    view! { <ProvisioningBadge status=Signal::stored(status) /> }
                                })}
                            {operating.map(|status| operating_badge(status, is_idle))}
                        }
                    })
            }}
        </span>
    }
}

/// The VIP, and a command that sends a request to it.
#[component]
pub(super) fn HeadAddress(shown: ShownGraph) -> impl IntoView {
    let i18n = use_i18n();
    let certificates = use_store().certificates;
    let vip = select(shown, |graph| graph.balancer.vip_address.clone().unwrap_or_default());
    let command = Memo::new(move |_| {
        shown.with(|graph| {
            try_command(graph.as_deref()?, |reference| {
                let certificate = certificates.get(SecretId::from_ref(reference)?)?;
                certificate.domains().first().cloned()
            })
        })
    });
    view! {
        <div class="details-head">
            <span class="details-copy">
                <span class="muted">{t!(i18n, details.vip)}</span>
                <span class="mono details-vip">{move || vip.get()}</span>
                <CopyButton
                    text=move || vip.get().unwrap_or_default()
                    label=move || t_string!(i18n, details.copy_vip).to_owned()
                />
            </span>
            {move || {
                command
                    .get()
                    .map(|command| {
                        let copied = command.clone();
                        view! {
                            <span class="details-copy">
                                <span class="muted">{t!(i18n, details.try_it)}</span>
                                <code>{command}</code>
                                <CopyButton
                                    text=copied
                                    label=move || t_string!(i18n, details.copy_command).to_owned()
                                />
                            </span>
                        }
                    })
            }}
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use OperatingStatus as Operating;
    use ProvisioningStatus as Provisioning;

    #[test]
    fn two_states_are_shown_only_where_they_disagree() {
        for (provisioning, operating, shown) in [
            (Provisioning::Active, Operating::Online, (false, true)),
            (Provisioning::Active, Operating::Error, (false, true)),
            (Provisioning::PendingUpdate, Operating::Online, (true, false)),
            (Provisioning::PendingUpdate, Operating::Degraded, (true, true)),
            (Provisioning::PendingDelete, Operating::Online, (true, false)),
            (Provisioning::Error, Operating::Online, (true, true)),
            (Provisioning::Error, Operating::Error, (true, false)),
        ] {
            let (one, other) = shown_statuses(provisioning, operating);
            assert_eq!((one.is_some(), other.is_some()), shown);
        }
    }
}
