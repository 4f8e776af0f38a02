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
    let wanted = RwSignal::new(None::<String>);
    ask_before_unload(move || changed.get_untracked());
    let click = StoredValue::new_local(Some(CaptureClick::new(move |event| {
        if let Some(href) = leads_away(event).filter(|_| changed.get_untracked()) {
            event.prevent_default();
            event.stop_propagation();
            wanted.set(Some(href));
        }
    })));
    on_cleanup(move || click.set_value(None));
    let open = Signal::derive(move || wanted.with(Option::is_some));
    let stay = move || wanted.set(None);
    let leave = move || {
        if let Some(href) = wanted.get_untracked() {
            wanted.set(None);
            on_leave.run(());
            navigate(&href, Default::default());
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
    fn new(hear: impl Fn(&MouseEvent) + 'static) -> Self {
        let hear = Closure::<dyn Fn(MouseEvent)>::new(move |event: MouseEvent| hear(&event));
        let function = hear.as_ref().unchecked_ref();
        // Fails only for a value that is not a function.
        let _ = window().add_event_listener_with_callback_and_bool("click", function, true);
        Self(hear)
    }
}

impl Drop for CaptureClick {
    fn drop(&mut self) {
        let function = self.0.as_ref().unchecked_ref();
        let _ = window().remove_event_listener_with_callback_and_bool("click", function, true);
    }
}
