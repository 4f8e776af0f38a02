//! A modal dialog.

use leptos::{html, prelude::*};

use super::{Glyph, Icon, Labels, Text, dom::unique_id};

/// A modal `<dialog>`.
///
/// The browser keeps the focus inside, and restores it when the dialog closes. Escape and × call
/// `on_close`, which sets `open` to false; not while `busy`. Without `on_close` there is no ×, and
/// Escape does nothing. With `on_submit` the content is a form, submitted by Enter or a `submit`
/// button in `actions`.
#[component]
pub fn Dialog(
    #[prop(into)] open: Signal<bool>,
    #[prop(optional, into)] on_close: Option<Callback<()>>,
    #[prop(into)] title: Text,
    /// Confirms a deletion.
    #[prop(optional)]
    danger: bool,
    #[prop(optional)] wide: bool,
    /// For a long form: wider, and full-screen on a phone.
    #[prop(optional)]
    full: bool,
    #[prop(optional, into)] busy: Signal<bool>,
    #[prop(optional, into)] on_submit: Option<Callback<()>>,
    /// The buttons, the main action last.
    #[prop(into)]
    actions: ViewFn,
    children: ChildrenFn,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    let heading = unique_id("dialog");
    let labels = Labels::from_context();
    Effect::new(move |_| {
        let Some(dialog) = dialog.get() else { return };
        match (open.get(), dialog.open()) {
            // Fails only for an element that is no longer in the document.
            (true, false) => drop(dialog.show_modal()),
            (false, true) => dialog.close(),
            _ => {}
        }
    });
    let ask_close = move || {
        if let Some(on_close) = on_close
            && !busy.get_untracked()
        {
            on_close.run(());
        }
    };
    let labelled_by = heading.clone();
    let content = move || {
        open.get().then(|| {
            let (children, actions) = (children.clone(), actions.clone());
            view! {
                <form
                    class="dialog-form"
                    novalidate=true
                    on:submit=move |event| {
                        event.prevent_default();
                        // Ignores submissions of nested dialogs, which bubble.
                        if event.target() != event.current_target() {
                            return;
                        }
                        if let Some(on_submit) = on_submit && !busy.get_untracked() {
                            on_submit.run(());
                        }
                    }
                >
                    <header class="dialog-header">
                        {danger.then(|| view! { <Icon glyph=Glyph::Warning /> })}
                        // A long form focuses its heading, others their first control.
                        <h2
                            class="dialog-title"
                            id=heading.clone()
                            tabindex=full.then_some("-1")
                            autofocus=full
                        >
                            {move || title.get()}
                        </h2>
                        {on_close
                            .is_some()
                            .then(|| {
                                view! {
                                    <button
                                        type="button"
                                        class="button button-quiet button-icon"
                                        aria-label=move || labels.close.get()
                                        aria-disabled=move || busy.get().then_some("true")
                                        on:click=move |_| ask_close()
                                    >
                                        <Icon glyph=Glyph::Close />
                                    </button>
                                }
                            })}
                    </header>
                    <div class="dialog-body">{children()}</div>
                    <footer class="dialog-actions">{actions.run()}</footer>
                </form>
            }
        })
    };
    view! {
        <dialog
            class="dialog"
            class:dialog-danger=danger
            class:dialog-wide=wide
            class:dialog-full=full
            aria-labelledby=labelled_by
            aria-busy=move || busy.get().then_some("true")
            node_ref=dialog
            on:cancel=move |event: web_sys::Event| {
                event.prevent_default();
                ask_close();
            }
            // A second Escape, or the back gesture of a phone, closes a dialog without a `cancel`
            // event.
            on:close=move |event| {
                let dialog: web_sys::HtmlDialogElement = event_target(&event);
                if open.try_get_untracked() == Some(true) && !dialog.open() {
                    // Fails only for an element that is no longer in the document.
                    drop(dialog.show_modal());
                }
            }
            on:keydown=move |event| {
                if on_close.is_none() && event.key() == "Escape" {
                    event.prevent_default();
                }
            }
        >
            {content}
        </dialog>
    }
}
