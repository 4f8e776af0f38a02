//! What kind of thing an input is, by what is in it, and the certificates and keys that it holds.

use crate::{
    Format, Limits, OpenError,
    certificate::Certificate,
    decrypt,
    key::PrivateKey,
    limits::Budget,
    passphrase::Passphrase,
    pem, pkcs12,
    reader::{EXPLICIT_0, INTEGER, OCTET_STRING, OID, Reader, SEQUENCE},
};
use zeroize::Zeroizing;

/// Everything that was found, in the order in which it was.
pub struct Found {
    pub certificates: Vec<Certificate>,
    pub keys: Vec<PrivateKey>,
    pub format: Format,
    pub had_passphrase: bool,
}

/// Reads files.
pub fn collect(
    files: &[&[u8]],
    passphrase: Option<&str>,
    limits: Limits,
) -> Result<Found, OpenError> {
    let bytes = files.iter().fold(0_usize, |sum, file| sum.saturating_add(file.len()));
    if bytes > limits.bytes {
        return Err(OpenError::TooLarge { bytes, max: limits.bytes });
    }
    if files.iter().all(|file| file.trim_ascii().is_empty()) {
        return Err(OpenError::Empty);
    }
    let found =
        Found { certificates: vec![], keys: vec![], format: Format::Der, had_passphrase: false };
    let budgets = std::array::from_fn(|_| Budget::new(limits));
    let mut reading = Reading { passphrase, budgets, found };
    for file in files {
        reading.file(file, true)?;
    }
    Ok(reading.found)
}

/// What a DER structure is, by its first parts.
enum Shape {
    Pkcs12,
    Certificate,
    Pkcs8,
    EncryptedPkcs8,
    Pkcs1,
    Sec1,
}

impl Shape {
    /// `None` if it is none of these.
    fn of(input: &[u8]) -> Option<Self> {
        let mut parts = Reader::new(input).inside(SEQUENCE).ok()?;
        let first = parts.next().ok()?;
        match (first.tag, first.content, parts.peek()?) {
            (INTEGER, [3], SEQUENCE) => Some(Self::Pkcs12),
            (INTEGER, [0 | 1], SEQUENCE) => Some(Self::Pkcs8),
            (INTEGER, [0 | 1], INTEGER) => Some(Self::Pkcs1),
            (INTEGER, [1], OCTET_STRING) => Some(Self::Sec1),
            // It begins with the identifier of an algorithm, or with a version or serial number.
            (SEQUENCE, [OID, ..], OCTET_STRING) => Some(Self::EncryptedPkcs8),
            (SEQUENCE, [INTEGER | EXPLICIT_0, ..], SEQUENCE) => Some(Self::Certificate),
            _ => None,
        }
    }
}

struct Reading<'a> {
    passphrase: Option<&'a str>,
    /// One for each attempt with a passphrase, for all that is read.
    budgets: [Budget; Passphrase::ATTEMPTS_MAX],
    found: Found,
}

impl Reading<'_> {
    /// A file of any kind. Base64 is unpacked once.
    fn file(&mut self, input: &[u8], is_outermost: bool) -> Result<(), OpenError> {
        // Notepad puts this before a text.
        let input = input.strip_prefix("\u{feff}".as_bytes()).unwrap_or(input);
        if is_der(input) {
            // Cut off, or something else.
            Reader::new(input).next()?;
            let shape = Shape::of(input).ok_or(OpenError::NotRecognised)?;
            return self.structure(&shape, input, Format::Der);
        }
        // What stands around blocks may be in any encoding.
        let text = Zeroizing::new(String::from_utf8_lossy(input).into_owned());
        if pem::is_pem(&text) {
            return self.blocks(&text);
        }
        if text.trim().is_empty() {
            return Ok(());
        }
        // A data URL, as browsers make them of files.
        let text = match text.trim().strip_prefix("data:") {
            Some(url) => url.split_once("base64,").ok_or(OpenError::NotRecognised)?.1,
            None => &text,
        };
        match pem::base64(text) {
            Some(unpacked) if is_outermost => self.file(&unpacked, false),
            _ => Err(OpenError::NotRecognised),
        }
    }

    fn blocks(&mut self, text: &str) -> Result<(), OpenError> {
        for block in pem::blocks(text)? {
            let content = match block.dek_info {
                None => block.content,
                Some(dek_info) => self.attempt(|passphrase, _| {
                    let content = decrypt::dek(dek_info, &block.content, passphrase)?;
                    // Nothing but the padding has told so far whether the passphrase is right.
                    Shape::of(&content).ok_or(OpenError::PassphraseWrong)?;
                    Ok((content, true))
                })?,
            };
            // By content: labels lie. `certutil -encode` calls everything a certificate.
            let shape = Shape::of(&content).ok_or(OpenError::Damaged)?;
            self.structure(&shape, &content, Format::Pem)?;
        }
        Ok(())
    }

    fn structure(&mut self, shape: &Shape, der: &[u8], format: Format) -> Result<(), OpenError> {
        let found = &mut self.found;
        found.format = found.format.max(format);
        match shape {
            Shape::Certificate => found.certificates.push(Certificate::read(der)?),
            Shape::Pkcs8 => found.keys.push(PrivateKey::from_pkcs8(der)?),
            Shape::Pkcs1 => found.keys.push(PrivateKey::from_pkcs1(der)?),
            Shape::Sec1 => found.keys.push(PrivateKey::from_sec1(der)?),
            Shape::EncryptedPkcs8 => {
                let encrypted = Reader::new(der).inside(SEQUENCE)?;
                let key = self.attempt(|passphrase, budget| {
                    let key = pkcs12::open_key(encrypted, passphrase, budget)?;
                    // Nothing but the padding has told so far whether the passphrase is right.
                    match Shape::of(&key) {
                        Some(Shape::Pkcs8) => Ok((key, true)),
                        _ => Err(OpenError::PassphraseWrong),
                    }
                })?;
                self.found.keys.push(PrivateKey::from_pkcs8(&key)?);
            }
            Shape::Pkcs12 => {
                found.format = found.format.max(Format::Pkcs12);
                let contents = self.attempt(|passphrase, budget| {
                    let contents = pkcs12::open(der, passphrase, budget)?;
                    let used = contents.passphrase_used;
                    Ok((contents, used))
                })?;
                for certificate in &contents.certificates {
                    self.found.certificates.push(Certificate::read(certificate)?);
                }
                for key in &contents.keys {
                    self.found.keys.push(PrivateKey::from_pkcs8(key)?);
                }
            }
        }
        Ok(())
    }

    /// Tries what was given, and the two ways of saying nothing.
    /// `open` also says whether it made use of the passphrase.
    fn attempt<T>(
        &mut self,
        open: impl Fn(Passphrase<'_>, &mut Budget) -> Result<(T, bool), OpenError>,
    ) -> Result<T, OpenError> {
        for (passphrase, budget) in Passphrase::attempts(self.passphrase).zip(&mut self.budgets) {
            match open(passphrase, budget) {
                Ok((opened, used)) => {
                    self.found.had_passphrase |= used && passphrase.is_secret();
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

/// A sequence whose length is written as only DER would: in text, no digit `0` is followed by a byte
/// above 127, and by another only by chance.
fn is_der(input: &[u8]) -> bool {
    match input {
        [0x30, length, ..] if *length >= 0x80 => true,
        [0x30, length, ..] => usize::from(*length) + 2 == input.len(),
        _ => false,
    }
}
