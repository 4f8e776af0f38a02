//! A number field.

use leptos::prelude::*;

use super::{Text, field::FieldLinks};

/// A whole number inside a [`Field`](super::Field).
///
/// A text field, because a half-typed number must be kept, and the mouse wheel must not change a
/// port. The arrow keys step by one between `min` and `max`.
#[component]
pub fn NumberInput(
    #[prop(into)] value: Text,
    #[prop(into)] on_input: Callback<String>,
    #[prop(optional, into)] on_blur: Option<Callback<()>>,
    #[prop(optional)] name: &'static str,
    #[prop(default = 0)] min: u32,
    #[prop(default = u32::MAX)] max: u32,
    /// The unit, shown after the number.
    #[prop(optional, into)]
    unit: Option<Text>,
    #[prop(optional, into)] placeholder: Text,
) -> impl IntoView {
    let links = FieldLinks::take();
    let step = move |event: web_sys::KeyboardEvent| {
        let up = match event.key().as_str() {
            "ArrowUp" => true,
            "ArrowDown" => false,
            _ => return,
        };
        if let Some(next) = value.with_untracked(|text| stepped(text, up, min, max)) {
            event.prevent_default();
            on_input.run(next.to_string());
        }
    };
    view! {
        <span class="number-input">
            <input
                class="input num"
                type="text"
                inputmode="numeric"
                autocomplete="off"
                id=links.control
                name=(!name.is_empty()).then_some(name)
                placeholder=move || Some(placeholder.get()).filter(|text| !text.is_empty())
                aria-required=links.required.then_some("true")
                aria-invalid=move || links.invalid.get().then_some("true")
                aria-describedby=move || links.described_by.get()
                prop:value=move || value.get()
                on:input=move |event| on_input.run(event_target_value(&event))
                on:keydown=step
                on:blur=move |_| {
                    // Removing an element fires `blur`, when the callback may be gone.
                    if let Some(on_blur) = on_blur {
                        on_blur.try_run(());
                    }
                }
            />
            {unit.map(|unit| view! { <span class="number-unit">{move || unit.get()}</span> })}
        </span>
    }
}

/// The number after an arrow key; `None` if the text is no number.
fn stepped(text: &str, up: bool, min: u32, max: u32) -> Option<u32> {
    let text = text.trim();
    if text.is_empty() {
        return Some(min);
    }
    let number: u32 = text.parse().ok()?;
    let next = if up { number.saturating_add(1) } else { number.saturating_sub(1) };
    Some(next.clamp(min, max))
}

#[cfg(test)]
mod tests {
    use super::stepped;

    #[test]
    fn arrow_keys_stay_within_the_range() {
        assert_eq!(stepped("80", true, 1, 65535), Some(81));
        assert_eq!(stepped("65535", true, 1, 65535), Some(65535));
        assert_eq!(stepped("1", false, 1, 65535), Some(1));
        assert_eq!(stepped("0", false, 0, 256), Some(0));
    }

    #[test]
    fn an_empty_number_starts_at_the_minimum_and_an_invalid_one_stays() {
        assert_eq!(stepped(" ", true, 1, 65535), Some(1));
        assert_eq!(stepped("8o", true, 1, 65535), None);
    }
}
