//! The search and sorting of a list, kept in the URL.

use crate::{
    i18n::{TextFn, use_i18n},
    pages::location::use_location,
    routes::{Direction, ListQuery, Route, Sorting},
    ui::{HeaderCell, Sort},
};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use std::time::Duration;

/// Browsers refuse more than about three URL changes a second.
const URL_DELAY: Duration = Duration::from_millis(400);

/// The search and sorting of a list; a handle.
pub struct Query<K: Send + Sync + 'static> {
    /// The text in the search field. The URL follows after [`URL_DELAY`].
    pub search: RwSignal<String>,
    route: Callback<ListQuery<K>, Route>,
    in_url: Memo<ListQuery<K>>,
    sorting: Memo<(K, Direction)>,
    navigate: Callback<(ListQuery<K>, bool)>,
    timer: StoredValue<Option<TimeoutHandle>>,
}

impl<K: Send + Sync + 'static> Clone for Query<K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K: Send + Sync + 'static> Copy for Query<K> {}

impl<K: Sorting + Send + Sync> Query<K> {
    /// Follows the URL of a list: `parse` reads the query of its route, `route` makes a route of one.
    pub fn new(
        parse: fn(&Route) -> Option<&ListQuery<K>>,
        route: impl Fn(ListQuery<K>) -> Route + Send + Sync + 'static,
    ) -> Self {
        let route = Callback::new(route);
        let location = use_location();
        let in_url = Memo::new(move |before: Option<&ListQuery<K>>| {
            location.with(|location| match location.route.as_ref().and_then(parse) {
                Some(query) => query.clone(),
                // On the way to another page the list stays the same.
                None => before.cloned().unwrap_or_default(),
            })
        });
        let search = RwSignal::new(in_url.with_untracked(|query| query.search.clone()));
        // The back button changes the URL, and the search field follows.
        Effect::new(move |before: Option<String>| {
            let now = in_url.with(|query| query.search.clone());
            if before.is_some_and(|before| before != now)
                && search.with_untracked(|typed| typed.trim() != now)
            {
                search.set(now.clone());
            }
            now
        });
        let navigate = use_navigate();
        let navigate = Callback::new(move |(query, replace): (ListQuery<K>, bool)| {
            let options = NavigateOptions { replace, scroll: false, ..Default::default() };
            navigate(&route.run(query).href(), options);
        });
        let sorting = Memo::new(move |_| in_url.with(|query| (query.sort, query.direction)));
        let query =
            Self { search, route, in_url, sorting, navigate, timer: StoredValue::new(None) };
        on_cleanup(move || query.stop_timer());
        query
    }

    /// The sort key and direction.
    pub fn sorting(self) -> (K, Direction) {
        self.sorting.get()
    }

    /// The query with the text in the search field, also while the URL does not have it yet.
    pub fn now(self) -> ListQuery<K> {
        let search = self.search.get();
        self.in_url.with(|query| ListQuery { search, ..query.clone() })
    }

    /// The value of a filter; empty if every row passes.
    pub fn filter(self, filter: usize) -> String {
        let value = self.in_url.with(|query| query.filters.get(filter).copied().flatten());
        value.unwrap_or_default().to_owned()
    }

    /// Shows only rows with a value.
    pub fn set_filter(self, filter: usize, value: &str) {
        let query = self.in_url.get_untracked().filtered(filter, value);
        self.go_to(query);
    }

    /// Lets every row pass: clears the search and the filters.
    pub(super) fn clear(self) {
        self.search.set(String::new());
        let ListQuery { sort, direction, .. } = self.in_url.get_untracked();
        self.go_to(ListQuery { sort, direction, ..Default::default() });
    }

    /// Sorts by a column as its first click does.
    pub(super) fn sort_first(self, key: &str) {
        if let Some(sort) = K::ALL.iter().copied().find(|one| one.as_str() == key) {
            let direction = sort.first_direction();
            self.go_to(ListQuery { sort, direction, ..self.in_url.get_untracked() });
        }
    }

    /// The URL of [`now`](Self::now).
    pub fn href(self) -> String {
        self.route.run(self.now()).href()
    }

    fn order(self, key: K) -> Signal<Option<Sort>> {
        Signal::derive(move || {
            let (sorted_by, direction) = self.sorting();
            (sorted_by == key).then_some(match direction {
                Direction::Ascending => Sort::Ascending,
                Direction::Descending => Sort::Descending,
            })
        })
    }

    /// The header cell of the column that a key sorts by.
    pub fn header_cell(self, key: K, name: TextFn, numeric: bool) -> AnyView {
        header_cell(name, self.order(key), Callback::new(move |()| self.sort_by(key)), numeric)
    }

    /// Takes the text typed in the search field.
    pub fn set_search(self, text: String) {
        self.search.set(text);
        self.stop_timer();
        let timer = set_timeout_with_handle(move || self.write_search_to_url(), URL_DELAY);
        self.timer.set_value(timer.ok());
    }

    /// Replaces the history entry, so that the back button does not step through what was typed.
    fn write_search_to_url(self) {
        let search = self.search.get_untracked().trim().to_owned();
        let in_url = self.in_url.get_untracked();
        if in_url.search != search {
            self.navigate.run((ListQuery { search, ..in_url }, true));
        }
    }

    fn sort_by(self, key: K) {
        self.go_to(self.in_url.get_untracked().sorted_by(key));
    }

    /// Changes the URL, also by what was typed.
    fn go_to(self, query: ListQuery<K>) {
        self.stop_timer();
        let search = self.search.get_untracked().trim().to_owned();
        self.navigate.run((ListQuery { search, ..query }, false));
    }

    fn stop_timer(self) {
        if let Some(timer) = self.timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    }
}

/// Not generic, so that it compiles once for all lists.
fn header_cell(
    name: TextFn,
    sort: Signal<Option<Sort>>,
    on_sort: Callback<()>,
    numeric: bool,
) -> AnyView {
    let i18n = use_i18n();
    view! { <HeaderCell label=move || name(i18n).to_owned() sort on_sort numeric /> }.into_any()
}
