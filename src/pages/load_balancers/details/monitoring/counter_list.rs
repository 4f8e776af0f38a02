//! A heading with labelled numbers below it.

use crate::ui::Text;
use leptos::prelude::*;

pub(super) fn counter_list(heading: Text, counters: &[(Text, Text)]) -> AnyView {
    let counters = counters.iter().copied().map(|(name, number)| {
        view! {
            <div>
                <dt>{move || name.get()}</dt>
                <dd class="num">{move || number.get()}</dd>
            </div>
        }
    });
    view! {
        <div>
            <h4 class="monitor-title">{move || heading.get()}</h4>
            <dl class="monitor-sums">{counters.collect_view()}</dl>
        </div>
    }
    .into_any()
}
