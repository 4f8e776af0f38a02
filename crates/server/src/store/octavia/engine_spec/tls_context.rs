//! What TLS needs beside the rows of Octavia.

use super::convert::CertificateError;
use crate::model::{Field, Row};
use engine::spec::{CertificatePem, PeerVerification, PublicPem};

pub struct TlsContext<'a> {
    /// The TLS versions that the operator allows listeners to speak.
    pub versions: &'a [String],
    /// Opens what references lead to.
    pub secrets: &'a dyn Secrets,
}

/// Opens what the references of listeners and pools lead to.
pub trait Secrets {
    fn certificate(&self, reference: &str) -> Result<CertificatePem, CertificateError>;
    fn authorities(&self, reference: &str) -> Result<PublicPem, CertificateError>;
    fn revocation_lists(&self, reference: &str) -> Result<PublicPem, CertificateError>;
}

impl TlsContext<'_> {
    /// What a row verifies certificates with; `None` without authorities.
    pub(super) fn verification(
        &self,
        row: &Row,
        authorities: Field<Option<String>>,
        revocation_lists: Field<Option<String>>,
    ) -> Result<Option<PeerVerification>, CertificateError> {
        let Some(reference) = row.get(authorities) else { return Ok(None) };
        let lists = row.get(revocation_lists);
        Ok(Some(PeerVerification {
            authorities: self.secrets.authorities(reference)?,
            revocation_lists: lists
                .map(|reference| self.secrets.revocation_lists(reference))
                .transpose()?,
        }))
    }
}
