//! Every component in every state, at `/gallery`.
//!
//! Compiled only with the feature `gallery`. Its texts are not translated: users never see them.

mod content;
mod controls;
mod tables;

use leptos::prelude::*;
use std::time::Duration;

use super::{
    Flash, FlashRegion, Frame, Glyph, HeaderSelect, HeaderText, Labels, MenuItem, Nav, NavItem,
    PageHeader, SelectOption, Theme, Tone, UserMenu,
};

/// Shows the gallery at its address.
pub fn mount_if_asked() -> bool {
    let asked = window().location().pathname().is_ok_and(|path| path == "/gallery");
    if asked {
        if let Some(first_paint) = document().get_element_by_id("first-paint") {
            first_paint.remove();
        }
        leptos::mount::mount_to_body(Gallery);
    }
    asked
}

/// All components inside the frame.
#[component]
fn Gallery() -> impl IntoView {
    provide_context(labels());
    let theme = RwSignal::new(Theme::stored());
    Effect::new(move |_| theme.get().choose());
    let flashes = RwSignal::new(flashes());
    view! {
        <Frame
            product="Load Balancing Service"
            home="/"
            header=move || {
                view! {
                    <HeaderText label="Project" icon=Glyph::Folder text="team-frontend" />
                    <HeaderSelect
                        label="Language"
                        icon=Glyph::Globe
                        value="en"
                        options=vec![
                            SelectOption::new("en", "English"),
                            SelectOption::new("zh-TW", "繁體中文"),
                        ]
                        on_change=|_: String| ()
                    />
                    <HeaderSelect
                        label="Theme"
                        icon=Glyph::Theme
                        value=move || theme.get().name().to_owned()
                        options=Theme::ALL
                            .map(|theme| SelectOption::new(theme.name(), theme.name()))
                            .to_vec()
                        on_change=move |name: String| theme.set(Theme::from_name(&name))
                    />
                    <UserMenu
                        name="admin"
                        items=|| vec![MenuItem::new("Sign out", || ()).icon(Glyph::SignOut)]
                    />
                }
            }
            nav=|| {
                view! {
                    <Nav>
                        <NavItem href="/" label="All Services" icon=Glyph::Grid current=false />
                        <NavItem
                            href="/gallery"
                            label="Load Balancing"
                            icon=Glyph::LoadBalancer
                            current=true
                        >
                            <NavItem
                                href="/"
                                label="SSL Certificate"
                                icon=Glyph::Certificate
                                current=false
                            />
                        </NavItem>
                    </Nav>
                }
            }
            notices=move || {
                view! {
                    <FlashRegion
                        messages=flashes
                        on_dismiss=move |id: u64| flashes.update(|all| all.retain(|one| one.id != id))
                        on_undo=move |id: u64| flashes.update(|all| all.retain(|one| one.id != id))
                    />
                }
            }
        >
            <PageHeader
                title="The parts"
                beside=|| view! { "in every state" }
                sub=|| "負載平衡服務 · 應用程式負載平衡器 · 192.0.2.10:80 · 0123456789"
            />
            <div class="stack">
                <controls::Buttons />
                <tables::Rows />
                <tables::Sights />
                <controls::Fields />
                <controls::Choices />
                <content::States />
                <content::Overlays />
                <content::Reading />
                <tables::Many />
            </div>
        </Frame>
    }
}

fn flashes() -> Vec<Flash> {
    let flash = |id, tone, text: &str, detail: Option<&str>| Flash {
        id,
        tone,
        text: text.to_owned(),
        detail: detail.map(str::to_owned),
        link: None,
        undo: None,
        period: (tone == Tone::Ok).then_some(Duration::from_secs(6)),
    };
    vec![
        Flash {
            link: Some(("/".to_owned(), "Open shop".to_owned())),
            ..flash(1, Tone::Ok, "Creating load balancer shop.", None)
        },
        Flash { undo: Some("Undo".to_owned()), ..flash(3, Tone::Ok, "Deleting shop.", None) },
        flash(2, Tone::Error, "Could not delete api-internal.", Some("It is being updated (409).")),
    ]
}

fn labels() -> Labels {
    let word = |word: &'static str| Signal::stored(word.to_owned());
    Labels {
        optional: word("(optional)"),
        clear: word("Clear"),
        close: word("Close"),
        dismiss: word("Dismiss"),
        copy: word("Copy"),
        copied: word("Copied"),
        copy_failed: word("Couldn't copy. Text selected; press Ctrl+C."),
        remove: word("Remove"),
        no_data: word("no data"),
        loading: word("Loading"),
        skip: word("Skip to content"),
        navigation: word("Main"),
        open_navigation: word("Menu"),
    }
}
