//! Which rule decides about the tried request, and why the rules above don't.

use super::{
    order::policies,
    sentence::{action, condition, conditions, default_action, plain, rank, sentence_view},
    typed_request::{Answer, TypedRequest, Url},
};
use crate::{
    i18n::{I18nContext, Locale, t, t_string, use_i18n},
    pages::load_balancers::labels::url_host,
    ui::{CodeBlock, Disclosure, StatusBadge, Tone},
};
use l7::{ConditionTrace, Decision, Outcome, PolicyTrace, SkipReason, Verdict, evaluation_order};
use leptos::prelude::*;
use plan::{Draft, ListenerDraft, RowKey};

#[component]
pub(super) fn TrialResult(
    typed: RwSignal<TypedRequest>,
    answer: Memo<Answer>,
    draft: RwSignal<Draft>,
    vip: Memo<String>,
) -> impl IntoView {
    let i18n = use_i18n();
    let outcome = Memo::new(move |_| {
        answer.with(|answer| draft.with(|draft| outcome_text(i18n, draft, answer)))
    });
    let trace = move || {
        answer.with(|answer| match answer {
            Answer::Decided { listener, decision } => {
                draft.with(|draft| Some(trace_view(i18n, draft, *listener, decision)))
            }
            _ => None,
        })
    };
    let command = Memo::new(move |_| typed.with(|typed| curl(typed, &vip.get())));
    view! {
        <div class="stack trial-result">
            <h3 class="trial-title">{t!(i18n, rules.result)}</h3>
            // The region exists before its text, so that screen readers read the text.
            <div role="status" class="trial-outcome">
                {move || {
                    outcome
                        .get()
                        .map(|(tone, text)| view! { <p class=format!("trial-{tone}")>{text}</p> })
                }}
            </div>
            {trace}
            {move || {
                command
                    .get()
                    .map(|code| {
                        view! {
                            <Disclosure summary=move || t_string!(i18n, rules.with_curl).to_owned()>
                                <CodeBlock
                                    label=move || t_string!(i18n, rules.with_curl).to_owned()
                                    code=code.clone()
                                />
                            </Disclosure>
                        }
                    })
            }}
        </div>
    }
}

/// What becomes of the request, in one line, and how to show it; `None` if the error is at its field.
fn outcome_text(
    i18n: I18nContext<Locale>,
    draft: &Draft,
    answer: &Answer,
) -> Option<(&'static str, String)> {
    let (listener, decision) = match answer {
        Answer::Invalid(_) => return None,
        Answer::NoListener { scheme, port } => {
            let text = t_string!(i18n, rules.no_listener, scheme = *scheme, port = *port);
            return Some(("refused", text.to_string()));
        }
        Answer::ListenerDisabled { port } => {
            let text = t_string!(i18n, rules.listener_disabled, port = *port);
            return Some(("refused", text.to_string()));
        }
        Answer::Refused { source } => {
            let text = t_string!(i18n, rules.refused_source, source = source.as_str());
            return Some(("refused", text.to_string()));
        }
        Answer::Decided { listener, decision } => (draft.listener(*listener)?, decision),
    };
    let number = decision.trace.len();
    let target = |policy: usize| {
        listener
            .policies
            .get(policy)
            .map(|one| action(i18n, draft, &one.action))
            .unwrap_or_default()
    };
    let by_rule = |target: String| {
        format!("{} → {target}", t_string!(i18n, rules.result_rule, rule = number))
    };
    Some(match &decision.outcome {
        Outcome::Pool(policy) => ("served", by_rule(target(*policy))),
        Outcome::Reject(policy) => ("refused", by_rule(target(*policy))),
        Outcome::Redirect { location, code, .. } => {
            let text = t_string!(i18n, rules.redirect_url, url = location.as_str(), code = *code);
            ("served", by_rule(text.to_string()))
        }
        Outcome::Unknown(_) => {
            ("unknown", t_string!(i18n, rules.result_unknown, rule = number).to_string())
        }
        Outcome::DefaultPool => {
            let target = default_action(i18n, draft, listener.group);
            ("served", format!("{} → {target}", t_string!(i18n, rules.result_none)))
        }
    })
}

fn trace_view(
    i18n: I18nContext<Locale>,
    draft: &Draft,
    listener: RowKey,
    decision: &Decision,
) -> Option<AnyView> {
    let listener = draft.listener(listener)?;
    if listener.policies.is_empty() {
        return None;
    }
    let rest = evaluation_order(&policies(draft, listener)).into_iter().skip(decision.trace.len());
    let evaluated = decision
        .trace
        .iter()
        .enumerate()
        .map(|(index, trace)| policy_view(i18n, listener, index + 1, trace));
    let skipped = rest.enumerate().filter_map(|(index, policy)| {
        let words = conditions(i18n, listener.policies.get(policy)?);
        let number = index + 1 + decision.trace.len();
        Some(view! {
            <li class="trial-rule trial-skipped">
                <p>{format!("{number}. ")} {sentence_view(words)}</p>
                <p class="muted">{t_string!(i18n, rules.not_reached)}</p>
            </li>
        })
    });
    let evaluated = evaluated.collect_view();
    let skipped = skipped.collect_view();
    let label = t_string!(i18n, rules.trace);
    Some(view! { <ol class="trial-trace" aria-label=label>{evaluated}{skipped}</ol> }.into_any())
}

/// A rule with the verdicts of its conditions.
fn policy_view(
    i18n: I18nContext<Locale>,
    listener: &ListenerDraft,
    number: usize,
    trace: &PolicyTrace,
) -> AnyView {
    let Some(policy) = listener.policies.get(trace.policy) else { return ().into_any() };
    let sentence = sentence_view(conditions(i18n, policy));
    if let Some(reason) = trace.skipped {
        let reason = match reason {
            SkipReason::Disabled => t_string!(i18n, rules.disabled),
            SkipReason::NoConditions => t_string!(i18n, rules.without_condition),
            SkipReason::PoolDisabled => t_string!(i18n, rules.group_disabled),
        };
        return view! {
            <li class="trial-rule trial-skipped">
                <p>{format!("{number}. ")} {sentence}</p>
                <p class="muted">{reason}</p>
            </li>
        }
        .into_any();
    }
    let rules = trace.conditions.iter();
    let rules =
        rules.filter_map(|one: &ConditionTrace| Some((one, policy.rules.get(one.condition)?)));
    let mut rules: Vec<_> = rules.collect();
    rules.sort_by_key(|(_, rule)| rank(&rule.kind));
    let lines = rules.into_iter().map(|(one, rule)| {
        let words = plain(&condition(i18n, rule));
        let (tone, verdict) = verdict_label(i18n, one.verdict);
        let text = format!("{words}: {verdict}");
        view! { <li><StatusBadge tone=Signal::stored(tone) text=text /></li> }
    });
    view! {
        <li class="trial-rule" class:trial-match=trace.verdict() == Verdict::Match>
            <p>{format!("{number}. ")} {sentence}</p>
            <ul class="trial-conditions">{lines.collect_view()}</ul>
        </li>
    }
    .into_any()
}

fn verdict_label(i18n: I18nContext<Locale>, verdict: Verdict) -> (Tone, &'static str) {
    match verdict {
        Verdict::Match => (Tone::Ok, t_string!(i18n, rules.condition_met)),
        Verdict::NoMatch => (Tone::Error, t_string!(i18n, rules.condition_failed)),
        Verdict::Unknown => (Tone::Warning, t_string!(i18n, rules.condition_unknown)),
    }
}

/// The request as a command; `None` if the URL is invalid.
fn curl(typed: &TypedRequest, vip: &str) -> Option<String> {
    let url = Url::parse(&typed.url)?;
    let mut words = vec!["curl -i".to_owned()];
    match typed.method.as_str() {
        "GET" => {}
        "HEAD" => words.push("--head".to_owned()),
        method => words.push(format!("-X {method}")),
    }
    let host = match url.authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => host,
        _ => url.authority.as_str(),
    };
    if host != url_host(vip) {
        words.push(format!("--resolve {}", quoted(&format!("{host}:{}:{vip}", url.port))));
    }
    let headers = typed.headers.lines().map(str::trim).filter(|line| !line.is_empty());
    words.extend(headers.map(|line| format!("-H {}", quoted(line))));
    if !typed.cookies.trim().is_empty() {
        words.push(format!("-H {}", quoted(&format!("Cookie: {}", typed.cookies.trim()))));
    }
    words.push(quoted(typed.url.trim()));
    Some(words.join(" "))
}

/// A word for a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}
