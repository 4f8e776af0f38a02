//! The form that a load balancer is created and edited with: what is typed so far, and which of its
//! errors are to be seen. A handle, the controls that are bound to a field of the draft, and the parts
//! made of them.

pub mod draft_storage;
pub mod groups;
pub mod health;
pub mod listeners;
pub mod name;
pub mod options;
mod section;
pub mod servers;
mod summary;

pub use section::{FoldedSection, FormSection, section_id};
pub use summary::{Summary, field_name};

use crate::{
    i18n::{I18nContext, Locale, errors, t_string, use_i18n},
    store::toasts::{Decision, SUCCESS_PERIOD, Toasts, UndoableAction},
    ui::{InputKind, NumberInput, Select, SelectOption, Text, TextInput, Textarea, is_dialog_open},
};
use leptos::{
    prelude::*,
    task::{spawn_local, tick},
};
use plan::{Draft, FieldPath, Finding, Section};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

/// The form; a handle.
#[derive(Clone, Copy)]
pub struct Form {
    /// What is typed.
    pub draft: RwSignal<Draft>,
    /// What stands in its way, in the order of the form.
    pub findings: Memo<Vec<Finding>>,
    by_control: Memo<HashMap<FieldPath, Finding>>,
    /// Controls that have been left: what is wrong with them may be said.
    left: RwSignal<HashSet<FieldPath>>,
    /// Controls left while the mouse is down, and what they do then: done when it is up, or the
    /// button under it would move away before the click.
    leaving: StoredValue<Vec<(FieldPath, Option<Callback<()>>)>>,
    pressed: StoredValue<bool>,
    /// Going on has been tried: what was wrong is summed up.
    pub submitted: RwSignal<bool>,
    /// What the service said no with.
    pub refused: RwSignal<Option<Refused>>,
    i18n: I18nContext<Locale>,
}

/// A service's no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// In words.
    pub text: String,
    /// Where, if it says.
    pub at: Option<FieldPath>,
}

impl Form {
    /// A form for something new.
    pub fn new(draft: Draft) -> Self {
        let draft = RwSignal::new(draft);
        Self::checked(draft, Memo::new(move |_| draft.with(plan::check)))
    }

    /// A form whose findings somebody else tells.
    pub fn checked(draft: RwSignal<Draft>, findings: Memo<Vec<Finding>>) -> Self {
        let by_control = Memo::new(move |_| {
            findings.with(|findings| {
                let all = findings.iter().rev();
                all.map(|finding| (finding.0.control(), finding.clone())).collect()
            })
        });
        let form = Self {
            draft,
            findings,
            by_control,
            left: RwSignal::default(),
            leaving: StoredValue::default(),
            pressed: StoredValue::new(false),
            submitted: RwSignal::new(false),
            refused: RwSignal::new(None),
            i18n: use_i18n(),
        };
        let released = window_event_listener(leptos::ev::pointerup, move |_| {
            form.pressed.set_value(false);
            set_timeout(move || form.say_left(), std::time::Duration::ZERO);
        });
        on_cleanup(move || released.remove());
        form
    }

    /// Translations, where there is no owner to take them from.
    pub fn i18n(self) -> I18nContext<Locale> {
        self.i18n
    }

    /// The mouse is down somewhere in the form.
    pub fn press(self) {
        self.pressed.set_value(true);
    }

    fn leave(self, path: &FieldPath, then: Option<Callback<()>>) {
        self.leaving.update_value(|leaving| leaving.push((path.control(), then)));
        if !self.pressed.get_value() {
            self.say_left();
        }
    }

    fn say_left(self) {
        let news = self.leaving.try_update_value(std::mem::take).unwrap_or_default();
        for (path, then) in news {
            if let Some(then) = then {
                then.try_run(());
            }
            self.left.try_update(|left| left.insert(path));
        }
    }

    /// Going on is tried: everything that is wrong now may be said. Gives the first of it.
    pub fn submit(self) -> Option<FieldPath> {
        self.say_left();
        let wrong = self.findings.get_untracked();
        self.left.update(|left| left.extend(wrong.iter().map(|(path, _)| path.control())));
        self.submitted.set(true);
        wrong.into_iter().next().map(|(path, _)| path)
    }

    /// As if nothing had been touched yet.
    pub fn begin_again(self, draft: Draft) {
        self.draft.set(draft);
        self.left.update(HashSet::clear);
        self.submitted.set(false);
        self.refused.set(None);
    }

    /// What is wrong and may be said.
    pub fn said(self) -> Vec<Finding> {
        self.findings.with(|all| {
            self.left.with(|left| {
                all.iter().filter(|(path, _)| left.contains(&path.control())).cloned().collect()
            })
        })
    }

    /// What is typed at a field.
    pub fn text(self, path: &FieldPath) -> Text {
        let path = path.clone();
        Signal::derive(move || {
            self.draft.with(|draft| draft.text(&path).unwrap_or_default().to_owned())
        })
    }

    /// Takes what is typed at a field.
    pub fn set_text(self, path: &FieldPath, text: String) {
        self.draft.update(|draft| draft.set_text(path, text));
        self.forgive(path);
    }

    /// What a service said of a field holds no longer once the field is changed.
    pub fn forgive(self, path: &FieldPath) {
        let about = |refused: &Option<Refused>| {
            refused.as_ref().is_some_and(|r| r.at.as_ref() == Some(&path.control()))
        };
        if self.refused.with_untracked(about) {
            self.refused.set(None);
        }
    }

    /// What is wrong with a field, once it may be said.
    pub fn error(self, path: &FieldPath) -> Signal<Option<String>> {
        let path = path.control();
        Signal::derive(move || {
            let refused = self.refused.with(|refused| {
                let here = refused.as_ref().filter(|r| r.at.as_ref() == Some(&path));
                here.map(|refused| refused.text.clone())
            });
            if refused.is_some() {
                return refused;
            }
            let said = self.left.with(|left| left.contains(&path));
            let finding = said.then(|| self.by_control.with(|all| all.get(&path).cloned()));
            finding.flatten().map(|finding| self.finding_text(&finding))
        })
    }

    /// A finding in words.
    pub fn finding_text(self, (path, error): &Finding) -> String {
        let error = errors::field(self.i18n, error);
        match path {
            FieldPath::AllowedCidrs { entry, .. } if *entry > 0 => {
                t_string!(self.i18n, create.entry_error, entry = *entry, error = error).to_string()
            }
            _ => error,
        }
    }

    /// Findings of a part that may be said, to unfold it.
    pub fn part_has_errors(self, part: Section) -> bool {
        let refused = self.refused.with(|refused| {
            refused.as_ref().and_then(|r| r.at.as_ref()).is_some_and(|at| at.section() == part)
        });
        refused || self.said().iter().any(|(path, _)| path.section() == part)
    }

    /// Gives the keyboard to the control of a field, unfolding what hides it.
    pub fn focus(self, path: &FieldPath) {
        focus_soon(path.element_id());
    }

    /// Gives the keyboard to the first control of a part.
    pub fn focus_part(self, part: Section) {
        request_animation_frame(move || {
            focus_in(section_id(part));
        });
    }
}

impl Form {
    /// Takes a row out, and says so with a way back to where it was; not behind a dialog, where nobody
    /// could press it.
    fn remove_row(
        self,
        toasts: Toasts,
        words: String,
        remove: impl FnOnce(&mut Draft),
        put_back: impl Fn(&mut Draft) + Send + Sync + 'static,
    ) {
        focus_neighbour();
        self.draft.update(remove);
        if is_dialog_open() {
            return;
        }
        // The form may be closed by then.
        let decide = move |decision| {
            if decision == Decision::Undo {
                self.draft.try_update(&put_back);
            }
        };
        let label = t_string!(self.i18n, common.undo).to_owned();
        let period = SUCCESS_PERIOD;
        toasts.undoable(words, UndoableAction { label, period, decide: Arc::new(decide) });
    }
}

/// Gives the keyboard to the next row's `Remove`, or else to the one before, or to what adds a row: the
/// row that has it is about to go.
pub fn focus_neighbour() {
    let found = document().active_element().and_then(|active| {
        let rows = active.closest(".form-rows").ok()??;
        let all = rows.query_selector_all(".form-remove button").ok()?;
        let at = (0..all.length()).find(|at| all.item(*at).is_some_and(|one| one == *active))?;
        let near = all.item(at + 1).or_else(|| all.item(at.checked_sub(1)?));
        near.or_else(|| {
            let add = rows.parent_element()?.query_selector(":scope > .row button").ok()?;
            add.map(web_sys::Node::from)
        })
    });
    if let Some(found) = found.and_then(|found| found.dyn_into::<HtmlElement>().ok()) {
        let _ = found.focus();
    }
}

/// Gives the keyboard to the button that takes the place of the one that has it: `Undo` of `Remove`.
pub fn focus_replacement() {
    let active = document().active_element();
    let around = active.and_then(|active| active.closest("tr, .edit-listener").ok()?);
    let Some(around) = around else { return };
    request_animation_frame(move || {
        let buttons = ".edit-actions > :last-child button, .form-remove button";
        let found = around.query_selector(buttons).ok().flatten();
        if let Some(found) = found.and_then(|found| found.dyn_into::<HtmlElement>().ok()) {
            let _ = found.focus();
        }
    });
}

/// Turns of the queue in which what is being drawn is there.
const TURNS: usize = 10;

/// Gives the keyboard to a control that may be about to be drawn: before the next key is pressed, or
/// else, where the page has to be laid out first, with the next frame.
fn focus_soon(id: String) {
    spawn_local(async move {
        for _ in 0..TURNS {
            if focus_in(&id) {
                return;
            }
            tick().await;
        }
        request_animation_frame(move || {
            focus_in(&id);
        });
    });
}

/// Unfolds everything around an element and what it folds itself, and focuses its first control;
/// whether that has the keyboard now.
fn focus_in(id: &str) -> bool {
    let Some(element) = document().get_element_by_id(id) else { return false };
    let mut around = element.closest("details").ok().flatten();
    while let Some(details) = around {
        // Fails only for a name that is no attribute.
        let _ = details.set_attribute("open", "");
        around = details.parent_element().and_then(|p| p.closest("details").ok().flatten());
    }
    if let Some(details) = element.query_selector("details").ok().flatten() {
        let _ = details.set_attribute("open", "");
    }
    let controls = "input:checked, input:not([type=radio]), select, textarea, .details-body button";
    let control = element.query_selector(controls).ok().flatten();
    let control = control.or_else(|| element.query_selector("button, summary").ok().flatten());
    let Some(control) = control.and_then(|found| found.dyn_into::<HtmlElement>().ok()) else {
        return false;
    };
    let _ = control.focus();
    document().active_element().is_some_and(|active| active == *control.unchecked_ref())
}

/// A line of text, inside a `Field`.
#[component]
pub fn FormInput(
    form: Form,
    path: FieldPath,
    #[prop(optional)] code: bool,
    #[prop(optional, into)] placeholder: Text,
    #[prop(optional)] max_length: Option<u32>,
    /// Called when the field is left, before it is judged.
    #[prop(optional, into)]
    on_leave: Option<Callback<()>>,
) -> impl IntoView {
    let (typed, left) = (path.clone(), path.clone());
    let on_input = move |text: String| form.set_text(&typed, text);
    let on_blur = move || form.leave(&left, on_leave);
    let kind = if code { InputKind::Code } else { InputKind::Text };
    view! {
        <span class="form-control" id=path.element_id()>
            <TextInput
                value=form.text(&path)
                on_input
                on_blur
                kind
                placeholder
                max_length=max_length.unwrap_or(10_000)
            />
        </span>
    }
}

/// A number, inside a `Field`.
#[component]
pub fn FormNumber(
    form: Form,
    path: FieldPath,
    min: u32,
    max: u32,
    #[prop(optional, into)] unit: Text,
    #[prop(optional, into)] placeholder: Text,
) -> impl IntoView {
    let (typed, left) = (path.clone(), path.clone());
    let on_input = move |text: String| form.set_text(&typed, text);
    let on_blur = move || form.leave(&left, None);
    view! {
        <span class="form-control" id=path.element_id()>
            <NumberInput value=form.text(&path) on_input on_blur min max unit placeholder />
        </span>
    }
}

/// Several lines, inside a `Field`.
#[component]
pub fn FormTextarea(
    form: Form,
    path: FieldPath,
    #[prop(optional, into)] placeholder: Text,
    #[prop(default = 3)] rows: u32,
    #[prop(optional)] code: bool,
) -> impl IntoView {
    let (typed, left) = (path.clone(), path.clone());
    let on_input = move |text: String| form.set_text(&typed, text);
    let on_blur = move || form.leave(&left, None);
    view! {
        <span class="form-control" id=path.element_id()>
            <Textarea value=form.text(&path) on_input on_blur code rows placeholder />
        </span>
    }
}

/// One of several, inside a `Field`.
#[component]
pub fn FormSelect(
    form: Form,
    path: FieldPath,
    #[prop(into)] value: Text,
    #[prop(into)] on_change: Callback<String>,
    #[prop(into)] options: Signal<Vec<SelectOption>>,
    #[prop(optional, into)] placeholder: Option<Text>,
) -> impl IntoView {
    let chosen = path.clone();
    let on_change = move |value: String| {
        on_change.run(value);
        form.forgive(&chosen);
    };
    let select = match placeholder {
        Some(placeholder) => view! { <Select value on_change options placeholder /> }.into_any(),
        None => view! { <Select value on_change options /> }.into_any(),
    };
    view! {
        <span class="form-control" id=path.element_id()>
            {select}
        </span>
    }
}
