//! What every list of things has: its state in the address, rows that can be ticked, four sights.

mod query;
mod selection;
mod sight;

pub use query::Query;
pub use selection::{Selection, SelectionBar};
pub use sight::Sight;
