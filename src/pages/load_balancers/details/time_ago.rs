//! How long ago something was.

use crate::{
    i18n::{
        format::{Style, ago, time},
        use_i18n,
    },
    pages::list::Now,
    ui::Time,
};
use leptos::prelude::*;

/// `2 h ago`, with the time itself as a tooltip. `at` is UTC, as OpenStack writes it. Needs the clock [`Now`].
#[component]
pub(super) fn TimeAgo(at: String) -> impl IntoView {
    let i18n = use_i18n();
    let datetime = format!("{at}Z");
    let at = StoredValue::new(at);
    let full = move || at.with_value(|at| time(i18n.get_locale(), at, Style::Seconds));
    let text = move || match Now::get() {
        Some(now) => at.with_value(|at| ago(i18n.get_locale(), at, now)),
        None => full(),
    };
    view! { <Time datetime text title=full /> }
}
