//! **Traffic path**: clients, VIP, listeners, server groups and servers as a picture, with live health
//! and traffic. The boxes are the items of a list, so that a screen reader reads what others see; only
//! the lines between them are drawn.

mod layout;
mod parts;

use super::{Shown, piece};
use crate::{
    i18n::{
        I18nContext, Locale,
        format::{self, Style},
        t, t_string, use_i18n,
    },
    store::metrics::{PartLines, use_metrics},
    ui::{Card, Glyph, Icon, OperatingBadge, px},
};
use layout::{Layout, Part, Wire, layout};
use leptos::prelude::*;
pub(super) use parts::anchor_id;
use parts::{Key, What};
use uuid::Uuid;
use web_sys::{HtmlElement, MouseEvent, wasm_bindgen::JsCast};

/// The picture.
#[component]
pub(super) fn Topology(shown: Shown) -> impl IntoView {
    let i18n = use_i18n();
    let drawn = piece(shown, layout);
    let drawn = Memo::new(move |_| drawn.get().unwrap_or_default());
    let keys =
        Memo::new(move |_| drawn.with(|l| l.parts.iter().map(|p| p.key).collect::<Vec<_>>()));
    let wires = Memo::new(move |_| {
        drawn.with(|l| l.wires.iter().map(|w| (w.from, w.to)).collect::<Vec<_>>())
    });
    let width = Memo::new(move |_| drawn.with(|layout| layout.width));
    let height = Memo::new(move |_| drawn.with(|layout| layout.height));
    let without = piece(shown, |graph| graph.listeners.is_empty());
    let label = move || t_string!(i18n, topology.title).to_owned();
    view! {
        <Card title=label>
            <div class="topology-scroll">
                <div
                    class="topology"
                    style:width=move || px(width.get())
                    style:height=move || px(height.get())
                >
                    <svg
                        class="topology-wires"
                        aria-hidden="true"
                        focusable="false"
                        width=width
                        height=height
                    >
                        <For each=move || wires.get() key=|ends| *ends let:ends>
                            {wire(drawn, ends)}
                        </For>
                    </svg>
                    <ol aria-label=label>
                        <For each=move || keys.get() key=|key| *key let:key>
                            {part(drawn, key)}
                        </For>
                    </ol>
                </div>
            </div>
            <Show when=move || without.get() == Some(true)>
                <p class="muted">{t!(i18n, topology.no_listeners)}</p>
            </Show>
        </Card>
    }
}

fn wire(drawn: Memo<Layout>, (from, to): (Key, Key)) -> AnyView {
    let wire = Memo::new(move |before: Option<&Option<Wire>>| {
        let same = |wire: &&Wire| (wire.from, wire.to) == (from, to);
        let now = drawn.with(|layout| layout.wires.iter().find(same).cloned());
        now.or_else(|| before.cloned().flatten())
    });
    let counted = Memo::new(move |_| {
        wire.with(|wire| wire.as_ref().map(|w| w.counted.clone())).unwrap_or_default()
    });
    let rate = rate(counted);
    let flows = Memo::new(move |_| rate.get().is_some_and(|rate| rate > 0.0));
    view! {
        <path
            class="topology-wire"
            class:topology-broken=move || wire.with(|wire| wire.as_ref().is_some_and(|w| w.broken))
            class:topology-flows=move || flows.get()
            d=move || wire.with(|wire| wire.as_ref().map(|wire| wire.path.clone()))
        />
    }
    .into_any()
}

fn part(drawn: Memo<Layout>, key: Key) -> AnyView {
    let i18n = use_i18n();
    let part = Memo::new(move |before: Option<&Option<Part>>| {
        let now = drawn.with(|layout| layout.parts.iter().find(|part| part.key == key).cloned());
        now.or_else(|| before.cloned().flatten())
    });
    let of = move |work: fn(&Part) -> f64| {
        move || part.with(|part| part.as_ref().map(|part| px(work(part))))
    };
    let status = Memo::new(move |_| part.with(|part| part.as_ref().and_then(|p| p.status.clone())));
    let name = move || part.with(|part| part.as_ref().map(|part| name(i18n, &part.what)));
    let counted = Memo::new(move |_| {
        part.with(|part| part.as_ref().map(|p| p.counted.clone())).unwrap_or_default()
    });
    let rate = rate(counted);
    let traffic = move || {
        let rate = rate.get().filter(|_| key != Key::Clients)?;
        let rate = format::number(i18n.get_locale(), rate, Style::Short);
        Some(t_string!(i18n, topology.rate, rate = rate).to_string())
    };
    let kind = move || match key {
        Key::Clients => "",
        Key::Vip => t_string!(i18n, details.vip),
        Key::Listener(_) => t_string!(i18n, topology.listener),
        Key::Group(_) => t_string!(i18n, details.group),
        Key::Server(_) => t_string!(i18n, topology.server),
        Key::Listeners(_) | Key::Groups | Key::Servers(_) => "",
    };
    let content = move || {
        view! {
            <span class="visually-hidden">{kind} " "</span>
            <span class="topology-name truncate" title=name>
                {name}
            </span>
            <span class="topology-state">
                {move || {
                    status.get().map(|status| view! { <OperatingBadge status=Signal::stored(status) /> })
                }}
                <span class="num muted">{traffic}</span>
            </span>
        }
    };
    let place = part.with_untracked(|part| part.as_ref().and_then(|part| part.place.clone()));
    let inside = match place {
        None => view! {
            <span class="topology-box topology-clients">
                <Icon glyph=Glyph::Globe />
                <span>{name}</span>
            </span>
        }
        .into_any(),
        Some(first) => {
            let place = Memo::new(move |_| {
                part.with(|part| part.as_ref().and_then(|part| part.place.clone()))
                    .unwrap_or_else(|| first.clone())
            });
            view! {
                <a
                    class="topology-box"
                    href=move || format!("#{}", place.get())
                    on:click=move |event| go(&event, &place.get_untracked())
                >
                    {content()}
                </a>
            }
            .into_any()
        }
    };
    view! {
        <li style:left=of(|part| part.left) style:top=of(|part| part.top) style:width=of(|part| part.width)>
            {inside}
        </li>
    }
    .into_any()
}

fn name(i18n: I18nContext<Locale>, what: &What) -> String {
    match what {
        What::Clients => t_string!(i18n, topology.clients).to_owned(),
        What::Named(name) => name.clone(),
        What::Unnamed => t_string!(i18n, details.group).to_owned(),
        What::Listeners(count) => t_string!(i18n, topology.listeners, count = count).to_string(),
        What::Groups(count) => t_string!(i18n, topology.groups, count = count).to_string(),
        What::Servers { healthy, total } => {
            t_string!(i18n, topology.servers, healthy = healthy, total = total).to_string()
        }
    }
}

/// Requests or connections a second in the last step, of all together; `None` while nobody knows.
fn rate(counted: Memo<Vec<Uuid>>) -> Memo<Option<f64>> {
    let metrics = use_metrics();
    Memo::new(move |_| {
        let last = |part: &PartLines| part.hits.last().copied().filter(|hits| !hits.is_nan());
        metrics.with(|history| {
            let of = |id: &Uuid| history.part(*id).and_then(last).unwrap_or_default();
            let sum: f64 = counted.with(|counted| counted.iter().map(of).sum());
            (history.is_known() && history.step() > 0.0).then(|| sum / history.step())
        })
    })
}

/// Goes to the part of the page that tells more, the keyboard too; the address stays.
fn go(event: &MouseEvent, place: &str) {
    if event.ctrl_key() || event.meta_key() || event.shift_key() {
        return;
    }
    event.prevent_default();
    let there = document().get_element_by_id(place);
    if let Some(there) = there.and_then(|there| there.dyn_into::<HtmlElement>().ok()) {
        // Fails only for an element that is not in the document any more.
        let _ = there.focus();
    }
}
