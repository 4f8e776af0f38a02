//! Something that is so, not something that happened.

use leptos::prelude::*;

use super::{Icon, Tone, flash::glyph};

/// A quiet box above or inside what it concerns; `action` is a button or a link.
///
/// An error is read out when it appears, anything else when the reader has finished.
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
