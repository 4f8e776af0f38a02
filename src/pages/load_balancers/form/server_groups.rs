//! The server groups of a draft. The API calls a server group a pool.

use super::state::Form;
use crate::i18n::t_string;
use leptos::prelude::*;
use plan::RowKey;

pub fn server_group_keys(form: Form) -> Memo<Vec<RowKey>> {
    Memo::new(move |_| form.draft.with(|draft| draft.groups.iter().map(|g| g.key).collect()))
}

/// The label of a server group; `None` if it is the only one, because it needs no label then.
pub fn server_group_label(form: Form, key: RowKey) -> Option<String> {
    form.draft.with(|draft| {
        let index = draft.groups.iter().position(|group| group.key == key)?;
        if draft.groups.len() < 2 {
            return None;
        }
        let name = draft.groups[index].name.trim();
        Some(match name {
            "" => t_string!(form.i18n(), create.group_n, n = index + 1).to_string(),
            name => name.to_owned(),
        })
    })
}
