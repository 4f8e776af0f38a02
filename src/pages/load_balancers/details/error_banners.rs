//! Errors above the cards of the page.

use super::{
    shown_graph::{ShownGraph, select},
    view_state::GraphReader,
};
use crate::{
    i18n::{errors, t, t_string, use_i18n},
    ui::{Banner, Button, Tone},
};
use leptos::prelude::*;
use openstack_types::ProvisioningStatus;

/// Says that the load balancer or a listener is in ERROR, or that the shown version is outdated.
#[component]
pub(super) fn ErrorBanners(shown: ShownGraph, reader: GraphReader) -> impl IntoView {
    let i18n = use_i18n();
    let failure = select(shown, |graph| {
        let is_in_error = graph.balancer.provisioning_status == ProvisioningStatus::Error;
        let reason = graph.reason().map(str::to_owned);
        (is_in_error || reason.is_some()).then_some((is_in_error, reason))
    });
    view! {
        {move || {
            failure
                .get()
                .flatten()
                .map(|(is_in_error, reason)| {
                    let text = reason
                        .unwrap_or_else(|| t_string!(i18n, details.in_error_unknown).to_owned());
                    let title = if is_in_error {
                        t_string!(i18n, details.in_error).to_owned()
                    } else {
                        t_string!(i18n, details.listener_in_error).to_owned()
                    };
                    view! {
                        <Banner tone=Tone::Error>
                            <p>
                                <strong>{title}</strong>
                                " "
                                {text}
                            </p>
                        </Banner>
                    }
                })
        }}
        {move || {
            reader
                .error
                .get()
                .map(|error| {
                    let reason = errors::explain(i18n, &error);
                    view! {
                        <Banner
                            tone=Tone::Error
                            action=move || {
                                view! {
                                    <Button busy=reader.busy on_press=move || reader.read()>
                                        {t!(i18n, common.try_again)}
                                    </Button>
                                }
                            }
                        >
                            {t_string!(i18n, load_balancers.failed_stale, reason = reason)
                                .to_string()}
                        </Banner>
                    }
                })
        }}
    }
}
