//! The position of an overlay: beside its anchor, and inside the window.

use leptos::prelude::*;

use super::px;

/// How the overlay is aligned with its anchor.
#[derive(Clone, Copy)]
pub(super) enum Align {
    /// At their starts.
    Start,
    /// At their centres.
    Center,
    /// At their ends.
    End,
}

/// The space between an overlay and its anchor, and between it and the edge of the window, in px.
const GAP: f64 = 4.0;

/// Places the visible `overlay` below `anchor`, or above it where there is more space.
///
/// Sets `left` and `top` through the style object, which the content security policy allows.
pub(super) fn place(overlay: &web_sys::HtmlElement, anchor: &web_sys::Element, align: Align) {
    let anchor = anchor.get_bounding_client_rect();
    let size = overlay.get_bounding_client_rect();
    let page = document().document_element();
    let (width, height) = page.map_or((0.0, 0.0), |page| {
        (f64::from(page.client_width()), f64::from(page.client_height()))
    });
    let wanted = match align {
        Align::Start => anchor.left(),
        Align::Center => anchor.left() + (anchor.width() - size.width()) / 2.0,
        Align::End => anchor.right() - size.width(),
    };
    let left = within(wanted, size.width(), width);
    let top = vertical(anchor.top(), anchor.bottom(), size.height(), height);
    let style = overlay.style();
    let _ = style.set_property("left", &px(left));
    let _ = style.set_property("top", &px(top));
}

/// The position nearest to `wanted` at which `size` fits into `available`.
fn within(wanted: f64, size: f64, available: f64) -> f64 {
    wanted.min(available - size - GAP).max(GAP)
}

/// Below the anchor if it fits there, or if there is more space than above.
fn vertical(top: f64, bottom: f64, size: f64, available: f64) -> f64 {
    let below = bottom + GAP;
    if below + size + GAP <= available || top < available - bottom {
        below
    } else {
        (top - GAP - size).max(GAP)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stays_inside_the_window() {
        assert_eq!(within(-20.0, 100.0, 400.0), GAP);
        assert_eq!(within(390.0, 100.0, 400.0), 296.0);
        assert_eq!(within(50.0, 100.0, 400.0), 50.0);
    }

    #[test]
    fn an_overlay_wider_than_the_window_keeps_its_start_visible() {
        assert_eq!(within(50.0, 500.0, 400.0), GAP);
    }

    #[test]
    fn it_is_placed_above_only_where_there_is_more_space() {
        assert_eq!(vertical(100.0, 130.0, 200.0, 800.0), 134.0);
        assert_eq!(vertical(700.0, 730.0, 200.0, 800.0), 496.0);
        assert_eq!(vertical(100.0, 130.0, 900.0, 800.0), 134.0);
    }
}
