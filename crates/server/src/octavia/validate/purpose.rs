use crate::model::{FieldSpec, NAME, Presence, TAGS};

/// What the body is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Required fields must be sent. Other fields get their defaults.
    Create,
    /// As `Create`, for an object that is nested in the create of another.
    CreateNested,
    /// Fields that are not sent stay as they are.
    Update,
    /// As `Create`, but name and tags get no default: existing objects keep them.
    BatchUpdate,
}

impl Purpose {
    pub fn presence(self, field: &FieldSpec) -> Presence {
        match self {
            Self::Create | Self::BatchUpdate => field.create,
            Self::CreateNested => field.create_nested,
            Self::Update if field.update => Presence::Optional,
            Self::Update => Presence::Refused,
        }
    }

    /// Whether a field that is not sent gets its default.
    pub fn fills_in(self, field: &FieldSpec) -> bool {
        let stored = field.stored && self.presence(field) != Presence::Refused;
        match self {
            Self::Create | Self::CreateNested => stored,
            Self::BatchUpdate => stored && ![NAME.name(), TAGS.name()].contains(&field.name),
            Self::Update => false,
        }
    }
}
