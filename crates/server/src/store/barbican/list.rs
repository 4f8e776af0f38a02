//! Filtered, sorted and paged lists of the secrets that a user created in a project.

use super::{COLUMNS, NOT_EXPIRED, Secret, now, secret};
use crate::store::octavia::Bound;
use openstack_types::{ProjectId, UserId};
use rusqlite::{Connection, params_from_iter};

/// The columns that a list can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    Algorithm,
    BitLength,
    Created,
    Expiration,
    Mode,
    Name,
    SecretType,
    /// Always `ACTIVE`.
    Status,
    Updated,
}

impl Column {
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "algorithm" => Self::Algorithm,
            "bit_length" => Self::BitLength,
            "created" => Self::Created,
            "expiration" => Self::Expiration,
            "mode" => Self::Mode,
            "name" => Self::Name,
            "secret_type" => Self::SecretType,
            "status" => Self::Status,
            "updated" => Self::Updated,
            _ => return None,
        })
    }

    fn sql(self) -> &'static str {
        match self {
            Self::Algorithm => "algorithm",
            Self::BitLength => "bit_length",
            Self::Created => "created",
            Self::Expiration => "expiration",
            Self::Mode => "mode",
            Self::Name => "name",
            Self::SecretType => "secret_type",
            Self::Status => "'ACTIVE'",
            Self::Updated => "updated",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    Equal,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

impl Comparison {
    fn operator(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
        }
    }
}

/// An empty field is no condition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SecretFilter {
    /// A `LIKE` pattern, as in Barbican.
    pub name: Option<String>,
    /// A `LIKE` pattern.
    pub algorithm: Option<String>,
    /// A `LIKE` pattern.
    pub mode: Option<String>,
    pub bits: Option<u64>,
    pub secret_type: Option<String>,
    pub times: Vec<(Column, Comparison, String)>,
    /// Only secrets whose ACL names the creator.
    pub acl_only: bool,
    /// Columns, and whether descending. Default: oldest first.
    pub sort: Vec<(Column, bool)>,
    pub offset: u64,
    pub limit: u64,
}

/// One page of secrets, and the number of secrets on all pages.
pub fn list(
    db: &Connection,
    creator: &UserId,
    project: &ProjectId,
    filter: &SecretFilter,
) -> rusqlite::Result<(Vec<Secret>, u64)> {
    let mut bound = Bound::default();
    // `NOT_EXPIRED` uses the first parameter.
    bound.mark(now());
    let mut conditions = vec![
        NOT_EXPIRED.to_owned(),
        format!("creator_id = {}", bound.mark(creator.0.clone())),
        format!("project_id = {}", bound.mark(project.0.clone())),
    ];
    for (column, pattern) in
        [("name", &filter.name), ("algorithm", &filter.algorithm), ("mode", &filter.mode)]
    {
        if let Some(pattern) = pattern {
            conditions.push(format!("{column} LIKE {}", bound.mark(pattern.clone())));
        }
    }
    if let Some(bits) = filter.bits.and_then(|bits| i64::try_from(bits).ok()) {
        conditions.push(format!("bit_length = {}", bound.mark(bits)));
    }
    if let Some(secret_type) = &filter.secret_type {
        conditions.push(format!("secret_type = {}", bound.mark(secret_type.clone())));
    }
    for (column, comparison, time) in &filter.times {
        let mark = bound.mark(time.clone());
        conditions.push(format!("{} {} {mark}", column.sql(), comparison.operator()));
    }
    if filter.acl_only {
        conditions.push(
            "EXISTS (SELECT 1 FROM secret_acl_user a
                     WHERE a.secret_id = secret.id AND a.user_id = secret.creator_id)"
                .to_owned(),
        );
    }
    let conditions = conditions.join(" AND ");
    let total: i64 = db
        .prepare_cached(&format!("SELECT COUNT(*) FROM secret WHERE {conditions}"))?
        .query_row(params_from_iter(bound.values()), |row| row.get(0))?;

    let direction = |descending| if descending { " DESC" } else { "" };
    let mut order: Vec<_> = filter
        .sort
        .iter()
        .map(|(column, descending)| format!("{}{}", column.sql(), direction(*descending)))
        .collect();
    // A unique order, because otherwise pages could overlap.
    let last = direction(filter.sort.last().is_some_and(|(_, descending)| *descending));
    order.extend([format!("created{last}"), format!("rowid{last}")]);
    let limit = bound.mark(i64::try_from(filter.limit).unwrap_or(i64::MAX));
    let offset = bound.mark(i64::try_from(filter.offset).unwrap_or(i64::MAX));
    let statement = format!(
        "SELECT {COLUMNS} FROM secret WHERE {conditions} ORDER BY {} LIMIT {limit} OFFSET {offset}",
        order.join(", ")
    );
    let secrets = db
        .prepare_cached(&statement)?
        .query_map(params_from_iter(bound.values()), secret)?
        .collect::<Result<_, _>>()?;
    Ok((secrets, total.unsigned_abs()))
}
