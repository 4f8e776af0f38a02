//! What every list of things has: its state in the address, rows that can be ticked, four sights.

mod create;
mod going;
mod page;
mod query;
mod selection;
mod sight;

pub use create::Create;
pub use going::{Way, go};
pub use page::{Kind, ListPage};
pub use query::Query;
pub use selection::{SelectAll, Selection, SelectionBar};
pub use sight::Sight;

use crate::i18n::{I18nContext, Locale};

/// A word of the translations.
pub type Word = fn(I18nContext<Locale>) -> &'static str;
