//! A setting: label, value, and whether the value is the default. Pure.

use crate::i18n::{I18nContext, Locale};

pub(in crate::pages::load_balancers) type Label = fn(I18nContext<Locale>) -> &'static str;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::pages::load_balancers) enum Value {
    /// Nothing is set.
    None,
    Text(String),
    List(Vec<String>),
    YesNo(bool),
    /// A word of the page.
    Word(WordOf),
    /// Shown in seconds, or in milliseconds where those are no whole number.
    Milliseconds(u64),
    Seconds(u64),
    /// References to secrets: shown by name, where the user may know it.
    Certificates(Vec<String>),
    /// The id of another object whose name is shown elsewhere.
    Subnet(openstack_types::SubnetId),
    Pool(openstack_types::PoolId),
}

/// A word, compared by its text.
#[derive(Clone, Copy)]
pub(in crate::pages::load_balancers) struct WordOf(pub(super) Label);

impl PartialEq for WordOf {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::fn_addr_eq(self.0, other.0)
    }
}

impl Eq for WordOf {}

impl std::fmt::Debug for WordOf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("WordOf")
    }
}

/// A setting of an object.
#[derive(Clone, Debug)]
pub(in crate::pages::load_balancers) struct Setting {
    /// Its names in the API; several that mean something only together are one setting.
    pub(super) fields: &'static [&'static str],
    pub(super) label: Label,
    pub(super) value: Value,
    pub(super) is_default: bool,
    /// The page shows it in a place of its own, such as a column.
    pub(super) has_place: bool,
}

impl PartialEq for Setting {
    fn eq(&self, other: &Self) -> bool {
        self.fields == other.fields
            && self.value == other.value
            && self.is_default == other.is_default
    }
}

impl Setting {
    pub(super) fn new(
        fields: &'static [&'static str],
        label: Label,
        value: Value,
        is_default: bool,
    ) -> Self {
        Self { fields, label, value, is_default, has_place: false }
    }

    /// Whether it is shown without a question: it differs from the default, and no other place shows it.
    pub(in crate::pages::load_balancers::details) fn is_shown_at_once(&self) -> bool {
        !self.is_default && !self.has_place
    }

    pub(super) fn with_place(self) -> Self {
        Self { has_place: true, ..self }
    }

    /// A text that is empty by default.
    pub(super) fn text(fields: &'static [&'static str], label: Label, text: &str) -> Self {
        let value = if text.is_empty() { Value::None } else { Value::Text(text.to_owned()) };
        Self::new(fields, label, value, text.is_empty())
    }

    /// A value that is absent by default.
    pub(super) fn optional(
        fields: &'static [&'static str],
        label: Label,
        value: Option<String>,
    ) -> Self {
        let is_default = value.is_none();
        Self::new(fields, label, value.map_or(Value::None, Value::Text), is_default)
    }

    /// A list that is empty by default.
    pub(super) fn list(fields: &'static [&'static str], label: Label, list: Vec<String>) -> Self {
        let is_default = list.is_empty();
        let value = if is_default { Value::None } else { Value::List(list) };
        Self::new(fields, label, value, is_default)
    }

    /// Yes or no, with the default.
    pub(super) fn yes_no(
        fields: &'static [&'static str],
        label: Label,
        value: bool,
        default: bool,
    ) -> Self {
        Self::new(fields, label, Value::YesNo(value), value == default)
    }

    /// References that are absent by default.
    pub(super) fn certificates<'a>(
        fields: &'static [&'static str],
        label: Label,
        references: impl IntoIterator<Item = &'a String>,
    ) -> Self {
        let references: Vec<String> = references.into_iter().cloned().collect();
        let is_default = references.is_empty();
        let value = if is_default { Value::None } else { Value::Certificates(references) };
        Self::new(fields, label, value, is_default)
    }
}

/// Fails for a field of `object` that neither a setting nor `elsewhere` names.
#[cfg(test)]
pub(super) fn assert_every_field_is_listed(
    object: &impl serde::Serialize,
    settings: &[Setting],
    elsewhere: &[&str],
) {
    let shown: Vec<&str> = settings.iter().flat_map(|one| one.fields).copied().collect();
    let object = serde_json::to_value(object).unwrap();
    for field in object.as_object().unwrap().keys() {
        let field = field.as_str();
        assert!(shown.contains(&field) || elsewhere.contains(&field), "{field} is not shown");
        assert!(!(shown.contains(&field) && elsewhere.contains(&field)), "{field} is listed twice");
    }
    for field in &shown {
        assert_eq!(shown.iter().filter(|one| one == &field).count(), 1, "{field} is listed twice");
    }
}

/// A copy of `object` in which one field has another value.
#[cfg(test)]
pub(super) fn changed<T: serde::Serialize + serde::de::DeserializeOwned>(
    object: &T,
    field: &str,
    value: serde_json::Value,
) -> T {
    let mut json = serde_json::to_value(object).unwrap();
    json[field] = value;
    serde_json::from_value(json).unwrap()
}
