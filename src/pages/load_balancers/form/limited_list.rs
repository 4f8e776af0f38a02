//! A list that is cut after some items.

use crate::i18n::{I18nContext, Locale, t_string};
use leptos::prelude::*;

/// The first `max` texts as a list, followed by the number of the others.
pub fn limited_list(i18n: I18nContext<Locale>, texts: Vec<String>, max: usize) -> AnyView {
    let more = texts.len().saturating_sub(max);
    let items = texts.into_iter().take(max).map(|text| view! { <li>{text}</li> });
    let items = items.collect_view();
    let more = (more > 0).then(|| t_string!(i18n, create.and_more, count = more).to_string());
    view! { <ul class="form-list">{items} {more.map(|text| view! { <li>{text}</li> })}</ul> }
        .into_any()
}
