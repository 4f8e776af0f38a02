//! Code to read and copy.

use leptos::prelude::*;

use super::{CopyButton, Text};

/// A block of code with a copy button; `label` names it for screen readers.
#[component]
pub fn CodeBlock(#[prop(into)] label: Text, #[prop(into)] code: Text) -> impl IntoView {
    view! {
        <div class="code">
            <pre class="code-text" role="region" tabindex="0" aria-label=move || label.get()>
                <code>{move || code.get()}</code>
            </pre>
            <CopyButton text=code />
        </div>
    }
}
