//! The column of listeners: as many tags as fit.

use super::empty_cell::empty_cell;
use crate::{
    i18n::t_string,
    store::row::{Row as Known, protocol_word},
    ui::{Tag, Tags},
};
use leptos::prelude::*;
use openstack_types::octavia::ListenerProtocol;
use std::sync::Arc;

/// The edges of a tag and the gap to the next one, in characters.
const TAG_EDGES: usize = 3;
/// The window whose column of listeners is wider, in px.
const WIDE: f64 = 1600.0;

/// Protocol and port of each listener.
#[component]
pub(super) fn Listeners(known: Memo<Option<Arc<Known>>>) -> impl IntoView {
    let listeners =
        Memo::new(move |_| known.with(|row| row.as_deref().map(|row| row.listeners.clone())));
    move || {
        let listeners = listeners.get().unwrap_or_default();
        if listeners.is_empty() {
            return empty_cell(known, |i18n| t_string!(i18n, load_balancers.none));
        }
        let all: Vec<String> = listeners
            .iter()
            .map(|(protocol, port)| format!("{}:{port}", protocol_word(protocol)))
            .collect();
        let title = all.join(", ");
        let widths: Vec<usize> =
            listeners.iter().map(|(protocol, port)| width(protocol, *port)).collect();
        let fitting = fitting(&widths, space());
        let more = all.len() - fitting;
        let named = listeners.into_iter().take(fitting);
        view! {
            <span title=title>
                <Tags>
                    {named.map(|(protocol, port)| listener_tag(&protocol, port)).collect_view()}
                    {(more > 0).then(|| view! { <Tag text=format!("+{more}") /> })}
                </Tags>
            </span>
        }
        .into_any()
    }
}

/// `HTTPS with SSL:443`, drawn without the words that every such listener has.
fn listener_tag(protocol: &ListenerProtocol, port: u16) -> AnyView {
    let word = protocol_word(protocol);
    let (short, rest) = word.split_at(short(word));
    view! {
        <span class="tag mono">
            {short.to_owned()}
            <span class="list-long">{rest.to_owned()}</span>
            {format!(":{port}")}
        </span>
    }
    .into_any()
}

/// The length of the part of a protocol's name that is always drawn.
fn short(word: &str) -> usize {
    word.find(' ').unwrap_or(word.len())
}

/// The width of a tag in characters, with its edges.
fn width(protocol: &ListenerProtocol, port: u16) -> usize {
    short(protocol_word(protocol)) + 1 + port.to_string().len() + TAG_EDGES
}

/// The width of the column in characters.
fn space() -> usize {
    let window = window().inner_width().ok().and_then(|width| width.as_f64());
    if window.is_some_and(|width| width >= WIDE) { 38 } else { 26 }
}

/// How many tags of these widths fit, with the number of the others; at least one.
fn fitting(widths: &[usize], space: usize) -> usize {
    let fits = |count: usize| {
        let number = if count < widths.len() { TAG_EDGES + 2 } else { 0 };
        widths[..count].iter().sum::<usize>() + number <= space
    };
    (1..=widths.len()).rev().find(|count| fits(*count)).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(listeners: &[(ListenerProtocol, u16)]) -> usize {
        let widths: Vec<_> = listeners.iter().map(|(word, port)| width(word, *port)).collect();
        fitting(&widths, 26)
    }

    #[test]
    fn a_row_names_the_listeners_that_fit() {
        let (http, tcp) =
            (|port| (ListenerProtocol::Http, port), |port| (ListenerProtocol::Tcp, port));
        assert_eq!(count(&[http(80)]), 1);
        assert_eq!(count(&[http(80), (ListenerProtocol::TerminatedHttps, 443)]), 2);
        assert_eq!(count(&[http(80), http(8080)]), 2);
        assert_eq!(count(&[http(80), http(8080), tcp(25)]), 1);
        assert_eq!(count(&[tcp(80), tcp(81), tcp(82)]), 2);
    }
}
