//! The tab `Rules`.

use super::{
    changes_bar::{ChangesBar, SaveProgress},
    edited_rule::EditedRule,
    editor::RuleEditor,
    listener_rules::ListenerRules,
    rejected::{RefusedNotice, open_refused, return_with_rejection},
    trial::TryRequest,
};
use crate::{
    i18n::{errors, t, t_string, use_i18n},
    pages::{
        ask_before_unload,
        load_balancers::edit::{
            completion_notice::notify_success,
            conflict_notice::ConflictNotice,
            conflict_notice::FoundWhen,
            session::{EditSession, RULES_STORAGE},
            stage::Stage,
        },
        permissions::read_only_reason,
        use_location,
    },
    store::{edits::Progress, use_store},
    ui::{Banner, Button, EmptyState, SkeletonLines, Tone},
};
use leptos::prelude::*;
use openstack_types::{LoadBalancerId, ProvisioningStatus};
use plan::{RowKey, draft::is_http};

#[component]
pub fn RulesTab(id: LoadBalancerId) -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
    let session = EditSession::with_storage(store, id, RULES_STORAGE);
    let edited = RwSignal::new(None::<EditedRule>);
    // Their names are proposed for redirects.
    store.certificates.ensure_listed();
    read_when_changed(session, Memo::new(move |_| edited.with(Option::is_some)));
    show_end(session);
    open_refused(session, edited);
    ask_before_unload(move || session.has_unsaved_changes());
    let is_read = Memo::new(move |_| session.edit.with(Option::is_some));
    let listeners = Memo::new(move |_| {
        session.form.draft.with(|draft| {
            let with_rules = draft.listeners.iter().filter(|one| is_http(&one.protocol));
            with_rules.map(|one| one.key).collect::<Vec<RowKey>>()
        })
    });
    let is_busy = Memo::new(move |_| session.stage() == Stage::Progress);
    let read_only = read_only_reason();
    let locked = Signal::derive(move || {
        read_only()
            .or_else(|| is_busy.get().then(|| t_string!(i18n, edit.step_state_sending).to_owned()))
    });
    let list = move || {
        if listeners.with(Vec::is_empty) {
            return view! {
                <EmptyState
                    title=move || t_string!(i18n, rules.none).to_owned()
                    text=move || t_string!(i18n, rules.none_text).to_owned()
                />
            }
            .into_any();
        }
        view! {
            <p class="muted rules-order">{t!(i18n, rules.order)}</p>
            <For each=move || listeners.get() key=|key| *key let:listener>
                <ListenerRules session listener edited locked />
            </For>
            <TryRequest session />
        }
        .into_any()
    };
    let failed = move || match session.stage() {
        Stage::ReadFailed(error) => Some(view! {
            <Banner
                tone=Tone::Error
                action=move || {
                    view! {
                        <Button on_press=move || session.read()>{t!(i18n, common.try_again)}</Button>
                    }
                }
            >
                {errors::explain(i18n, &error)}
            </Banner>
        }),
        _ => None,
    };
    view! {
        <div class="rules">
            {failed}
            {move || {
                let conflicts = session.conflicts.get();
                (!conflicts.is_empty())
                    .then(|| view! { <ConflictNotice conflicts found=FoundWhen::FillingForm /> })
            }}
            <RefusedNotice session edited />
            <Show when=move || is_busy.get()>
                <SaveProgress session />
            </Show>
            {move || {
                if is_read.get() {
                    list()
                } else {
                    view! { <SkeletonLines lines=6 /> }.into_any()
                }
            }}
            <Show when=move || is_read.get() && !is_busy.get()>
                <ChangesBar session />
            </Show>
            <RuleEditor session edited />
        </div>
    }
}

/// Reads the load balancer now, and again when somebody has changed it, but not below an open dialog. The
/// changes that are not saved are applied on top.
fn read_when_changed(session: EditSession, is_dialog_open: Memo<bool>) {
    let version = Memo::new(move |_| {
        let graph = session.store.load_balancers.graph(session.id)?;
        let listeners = graph.listeners.iter();
        let listeners: Vec<_> =
            listeners.map(|one| (one.id, one.l7policies.clone(), one.updated_at.clone())).collect();
        let is_settled = graph.balancer.provisioning_status == ProvisioningStatus::Active;
        Some((is_settled, graph.balancer.updated_at.clone(), listeners))
    });
    let is_empty = Memo::new(move |_| session.edit.with(Option::is_none));
    let is_saving = Memo::new(move |_| session.stage() == Stage::Progress);
    let last_read = StoredValue::new(None);
    Effect::new(move |_| {
        let version = version.get();
        let is_settled = version.as_ref().is_some_and(|version| version.0);
        if !is_settled {
            // Times have whole seconds: a second change may leave everything as it was read.
            last_read.set_value(None);
        }
        let is_new = is_settled && last_read.with_value(|last| *last != version);
        if (is_empty.get() || is_new) && !is_saving.get() && !is_dialog_open.get() {
            last_read.set_value(version);
            session.read();
        }
    });
}

/// Shows the end of saving. While the edit dialog is open, the dialog does.
fn show_end(session: EditSession) {
    let i18n = use_i18n();
    let location = use_location();
    let EditSession { id, store, .. } = session;
    let is_watched = Memo::new(move |_| location.with(|location| !location.edits(id)));
    store.edits.set_watched(vec![id]);
    on_cleanup(move || store.edits.set_watched(Vec::new()));
    let progress = session.progress();
    Effect::new(move |was_running: Option<bool>| {
        let progress = progress.get();
        if is_watched.get() {
            match &progress {
                Some(Progress::Done { .. }) => {
                    session.discard();
                    if was_running == Some(true) {
                        notify_success(i18n, store, id);
                    }
                }
                Some(Progress::Invalid(_)) => session.return_to_form_with_errors(),
                Some(failed) => return_with_rejection(session, failed),
                None => {}
            }
        }
        progress.is_some_and(|progress| progress.is_running())
    });
}
