//! A time.

use leptos::prelude::*;

use super::Text;

/// A `<time>`: shows `text` ("3 minutes ago"), and `title` (the full time) as a tooltip.
#[component]
pub fn Time(
    /// The time in ISO 8601.
    #[prop(into)]
    datetime: Text,
    #[prop(into)] text: Text,
    #[prop(optional, into)] title: Option<Text>,
) -> impl IntoView {
    view! {
        <time
            class="num"
            datetime=move || datetime.get()
            title=move || title.map(|title| title.get())
        >
            {move || text.get()}
        </time>
    }
}
