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
            for group in &draft.groups {
                let Some(before) = edit.base_draft().group(group.key) else { continue };
                let serves = |s: &&plan::ServerDraft| s.enabled && s.weight.trim() != "0";
                if !before.servers.iter().any(|s| serves(&s))
                    || group.servers.iter().any(|s| serves(&s))
                {
                    continue;
                }
                let name = group.name.clone();
                warnings.push(if group.servers.is_empty() {
                    t_string!(i18n, edit.warning_no_server, group = name).to_string()
                } else {
                    t_string!(i18n, edit.warning_none_serves, group = name).to_string()
                });
            }
            for listener in &edit.base_draft().listeners {
                if draft.listener(listener.key).is_none() {
                    let protocol = protocol_word(&listener.protocol).to_owned();
                    let port = listener.port.clone();
                    warnings.push(
                        t_string!(i18n, edit.warning_listener, protocol = protocol, port = port)
                            .to_string(),
                    );
                }
            }
            warnings
        })
    })
}
