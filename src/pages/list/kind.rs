//! What makes the pages of two lists different.

use crate::{
    i18n::TextFn,
    store::{Store, loading::Loading},
};

/// What a list says of its resources, and how it reads them.
pub struct ListKind {
    /// The heading of the page.
    pub title: TextFn,
    /// The name of the search field.
    pub search: TextFn,
    /// What the search looks in.
    pub search_hint: TextFn,
    pub table: TextFn,
    /// The heading without any resource.
    pub empty_title: TextFn,
    /// What to do without any resource.
    pub empty_text: TextFn,
    /// What to do when the search matches nothing.
    pub no_match_text: TextFn,
    /// The heading when the list could not be read.
    pub failed_title: TextFn,
    /// The CSS classes around the table.
    pub class: &'static str,
    /// How many resources there are.
    pub total: fn(Store) -> usize,
    /// The state of the last load.
    pub loading: fn(Store) -> Loading,
    /// The time of the last news, in milliseconds since 1970.
    pub updated: fn(Store) -> Option<f64>,
    /// Reads the list again.
    pub refresh: fn(Store),
    /// The URL of the page that creates a resource.
    pub create: fn() -> String,
    /// In the order of [`Sorting::FILTERS`](crate::routes::Sorting::FILTERS).
    pub filters: &'static [Filter],
}

/// A select beside the search.
pub struct Filter {
    pub name: TextFn,
    /// The option that lets every row pass.
    pub all: TextFn,
    /// The values in the URL, with their labels.
    pub options: &'static [(&'static str, TextFn)],
}

/// The columns of a list after the one with the selection boxes.
pub struct Columns<K> {
    /// The sort keys of the columns, in their order.
    pub keys: fn(Store) -> Vec<K>,
    /// The name of a column.
    pub name: fn(K) -> TextFn,
    /// The name of a last column with a menu for each row.
    pub menu: Option<TextFn>,
}
