//! The UI components of the pages.
//!
//! A component could be part of any product: it does not use the router, the client, the store or
//! load balancers. Values come in as signals, and events go out as callbacks. README.md lists the
//! components; the `gallery` feature shows them.

#![cfg_attr(
    not(feature = "gallery"),
    allow(dead_code, unused_imports, reason = "only the gallery uses every part")
)]

mod banner;
mod button;
mod card;
mod checkbox;
mod choice;
mod code_block;
mod copy_button;
mod definitions;
mod dialog;
mod disclosure;
mod dom;
mod empty_state;
mod field;
mod file_input;
mod flash;
mod frame;
#[cfg(feature = "gallery")]
pub mod gallery;
mod header;
mod icon;
mod labels;
mod link_tabs;
mod menu;
mod nav;
mod number_input;
mod page_header;
mod placement;
mod plot;
mod px;
mod row_recycling;
mod search_input;
mod select;
mod skeleton;
mod status;
mod stepper;
mod table;
mod table_states;
mod tabs;
mod tag;
mod text_input;
mod textarea;
mod theme;
mod time;
mod tooltip;
mod virtual_rows;
mod window;

pub use banner::Banner;
pub use button::{Button, ButtonKind, LinkButton};
pub use card::Card;
pub use checkbox::Checkbox;
pub use choice::{Choice, RadioCards};
pub use code_block::CodeBlock;
pub use copy_button::CopyButton;
pub use definitions::{Definition, Definitions};
pub use dialog::Dialog;
pub use disclosure::Disclosure;
pub use dom::is_dialog_open;
pub use empty_state::{Art, EmptyState};
pub use field::Field;
pub use file_input::FileInput;
pub use flash::{Flash, FlashRegion};
pub use frame::{Frame, Mark, PlainFrame};
pub use header::{HeaderSelect, HeaderText, UserMenu};
pub use icon::{Glyph, Icon};
pub use labels::{Labels, Text, text};
pub use link_tabs::{LinkTab, LinkTabs};
pub use menu::{Menu, MenuItem, MenuTrigger};
pub use nav::{Nav, NavItem};
pub use number_input::NumberInput;
pub use page_header::{Crumb, PageHeader};
pub use plot::{Lines, Plot, Scale, tone_class};
pub use px::px;
pub use search_input::SearchInput;
pub use select::{Select, SelectOption, ToolSelect};
pub use skeleton::{Skeleton, SkeletonLines};
pub use status::{OperatingBadge, ProvisioningBadge, StatusBadge, Tone};
pub use stepper::Stepper;
pub use table::{Cell, HeaderCell, Narrow, Row, Sort, Table};
pub use table_states::{SkeletonRows, TableMessage};
pub use tabs::Tabs;
pub use tag::{Tag, Tags};
pub use text_input::{InputKind, TextInput};
pub use textarea::Textarea;
pub use theme::Theme;
pub use time::Time;
pub use tooltip::Tooltip;
pub use virtual_rows::VirtualRows;
