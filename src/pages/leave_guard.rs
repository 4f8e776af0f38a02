//! Asks before the user leaves a page with unsaved input.

use crate::{
    i18n::{t, t_string, use_i18n},
    pages::ask_before_unload,
    ui::{Button, ButtonKind, Dialog},
};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{HtmlAnchorElement, MouseEvent};

/// What asks before an action of the frame that leaves the page; a context of all pages.
#[derive(Clone, Copy)]
pub struct LeaveGuards(StoredValue<Option<Callback<Callback<()>, bool>>>);

impl LeaveGuards {
    /// Provides the context.
    pub fn provide() -> Self {
        let guards = Self(StoredValue::new(None));
        provide_context(guards);
        guards
    }

    /// Does something that leaves the page, if need be after a question.
    pub fn leave(self, action: Callback<()>) {
        let asks = self.0.get_value().and_then(|ask| ask.try_run(action));
        if asks != Some(true) {
            action.run(());
        }
    }
}

/// What the user wants to do although the page has unsaved input.
#[derive(Clone)]
enum Wanted {
    Link(String),
    Action(Callback<()>),
}

/// While `changed`, links to other pages ask first, and so does the browser before it closes.
///
/// The back button does not ask: the browser has changed the page when it reports it. The form
/// saves its draft then.
#[component]
pub fn LeaveGuard(
    changed: Memo<bool>,
    /// Called when the user discards the input.
    #[prop(into)]
    on_leave: Callback<()>,
) -> impl IntoView {
    let i18n = use_i18n();
    let navigate = use_navigate();
    let wanted = RwSignal::new(None::<Wanted>);
    if let Some(LeaveGuards(guard)) = use_context() {
        guard.set_value(Some(Callback::new(move |action| {
            let asks = changed.get_untracked();
            if asks {
                wanted.set(Some(Wanted::Action(action)));
            }
            asks
        })));
        on_cleanup(move || {
            guard.try_set_value(None);
        });
    }
    ask_before_unload(move || changed.get_untracked());
    let click = StoredValue::new_local(Some(CaptureClick::new(move |event| {
        if let Some(href) = leads_away(event).filter(|_| changed.get_untracked()) {
            event.prevent_default();
            event.stop_propagation();
            wanted.set(Some(Wanted::Link(href)));
        }
    })));
    on_cleanup(move || click.set_value(None));
    let open = Signal::derive(move || wanted.with(Option::is_some));
    let stay = move || wanted.set(None);
    let leave = move || {
        let Some(to) = wanted.get_untracked() else { return };
        wanted.set(None);
        on_leave.run(());
        match to {
            Wanted::Link(href) => navigate(&href, Default::default()),
            Wanted::Action(action) => action.run(()),
        }
    };
    view! {
        <Dialog
            open
            on_close=stay
            on_submit=leave
            title=move || t_string!(i18n, create.leave_title).to_owned()
            actions=move || {
                view! {
                    <Button autofocus=true on_press=stay>
                        {t!(i18n, create.stay)}
                    </Button>
                    <Button kind=ButtonKind::Danger submit=true>
                        {t!(i18n, create.leave)}
                    </Button>
                }
            }
        >
            <p>{t!(i18n, create.leave_text)}</p>
        </Dialog>
    }
}

/// The address of a plain click on a link to another page of this site; `None` for other clicks.
fn leads_away(event: &MouseEvent) -> Option<String> {
    let modified = event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key();
    if modified || event.button() != 0 {
        return None;
    }
    let target: web_sys::Element = event.target()?.dyn_into().ok()?;
    let link: HtmlAnchorElement = target.closest("a[href]").ok()??.dyn_into().ok()?;
    let here = window().location();
    let own = link.origin() == here.origin().ok()? && link.target().is_empty();
    let elsewhere = link.pathname() != here.pathname().ok()?;
    (own && elsewhere).then(|| format!("{}{}", link.pathname(), link.search()))
}

/// A listener that gets clicks before the router.
struct CaptureClick(Closure<dyn Fn(MouseEvent)>);

impl CaptureClick {
    fn new(on_click: impl Fn(&MouseEvent) + 'static) -> Self {
        let on_click =
            Closure::<dyn Fn(MouseEvent)>::new(move |event: MouseEvent| on_click(&event));
        let function = on_click.as_ref().unchecked_ref();
        // Fails only for a value that is not a function.
        let _ = window().add_event_listener_with_callback_and_bool("click", function, true);
        Self(on_click)
    }
}

impl Drop for CaptureClick {
    fn drop(&mut self) {
        let function = self.0.as_ref().unchecked_ref();
        let _ = window().remove_event_listener_with_callback_and_bool("click", function, true);
    }
}
