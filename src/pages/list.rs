//! What every list of things has: its state in the address, rows that can be ticked, four sights.

mod create;
mod deferred_delete;
mod page;
mod query;
mod selection;
mod view_state;

pub use create::Create;
pub use deferred_delete::{DeleteKind, schedule};
pub use page::{Kind, ListPage};
pub use query::Query;
pub use selection::{SelectAll, Selection, SelectionBar};
pub use view_state::ViewState;

use crate::i18n::{I18nContext, Locale};

/// A word of the translations.
pub type Word = fn(I18nContext<Locale>) -> &'static str;
