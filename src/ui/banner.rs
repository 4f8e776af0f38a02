//! A banner: a state, not an event.

use leptos::prelude::*;

use super::{Icon, Tone, flash::glyph};

/// A box above or inside the content that it is about; `action` is a button or a link.
///
/// A screen reader reads an error at once, others when it has finished.
#[component]
pub fn Banner(
    tone: Tone,
    #[prop(optional, into)] action: Option<ViewFn>,
    children: Children,
) -> impl IntoView {
    view! {
        <div
            class=format!("banner banner-{}", tone.name())
            role=if tone == Tone::Error { "alert" } else { "status" }
        >
            <Icon glyph=glyph(tone) />
            <div class="banner-text">{children()}</div>
            {action.map(|action| view! { <div class="banner-action">{action.run()}</div> })}
        </div>
    }
}
