//! Below the form: what is wrong, what will be changed, and the buttons.

use super::{editing::Editing, labels};
use crate::{
    i18n::{t, t_string, use_i18n},
    pages::load_balancers::form::Summary,
    store::edits::Progress,
    ui::{Banner, Button, ButtonKind, Tone},
};
use leptos::prelude::*;
use openstack_types::octavia::ListenerProtocol;
use plan::edit::{Conflict, ConflictResolution};

/// `Cancel` and `OK`, and above them what `OK` will do.
#[component]
pub(super) fn FormActions(editing: Editing, on_close: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let outcome = editing.outcome;
    let unchanged = Signal::derive(move || {
        let nothing = outcome.with(|outcome| outcome.is_nothing());
        nothing.then(|| t_string!(i18n, edit.nothing_changed).to_owned())
    });
    let sum = Memo::new(move |_| outcome.with(|outcome| labels::plan_summary(i18n, &outcome.plan)));
    let warnings = Memo::new(move |_| warnings(editing));
    let overtaken = Memo::new(move |_| editing.is_overtaken());
    view! {
        <div class="edit-foot">
            <Summary form=editing.form />
            {move || {
                let warnings = warnings.get();
                (!warnings.is_empty())
                    .then(|| {
                        let lines = warnings.into_iter().map(|words| view! { <p>{words}</p> });
                        view! { <Banner tone=Tone::Warning>{lines.collect_view()}</Banner> }
                    })
            }}
            // Here it is in sight, however far down one is in the form.
            <div class="edit-sum" role="status">
                <Show when=move || overtaken.get()>
                    <Banner tone=Tone::Info>{t!(i18n, edit.overtaken)}</Banner>
                </Show>
            </div>
            <p class="edit-sum" role="status">{move || sum.get()}</p>
        </div>
        <Button on_press=move || on_close.run(())>{t!(i18n, common.cancel)}</Button>
        <Button kind=ButtonKind::Primary submit=true disabled_reason=unchanged>
            {t!(i18n, common.ok)}
        </Button>
    }
}

/// What will stop working.
fn warnings(editing: Editing) -> Vec<String> {
    let i18n = editing.form.i18n();
    editing.edit.with(|edit| {
        let Some(edit) = edit else { return Vec::new() };
        editing.form.draft.with(|draft| {
            let mut said = Vec::new();
            let going = edit.groups_removed_with_listeners(draft);
            for group in &draft.groups {
                let Some(before) = edit.base_draft().group(group.key) else { continue };
                if going.contains(&group.key) {
                    continue;
                }
                let serves = |s: &&plan::ServerDraft| s.enabled && s.weight.trim() != "0";
                if !before.servers.iter().any(|s| serves(&s))
                    || group.servers.iter().any(|s| serves(&s))
                {
                    continue;
                }
                let name = group.name.clone();
                said.push(match group.servers.is_empty() {
                    true => t_string!(i18n, edit.warn_no_server, group = name).to_string(),
                    false => t_string!(i18n, edit.warn_none_serves, group = name).to_string(),
                });
            }
            for group in draft.groups.iter().filter(|group| going.contains(&group.key)) {
                let (name, count) = (group.name.clone(), group.servers.len());
                said.push(match count {
                    0 => t_string!(i18n, edit.warn_group_goes_empty, group = name).to_string(),
                    1 => t_string!(i18n, edit.warn_group_goes_one, group = name).to_string(),
                    _ => t_string!(i18n, edit.warn_group_goes, group = name, count = count)
                        .to_string(),
                });
            }
            for listener in &edit.base_draft().listeners {
                if draft.listener(listener.key).is_none() {
                    let (protocol, port) =
                        (protocol_word(&listener.protocol), listener.port.clone());
                    said.push(
                        t_string!(i18n, edit.warn_listener, protocol = protocol, port = port)
                            .to_string(),
                    );
                }
            }
            said
        })
    })
}

fn protocol_word(protocol: &ListenerProtocol) -> String {
    crate::store::row::protocol_word(protocol).to_owned()
}

/// What can be done about an edit that is being carried out, or stands still.
#[component]
pub(super) fn RunActions(editing: Editing, on_close: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let progress = editing.progress();
    let edits = editing.store.edits;
    let id = editing.id;
    let sight = Memo::new(move |_| {
        progress.with(|progress| match progress {
            Some(Progress::Failed { .. } | Progress::Stopped(_)) => Buttons::StandsStill,
            Some(Progress::Conflicts { conflicts, .. }) => {
                Buttons::Choice { collide: conflicts.iter().any(Conflict::is_collision) }
            }
            _ => Buttons::Runs,
        })
    });
    let stopping = RwSignal::new(false);
    let back = move || editing.back_to_form(false);
    let close = move || on_close.run(());
    move || {
        match sight.get() {
        Buttons::Runs => {
            stopping.set(false);
            let stop = move || {
                stopping.set(true);
                edits.stop(id);
            };
            view! {
                <Button busy=stopping on_press=stop>
                    {t!(i18n, edit.stop)}
                </Button>
            }
            .into_any()
        }
        Buttons::StandsStill => view! {
            <Button on_press=close>{t!(i18n, common.cancel)}</Button>
            <Button on_press=back>{t!(i18n, edit.back_to_form)}</Button>
            <Button kind=ButtonKind::Primary autofocus=true on_press=move || editing.try_again()>
                {t!(i18n, common.try_again)}
            </Button>
        }
        .into_any(),
        Buttons::Choice { collide } => view! {
            <Button on_press=back>{t!(i18n, edit.back_to_form)}</Button>
            {collide
                .then(|| {
                    view! {
                        <Button on_press=move || editing.choose(ConflictResolution::Theirs)>
                            {t!(i18n, edit.take_theirs)}
                        </Button>
                    }
                })}
            <Button kind=ButtonKind::Primary on_press=move || editing.choose(ConflictResolution::Ours)>
                {move || match collide {
                    true => t_string!(i18n, edit.keep_mine),
                    false => t_string!(i18n, edit.go_on),
                }}
            </Button>
        }
        .into_any(),
    }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Buttons {
    Runs,
    StandsStill,
    Choice { collide: bool },
}
