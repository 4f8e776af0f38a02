//! Random JSON objects of the API.

use proptest::{collection::vec, option, prelude::*, sample::select};
use serde_json::{Map, Value, json};

/// A field of an object: absent where the value is `None`.
type Field = BoxedStrategy<Option<Value>>;

pub(super) fn always(value: impl Strategy<Value = Value> + 'static) -> Field {
    value.prop_map(Some).boxed()
}

pub(super) fn maybe(value: impl Strategy<Value = Value> + 'static) -> Field {
    option::of(value).boxed()
}

pub(super) fn object(fields: Vec<(&'static str, Field)>) -> BoxedStrategy<Value> {
    let (names, values): (Vec<_>, Vec<_>) = fields.into_iter().unzip();
    values
        .prop_map(move |values| {
            let fields = names.iter().zip(values);
            let fields = fields.filter_map(|(name, value)| Some(((*name).to_owned(), value?)));
            Value::Object(fields.collect::<Map<_, _>>())
        })
        .boxed()
}

/// An object with the fields of all of these objects.
pub(super) fn merged(objects: Vec<BoxedStrategy<Value>>) -> BoxedStrategy<Value> {
    objects
        .prop_map(|objects| {
            let fields = objects.into_iter().flat_map(|object| match object {
                Value::Object(fields) => fields,
                other => panic!("no object: {other}"),
            });
            Value::Object(fields.collect())
        })
        .boxed()
}

pub(super) fn list(
    element: impl Strategy<Value = Value> + 'static,
    sizes: std::ops::Range<usize>,
) -> BoxedStrategy<Value> {
    vec(element, sizes).prop_map(Value::Array).boxed()
}

pub(super) fn one_of<T: Clone + std::fmt::Debug + Into<Value> + 'static>(
    values: &'static [T],
) -> BoxedStrategy<Value> {
    select(values).prop_map(Into::into).boxed()
}

pub(super) fn number(range: std::ops::RangeInclusive<i64>) -> BoxedStrategy<Value> {
    range.prop_map(Value::from).boxed()
}

pub(super) fn flag() -> BoxedStrategy<Value> {
    any::<bool>().prop_map(Value::from).boxed()
}

/// A name or description, rich in characters with a meaning in shells, templates and configurations. Without
/// white space around it, which the forms remove.
pub(super) fn text() -> BoxedStrategy<Value> {
    let piece = prop_oneof![
        select(
            &[
                "'", "\"", "\\", "$", "${", "%{", "$(id)", "`id`", "\n", "\t", "}", ";", "&&", "|",
                "#", "-", "--", "!", "*", "~", " ", "=", ",", "\u{2028}", "負載", "é", "🦀", "%",
            ][..]
        )
        .prop_map(str::to_owned),
        "\\PC{1,4}",
    ];
    vec(piece, 0..8).prop_map(|pieces| json!(pieces.concat().trim())).boxed()
}

/// Tags are a set.
fn tags() -> BoxedStrategy<Value> {
    let tag = text().prop_filter("not blank", |tag| !tag.as_str().unwrap().trim().is_empty());
    vec(tag, 0..3)
        .prop_map(|mut tags| {
            let mut seen = Vec::new();
            tags.retain(|tag| {
                !seen.contains(tag) && {
                    seen.push(tag.clone());
                    true
                }
            });
            Value::Array(tags)
        })
        .boxed()
}

/// The fields that every object has.
pub(super) fn common() -> Vec<(&'static str, Field)> {
    vec![("admin_state_up", maybe(flag())), ("tags", maybe(tags()))]
}
