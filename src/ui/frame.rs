//! The frame around every page.

use leptos::prelude::*;

use super::{Glyph, Icon, Labels, Text};

/// The frame of a signed-in user: header, navigation, content.
///
/// On a phone the navigation is a drawer. `index.html` draws the same frame, empty, before the
/// program is loaded; keep both the same.
#[component]
pub fn Frame(
    #[prop(into)] product: Text,
    /// The address of the start page.
    #[prop(into)]
    home: String,
    /// [`HeaderSelect`](super::HeaderSelect)s and the [`UserMenu`](super::UserMenu).
    #[prop(into)]
    header: ViewFn,
    /// A [`Nav`](super::Nav).
    #[prop(into)]
    nav: ViewFn,
    /// Banners and the [`FlashRegion`](super::FlashRegion).
    #[prop(optional, into)]
    notices: ViewFn,
    children: Children,
) -> impl IntoView {
    let labels = Labels::from_context();
    let open = RwSignal::new(false);
    let close = move || open.set(false);
    view! {
        <a class="skip-link" href="#main" on:click=skip>{move || labels.skip.get()}</a>
        <div
            class="frame"
            class:frame-nav-open=move || open.get()
            on:keydown=move |event| {
                if event.key() == "Escape" {
                    close();
                }
            }
        >
            <header class="frame-header">
                <button
                    type="button"
                    class="frame-menu button button-quiet button-icon"
                    aria-label=move || labels.open_navigation.get()
                    aria-expanded=move || if open.get() { "true" } else { "false" }
                    aria-controls="navigation"
                    on:click=move |_| open.update(|open| *open = !*open)
                >
                    <Icon glyph=Glyph::Menu />
                </button>
                <Brand product home />
                <div class="frame-tools">{header.run()}</div>
            </header>
            <nav
                class="frame-nav"
                id="navigation"
                aria-label=move || labels.navigation.get()
                on:click=move |_| close()
            >
                {nav.run()}
            </nav>
            <div class="frame-backdrop" on:click=move |_| close()></div>
            <main class="frame-main" id="main" tabindex="-1">
                {notices.run()}
                {children()}
            </main>
        </div>
    }
}

/// The frame without navigation, for signing in.
#[component]
pub fn PlainFrame(
    #[prop(into)] product: Text,
    #[prop(into)] home: String,
    /// [`HeaderSelect`](super::HeaderSelect)s.
    #[prop(into)]
    header: ViewFn,
    children: Children,
) -> impl IntoView {
    view! {
        <div class="frame frame-plain">
            <header class="frame-header">
                <Brand product home />
                <div class="frame-tools">{header.run()}</div>
            </header>
            <main class="frame-main" id="main" tabindex="-1">
                {children()}
            </main>
        </div>
    }
}

/// The logo and the name of the product.
#[component]
fn Brand(product: Text, home: String) -> impl IntoView {
    view! {
        <a class="brand" href=home>
            <Mark />
            <span class="brand-name">{move || product.get()}</span>
        </a>
    }
}

/// The logo.
#[component]
pub fn Mark() -> impl IntoView {
    view! {
        <svg class="brand-mark" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path class="brand-ground" d="M6 0h12a6 6 0 0 1 6 6v12a6 6 0 0 1-6 6H6a6 6 0 0 1-6-6V6a6 6 0 0 1 6-6z" />
            <path class="brand-lines" d="M5 12h4c4 0 3-5.5 7-5.5h2M9 12h9M9 12c4 0 3 5.5 7 5.5h2" />
        </svg>
    }
}

/// Moves the focus past the navigation, without changing the address.
fn skip(event: web_sys::MouseEvent) {
    use web_sys::wasm_bindgen::JsCast;
    event.prevent_default();
    event.stop_propagation();
    let main = document().get_element_by_id("main");
    if let Some(main) = main.and_then(|main| main.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = main.focus();
    }
}
