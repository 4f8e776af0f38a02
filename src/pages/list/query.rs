//! What a list shows, as the address says it.

use super::Word;
use crate::{
    i18n::use_i18n,
    pages::use_location,
    routes::{Direction, ListQuery, Route, Sorting},
    ui::{HeaderCell, Sort},
};
use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use std::time::Duration;

/// Browsers refuse to change the address more than some three times a second.
const ADDRESS_DELAY: Duration = Duration::from_millis(400);

/// What a list shows; a handle.
pub struct Query<K: Send + Sync + 'static> {
    /// What is typed; the address follows a moment later.
    pub search: RwSignal<String>,
    address: Memo<ListQuery<K>>,
    sorting: Memo<(K, Direction)>,
    go: Callback<(ListQuery<K>, bool)>,
    timer: StoredValue<Option<TimeoutHandle>>,
}

impl<K: Send + Sync + 'static> Clone for Query<K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K: Send + Sync + 'static> Copy for Query<K> {}

impl<K: Sorting + Send + Sync> Query<K> {
    /// Follows the address of a list: `read` takes what it shows out of an address, `print` makes one.
    pub fn new(
        read: fn(&Route) -> Option<&ListQuery<K>>,
        print: fn(ListQuery<K>) -> Route,
    ) -> Self {
        let location = use_location();
        let address = Memo::new(move |before: Option<&ListQuery<K>>| {
            location.with(|location| match location.route.as_ref().and_then(read) {
                Some(query) => query.clone(),
                // On the way to another page the list stays as it is.
                None => before.cloned().unwrap_or_default(),
            })
        });
        let search = RwSignal::new(address.with_untracked(|query| query.search.clone()));
        // The back button changes the address under the search field.
        Effect::new(move |before: Option<String>| {
            let now = address.with(|query| query.search.clone());
            if before.is_some_and(|before| before != now)
                && search.with_untracked(|typed| typed.trim() != now)
            {
                search.set(now.clone());
            }
            now
        });
        let navigate = use_navigate();
        let go = Callback::new(move |(query, replace): (ListQuery<K>, bool)| {
            let options = NavigateOptions { replace, scroll: false, ..Default::default() };
            navigate(&print(query).href(), options);
        });
        let sorting = Memo::new(move |_| address.with(|query| (query.sort, query.direction)));
        let query = Self { search, address, sorting, go, timer: StoredValue::new(None) };
        on_cleanup(move || query.stop_timer());
        query
    }

    /// What it is sorted by, and which end comes first.
    pub fn sorting(self) -> (K, Direction) {
        self.sorting.get()
    }

    /// What is shown now.
    pub fn now(self) -> ListQuery<K> {
        let search = self.search.get();
        self.address.with(|query| ListQuery { search, ..query.clone() })
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

    /// The heading of the column that a key sorts by.
    pub fn heading(self, key: K, name: Word) -> AnyView {
        heading(name, self.order(key), Callback::new(move |()| self.sort_by(key)))
    }

    /// Takes what is typed in the search field.
    pub fn type_search(self, text: String) {
        self.search.set(text);
        self.stop_timer();
        let timer = set_timeout_with_handle(move || self.write_address(), ADDRESS_DELAY);
        self.timer.set_value(timer.ok());
    }

    /// Typing is no step that the back button goes back over.
    fn write_address(self) {
        let search = self.search.get_untracked().trim().to_owned();
        let address = self.address.get_untracked();
        if address.search != search {
            self.go.run((ListQuery { search, ..address }, true));
        }
    }

    fn sort_by(self, key: K) {
        self.stop_timer();
        let search = self.search.get_untracked().trim().to_owned();
        let query = ListQuery { search, ..self.address.get_untracked() };
        self.go.run((query.sorted_by(key), false));
    }

    fn stop_timer(self) {
        if let Some(timer) = self.timer.try_update_value(Option::take).flatten() {
            timer.clear();
        }
    }
}

/// Apart from the keys, so that it compiles once for all lists.
fn heading(name: Word, sort: Signal<Option<Sort>>, on_sort: Callback<()>) -> AnyView {
    let i18n = use_i18n();
    view! { <HeaderCell label=move || name(i18n).to_owned() sort on_sort /> }.into_any()
}
