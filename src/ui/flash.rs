//! What became of an action.

use std::time::Duration;

use leptos::{leptos_dom::helpers::IntervalHandle, prelude::*};

use super::{Glyph, Icon, Labels, Tone, dom};

/// How long good news stays. Errors and warnings stay until dismissed.
const STAY: Duration = Duration::from_secs(6);
/// What somebody is at stays.
const HELD: &str = ".flash:hover, .flash:focus-within";

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flash {
    /// Its identity among the messages.
    pub id: u64,
    /// How it is meant; [`Tone::Error`] is read out at once, and stays as [`Tone::Warning`] does.
    pub tone: Tone,
    /// What happened, to which thing by name.
    pub text: String,
    /// Why, or what to do next.
    pub detail: Option<String>,
    /// Where to go next: the address, and what the link says.
    pub link: Option<(String, String)>,
    /// What the button says that takes it back; until the message goes, it waits.
    pub undo: Option<String>,
}

/// The messages, newest last. There is one region, in the frame.
#[component]
pub fn FlashRegion(
    #[prop(into)] messages: Signal<Vec<Flash>>,
    /// Told the id of a message that is to go.
    #[prop(into)]
    on_dismiss: Callback<u64>,
    /// Told the id of a message whose action is taken back.
    #[prop(into)]
    on_undo: Callback<u64>,
) -> impl IntoView {
    let of = move |urgent: bool| {
        move || {
            messages.with(|all| {
                let wanted = |one: &&Flash| (one.tone == Tone::Error) == urgent;
                all.iter().filter(wanted).cloned().collect::<Vec<_>>()
            })
        }
    };
    view! {
        <div class="flashes">
            <div role="alert" class="flash-list">
                <For each=of(true) key=|one| one.id let:one>
                    {flash(one, on_dismiss, on_undo)}
                </For>
            </div>
            <div role="status" class="flash-list">
                <For each=of(false) key=|one| one.id let:one>
                    {flash(one, on_dismiss, on_undo)}
                </For>
            </div>
        </div>
    }
}

fn flash(message: Flash, on_dismiss: Callback<u64>, on_undo: Callback<u64>) -> AnyView {
    let Flash { id, tone, text, detail, link, undo } = message;
    let labels = Labels::from_context();
    let can_undo = undo.is_some();
    let timer = StoredValue::new(None::<IntervalHandle>);
    let stop = move || {
        if let Some(timer) = timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    };
    let start = move || {
        stop();
        if tone != Tone::Error && tone != Tone::Warning {
            let over = move || {
                // Behind a dialog, nobody can undo anything.
                if !can_undo || !dom::is_dialog_open() {
                    on_dismiss.run(id);
                }
            };
            timer.set_value(set_interval_with_handle(over, STAY).ok());
        }
    };
    start();
    on_cleanup(stop);
    // The mouse may leave what the keyboard is still at, and the other way round.
    let left = move |event: &web_sys::Event| {
        let held = dom::target_element(event).map(|at| at.closest(HELD));
        if !matches!(held, Some(Ok(Some(_)))) {
            start();
        }
    };
    view! {
        <div
            class=format!("flash flash-{}", tone.name())
            on:mouseenter=move |_| stop()
            on:mouseleave=move |event| left(&event)
            on:focusin=move |_| stop()
            on:focusout=move |event| left(&event)
        >
            <Icon glyph=glyph(tone) />
            <div class="flash-text">
                <p>{text}</p>
                {detail.map(|detail| view! { <p class="flash-detail">{detail}</p> })}
                {link.map(|(href, text)| view! { <a href=href>{text}</a> })}
            </div>
            {undo.map(|word| {
                let label = Signal::stored(word.clone());
                button("button button-secondary flash-undo", label, word.into_any(), on_undo, id)
            })}
            {button(
                "button button-quiet button-icon",
                labels.dismiss,
                view! { <Icon glyph=Glyph::Close /> }.into_any(),
                on_dismiss,
                id,
            )}
        </div>
    }
    .into_any()
}

/// Made once for both.
fn button(
    class: &'static str,
    label: Signal<String>,
    content: AnyView,
    press: Callback<u64>,
    id: u64,
) -> AnyView {
    view! {
        <button
            type="button"
            class=class
            aria-label=move || label.get()
            on:click=move |_| press.run(id)
        >
            {content}
        </button>
    }
    .into_any()
}

/// The icon of a message.
pub(super) fn glyph(tone: Tone) -> Glyph {
    match tone {
        Tone::Ok => Glyph::CheckCircle,
        Tone::Warning => Glyph::Warning,
        Tone::Error => Glyph::Cross,
        Tone::Pending => Glyph::Clock,
        Tone::Info | Tone::Neutral => Glyph::Info,
    }
}
