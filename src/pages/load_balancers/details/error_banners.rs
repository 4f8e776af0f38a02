//! Errors above the tabs of the page.

use super::view_state::GraphReader;
use crate::{
    i18n::{errors, t, t_string, use_i18n},
    ui::{Banner, Button, Tone},
};
use leptos::prelude::*;

/// Says that the shown version is outdated.
#[component]
pub(super) fn ErrorBanners(reader: GraphReader) -> impl IntoView {
    let i18n = use_i18n();
    view! {
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
