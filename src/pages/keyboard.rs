//! Support for keyboards and screen readers: shortcuts, keys among the rows of lists, focus on the
//! previous row when a list is opened again, and announcements of changes.
//!
//! All of it reads the DOM, so that the lists, which are in the first download, need no code for
//! it.

mod announcer;
mod back;
mod rows;
mod shortcuts;

use crate::{
    i18n::{I18nContext, Locale, t, t_string, use_i18n},
    ui::{Button, ButtonKind, Checkbox, Dialog, text},
};
use announcer::Announcer;
use leptos::prelude::*;

/// Handles keys, and shows the dialog of shortcuts while `help` is true.
#[component]
pub(super) fn Keyboard(help: RwSignal<bool>) -> impl IntoView {
    shortcuts::listen(help);
    rows::follow();
    back::follow();
    view! {
        <Announcer />
        <Help open=help />
    }
}

/// The dialog of shortcuts, with the option to disable single keys.
#[component]
fn Help(open: RwSignal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let close = move || open.set(false);
    let on = RwSignal::new(shortcuts::are_enabled());
    let key = move |keys: &[&'static str], does: fn(I18nContext<Locale>) -> &'static str| {
        let keys = keys.iter().map(|key| view! { <kbd>{*key}</kbd> }).collect_view();
        view! {
            <div class="shortcut">
                <dt>{keys}</dt>
                <dd>{move || does(i18n)}</dd>
            </div>
        }
    };
    view! {
        <Dialog
            open
            on_close=close
            title=move || t_string!(i18n, common.shortcuts).to_owned()
            actions=move || {
                view! {
                    <Button kind=ButtonKind::Primary autofocus=true on_press=close>
                        {t!(i18n, common.close)}
                    </Button>
                }
            }
        >
            <h3>{t!(i18n, keyboard.everywhere)}</h3>
            <dl class="shortcuts">
                {key(&["?"], |i18n| t_string!(i18n, keyboard.help))}
                {key(&["/"], |i18n| t_string!(i18n, keyboard.search))}
                {key(&["c"], |i18n| t_string!(i18n, keyboard.create))}
                {key(&["Ctrl Z", "⌘ Z"], |i18n| t_string!(i18n, keyboard.undo))}
                {key(&["Esc"], |i18n| t_string!(i18n, keyboard.escape))}
            </dl>
            <h3>{t!(i18n, keyboard.in_lists)}</h3>
            <dl class="shortcuts">
                {key(&["↑", "↓"], |i18n| t_string!(i18n, keyboard.rows))}
                {key(&["Page Up", "Page Down"], |i18n| t_string!(i18n, keyboard.pages))}
                {key(&["Home", "End"], |i18n| t_string!(i18n, keyboard.ends))}
                {key(&["Ctrl F", "⌘ F"], |i18n| t_string!(i18n, keyboard.find))}
                {key(&["Enter"], |i18n| t_string!(i18n, keyboard.open))}
                {key(&["Space"], |i18n| t_string!(i18n, keyboard.select))}
            </dl>
            <Checkbox
                label=move || t_string!(i18n, keyboard.single).to_owned()
                hint=text(move || t_string!(i18n, keyboard.single_hint).to_owned())
                checked=on
                on_change=move |now: bool| {
                    on.set(now);
                    shortcuts::set_enabled(now);
                }
            />
        </Dialog>
    }
}
