//! Certificates that the real OpenSSL generates while the tests run, so that the repository holds no key.

pub mod haproxy;

use certificate::{Bundle, Limits, OpenError, UnixSeconds};
use std::{
    fs,
    process::Command,
    time::{SystemTime, UNIX_EPOCH},
};

/// The subject of the leaf of [`TestFiles::chain`].
pub const SUBJECT: &str = "CN=www.example.com, O=Example, C=TW";

/// A temporary directory with a root, an intermediate and a server certificate: `root`, `intermediate` and
/// `leaf`, each as `.pem` and `.key`.
pub struct TestFiles(tempfile::TempDir);

/// Options of `openssl genpkey`.
pub const P256: &str = "-algorithm EC -pkeyopt ec_paramgen_curve:P-256";
pub const P384: &str = "-algorithm EC -pkeyopt ec_paramgen_curve:P-384";
pub const P521: &str = "-algorithm EC -pkeyopt ec_paramgen_curve:P-521";
pub const ED25519: &str = "-algorithm ED25519";
pub const RSA: &str = "-algorithm RSA -pkeyopt rsa_keygen_bits:2048";

impl TestFiles {
    pub fn empty() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A chain whose leaf has a key with these `genpkey` options.
    pub fn chain(key: &str) -> Self {
        Self::chain_with(
            key,
            "basicConstraints=CA:FALSE\n\
             extendedKeyUsage=serverAuth\n\
             subjectAltName=DNS:www.example.com,DNS:*.example.net,IP:192.0.2.1,IP:2001:db8::1\n\
             authorityKeyIdentifier=keyid\n",
        )
    }

    /// A chain whose leaf has these extensions.
    pub fn chain_with(key: &str, extensions: &str) -> Self {
        let files = Self::empty();
        let authority = "basicConstraints=critical,CA:TRUE\n\
                         subjectKeyIdentifier=hash\n\
                         authorityKeyIdentifier=keyid\n";
        files.write("authority.ext", authority.as_bytes());
        files.write("leaf.ext", extensions.as_bytes());
        files.root("root", "/O=Example/CN=Root");
        files.issue("intermediate", P256, "/O=Example/CN=Intermediate", "root", "authority.ext");
        files.issue("leaf", key, "/C=TW/O=Example/CN=www.example.com", "intermediate", "leaf.ext");
        files
    }

    /// A self-signed authority.
    pub fn root(&self, name: &str, subject: &str) {
        self.openssl(&format!("genpkey {P256} -out {name}.key"));
        self.openssl(&format!(
            "req -x509 -new -key {name}.key -subj {subject} -days 3650 -out {name}.pem"
        ));
    }

    /// A certificate with a new key, valid for 90 days from now.
    pub fn issue(&self, name: &str, key: &str, subject: &str, by: &str, extensions: &str) {
        self.openssl(&format!("genpkey {key} -out {name}.key"));
        self.openssl(&format!("req -new -key {name}.key -subj {subject} -out {name}.csr"));
        self.openssl(&format!(
            "x509 -req -in {name}.csr -CA {by}.pem -CAkey {by}.key -CAcreateserial -days 90 \
             -extfile {extensions} -out {name}.pem"
        ));
    }

    /// Runs OpenSSL in the directory and returns its output. Arguments are split at spaces.
    pub fn openssl(&self, arguments: &str) -> Vec<u8> {
        self.try_openssl(arguments).unwrap_or_else(|error| panic!("openssl {arguments}: {error}"))
    }

    pub fn try_openssl(&self, arguments: &str) -> Result<Vec<u8>, String> {
        let output = Command::new("openssl")
            .args(arguments.split_whitespace())
            .current_dir(self.0.path())
            .output()
            .expect("the openssl command is needed by these tests");
        if output.status.success() {
            Ok(output.stdout)
        } else {
            Err(String::from_utf8_lossy(&output.stderr).into_owned())
        }
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.0.path().join(name)).unwrap()
    }

    pub fn write(&self, name: &str, content: &[u8]) {
        fs::write(self.0.path().join(name), content).unwrap();
    }

    /// The content of several files, concatenated.
    pub fn concatenated(&self, names: &[&str]) -> Vec<u8> {
        names.iter().flat_map(|name| self.read(name)).collect()
    }

    /// `openssl pkcs12 -export` of the leaf with its key and the intermediate.
    pub fn export(&self, options: &str) -> Vec<u8> {
        self.openssl(&format!(
            "pkcs12 -export -inkey leaf.key -in leaf.pem -certfile intermediate.pem -out made.p12 \
             {options}"
        ));
        self.read("made.p12")
    }

    /// The numbers of the private key in a file as OpenSSL prints them, independent of the file format.
    pub fn key(&self, file: &str) -> String {
        let text = self.openssl(&format!("pkey -in {file} -text -noout"));
        let text = String::from_utf8(text).unwrap();
        text.split("pub:").next().unwrap().to_owned()
    }

    /// A property of a certificate as OpenSSL prints it.
    pub fn property(&self, certificate: &str, which: &str) -> String {
        let line = self.openssl(&format!("x509 -noout -in {certificate} {which}"));
        let line = String::from_utf8(line).unwrap();
        line.trim().split_once('=').expect("a property").1.to_owned()
    }

    /// Asserts that the bundle is the leaf with its key and the intermediate.
    pub fn assert_is_the_chain(&self, bundle: &Bundle) {
        assert_eq!(bundle.leaf().subject, SUBJECT);
        assert_eq!(bundle.leaf().fingerprint, self.property("leaf.pem", "-fingerprint -sha256"));
        let chain: Vec<_> = bundle.chain().map(|c| c.fingerprint.as_str()).collect();
        assert_eq!(chain, [self.property("intermediate.pem", "-fingerprint -sha256")]);
        self.write("read.pem", bundle.to_pem().as_bytes());
        assert!(self.key("read.pem") == self.key("leaf.key"), "another key");
    }
}

pub fn now() -> UnixSeconds {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    UnixSeconds(since.as_secs() as i64)
}

pub fn open(file: &[u8], passphrase: Option<&str>) -> Result<Bundle, OpenError> {
    certificate::open(&[file], passphrase, Limits::BROWSER)
}

/// The error of an input that cannot be opened. `unwrap_err` does not work: a bundle has no `Debug`.
pub fn open_error(opened: Result<Bundle, OpenError>) -> OpenError {
    match opened {
        Ok(_) => panic!("the input was opened"),
        Err(error) => error,
    }
}

pub fn bundle(opened: Result<Bundle, OpenError>) -> Bundle {
    opened.unwrap_or_else(|error| panic!("{error}"))
}

/// Rewrites a PKCS#12 bundle with indefinite lengths and its content as a constructed octet string.
pub fn ber(bundle: &[u8]) -> Vec<u8> {
    let (_, parts, _) = element(bundle);
    let (version, _, rest) = element(parts);
    let (_, info, mac) = element(rest);
    let (kind, _, explicit) = element(info);
    let (_, octets, _) = element(explicit);
    let (_, content, _) = element(octets);
    let (first, second) = content.split_at(content.len() / 2);
    let parts: Vec<u8> = [first, second].into_iter().flat_map(|p| tlv(0x04, p)).collect();
    let octets = indefinite(0x24, &parts);
    let info = indefinite(0x30, &[kind, &indefinite(0xa0, &octets)].concat());
    indefinite(0x30, &[version, &info, mac].concat())
}

fn indefinite(tag: u8, content: &[u8]) -> Vec<u8> {
    [&[tag, 0x80], content, &[0, 0]].concat()
}

pub fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = (content.len() as u16).to_be_bytes();
    [&[tag, 0x82], &length[..], content].concat()
}

/// The first element: the whole element, its content, and the rest.
pub fn element(input: &[u8]) -> (&[u8], &[u8], &[u8]) {
    let (start, length) = match input[1] {
        short @ 0..0x80 => (2, usize::from(short)),
        long => {
            let start = 2 + usize::from(long & 0x7f);
            (start, input[2..start].iter().fold(0, |sum, b| sum << 8 | usize::from(*b)))
        }
    };
    let end = start + length;
    (&input[..end], &input[start..end], &input[end..])
}

/// Replaces every occurrence of `from`; there must be one.
pub fn replace(input: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut out = input.to_vec();
    let offsets: Vec<usize> =
        (0..=input.len() - from.len()).filter(|at| input[*at..].starts_with(from)).collect();
    assert!(!offsets.is_empty());
    for at in offsets {
        out[at..at + from.len()].copy_from_slice(to);
    }
    out
}
