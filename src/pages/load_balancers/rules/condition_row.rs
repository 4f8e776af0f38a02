//! A condition in the dialog: part, name, comparison and value.

use super::{edited_rule::Editor, sentence::comparison};
use crate::{
    i18n::{I18nContext, Locale, t_string, use_i18n},
    pages::load_balancers::form::controls::{FormInput, FormSelect},
    ui::{Button, ButtonKind, Field, Glyph, SelectOption, Text, text},
};
use leptos::prelude::*;
use openstack_types::octavia::{L7RuleCompareType, L7RuleType};
use plan::{FieldPath, RowKey, RuleDraft, RuleField, draft::compare_types};

const KINDS: [L7RuleType; 8] = [
    L7RuleType::HostName,
    L7RuleType::Path,
    L7RuleType::FileType,
    L7RuleType::Header,
    L7RuleType::Cookie,
    L7RuleType::SslConnHasCert,
    L7RuleType::SslVerifyResult,
    L7RuleType::SslDnField,
];
/// Before the comparison of an inverted condition.
const NOT: &str = "!";
/// The value of a rule that asks whether there is a client certificate.
const TRUE: &str = "True";

#[component]
pub(super) fn ConditionRow(editor: Editor, rule: RowKey) -> impl IntoView {
    let i18n = use_i18n();
    let form = editor.form;
    let (listener, policy) = (editor.listener.get_untracked(), editor.policy.get_untracked());
    let path = move |field| FieldPath::Rule { listener, policy, rule, field };
    let current = Memo::new(move |_| editor.get(|policy| policy.rule(rule).cloned()).flatten());
    let kind = Memo::new(move |_| current.with(|one| one.as_ref().map(|one| one.kind.clone())));
    let number = Memo::new(move |_| {
        let index = editor.get(|policy| policy.rules.iter().position(|one| one.key == rule));
        index.flatten().map_or(0, |index| index + 1)
    });
    let update = move |change: &dyn Fn(&mut RuleDraft)| {
        editor.update(|policy| {
            if let Some(rule) = policy.rule_mut(rule) {
                change(rule);
            }
        });
    };
    let set_kind = move |word: String| update(&|rule| set_kind(rule, &word));
    let set_comparison = move |word: String| update(&|rule| set_comparison(rule, &word));
    let has_name = move || kind.with(|kind| kind.as_ref().is_some_and(RuleDraft::has_key_name));
    let has_value = move || kind.with(|kind| *kind != Some(L7RuleType::SslConnHasCert));
    view! {
        <div
            class="rule-condition"
            role="group"
            aria-label=move || t_string!(i18n, rules.condition, condition = number.get()).to_string()
        >
            <Field
                label=move || t_string!(i18n, rules.part).to_owned()
                error=form.error(&path(RuleField::Kind))
                hide_label=true
            >
                <FormSelect
                    form
                    path=path(RuleField::Kind)
                    value=move || kind.get().map(|kind| kind.as_str().to_owned()).unwrap_or_default()
                    on_change=set_kind
                    options=kinds(i18n, editor, kind)
                />
            </Field>
            <Show when=has_name>
                <Field
                    label=name_label(i18n, kind)
                    error=form.error(&path(RuleField::KeyName))
                    hide_label=true
                >
                    <FormInput
                        form
                        path=path(RuleField::KeyName)
                        code=true
                        placeholder=name_label(i18n, kind)
                    />
                </Field>
            </Show>
            <Field
                label=move || t_string!(i18n, rules.comparison).to_owned()
                error=form.error(&path(RuleField::Compare))
                hide_label=true
            >
                <FormSelect
                    form
                    path=path(RuleField::Compare)
                    value=move || current.with(|one| one.as_ref().map(comparison_word)).unwrap_or_default()
                    on_change=set_comparison
                    options=comparisons(i18n, kind)
                />
            </Field>
            <Show when=has_value>
                <Field
                    label=move || t_string!(i18n, rules.value).to_owned()
                    error=form.error(&path(RuleField::Value))
                    hide_label=true
                >
                    <FormInput
                        form
                        path=path(RuleField::Value)
                        code=true
                        placeholder=placeholder(kind)
                    />
                </Field>
            </Show>
            <span class="rule-condition-remove">
                <Button
                    kind=ButtonKind::Quiet
                    icon=Glyph::Close
                    label=move || {
                        t_string!(i18n, rules.remove_condition, condition = number.get()).to_string()
                    }
                    on_press=move || editor.update(|policy| policy.rules.retain(|one| one.key != rule))
                />
            </span>
        </div>
    }
}

/// Whether the listener can have conditions of this kind: only TLS has client certificates.
fn offers(editor: Editor, kind: &L7RuleType) -> bool {
    let needs_tls = matches!(
        kind,
        L7RuleType::SslConnHasCert | L7RuleType::SslVerifyResult | L7RuleType::SslDnField
    );
    !needs_tls
        || editor.form.draft.with(|draft| {
            let listener = draft.listener(editor.listener.get_untracked());
            listener.is_some_and(|listener| listener.tls.clients.is_some())
        })
}

/// The kinds to choose from: its own, even if the listener cannot have it.
fn kinds(
    i18n: I18nContext<Locale>,
    editor: Editor,
    kind: Memo<Option<L7RuleType>>,
) -> Signal<Vec<SelectOption>> {
    Signal::derive(move || {
        let own = kind.get();
        let listed = |one: &&L7RuleType| offers(editor, one) || own.as_ref() == Some(*one);
        let option = |kind: &L7RuleType| SelectOption::new(kind.as_str(), kind_label(i18n, kind));
        KINDS.iter().filter(listed).map(option).collect()
    })
}

fn set_kind(rule: &mut RuleDraft, word: &str) {
    rule.kind = L7RuleType::from_wire(word);
    let possible = compare_types(&rule.kind);
    if !possible.contains(&rule.compare)
        && let Some(first) = possible.first()
    {
        rule.compare = first.clone();
    }
    if !RuleDraft::has_key_name(&rule.kind) {
        rule.key_name.clear();
    }
    if rule.kind == L7RuleType::SslConnHasCert {
        rule.value = TRUE.to_owned();
    } else if rule.value == TRUE {
        rule.value.clear();
    }
}

fn set_comparison(rule: &mut RuleDraft, word: &str) {
    rule.invert = word.starts_with(NOT);
    rule.compare = L7RuleCompareType::from_wire(word.trim_start_matches(NOT));
}

fn comparison_word(rule: &RuleDraft) -> String {
    let not = if rule.invert { NOT } else { "" };
    format!("{not}{}", rule.compare.as_str())
}

fn comparisons(
    i18n: I18nContext<Locale>,
    kind: Memo<Option<L7RuleType>>,
) -> Signal<Vec<SelectOption>> {
    Signal::derive(move || {
        let Some(kind) = kind.get() else { return Vec::new() };
        let is_question = kind == L7RuleType::SslConnHasCert;
        let possible = compare_types(&kind).iter();
        let option = |compare: &L7RuleCompareType, invert: bool| {
            let word = compare.as_str();
            let value = if invert { format!("{NOT}{word}") } else { word.to_owned() };
            SelectOption::new(value, comparison_label(i18n, compare, invert, is_question))
        };
        possible.flat_map(|compare| [option(compare, false), option(compare, true)]).collect()
    })
}

fn comparison_label(
    i18n: I18nContext<Locale>,
    compare: &L7RuleCompareType,
    invert: bool,
    is_question: bool,
) -> String {
    match (compare, invert) {
        (L7RuleCompareType::EqualTo, false) if is_question => t_string!(i18n, rules.yes).to_owned(),
        (L7RuleCompareType::EqualTo, true) if is_question => t_string!(i18n, rules.no).to_owned(),
        (L7RuleCompareType::Regex, false) => t_string!(i18n, rules.op_matches).to_owned(),
        (L7RuleCompareType::Regex, true) => t_string!(i18n, rules.op_matches_not).to_owned(),
        _ => comparison(i18n, compare, invert),
    }
}

fn kind_label(i18n: I18nContext<Locale>, kind: &L7RuleType) -> String {
    match kind {
        L7RuleType::HostName => t_string!(i18n, rules.kind_host),
        L7RuleType::Path => t_string!(i18n, rules.kind_path),
        L7RuleType::FileType => t_string!(i18n, rules.kind_file_type),
        L7RuleType::Header => t_string!(i18n, rules.kind_header),
        L7RuleType::Cookie => t_string!(i18n, rules.kind_cookie),
        L7RuleType::SslConnHasCert => t_string!(i18n, rules.kind_has_certificate),
        L7RuleType::SslVerifyResult => t_string!(i18n, rules.kind_verify_result),
        L7RuleType::SslDnField => t_string!(i18n, rules.kind_dn_field),
        L7RuleType::Unknown(word) => return word.clone(),
    }
    .to_owned()
}

fn name_label(i18n: I18nContext<Locale>, kind: Memo<Option<L7RuleType>>) -> Text {
    text(move || {
        match kind.get() {
            Some(L7RuleType::Cookie) => t_string!(i18n, rules.cookie_name),
            Some(L7RuleType::SslDnField) => t_string!(i18n, rules.field_name),
            _ => t_string!(i18n, rules.header_name),
        }
        .to_owned()
    })
}

/// An example of a value.
fn placeholder(kind: Memo<Option<L7RuleType>>) -> Text {
    text(move || {
        match kind.get() {
            Some(L7RuleType::HostName) => "www.example.com",
            Some(L7RuleType::Path) => "/api",
            Some(L7RuleType::FileType) => "jpg",
            Some(L7RuleType::SslVerifyResult) => "0",
            _ => "",
        }
        .to_owned()
    })
}
