//! The label, hint and error around one control.

use leptos::{context::Provider, prelude::*};

use super::{Glyph, Icon, Labels, Text, dom::unique_id};

/// The attributes that a control gets from its [`Field`].
#[derive(Clone)]
pub(super) struct FieldLinks {
    /// The id of the control, which the label points at.
    pub(super) control: String,
    /// The ids of the hint and the error.
    pub(super) described_by: Signal<Option<String>>,
    /// Whether there is an error.
    pub(super) invalid: Signal<bool>,
    /// Whether the control must be filled in.
    pub(super) required: bool,
}

impl FieldLinks {
    /// The attributes from the field around; empty without one.
    pub(super) fn take() -> Self {
        use_context::<Self>().unwrap_or_else(|| Self {
            control: unique_id("control"),
            described_by: Signal::default(),
            invalid: Signal::default(),
            required: false,
        })
    }
}

/// A label above one control, with a hint and an error below.
///
/// The control ([`TextInput`](super::TextInput), [`Select`](super::Select) …) links itself. A field
/// is required unless it is `optional`, which the label says.
#[component]
pub fn Field(
    #[prop(into)] label: Text,
    #[prop(optional, into)] hint: Option<Text>,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional)] optional: bool,
    #[prop(optional)] hide_label: bool,
    children: Children,
) -> impl IntoView {
    let control = unique_id("field");
    let (hint_id, error_id) = (format!("{control}-hint"), format!("{control}-error"));
    let invalid = Signal::derive(move || error.with(Option::is_some));
    let described_by = {
        let (hint_id, error_id) = (hint_id.clone(), error_id.clone());
        Signal::derive(move || match (invalid.get(), hint.is_some()) {
            (true, true) => Some(format!("{error_id} {hint_id}")),
            (true, false) => Some(error_id.clone()),
            (false, true) => Some(hint_id.clone()),
            (false, false) => None,
        })
    };
    let links = FieldLinks { control: control.clone(), described_by, invalid, required: !optional };
    view! {
        <div class="field" class:field-invalid=move || invalid.get()>
            <div class="field-label" class:visually-hidden=hide_label>
                <label for=control>{move || label.get()}</label>
                {optional
                    .then(|| {
                        let word = Labels::from_context().optional;
                        view! { <span class="field-mark">{move || word.get()}</span> }
                    })}
            </div>
            <Provider value=links>{children()}</Provider>
            <p class="field-error" id=error_id hidden=move || !invalid.get()>
                <Icon glyph=Glyph::Warning />
                <span>{move || error.get()}</span>
            </p>
            {hint.map(|hint| view! { <p class="field-hint" id=hint_id>{move || hint.get()}</p> })}
        </div>
    }
}
