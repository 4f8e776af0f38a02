//! The action of a rule in the dialog.

use super::{edited_rule::Editor, order::DEFAULT_CODE};
use crate::{
    i18n::{I18nContext, Locale, t, t_string, use_i18n},
    pages::load_balancers::form::controls::{FormInput, FormSelect},
    ui::{Field, SelectOption},
};
use leptos::prelude::*;
use openstack_types::octavia::L7PolicyAction;
use plan::{PolicyAction, PolicyField, RowKey};

#[component]
pub(super) fn ActionFields(editor: Editor) -> impl IntoView {
    let i18n = use_i18n();
    let form = editor.form;
    let kind = Memo::new(move |_| editor.get(|policy| policy.action.kind()));
    let actions = Signal::derive(move || {
        let all = [
            (L7PolicyAction::RedirectToPool, t_string!(i18n, rules.action_group)),
            (L7PolicyAction::RedirectToUrl, t_string!(i18n, rules.action_url)),
            (L7PolicyAction::RedirectPrefix, t_string!(i18n, rules.action_prefix)),
            (L7PolicyAction::Reject, t_string!(i18n, rules.action_reject)),
        ];
        all.map(|(action, label)| SelectOption::new(action.as_str(), label)).to_vec()
    });
    let set_kind = move |word: String| {
        editor.update(|policy| {
            policy.action = action_of_kind(&L7PolicyAction::from_wire(&word), &policy.action);
        });
    };
    let target = move |kind: &L7PolicyAction| match kind {
        L7PolicyAction::RedirectToPool => view! { <GroupField editor /> }.into_any(),
        L7PolicyAction::RedirectToUrl => {
            view! { <RedirectFields editor is_prefix=false /> }.into_any()
        }
        L7PolicyAction::RedirectPrefix => {
            view! { <RedirectFields editor is_prefix=true /> }.into_any()
        }
        L7PolicyAction::Reject => {
            view! { <p class="field-hint">{t!(i18n, rules.action_reject_hint)}</p> }.into_any()
        }
        L7PolicyAction::Unknown(_) => ().into_any(),
    };
    view! {
        <div class="form-grid">
            <Field
                label=move || t_string!(i18n, rules.action).to_owned()
                error=form.error(&editor.path(PolicyField::Action))
            >
                <FormSelect
                    form
                    path=editor.path(PolicyField::Action)
                    value=move || kind.get().map(|kind| kind.as_str().to_owned()).unwrap_or_default()
                    on_change=set_kind
                    options=actions
                />
            </Field>
            {move || kind.get().as_ref().map(target)}
        </div>
    }
}

/// An action of a kind; keeps the target and the code of a redirect.
fn action_of_kind(kind: &L7PolicyAction, before: &PolicyAction) -> PolicyAction {
    let (target, code) = (before.target().cloned().unwrap_or_default(), before.code());
    match kind {
        L7PolicyAction::RedirectToPool => PolicyAction::Group(before.group()),
        L7PolicyAction::RedirectToUrl => PolicyAction::Url { url: target, code },
        L7PolicyAction::RedirectPrefix => PolicyAction::Prefix { prefix: target, code },
        L7PolicyAction::Reject => PolicyAction::Reject,
        other @ L7PolicyAction::Unknown(_) => PolicyAction::Other(other.clone()),
    }
}

#[component]
fn GroupField(editor: Editor) -> impl IntoView {
    let i18n = use_i18n();
    let form = editor.form;
    let path = editor.path(PolicyField::Group);
    let groups = Signal::derive(move || {
        form.draft.with(|draft| {
            let option = |group: &plan::GroupDraft| {
                let name = match group.name.trim() {
                    "" => t_string!(i18n, rules.group_unnamed),
                    name => name,
                };
                SelectOption::new(group.key.to_string(), name)
            };
            draft.groups.iter().map(option).collect::<Vec<_>>()
        })
    });
    let chosen = move || editor.get(|policy| policy.action.group()).flatten();
    let choose = move |value: String| {
        let group: Option<RowKey> = form.draft.with_untracked(|draft| {
            draft.groups.iter().map(|group| group.key).find(|key| key.to_string() == value)
        });
        editor.update(|policy| policy.action = PolicyAction::Group(group));
    };
    view! {
        <Field
            label=move || t_string!(i18n, rules.server_group).to_owned()
            error=form.error(&path)
        >
            <FormSelect
                form
                path=path.clone()
                value=move || chosen().map(|key| key.to_string()).unwrap_or_default()
                on_change=choose
                options=groups
                placeholder=move || t_string!(i18n, errors.field_not_chosen).to_owned()
            />
        </Field>
    }
}

#[component]
fn RedirectFields(editor: Editor, is_prefix: bool) -> impl IntoView {
    let i18n = use_i18n();
    let form = editor.form;
    let path = editor.path(PolicyField::Target);
    let code = move || {
        let code = editor.get(|policy| policy.action.code()).flatten();
        code.unwrap_or(DEFAULT_CODE).to_string()
    };
    let set_code = move |value: String| {
        // The default counts as unset.
        let chosen = value.parse().ok().filter(|code| *code != DEFAULT_CODE);
        editor.update(|policy| {
            if let PolicyAction::Url { code, .. } | PolicyAction::Prefix { code, .. } =
                &mut policy.action
            {
                *code = chosen;
            }
        });
    };
    let target = if is_prefix {
        view! {
            <Field
                label=move || t_string!(i18n, rules.prefix).to_owned()
                hint=move || t_string!(i18n, rules.action_prefix_hint).to_owned()
                error=form.error(&path)
            >
                <FormInput form path=path.clone() code=true placeholder="https://www.example.com" />
            </Field>
        }
        .into_any()
    } else {
        view! {
            <Field label=move || t_string!(i18n, rules.url).to_owned() error=form.error(&path)>
                <FormInput form path=path.clone() code=true placeholder="https://www.example.com" />
            </Field>
        }
        .into_any()
    };
    view! {
        {target}
        <Field
            label=move || t_string!(i18n, rules.code).to_owned()
            error=form.error(&editor.path(PolicyField::Code))
        >
            <FormSelect
                form
                path=editor.path(PolicyField::Code)
                value=code
                on_change=set_code
                options=Signal::derive(move || codes(i18n))
            />
        </Field>
    }
}

fn codes(i18n: I18nContext<Locale>) -> Vec<SelectOption> {
    let codes = [
        ("301", t_string!(i18n, rules.code_301)),
        ("302", t_string!(i18n, rules.code_302)),
        ("303", t_string!(i18n, rules.code_303)),
        ("307", t_string!(i18n, rules.code_307)),
        ("308", t_string!(i18n, rules.code_308)),
    ];
    codes.map(|(code, label)| SelectOption::new(code, label)).to_vec()
}
