//! The filters and the sorting beside the search.

use super::kind::ListKind;
use crate::{
    i18n::{TextFn, t_string, use_i18n},
    ui::{SelectOption, ToolSelect},
};
use leptos::prelude::*;

/// What is beside the search.
#[derive(Clone, Copy)]
pub(super) struct Tools {
    /// The value of a filter.
    pub(super) filter: Callback<usize, String>,
    pub(super) set_filter: Callback<(usize, String)>,
    /// The sort key; for narrow screens, which have no header to click.
    pub(super) sorting: Signal<String>,
    pub(super) sort: Callback<String>,
    pub(super) sort_keys: Signal<Vec<(&'static str, TextFn)>>,
    pub(super) clear: Callback<()>,
}

impl Tools {
    pub(super) fn view(self, kind: &'static ListKind) -> AnyView {
        let i18n = use_i18n();
        let option = move |(value, name): (&str, TextFn)| SelectOption::new(value, name(i18n));
        let filters = kind.filters.iter().enumerate().map(|(index, filter)| {
            let options = Signal::derive(move || {
                let all = std::iter::once(("", filter.all));
                all.chain(filter.options.iter().copied()).map(option).collect::<Vec<_>>()
            });
            view! {
                <ToolSelect
                    label=move || (filter.name)(i18n).to_owned()
                    value=move || self.filter.run(index)
                    options
                    on_change=move |value| self.set_filter.run((index, value))
                />
            }
        });
        let columns = move || self.sort_keys.get().into_iter().map(option).collect::<Vec<_>>();
        view! {
            {filters.collect_view()}
            <span class="list-sort">
                <ToolSelect
                    label=move || t_string!(i18n, load_balancers.sort).to_owned()
                    value=self.sorting
                    options=Signal::derive(columns)
                    on_change=self.sort
                />
            </span>
        }
        .into_any()
    }
}
