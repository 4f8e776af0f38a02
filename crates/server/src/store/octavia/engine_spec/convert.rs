//! Values of fields as the checked types of the engine, and the errors of that.

use crate::model::{Field, FieldType, Row};
use certificate::{OpenError, RevocationListError};
use std::{fmt::Display, str::FromStr};

/// Why the engine cannot run a row. The text is for the people who see the load balancer.
#[derive(Debug, thiserror::Error)]
pub enum SpecError {
    #[error("this version does not support {field} {value}")]
    Unsupported { field: &'static str, value: String },
    #[error("{field} {reason}")]
    Invalid { field: &'static str, reason: String },
    #[error("{field} cannot be {value}")]
    OutOfRange { field: &'static str, value: i64 },
    #[error("it has no certificate")]
    NoCertificate,
    #[error("a certificate of this listener cannot be used: {0}")]
    Certificate(#[from] CertificateError),
    #[error("a certificate of a pool of this listener cannot be used: {0}")]
    PoolCertificate(CertificateError),
    #[error("client authentication needs certificates of authorities")]
    NoAuthorities,
    #[error("it speaks {requested}, of which none is allowed here; {allowed} is")]
    TlsVersions { requested: String, allowed: String },
}

/// Why a reference of a listener or a pool gives no certificate. The text reveals nothing of the
/// secret: people who may not see it see the listener.
#[derive(Clone, Debug, thiserror::Error)]
pub enum CertificateError {
    #[error("it is not there")]
    Missing,
    #[error("what is stored does not open")]
    Sealed,
    #[error("the database failed")]
    Database,
    #[error("{0}")]
    Unreadable(OpenError),
    #[error("{0}")]
    RevocationList(RevocationListError),
}

impl SpecError {
    /// Whether another try may succeed without a change.
    pub(super) fn may_pass(&self) -> bool {
        let (Self::Certificate(error) | Self::PoolCertificate(error)) = self else { return false };
        matches!(error, CertificateError::Database)
    }
}

pub(super) fn unsupported(field: &'static str, value: impl Display) -> SpecError {
    SpecError::Unsupported { field, value: value.to_string() }
}

/// The value of a text field as a checked type of the engine.
pub(super) fn parsed<T: FromStr<Err: Display>>(
    row: &Row,
    field: Field<String>,
) -> Result<T, SpecError> {
    parse(field.name(), row.get(field))
}

/// [`parsed`] for a field that may be null.
pub(super) fn parsed_optional<T: FromStr<Err: Display>>(
    row: &Row,
    field: Field<Option<String>>,
) -> Result<Option<T>, SpecError> {
    row.get(field).map(|text| parse(field.name(), text)).transpose()
}

/// [`parsed`] for a field that is only null where it is not used.
pub(super) fn parsed_required<T: FromStr<Err: Display>>(
    row: &Row,
    field: Field<Option<String>>,
) -> Result<T, SpecError> {
    parse(field.name(), row.get(field).unwrap_or_default())
}

pub(super) fn parse<T: FromStr<Err: Display>>(
    field: &'static str,
    text: &str,
) -> Result<T, SpecError> {
    text.parse().map_err(|error| invalid(field, error))
}

pub(super) fn invalid(field: &'static str, error: impl Display) -> SpecError {
    SpecError::Invalid { field, reason: error.to_string() }
}

pub(super) fn number<T: TryFrom<i64>>(row: &Row, field: Field<i64>) -> Result<T, SpecError> {
    in_range(field, row.get(field))
}

pub(super) fn in_range<T: TryFrom<i64>, F: FieldType>(
    field: Field<F>,
    value: i64,
) -> Result<T, SpecError> {
    T::try_from(value).map_err(|_| SpecError::OutOfRange { field: field.name(), value })
}
