//! Warnings above the buttons of the edit dialog.

use super::session::EditSession;
use crate::{i18n::t_string, store::row::protocol_word};
use leptos::prelude::*;

/// What stops working when the draft is applied.
pub(super) fn warnings(session: EditSession) -> Vec<String> {
    let i18n = session.form.i18n();
    session.edit.with(|edit| {
        let Some(edit) = edit else { return Vec::new() };
        session.form.draft.with(|draft| {
            let mut warnings = Vec::new();
            let deleted_groups = edit.groups_removed_with_listeners(draft);
            for group in &draft.groups {
                let Some(before) = edit.base_draft().group(group.key) else { continue };
                if deleted_groups.contains(&group.key) {
                    continue;
                }
                let serves = |s: &&plan::ServerDraft| s.enabled && s.weight.trim() != "0";
                if !before.servers.iter().any(|s| serves(&s))
                    || group.servers.iter().any(|s| serves(&s))
                {
                    continue;
                }
                let name = group.name.clone();
                warnings.push(if group.servers.is_empty() {
                    t_string!(i18n, edit.warn_no_server, group = name).to_string()
                } else {
                    t_string!(i18n, edit.warn_none_serves, group = name).to_string()
                });
            }
            for group in draft.groups.iter().filter(|group| deleted_groups.contains(&group.key)) {
                let (name, count) = (group.name.clone(), group.servers.len());
                warnings.push(match count {
                    0 => t_string!(i18n, edit.warn_group_goes_empty, group = name).to_string(),
                    1 => t_string!(i18n, edit.warn_group_goes_one, group = name).to_string(),
                    _ => t_string!(i18n, edit.warn_group_goes, group = name, count = count)
                        .to_string(),
                });
            }
            for listener in &edit.base_draft().listeners {
                if draft.listener(listener.key).is_none() {
                    let protocol = protocol_word(&listener.protocol).to_owned();
                    let port = listener.port.clone();
                    warnings.push(
                        t_string!(i18n, edit.warn_listener, protocol = protocol, port = port)
                            .to_string(),
                    );
                }
            }
            warnings
        })
    })
}
