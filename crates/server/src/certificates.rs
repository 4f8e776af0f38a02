//! Certificates of listeners and pools: PKCS#12 bundles without a passphrase, stored as secrets, or the parts of a
//! certificate, stored as a container of secrets. Authorities and revocation lists are PEM.

use certificate::{
    Authorities, Bundle, Format, Limits, OpenError, RevocationListError, RevocationLists, Zeroizing,
};
use engine::spec::{CertificatePem, PublicPem};

/// Opens the payload of a secret. Rejects other formats such as PEM, as Octavia does.
fn open(payload: &[u8]) -> Result<Bundle, OpenError> {
    let bundle = certificate::open(&[payload], None, Limits::SERVER)?;
    if bundle.format() == Format::Pkcs12 { Ok(bundle) } else { Err(OpenError::NotRecognised) }
}

/// A certificate as it is stored.
pub enum Stored {
    Bundle(Zeroizing<Vec<u8>>),
    /// The certificate, its key and its issuers, in any order and format.
    Parts {
        files: Vec<Zeroizing<Vec<u8>>>,
        passphrase: Option<Zeroizing<Vec<u8>>>,
    },
}

impl Stored {
    /// Opens it for a listener. Rejects certificates that OpenSSL does not load or no TLS client supports.
    pub fn open(&self) -> Result<Bundle, OpenError> {
        let bundle = self.read()?;
        bundle.check_security()?;
        Ok(bundle)
    }

    fn read(&self) -> Result<Bundle, OpenError> {
        match self {
            Self::Bundle(payload) => open(payload),
            Self::Parts { files, passphrase } => {
                let files: Vec<&[u8]> = files.iter().map(|file| file.as_slice()).collect();
                let passphrase = passphrase.as_ref().map(|bytes| str::from_utf8(bytes));
                let passphrase = passphrase.transpose().map_err(|_| OpenError::NotRecognised)?;
                certificate::open(&files, passphrase, Limits::SERVER)
            }
        }
    }
}

/// Reads certificates of authorities, which are stored as PEM.
pub fn authorities(payload: &[u8]) -> Result<Authorities, OpenError> {
    Authorities::read_pem(payload, Limits::SERVER)
}

/// Reads revocation lists, which are stored as PEM.
pub fn revocation_lists(payload: &[u8]) -> Result<RevocationLists, RevocationListError> {
    RevocationLists::read_pem(payload, Limits::SERVER)
}

/// Authorities in the format of the engine.
pub fn authorities_pem(payload: &[u8]) -> Result<PublicPem, OpenError> {
    authorities(payload).map(|read| PublicPem::new(&read.to_pem()))
}

/// Revocation lists in the format of the engine.
pub fn revocation_lists_pem(payload: &[u8]) -> Result<PublicPem, RevocationListError> {
    revocation_lists(payload).map(|read| PublicPem::new(&read.to_pem()))
}

/// The format of the engine.
pub fn pem(bundle: &Bundle) -> CertificatePem {
    CertificatePem::new(Zeroizing::new(bundle.to_pem().as_bytes().to_vec()))
}
