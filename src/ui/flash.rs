//! Messages over the page: results of actions.

use std::time::Duration;

use leptos::{leptos_dom::helpers::IntervalHandle, prelude::*};

use super::{Glyph, Icon, Labels, Tone, dom};

/// A message with the pointer or the keyboard focus does not close by itself.
const IN_USE: &str = ".flash:hover, .flash:focus-within";

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flash {
    /// Its identity among the messages.
    pub id: u64,
    /// A screen reader reads [`Tone::Error`] at once, others when it has finished.
    pub tone: Tone,
    /// What happened, with the name of the resource.
    pub text: String,
    /// Why, or what to do next.
    pub detail: Option<String>,
    /// The next step: the address, and the text of the link.
    pub link: Option<(String, String)>,
    /// The text of the button that undoes the action.
    pub undo: Option<String>,
    /// How long it is shown; `None` is until the user closes it.
    pub period: Option<Duration>,
}

/// The messages, newest last. There is one region, in the frame.
#[component]
pub fn FlashRegion(
    #[prop(into)] messages: Signal<Vec<Flash>>,
    /// Called with the id of a message whose time is over, or that the user closes.
    #[prop(into)]
    on_dismiss: Callback<u64>,
    /// Called with the id of a message whose action the user undoes.
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
    let Flash { id, tone, text, detail, link, undo, period } = message;
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
        if let Some(period) = period {
            let over = move || {
                // The button is not accessible behind a dialog.
                if !can_undo || !dom::is_dialog_open() {
                    on_dismiss.run(id);
                }
            };
            timer.set_value(set_interval_with_handle(over, period).ok());
        }
    };
    start();
    on_cleanup(stop);
    // Runs with the timer: it begins again when the pointer or the focus leaves.
    let countdown = period.filter(|_| can_undo).map(|period| {
        let length = format!("{}ms", period.as_millis());
        view! { <span class="flash-countdown" style:animation-duration=length></span> }
    });
    // The pointer may leave while the keyboard focus stays, and the reverse.
    let left = move |event: &web_sys::Event| {
        let held = dom::target_element(event).map(|at| at.closest(IN_USE));
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
            {countdown}
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

/// One function for both buttons, to save space.
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
