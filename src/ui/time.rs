//! A moment.

use leptos::prelude::*;

use super::Text;

/// A `<time>`: shows `text` ("3 minutes ago"), and `title` (the moment in full) when pointed at.
#[component]
pub fn Time(
    /// The moment as ISO 8601, for machines.
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
