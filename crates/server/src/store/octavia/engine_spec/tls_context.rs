//! What TLS listeners need beside the rows of Octavia.

use super::convert::CertificateError;
use engine::spec::CertificatePem;

pub struct TlsContext<'a> {
    /// The TLS versions that the operator allows.
    pub versions: &'a [String],
    /// Opens the certificate behind a reference of a listener.
    pub certificate: &'a dyn Fn(&str) -> Result<CertificatePem, CertificateError>,
}
