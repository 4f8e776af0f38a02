//! The server groups of a draft. The API calls a server group a pool.

use super::state::Form;
use crate::i18n::t_string;
use leptos::prelude::*;
use plan::{Draft, RowKey};

/// The server groups in the order of the listeners that use them, unused ones last.
pub fn server_group_keys(form: Form) -> Memo<Vec<RowKey>> {
    Memo::new(move |_| form.draft.with(ordered_groups))
}

fn ordered_groups(draft: &Draft) -> Vec<RowKey> {
    let user = |key: RowKey| draft.listeners.iter().position(|one| one.group == Some(key));
    let mut keys: Vec<RowKey> = draft.groups.iter().map(|group| group.key).collect();
    keys.sort_by_key(|key| user(*key).unwrap_or(usize::MAX));
    keys
}

/// The label of a server group; `None` if it is the only one, because it needs no label then.
pub fn server_group_label(form: Form, key: RowKey) -> Option<String> {
    form.draft.with(|draft| (draft.groups.len() > 1).then(|| group_name(form, draft, key)))
}

/// The name of a server group, or its number.
pub fn group_name(form: Form, draft: &Draft, key: RowKey) -> String {
    let index = draft.groups.iter().position(|group| group.key == key).unwrap_or_default();
    match draft.groups.get(index).map(|group| group.name.trim()) {
        None | Some("") => t_string!(form.i18n(), create.group_n, n = index + 1).to_string(),
        Some(name) => name.to_owned(),
    }
}

/// The id of the card of a server group.
pub fn group_card_id(group: RowKey) -> String {
    format!("group-{group}")
}
