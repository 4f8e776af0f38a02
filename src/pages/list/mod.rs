//! What every list of things has: its state in the address, rows that can be ticked, four sights.

mod create;
mod going;
mod query;
mod selection;
mod sight;

pub use create::Create;
pub use going::{Way, go};
pub use query::Query;
pub use selection::{Selection, SelectionBar};
pub use sight::Sight;
