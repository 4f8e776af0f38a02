//! Detects the format of an input from its content, and reads the certificates and keys it contains.

use crate::{
    certificate::Certificate,
    decrypt,
    error::{OpenError, OtherFormat},
    key::PrivateKey,
    limits::{IterationBudget, Limits},
    passphrase::Passphrase,
    pem, pkcs7, pkcs12,
    reader::{EXPLICIT_0, INTEGER, OCTET_STRING, OID, Reader, SEQUENCE},
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// The format of an input. Of several files of different formats, the last in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    Der,
    Pem,
    /// PKCS#12, possibly in base64.
    Pkcs12,
}

/// All certificates and keys of an input, in its order.
pub(crate) struct Detected {
    pub certificates: Vec<Certificate>,
    pub keys: Vec<PrivateKey>,
    /// Why the first part that was skipped cannot be read: the reason, if nothing else is usable.
    pub skipped: Option<OpenError>,
    pub format: Format,
    pub had_passphrase: bool,
}

pub(crate) fn read_files(
    files: &[&[u8]],
    passphrase: Option<&str>,
    limits: Limits,
) -> Result<Detected, OpenError> {
    let bytes = files.iter().fold(0_usize, |sum, file| sum.saturating_add(file.len()));
    if bytes > limits.bytes {
        return Err(OpenError::TooLarge { bytes, max: limits.bytes });
    }
    if files.iter().all(|file| file.trim_ascii().is_empty()) {
        return Err(OpenError::Empty);
    }
    let detected = Detected {
        certificates: vec![],
        keys: vec![],
        skipped: None,
        format: Format::Der,
        had_passphrase: false,
    };
    let budgets = std::array::from_fn(|_| IterationBudget::new(limits));
    let mut reader = FileReader { passphrase, budgets, detected };
    for file in files {
        reader.read_file(file, true)?;
    }
    Ok(reader.detected)
}

/// The kind of a DER structure.
enum DerKind {
    Pkcs12,
    Pkcs7,
    Certificate,
    Pkcs8,
    EncryptedPkcs8,
    Pkcs1,
    Sec1,
}

impl DerKind {
    /// Looks at the first elements only. `None` if it is none of these.
    fn detect(input: &[u8]) -> Option<Self> {
        let mut elements = Reader::new(input).inside(SEQUENCE).ok()?;
        let first = elements.next().ok()?;
        match (first.tag, first.content, elements.peek()?) {
            (INTEGER, [3], SEQUENCE) => Some(Self::Pkcs12),
            (OID, _, EXPLICIT_0) => Some(Self::Pkcs7),
            (INTEGER, [0 | 1], SEQUENCE) => Some(Self::Pkcs8),
            (INTEGER, [0 | 1], INTEGER) => Some(Self::Pkcs1),
            (INTEGER, [1], OCTET_STRING) => Some(Self::Sec1),
            // The first starts with an algorithm identifier, the second with a version or serial number.
            (SEQUENCE, [OID, ..], OCTET_STRING) => Some(Self::EncryptedPkcs8),
            (SEQUENCE, [INTEGER | EXPLICIT_0, ..], SEQUENCE) => Some(Self::Certificate),
            _ => None,
        }
    }
}

struct FileReader<'a> {
    passphrase: Option<&'a str>,
    /// One for each candidate passphrase, for the whole input.
    budgets: [IterationBudget; Passphrase::CANDIDATES_MAX],
    detected: Detected,
}

impl FileReader<'_> {
    /// Reads a file of any format. Base64 is decoded once.
    fn read_file(&mut self, input: &[u8], is_outermost: bool) -> Result<(), OpenError> {
        // Some editors write a byte order mark at the start of a text.
        let input = input.strip_prefix("\u{feff}".as_bytes()).unwrap_or(input);
        if is_der(input) {
            // Fails if the file is cut off.
            Reader::new(input).next()?;
            let kind = DerKind::detect(input).ok_or(OpenError::NotRecognised)?;
            return self.read_der(&kind, input, Format::Der);
        }
        if let Some(other) = other_format(input) {
            self.skip(OpenError::OtherFormat { format: other });
            return Ok(());
        }
        // Text around PEM blocks may be in any encoding.
        let text = Zeroizing::new(String::from_utf8_lossy(input).into_owned());
        if pem::is_pem(&text) {
            return self.read_pem(&text);
        }
        if text.trim().is_empty() {
            return Ok(());
        }
        // A data URL, as browsers create them from files.
        let text = match text.trim().strip_prefix("data:") {
            Some(url) => url.split_once("base64,").ok_or(OpenError::NotRecognised)?.1,
            None => &text,
        };
        match pem::base64(text) {
            Some(decoded) if is_outermost => self.read_file(&decoded, false),
            _ => Err(OpenError::NotRecognised),
        }
    }

    fn read_pem(&mut self, text: &str) -> Result<(), OpenError> {
        for block in pem::blocks(text)? {
            if let Some(format) = block.other {
                self.skip(OpenError::OtherFormat { format });
                continue;
            }
            let content = match block.dek_info {
                None => block.content,
                Some(dek_info) => self.try_passphrases(|passphrase, _| {
                    let content = decrypt::decrypt_dek_info(dek_info, &block.content, passphrase)?;
                    // So far only the padding shows whether the passphrase is right.
                    DerKind::detect(&content).ok_or(OpenError::PassphraseWrong)?;
                    Ok((content, true))
                })?,
            };
            // The label is not reliable: `certutil -encode` labels everything CERTIFICATE.
            let kind = DerKind::detect(&content).ok_or(OpenError::Damaged)?;
            self.read_der(&kind, &content, Format::Pem)?;
        }
        Ok(())
    }

    fn read_der(&mut self, kind: &DerKind, der: &[u8], format: Format) -> Result<(), OpenError> {
        let detected = &mut self.detected;
        detected.format = detected.format.max(format);
        match kind {
            DerKind::Certificate => detected.certificates.push(Certificate::read(der)?),
            DerKind::Pkcs7 => {
                for certificate in pkcs7::certificates(der)? {
                    detected.certificates.push(Certificate::read(certificate)?);
                }
            }
            DerKind::Pkcs8 => self.add_key(PrivateKey::from_pkcs8(der))?,
            DerKind::Pkcs1 => self.add_key(PrivateKey::from_pkcs1(der))?,
            DerKind::Sec1 => self.add_key(PrivateKey::from_sec1(der))?,
            DerKind::EncryptedPkcs8 => {
                let encrypted = Reader::new(der).inside(SEQUENCE)?;
                let key = self.try_passphrases(|passphrase, budget| {
                    let key = pkcs12::decrypt_key(encrypted, passphrase, budget)?;
                    // So far only the padding shows whether the passphrase is right.
                    match DerKind::detect(&key) {
                        Some(DerKind::Pkcs8) => Ok((key, true)),
                        _ => Err(OpenError::PassphraseWrong),
                    }
                })?;
                self.add_key(PrivateKey::from_pkcs8(&key))?;
            }
            DerKind::Pkcs12 => {
                detected.format = detected.format.max(Format::Pkcs12);
                let contents = self.try_passphrases(|passphrase, budget| {
                    let contents = pkcs12::open(der, passphrase, budget)?;
                    let used = contents.passphrase_used;
                    Ok((contents, used))
                })?;
                for certificate in &contents.certificates {
                    self.detected.certificates.push(Certificate::read(certificate)?);
                }
                for key in &contents.keys {
                    self.add_key(PrivateKey::from_pkcs8(key))?;
                }
                if contents.has_secret_keys {
                    self.skip(OpenError::OtherFormat { format: OtherFormat::SecretKeys });
                }
            }
        }
        Ok(())
    }

    /// Adds a key, unless it is of an unsupported type: another one may belong to the certificate.
    fn add_key(&mut self, key: Result<PrivateKey, OpenError>) -> Result<(), OpenError> {
        match key {
            Ok(key) => self.detected.keys.push(key),
            Err(
                error @ (OpenError::UnsupportedKey { .. } | OpenError::UnsupportedAlgorithm { .. }),
            ) => self.skip(error),
            Err(error) => return Err(error),
        }
        Ok(())
    }

    fn skip(&mut self, reason: OpenError) {
        self.detected.skipped.get_or_insert(reason);
    }

    /// Calls `open` with each candidate passphrase until one is right. `open` also returns whether it used
    /// the passphrase.
    fn try_passphrases<T>(
        &mut self,
        open: impl Fn(Passphrase<'_>, &mut IterationBudget) -> Result<(T, bool), OpenError>,
    ) -> Result<T, OpenError> {
        for (passphrase, budget) in Passphrase::candidates(self.passphrase).zip(&mut self.budgets) {
            match open(passphrase, budget) {
                Ok((opened, used)) => {
                    self.detected.had_passphrase |= used && passphrase.is_secret();
                    return Ok(opened);
                }
                Err(OpenError::PassphraseWrong) => {}
                Err(other) => return Err(other),
            }
        }
        Err(match self.passphrase {
            None | Some("") => OpenError::PassphraseMissing,
            Some(_) => OpenError::PassphraseWrong,
        })
    }
}

/// Formats that their first bytes show.
fn other_format(input: &[u8]) -> Option<OtherFormat> {
    match input {
        [0xfe, 0xed, 0xfe, 0xed, ..] | [0xce, 0xce, 0xce, 0xce, ..] => {
            Some(OtherFormat::JavaKeystore)
        }
        _ if input.starts_with(b"PuTTY-User-Key-File-") => Some(OtherFormat::Putty),
        _ => None,
    }
}

/// Whether the input starts with a DER sequence. In text, the digit `0` (0x30) is never followed by a byte
/// above 127, and a short length matches the size of the file only by chance.
fn is_der(input: &[u8]) -> bool {
    match input {
        [0x30, length, ..] if *length >= 0x80 => true,
        [0x30, length, ..] => usize::from(*length) + 2 == input.len(),
        _ => false,
    }
}
