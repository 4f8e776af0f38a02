//! `Rules`: the L7 policies of the listeners, as sentences in the order of their evaluation.
//!
//! Changes are collected in a draft and sent together, so that no request meets a rule at a position where it
//! does not belong. `Try a request` evaluates the draft.

mod action_fields;
mod change;
mod changes_bar;
mod condition_row;
mod edited_rule;
mod editor;
mod listener_rules;
mod order;
mod rejected;
mod rule_list;
mod rule_row;
pub(super) mod sentence;
mod tab;
mod trial;
mod trial_form;
mod trial_result;
mod typed_request;

pub use tab::RulesTab;
