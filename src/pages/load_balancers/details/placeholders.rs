//! What the page shows instead of a load balancer.

use super::view_state::GraphReader;
use crate::{
    i18n::{errors, t, t_string, use_i18n},
    routes::Route,
    ui::{Art, Button, ButtonKind, Card, EmptyState, LinkButton, SkeletonLines, text},
};
use leptos::prelude::*;
use openstack_types::{LoadBalancerId, error::ApiError};

#[component]
pub(super) fn LoadingCards() -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <div class="details" aria-busy="true">
            <Card title=move || t_string!(i18n, topology.title).to_owned()>
                <div class="topology-loading">
                    <SkeletonLines lines=2 />
                </div>
            </Card>
            <Card title=move || t_string!(i18n, details.basics).to_owned()>
                <SkeletonLines lines=5 />
            </Card>
            <Card title=move || t_string!(i18n, details.connection).to_owned()>
                <SkeletonLines lines=5 />
            </Card>
        </div>
    }
}

/// The load balancer could not be read.
#[component]
pub(super) fn ReadFailed(error: ApiError, reader: GraphReader) -> impl IntoView {
    let i18n = use_i18n();
    let text = text(move || errors::explain(i18n, &error));
    view! {
        <EmptyState
            art=Art::Failed
            title=move || t_string!(i18n, details.load_failed).to_owned()
            text
        >
            <Button busy=reader.busy on_press=move || reader.read()>
                {t!(i18n, common.try_again)}
            </Button>
        </EmptyState>
    }
}

/// The load balancer does not exist, or was deleted while it was shown.
#[component]
pub(super) fn NotFound(id: LoadBalancerId, was_shown: bool) -> impl IntoView {
    let i18n = use_i18n();
    let title = move || {
        if was_shown {
            t_string!(i18n, details.deleted).to_owned()
        } else {
            t_string!(i18n, details.not_found).to_owned()
        }
    };
    let text = text(move || {
        if was_shown {
            t_string!(i18n, details.deleted_text).to_owned()
        } else {
            t_string!(i18n, details.not_found_text, id = id.to_string()).to_string()
        }
    });
    view! {
        <EmptyState art=Art::NoMatch title text>
            <LinkButton kind=ButtonKind::Primary href=Route::load_balancers().href()>
                {t!(i18n, details.back_to_list)}
            </LinkButton>
        </EmptyState>
    }
}
