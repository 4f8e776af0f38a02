//! The icon set: 16 by 16, strokes of 1.5, in the text colour.

use leptos::prelude::*;

/// An icon. Named by what it shows, not by its use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glyph {
    ArrowDown,
    ArrowLeft,
    ArrowRight,
    ArrowUp,
    Bolt,
    Certificate,
    Check,
    CheckCircle,
    ChevronDown,
    ChevronRight,
    Clipboard,
    Clock,
    Clone,
    Close,
    Cross,
    Download,
    External,
    Folder,
    Globe,
    Grid,
    Info,
    Keyboard,
    List,
    LoadBalancer,
    Menu,
    Minus,
    Moon,
    More,
    Network,
    Pencil,
    Plus,
    Refresh,
    Search,
    Server,
    SignOut,
    Sun,
    Theme,
    Trash,
    User,
    Warning,
}

impl Glyph {
    /// The strokes, as one SVG path on a grid of 16.
    fn path(self) -> &'static str {
        match self {
            Self::ArrowDown => "M8 3v10M3.5 8.5 8 13l4.5-4.5",
            Self::ArrowLeft => "M13 8H3m4.5-4.5L3 8l4.5 4.5",
            Self::ArrowRight => "M3 8h10M8.5 3.5 13 8l-4.5 4.5",
            Self::ArrowUp => "M8 13V3M3.5 7.5 8 3l4.5 4.5",
            Self::Bolt => "M9 1.75 3.5 9H8l-1 5.25L12.5 7H8z",
            Self::Certificate => {
                "M8 1.75 13.25 3.5v4.25c0 3-2.1 5.4-5.25 6.5-3.15-1.1-5.25-3.5-5.25-6.5V3.5z\
                 M5.75 7.75 7.4 9.4l2.85-3"
            }
            Self::Check => "m3 8.5 3.5 3.5L13 4.5",
            Self::CheckCircle => {
                "M8 14.25a6.25 6.25 0 1 0 0-12.5 6.25 6.25 0 0 0 0 12.5zM5.25 8.25l2 2 3.5-4"
            }
            Self::ChevronDown => "m4 6.25 4 4 4-4",
            Self::ChevronRight => "m6.25 4 4 4-4 4",
            Self::Clipboard => {
                "M6 2.75H4.5c-.7 0-1.25.55-1.25 1.25v9c0 .7.55 1.25 1.25 1.25h7c.7 0 1.25-.55 \
                 1.25-1.25V4c0-.7-.55-1.25-1.25-1.25H10M6 1.75h4v2.5H6z"
            }
            Self::Clock => {
                "M8 14.25a6.25 6.25 0 1 0 0-12.5 6.25 6.25 0 0 0 0 12.5zM8 4.5V8l2.25 1.75"
            }
            Self::Clone => {
                "M5.75 5.75v-2.5c0-.55.45-1 1-1h6c.55 0 1 .45 1 1v6c0 .55-.45 1-1 1h-2.5M3.25 \
                 5.75h6c.55 0 1 .45 1 1v6c0 .55-.45 1-1 1h-6c-.55 0-1-.45-1-1v-6c0-.55.45-1 1-1z"
            }
            Self::Close => "m4 4 8 8m0-8-8 8",
            Self::Cross => {
                "M8 14.25a6.25 6.25 0 1 0 0-12.5 6.25 6.25 0 0 0 0 12.5zM5.75 5.75l4.5 4.5m0-4.5-4.5 4.5"
            }
            Self::Download => "M8 2.25v8m-3.5-3.5L8 10.25l3.5-3.5M2.75 13.5h10.5",
            Self::External => {
                "M9.5 2.5h4v4m0-4L7.5 8.5M6 3.25H3.5c-.55 0-1 .45-1 1v8.25c0 .55.45 1 1 1h8.25c.55 0 1-.45 1-1V10"
            }
            Self::Folder => {
                "M1.75 4.25c0-.7.55-1.25 1.25-1.25h3l1.75 2H13c.7 0 1.25.55 1.25 1.25v5.5c0 .7-.55 1.25-1.25 1.25H3c-.7 0-1.25-.55-1.25-1.25z"
            }
            Self::Globe => {
                "M8 14.25a6.25 6.25 0 1 0 0-12.5 6.25 6.25 0 0 0 0 12.5zM1.9 8h12.2M8 1.75c1.6 1.75 \
                 2.4 3.85 2.4 6.25S9.6 12.5 8 14.25C6.4 12.5 5.6 10.4 5.6 8S6.4 3.5 8 1.75z"
            }
            Self::Grid => "M2.5 2.5h4v4h-4zM9.5 2.5h4v4h-4zM2.5 9.5h4v4h-4zM9.5 9.5h4v4h-4z",
            Self::Info => {
                "M8 14.25a6.25 6.25 0 1 0 0-12.5 6.25 6.25 0 0 0 0 12.5zM8 7.25v4M8 4.9v.1"
            }
            Self::Keyboard => {
                "M1.75 4h12.5v8H1.75zM4.25 6.5h.01M6.75 6.5h.01M9.25 6.5h.01M11.75 6.5h.01M5 9.5h6"
            }
            Self::List => "M5.5 4h8m-8 4h8m-8 4h8M2.5 4h.01M2.5 8h.01M2.5 12h.01",
            Self::LoadBalancer => {
                "M8 5.75v2m0 0H3.75v2.5M8 7.75h4.25v2.5M8 7.75v2.5M8 5.75a2 2 0 1 0 0-4 2 2 0 0 0 0 \
                 4zM2.25 10.25h3v3h-3zM6.5 10.25h3v3h-3zM10.75 10.25h3v3h-3z"
            }
            Self::Menu => "M2.5 4.25h11M2.5 8h11m-11 3.75h11",
            Self::Minus => "M3.5 8h9",
            Self::Moon => "M13.5 9.75A5.75 5.75 0 0 1 6.25 2.5a5.75 5.75 0 1 0 7.25 7.25z",
            Self::More => {
                "M8 2.70a.55.55 0 1 0 0 1.1.55.55 0 0 0 0-1.1zM8 7.45a.55.55 0 1 0 0 1.1.55.55 0 0 0 0-1.1zM8 12.20a.55.55 0 1 0 0 1.1.55.55 0 0 0 0-1.1z"
            }
            Self::Network => {
                "M6 2.5h4v3H6zM1.75 10.5h4v3h-4zM10.25 10.5h4v3h-4zM8 5.5V8m0 0H3.75v2.5M8 8h4.25v2.5"
            }
            Self::Pencil => "M10.75 2.75 13.25 5.25 5.5 13H3v-2.5zM9 4.5 11.5 7",
            Self::Plus => "M8 3v10M3 8h10",
            Self::Refresh => "M13.25 3v3.25H10M13.1 6.25A5.5 5.5 0 1 0 13.5 9",
            Self::Search => {
                "M7 11.75a4.75 4.75 0 1 0 0-9.5 4.75 4.75 0 0 0 0 9.5zM10.5 10.5l3.25 3.25"
            }
            Self::Server => "M2.5 2.75h11v4h-11zM2.5 9.25h11v4h-11zM5 4.75h.01M5 11.25h.01",
            Self::SignOut => {
                "M6.25 13.5H3.5c-.55 0-1-.45-1-1v-9c0-.55.45-1 1-1h2.75M10.5 11 13.5 8l-3-3m3 3H6.25"
            }
            Self::Sun => {
                "M8 10.75a2.75 2.75 0 1 0 0-5.5 2.75 2.75 0 0 0 0 5.5zM8 1.5v1M8 13.5v1M1.5 8h1M13.5 \
                 8h1M3.4 3.4l.7.7m7.8 7.8.7.7m0-9.2-.7.7m-7.8 7.8-.7.7"
            }
            Self::Theme => {
                "M8 14.25a6.25 6.25 0 1 0 0-12.5 6.25 6.25 0 0 0 0 12.5zM8 1.75v12.5M8 5l4.6-1M8 8h6.2M8 11l4.6 1"
            }
            Self::Trash => {
                "M2.75 4.25h10.5M6 4V2.25h4V4m-6 .25.6 9c.03.3.2.5.5.5h5.8c.3 0 .47-.2.5-.5l.6-9M6.75 7v4m2.5-4v4"
            }
            Self::User => {
                "M8 8a2.75 2.75 0 1 0 0-5.5A2.75 2.75 0 0 0 8 8zM2.75 13.75c.5-2.5 2.5-3.75 5.25-3.75s4.75 1.25 5.25 3.75"
            }
            Self::Warning => "M8 2.25 14.5 13.5h-13zM8 6.5v3.25M8 11.6v.1",
        }
    }
}

/// An icon. It is hidden from screen readers: the text beside it, or the label of the button around
/// it, is read instead.
#[component]
pub fn Icon(glyph: Glyph) -> impl IntoView {
    view! {
        <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
            <path d=glyph.path() />
        </svg>
    }
}
