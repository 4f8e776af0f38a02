//! Tables: headers that sort, rows that can be selected and opened.

use leptos::{html, prelude::*};

use super::{
    Glyph, Icon, Text,
    dom::{WindowListener, target_element},
};

/// The sort direction of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// Least first.
    Ascending,
    /// Greatest first.
    Descending,
}

/// The layout of a table that is wider than its container.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub enum Narrow {
    /// Each row becomes a card, each cell a line with the name of its column.
    #[default]
    Cards,
    /// It scrolls horizontally; the first column stays.
    Scroll,
}

/// A table. Its children are a `<thead>` with [`HeaderCell`]s, and bodies.
#[component]
pub fn Table(
    /// Its name for screen readers.
    #[prop(into)]
    label: Text,
    #[prop(optional)] narrow: Narrow,
    /// The number of rows without the header, where not all are drawn.
    #[prop(optional, into)]
    row_count: Option<Signal<usize>>,
    /// The rows are being refreshed.
    #[prop(optional, into)]
    busy: Signal<bool>,
    children: Children,
) -> impl IntoView {
    let scroller = NodeRef::<html::Div>::new();
    let wider = RwSignal::new(false);
    Effect::new(move |_| {
        let measure = move || {
            if let Some(scroller) = scroller.try_get_untracked().flatten() {
                wider.set(scroller.scroll_width() > scroller.client_width());
            }
        };
        scroller.track();
        request_animation_frame(measure);
        WindowListener::new("resize", Box::new(move |_| measure()))
    });
    let scrolls = Memo::new(move |_| wider.get());
    view! {
        <div class="table-box">
            // Focusable while it scrolls, for tables without controls inside.
            <div
                class="table-scroll"
                class:table-cards=narrow == Narrow::Cards
                tabindex=move || scrolls.get().then_some("0")
                node_ref=scroller
            >
                <table
                    role="table"
                    class="table"
                    aria-label=move || label.get()
                    aria-rowcount=move || row_count.map(|count| count.get() + 1)
                    aria-busy=move || busy.get().then_some("true")
                >
                    {children()}
                </table>
            </div>
        </div>
    }
}

/// A header cell; with `on_sort` a button, with `sort` its direction.
#[component]
pub fn HeaderCell(
    #[prop(into)] label: Text,
    #[prop(optional, into)] sort: Signal<Option<Sort>>,
    #[prop(optional, into)] on_sort: Option<Callback<()>>,
    /// Numbers, aligned to the right.
    #[prop(optional)]
    numeric: bool,
    /// A column of controls: its name is for screen readers only.
    #[prop(optional)]
    hide_label: bool,
    /// In place of the name: the box that selects all.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let order = move || {
        on_sort?;
        Some(match sort.get() {
            Some(Sort::Ascending) => "ascending",
            Some(Sort::Descending) => "descending",
            None => "none",
        })
    };
    let name = move || label.get();
    let content = match (children, on_sort) {
        (Some(children), _) => children(),
        (None, Some(on_sort)) => view! {
            <button type="button" class="table-sort" on:click=move |_| on_sort.run(())>
                <span>{name}</span>
                <Icon glyph=Glyph::ChevronDown />
            </button>
        }
        .into_any(),
        (None, None) => view! { <span class:visually-hidden=hide_label>{name}</span> }.into_any(),
    };
    view! {
        <th
            role="columnheader"
            scope="col"
            class:table-number=numeric
            class:table-control=hide_label
            aria-sort=order
        >
            {content}
        </th>
    }
}

/// A row.
///
/// With `on_open`, a click outside its controls opens it; the link in its first cell does the same
/// for a keyboard. `index` is its index among all rows, where not all are drawn.
#[component]
pub fn Row(
    #[prop(optional, into)] index: Option<Signal<usize>>,
    #[prop(optional, into)] selected: Signal<bool>,
    #[prop(optional, into)] on_open: Option<Callback<()>>,
    children: Children,
) -> impl IntoView {
    let open = move |event: web_sys::MouseEvent| {
        let Some(on_open) = on_open.filter(|_| !is_for_something_else(&event)) else { return };
        if event.ctrl_key() || event.meta_key() || event.button() == MIDDLE {
            open_in_new_tab(&event);
        } else {
            on_open.run(());
        }
    };
    view! {
        <tr
            role="row"
            class:row-selected=move || selected.get()
            class:row-opens=on_open.is_some()
            aria-rowindex=move || index.map(|index| index.get() + 2)
            on:click=open
            on:auxclick=move |event| {
                if event.button() == MIDDLE {
                    open(event);
                }
            }
        >
            {children()}
        </tr>
    }
}

/// The middle button of a mouse.
const MIDDLE: i16 = 1;

/// Opens the link that names the row, as the browser opens a link clicked with Ctrl or the middle button.
fn open_in_new_tab(event: &web_sys::MouseEvent) {
    let row = target_element(event).and_then(|inside| inside.closest("tr").ok().flatten());
    let link = row.and_then(|row| row.query_selector("th a").ok().flatten());
    if let Some(href) = link.and_then(|link| link.get_attribute("href")) {
        // The browser may refuse.
        let _ = window().open_with_url_and_target(&href, "_blank");
    }
}

/// Whether a click is on a control inside the row, has the Shift key, or ends a selection of text.
fn is_for_something_else(event: &web_sys::MouseEvent) -> bool {
    const CONTROLS: &str = "a, button, input, label, select, [role=menu], dialog";
    let on_control = target_element(event)
        .is_some_and(|element| element.closest(CONTROLS).ok().flatten().is_some());
    let selecting =
        window().get_selection().ok().flatten().is_some_and(|selection| !selection.is_collapsed());
    on_control || selecting || event.shift_key()
}

/// A cell; `label` is the name of its column, shown in cards.
#[component]
pub fn Cell(
    #[prop(optional, into)] label: Text,
    /// The cell that names the row.
    #[prop(optional)]
    heading: bool,
    /// Numbers, aligned to the right.
    #[prop(optional)]
    numeric: bool,
    /// Holds a checkbox or a menu, and is as small as that.
    #[prop(optional)]
    control: bool,
    children: Children,
) -> impl IntoView {
    let name = move || Some(label.get()).filter(|label| !label.is_empty());
    if heading {
        return view! {
            <th role="rowheader" scope="row" class="table-heading" data-label=name>
                {children()}
            </th>
        }
        .into_any();
    }
    view! {
        <td
            role="cell"
            class:table-number=numeric
            class:table-control=control
            data-label=name
        >
            {children()}
        </td>
    }
    .into_any()
}
