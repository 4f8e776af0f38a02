//! The confirmation of a deletion, for every kind of resource.

use super::deferred_delete::{DeleteEvent, DeleteKind, schedule};
use crate::{
    i18n::{I18nContext, Locale, t, t_string, use_i18n},
    store::use_store,
    ui::{Button, ButtonKind, Dialog},
};
use leptos::prelude::*;

/// Resources named in the confirmation; the rest is a count.
const MAX_NAMED: usize = 8;

/// The confirmation. It is open while `ids` is not empty.
pub struct DeleteDialog<I: Send + Sync + 'static> {
    /// The kind of resource.
    pub kind: &'static DeleteKind<I>,
    /// What the user asked to delete.
    pub ids: RwSignal<Vec<I>>,
    /// What can be deleted of it, with names.
    pub targets: Signal<Vec<(I, String)>>,
    /// Why the deletion cannot be confirmed now.
    pub refusal: Signal<Option<String>>,
    /// Whether `Cancel` has the keyboard focus first.
    pub focus_cancel: bool,
    /// What is deleted, and what stops working.
    pub content: ViewFn,
    /// Called when the undo period begins, and when the user takes the deletion back.
    pub on_event: Callback<DeleteEvent<I>>,
}

impl<I: Copy + Send + Sync + 'static> DeleteDialog<I> {
    /// Draws it.
    pub fn view(self) -> AnyView {
        let i18n = use_i18n();
        let store = use_store();
        let Self { kind, ids, targets, refusal, focus_cancel, content, on_event } = self;
        let count = Memo::new(move |_| ids.with(Vec::len));
        let close = Callback::new(move |()| ids.set(Vec::new()));
        let confirm = Callback::new(move |()| {
            let targets = targets.get_untracked();
            ids.set(Vec::new());
            schedule(i18n, store, kind, targets, on_event);
        });
        let title = Signal::derive(move || {
            let title = if count.get() > 1 { kind.title_many } else { kind.title_one };
            title(i18n).to_owned()
        });
        let open = Signal::derive(move || count.get() > 0);
        dialog(open, title, refusal, focus_cancel, content, close, confirm)
    }
}

/// Not generic, so that it compiles once for all kinds.
fn dialog(
    open: Signal<bool>,
    title: Signal<String>,
    refusal: Signal<Option<String>>,
    focus_cancel: bool,
    content: ViewFn,
    close: Callback<()>,
    confirm: Callback<()>,
) -> AnyView {
    let i18n = use_i18n();
    let submit = move || {
        if refusal.with_untracked(Option::is_none) {
            confirm.run(());
        }
    };
    view! {
        <Dialog
            open
            on_close=close
            title
            danger=true
            on_submit=submit
            actions=move || {
                view! {
                    <Button on_press=close autofocus=focus_cancel>
                        {t!(i18n, common.cancel)}
                    </Button>
                    <Button kind=ButtonKind::Danger submit=true disabled_reason=refusal>
                        {t!(i18n, common.delete)}
                    </Button>
                }
            }
        >
            {content.run()}
        </Dialog>
    }
    .into_any()
}

/// A bulleted list of the first few of `count` items, and the number of the others.
pub fn limited_list(
    i18n: I18nContext<Locale>,
    count: usize,
    items: &mut dyn Iterator<Item = AnyView>,
) -> AnyView {
    let more = count.saturating_sub(MAX_NAMED);
    let items = items.take(MAX_NAMED).map(|item| view! { <li>{item}</li> }).collect_view();
    let rest = (more > 0).then(|| {
        let text = t_string!(i18n, load_balancers.and_more, count = more);
        view! { <li>{text}</li> }
    });
    view! { <ul class="delete-list">{items} {rest}</ul> }.into_any()
}
