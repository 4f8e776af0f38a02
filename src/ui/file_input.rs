//! A field for files.

use leptos::{ev, html, prelude::*};
use web_sys::{DragEvent, File, FileList};

use super::{Glyph, Icon, Text, dom::unique_id};

/// A button that chooses files. Files may be dropped anywhere on the page, so a page has one of these.
#[component]
pub fn FileInput(
    /// On the button.
    #[prop(into)]
    label: Text,
    /// Beside the button.
    #[prop(into)]
    hint: Text,
    /// File name extensions in the browser's file dialog: `.pem,.key`.
    accept: &'static str,
    /// Called with the files.
    #[prop(into)]
    on_files: Callback<Vec<File>>,
) -> impl IntoView {
    let id = unique_id("files");
    let input = NodeRef::<html::Input>::new();
    let over = RwSignal::new(false);
    let chosen = move |_| {
        let Some(input) = input.get_untracked() else { return };
        let files = list(input.files());
        // So that the same file can be chosen again.
        input.set_value("");
        if !files.is_empty() {
            on_files.run(files);
        }
    };
    // Anywhere on the page: beside the field, the browser would leave the page for the file.
    let has_files = |event: &DragEvent| {
        event.data_transfer().is_some_and(|data| data.types().includes(&"Files".into(), 0))
    };
    let hold = window_event_listener(ev::dragover, move |event| {
        if has_files(&event) {
            event.prevent_default();
            over.set(true);
        }
    });
    let leave = window_event_listener(ev::dragleave, move |event| {
        // The pointer has left the window.
        if event.related_target().is_none() {
            over.set(false);
        }
    });
    let drop = window_event_listener(ev::drop, move |event| {
        if has_files(&event) {
            event.prevent_default();
            over.set(false);
            let files = list(event.data_transfer().and_then(|data| data.files()));
            if !files.is_empty() {
                on_files.run(files);
            }
        }
    });
    on_cleanup(move || {
        hold.remove();
        leave.remove();
        drop.remove();
    });
    view! {
        <div
            class="files"
            class:files-over=move || over.get()
        >
            <input
                type="file"
                class="visually-hidden"
                id=id.clone()
                node_ref=input
                accept=accept
                multiple=true
                on:change=chosen
            />
            <label class="button button-secondary" for=id>
                <Icon glyph=Glyph::Folder />
                <span class="button-text">{move || label.get()}</span>
            </label>
            <span class="files-hint">{move || hint.get()}</span>
        </div>
    }
}

fn list(files: Option<FileList>) -> Vec<File> {
    let Some(files) = files else { return Vec::new() };
    (0..files.length()).filter_map(|at| files.get(at)).collect()
}
