//! Lists: whatever is asked becomes one statement, of what one person created in one project.

use super::{ALIVE, COLUMNS, Secret, now, secret};
use crate::store::octavia::Bound;
use openstack_types::{ProjectId, UserId};
use rusqlite::{Connection, params_from_iter};

/// What a list can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// Of a key: what it is for.
    Algorithm,
    /// Of a key: how long it is.
    BitLength,
    /// When it was stored.
    Created,
    /// When it ends.
    Expiration,
    /// Of a key: how it is used.
    Mode,
    /// What people call it.
    Name,
    /// What it holds.
    SecretType,
    /// `ACTIVE`, all of them.
    Status,
    /// When it last changed.
    Updated,
}

impl Column {
    /// The column that a client names.
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

    fn term(self) -> &'static str {
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

/// How a time has to stand to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compare {
    /// The same.
    Equal,
    /// Later.
    After,
    /// Later, or the same.
    From,
    /// Earlier.
    Before,
    /// Earlier, or the same.
    Until,
}

impl Compare {
    fn sign(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::After => ">",
            Self::From => ">=",
            Self::Before => "<",
            Self::Until => "<=",
        }
    }
}

/// What is asked for. Nothing said is no condition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// The name; `%` is any text and `_` any letter, as in Barbican.
    pub name: Option<String>,
    /// The algorithm, in the same way.
    pub algorithm: Option<String>,
    /// The mode, in the same way.
    pub mode: Option<String>,
    /// The length.
    pub bits: Option<u64>,
    /// What it holds.
    pub secret_type: Option<String>,
    /// What the times must be.
    pub times: Vec<(Column, Compare, String)>,
    /// Only those whose ACL names the creator.
    pub acl_only: bool,
    /// By what, and whether the largest comes first; oldest first without any.
    pub sort: Vec<(Column, bool)>,
    /// How many to leave out at the beginning.
    pub offset: u64,
    /// How many at most.
    pub limit: u64,
}

/// A page, and how many there are on all of them.
pub fn list(
    db: &Connection,
    creator: &UserId,
    project: &ProjectId,
    asked: &Asked,
) -> rusqlite::Result<(Vec<Secret>, u64)> {
    let mut bound = Bound::default();
    // `ALIVE` takes the first mark.
    bound.mark(now());
    let mut conditions = vec![
        ALIVE.to_owned(),
        format!("creator_id = {}", bound.mark(creator.0.clone())),
        format!("project_id = {}", bound.mark(project.0.clone())),
    ];
    for (column, pattern) in
        [("name", &asked.name), ("algorithm", &asked.algorithm), ("mode", &asked.mode)]
    {
        if let Some(pattern) = pattern {
            conditions.push(format!("{column} LIKE {}", bound.mark(pattern.clone())));
        }
    }
    if let Some(bits) = asked.bits.and_then(|bits| i64::try_from(bits).ok()) {
        conditions.push(format!("bit_length = {}", bound.mark(bits)));
    }
    if let Some(secret_type) = &asked.secret_type {
        conditions.push(format!("secret_type = {}", bound.mark(secret_type.clone())));
    }
    for (column, compare, time) in &asked.times {
        let mark = bound.mark(time.clone());
        conditions.push(format!("{} {} {mark}", column.term(), compare.sign()));
    }
    if asked.acl_only {
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
    let mut order: Vec<_> = asked
        .sort
        .iter()
        .map(|(column, descending)| format!("{}{}", column.term(), direction(*descending)))
        .collect();
    // What is the same in all that was asked for has an order of its own too, or pages would overlap.
    let last = direction(asked.sort.last().is_some_and(|(_, descending)| *descending));
    order.extend([format!("created{last}"), format!("rowid{last}")]);
    let limit = bound.mark(i64::try_from(asked.limit).unwrap_or(i64::MAX));
    let offset = bound.mark(i64::try_from(asked.offset).unwrap_or(i64::MAX));
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
