//! What all list pages share: the page itself, its state in the URL, selection, and deletion.

mod create;
mod deferred_delete;
mod delete_dialog;
mod kind;
mod page;
mod query;
mod row;
mod selection;
mod tools;
mod view_state;

pub use create::Create;
pub use deferred_delete::{DeleteEvent, DeleteKind};
pub use delete_dialog::{DeleteDialog, limited_list};
pub use kind::{Columns, Filter, ListKind};
pub use page::ListPage;
pub use query::Query;
pub use row::{CreatedAt, ListRow, Now, last_known};
pub use selection::Selection;
