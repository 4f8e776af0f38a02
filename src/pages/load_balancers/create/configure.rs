//! Step 1: the form.

use super::{
    form::{Form, FormInput, FormTextarea},
    health::{HealthCheck, SessionPersistence},
    listeners::Listeners,
    network::VirtualNetwork,
    options::{AllowedCidrs, Timeouts},
    part::step_id,
    servers::Servers,
};
use crate::{
    i18n::{t, t_string, use_i18n},
    routes::{CreateStep, Route},
    store::use_store,
    ui::{
        Banner, Button, ButtonKind, Choice, Disclosure, Field, LinkButton, RadioCards, Text, Tone,
        text,
    },
};
use leptos::prelude::*;
use openstack_types::{octavia::LbAlgorithm, rules::LbType};
use plan::{FieldPath, Part, RowKey};

const APPLICATION: &str = "application";
const NETWORK: &str = "network";

/// The form; `on_next` is called when nothing is wrong with it.
#[component]
pub(super) fn Configure(form: Form, #[prop(into)] on_next: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let store = use_store();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        // A dialog inside the form is a form too, and its submission bubbles.
        if event.target() != event.current_target() {
            return;
        }
        match form.submit() {
            Some(path) => form.focus(&path),
            None => on_next.run(()),
        }
    };
    let read_only = Signal::derive(move || {
        (!store.session.may_change()).then(|| t_string!(i18n, errors.read_only).to_owned())
    });
    view! {
        <form
            class="create-form"
            novalidate=true
            aria-labelledby=step_id(CreateStep::Configure)
            on:submit=submit
            on:pointerdown=move |_| form.press()
        >
            <h2 class="create-step" id=step_id(CreateStep::Configure) tabindex="-1">
                {t!(i18n, create.configure)}
            </h2>
            <section class="create-part" id=super::form::part_id(Part::Basics)>
                <div class="create-narrow stack">
                    <Field
                        label=move || t_string!(i18n, create.name).to_owned()
                        error=form.error(&FieldPath::Name)
                    >
                        <FormInput form path=FieldPath::Name />
                    </Field>
                    <Field
                        label=move || t_string!(i18n, create.description).to_owned()
                        error=form.error(&FieldPath::Description)
                        optional=true
                    >
                        <FormTextarea form path=FieldPath::Description rows=2 />
                    </Field>
                </div>
                <Kind form />
            </section>
            <Listeners form />
            <Method form />
            <VirtualNetwork form />
            <div class="create-folds">
                <Fold form part=Part::Servers
                    summary=text(move || t_string!(i18n, create.servers).to_owned())
                    note=text(move || servers_note(form))
                >
                    <Servers form />
                </Fold>
                <Fold form part=Part::Health
                    summary=text(move || t_string!(i18n, create.health_check).to_owned())
                    note=text(move || super::health::health_note(form))
                >
                    <HealthCheck form />
                </Fold>
                <Fold form part=Part::Persistence
                    summary=text(move || t_string!(i18n, create.persistence).to_owned())
                    note=text(move || super::health::persistence_note(form))
                >
                    <SessionPersistence form />
                </Fold>
                <Fold form part=Part::AllowedCidrs
                    summary=text(move || t_string!(i18n, create.allowed_cidrs).to_owned())
                    note=text(move || super::options::cidrs_note(form))
                >
                    <AllowedCidrs form />
                </Fold>
                <Fold form part=Part::Timeouts
                    summary=text(move || t_string!(i18n, create.timeouts).to_owned())
                    note=text(move || super::options::timeouts_note(form))
                >
                    <Timeouts form />
                </Fold>
            </div>
            <Summary form />
            <div class="form-actions create-actions">
                <LinkButton href=Route::load_balancers().href()>{t!(i18n, common.cancel)}</LinkButton>
                <Button kind=ButtonKind::Primary submit=true disabled_reason=read_only>
                    {t!(i18n, create.next)}
                </Button>
            </div>
        </form>
    }
}

/// A folded part; it unfolds by itself where something in it is wrong, and then stays as it is.
#[component]
fn Fold(form: Form, part: Part, summary: Text, note: Text, children: Children) -> impl IntoView {
    let open = Memo::new(move |before: Option<&bool>| {
        before.copied().unwrap_or_default() || form.part_has_errors(part)
    });
    view! {
        <div class="create-fold" id=super::form::part_id(part)>
            <Disclosure summary note open>{children()}</Disclosure>
        </div>
    }
}

/// Everything that is wrong, each a way to its field, once going on has been tried.
#[component]
fn Summary(form: Form) -> impl IntoView {
    let i18n = use_i18n();
    let shown = Memo::new(move |_| match form.submitted.get() {
        true => form.said(),
        false => Vec::new(),
    });
    move || {
        let findings = shown.get();
        (!findings.is_empty()).then(|| {
            let count = findings.len();
            let lead = t_string!(i18n, create.wrong, count = count).to_string();
            let items = findings.into_iter().take(10).map(|finding| {
                let words = form.words(&finding);
                let words = format!("{}: {words}", field_name(form, &finding.0));
                let path = finding.0;
                view! {
                    <li>
                        <button type="button" class="link" on:click=move |_| form.focus(&path)>
                            {words}
                        </button>
                    </li>
                }
            });
            let items = items.collect_view();
            view! {
                <Banner tone=Tone::Error>
                    <p>{lead}</p>
                    <ul class="create-list">{items}</ul>
                </Banner>
            }
        })
    }
}

/// What a field is called, with the row it is in.
pub(super) fn field_name(form: Form, path: &FieldPath) -> String {
    let i18n = form.i18n();
    let row = |index: Option<usize>| index.map(|index| index + 1).unwrap_or_default();
    match path {
        FieldPath::Name => t_string!(i18n, create.name).to_owned(),
        FieldPath::Description => t_string!(i18n, create.description).to_owned(),
        FieldPath::Network => t_string!(i18n, create.virtual_network).to_owned(),
        FieldPath::VipAddress => t_string!(i18n, create.vip_address).to_owned(),
        FieldPath::Method { .. } => t_string!(i18n, create.method).to_owned(),
        FieldPath::Listener { listener, .. } => {
            let at = form.draft.with_untracked(|draft| {
                row(draft.listeners.iter().position(|one| one.key == *listener))
            });
            t_string!(i18n, create.listener_n, n = at).to_string()
        }
        FieldPath::Server { group, server, .. } => {
            let at = form.draft.with_untracked(|draft| {
                let group = draft.group(*group);
                row(group.and_then(|g| g.servers.iter().position(|one| one.key == *server)))
            });
            t_string!(i18n, create.server_n, n = at).to_string()
        }
        other => match other.part() {
            Part::Health => t_string!(i18n, create.health_check).to_owned(),
            Part::Persistence => t_string!(i18n, create.persistence).to_owned(),
            Part::AllowedCidrs => t_string!(i18n, create.allowed_cidrs).to_owned(),
            _ => t_string!(i18n, create.timeouts).to_owned(),
        },
    }
}

/// `Type`.
#[component]
fn Kind(form: Form) -> impl IntoView {
    let i18n = use_i18n();
    let value = move || {
        match form.draft.with(|draft| draft.kind) {
            LbType::Application => APPLICATION,
            LbType::Network => NETWORK,
        }
        .to_owned()
    };
    let on_change = move |value: String| {
        let kind = if value == NETWORK { LbType::Network } else { LbType::Application };
        form.draft.update(|draft| draft.set_kind(kind));
    };
    view! {
        <RadioCards
            legend=move || t_string!(i18n, create.kind).to_owned()
            value
            on_change
            choices=vec![
                Choice::new(
                    APPLICATION,
                    move || t_string!(i18n, common.application_load_balancer).to_owned(),
                    move || t_string!(i18n, create.application_hint).to_owned(),
                ),
                Choice::new(
                    NETWORK,
                    move || t_string!(i18n, common.network_load_balancer).to_owned(),
                    move || t_string!(i18n, create.network_hint).to_owned(),
                ),
            ]
        />
    }
}

/// `Method`, one for each server group.
#[component]
fn Method(form: Form) -> impl IntoView {
    let groups = group_keys(form);
    let i18n = use_i18n();
    view! {
        <section class="create-part" id=super::form::part_id(Part::Method)>
            <For each=move || groups.get() key=|key| *key let:key>
                {
                    let path = FieldPath::Method { group: key };
                    let legend = move || {
                        let method = t_string!(i18n, create.method);
                        match group_name(form, key) {
                            Some(name) => format!("{method} · {name}"),
                            None => method.to_owned(),
                        }
                    };
                    let value = move || {
                        form.draft.with(|draft| {
                            draft.group(key).map(|g| g.method.as_str().to_owned()).unwrap_or_default()
                        })
                    };
                    let on_change = move |value: String| {
                        form.draft.update(|draft| {
                            if let Some(group) = draft.group_mut(key) {
                                group.method = LbAlgorithm::from_word(&value);
                            }
                        });
                    };
                    let error = form.error(&path);
                    let choices = vec![
                        Choice::new(
                            "ROUND_ROBIN",
                            move || t_string!(i18n, create.round_robin).to_owned(),
                            move || t_string!(i18n, create.round_robin_hint).to_owned(),
                        ),
                        Choice::new(
                            "LEAST_CONNECTIONS",
                            move || t_string!(i18n, create.least_connections).to_owned(),
                            move || t_string!(i18n, create.least_connections_hint).to_owned(),
                        ),
                        Choice::new(
                            "SOURCE_IP",
                            move || t_string!(i18n, create.source_ip).to_owned(),
                            move || t_string!(i18n, create.source_ip_hint).to_owned(),
                        ),
                    ];
                    view! {
                        <div id=path.element_id()>
                            <RadioCards legend value on_change choices error />
                        </div>
                    }
                }
            </For>
        </section>
    }
}

/// The server groups, to draw one after the other.
pub(super) fn group_keys(form: Form) -> Memo<Vec<RowKey>> {
    Memo::new(move |_| form.draft.with(|draft| draft.groups.iter().map(|g| g.key).collect()))
}

/// What a server group is called where there are several; one alone needs no name.
pub(super) fn group_name(form: Form, key: RowKey) -> Option<String> {
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

fn servers_note(form: Form) -> String {
    let count =
        form.draft.with(|draft| draft.groups.iter().map(|g| g.servers.len()).sum::<usize>());
    match count {
        0 => t_string!(form.i18n(), create.none).to_owned(),
        count => t_string!(form.i18n(), create.servers_note, count = count).to_string(),
    }
}
