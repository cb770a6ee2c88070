//! The certificate authorities to trust: the system's, and those of `ca_file`.

use super::failure::is_shortage;
use crate::descriptors;
use crate::environment;
use crate::error::{Error, ErrorCode};
use crate::file;
use crate::fork::without_fork;
use crate::options::keys;
use crate::protocol::plain_text;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use std::collections::HashSet;
use std::env;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::str;

/// A longer file of the system is skipped. The bundles of all systems are shorter than 1 MiB.
const LONGEST_FILE: u64 = 1 << 24;

/// The places of the system's authorities, and the further authorities.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Trust {
    file: Option<PathBuf>,
    folders: Vec<PathBuf>,
    further: Vec<CertificateDer<'static>>,
    /// Says that a variable does not count, if so.
    ignored: Option<String>,
}

impl Trust {
    /// Reads the environment once: SSL_CERT_FILE and SSL_CERT_DIR replace the system's store.
    /// `ca_file` is the content of that option's file.
    pub fn new(ca_file: Option<&[u8]>) -> Result<Trust, Error> {
        let ignored = environment::ignored(&["SSL_CERT_FILE", "SSL_CERT_DIR"]);
        let variable = |name| environment::find(&[name]).map(|variable| variable.value);
        let mut file = variable("SSL_CERT_FILE").map(PathBuf::from);
        let mut folders: Vec<PathBuf> =
            variable("SSL_CERT_DIR").map(|folders| env::split_paths(&folders).collect()).unwrap_or_default();
        if file.is_none() && folders.is_empty() {
            (file, folders) = of_the_system(ignored.is_some());
        }
        let further = ca_file.map(authorities).transpose()?.unwrap_or_default();
        Ok(Trust { file, folders, further, ignored })
    }

    pub fn ignored(&self) -> Option<&str> {
        self.ignored.as_deref()
    }

    /// The authorities of `ca_file`, if it is given.
    pub fn of_ca_file(&self) -> &[CertificateDer<'static>] {
        &self.further
    }

    /// Loads the store as it is now. Skips certificates of the system that can't be read, as OpenSSL does. Fails only if the
    /// process lacks descriptors, because it may have some again later.
    pub fn load(&self) -> Result<RootCertStore, Error> {
        descriptors::take_standard_ones();
        let mut found = Found::default();
        if let Some(file) = &self.file {
            found.read_file(file)?;
        }
        for folder in &self.folders {
            found.read_folder(folder)?;
        }
        let mut store = RootCertStore::empty();
        store.add_parsable_certificates(found.unique());
        store.add_parsable_certificates(self.further.iter().cloned());
        Ok(store)
    }
}

/// The places of the system's authorities. The probe would obey a variable that does not count.
fn of_the_system(ignores_variables: bool) -> (Option<PathBuf>, Vec<PathBuf>) {
    if !ignores_variables {
        let found = openssl_probe::probe();
        return (found.cert_file, found.cert_dir);
    }
    let file = SYSTEM_FILES.iter().map(PathBuf::from).find(|file| file.exists());
    (file, openssl_probe::candidate_cert_dirs().map(Path::to_owned).collect())
}

/// Debian, Fedora and RHEL, older ones, SUSE, Alpine: the files that the probe knows without the environment.
const SYSTEM_FILES: [&str; 5] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// What the system's files contain. Each file is read once, because folders have several links to each.
#[derive(Default)]
struct Found {
    certificates: Vec<CertificateDer<'static>>,
    /// The device and inode of each file.
    files: HashSet<(u64, u64)>,
}

impl Found {
    fn read_folder(&mut self, folder: &Path) -> Result<(), Error> {
        // An entry would keep the folder open.
        let paths = |folder: fs::ReadDir| folder.map(|entry| Ok(entry?.path())).collect::<Vec<_>>();
        let paths = without_fork(|| fs::read_dir(folder).map(paths));
        for path in if_readable(paths)?.into_iter().flatten() {
            if let Some(path) = if_readable(path)? {
                self.read_file(&path)?;
            }
        }
        Ok(())
    }

    /// Reads only a regular file: a pipe can be read only once and may block its reader.
    fn read_file(&mut self, path: &Path) -> Result<(), Error> {
        let Ok(metadata) = fs::metadata(path) else { return Ok(()) };
        let is_new = self.files.insert((metadata.dev(), metadata.ino()));
        if !metadata.is_file() || metadata.len() > LONGEST_FILE || !is_new {
            return Ok(());
        }
        // A child of a fork would keep the open file.
        let content = without_fork(|| File::open(path).and_then(|file| file::start_of(file, metadata.len())));
        if let Some(content) = if_readable(content)? {
            match str::from_utf8(&content) {
                Ok(text) => self.add(text),
                Err(_) => self.add(&plain_text::read(&content).unwrap_or_default()),
            }
        }
        Ok(())
    }

    fn add(&mut self, pem: &str) {
        self.certificates.extend(blocks(pem).filter_map(|block| CertificateDer::from_pem_slice(block).ok()));
    }

    fn unique(mut self) -> Vec<CertificateDer<'static>> {
        self.certificates.sort_unstable_by(|one, other| one.as_ref().cmp(other.as_ref()));
        self.certificates.dedup();
        self.certificates
    }
}

/// `None` for a file that can't be read.
fn if_readable<T>(result: io::Result<T>) -> Result<Option<T>, Error> {
    match result {
        Err(error) if is_shortage(&error) => Err(Error::new(
            ErrorCode::Internal,
            "the system's certificates can't be read: there are too many open files",
        )),
        result => Ok(result.ok()),
    }
}

fn authorities(file: &[u8]) -> Result<Vec<CertificateDer<'static>>, Error> {
    let pem = plain_text::read(file).unwrap_or_default();
    if pem.contains("BEGIN TRUSTED CERTIFICATE") {
        return Err(keys::CA_FILE.error("OpenSSL's own format; convert it: openssl x509 -in FILE -out NEW"));
    }
    let certificates: Vec<CertificateDer<'static>> = blocks(&pem)
        .map(CertificateDer::from_pem_slice)
        .collect::<Result<_, _>>()
        .map_err(|_| keys::CA_FILE.error("damaged PEM; copy the certificates again"))?;
    if certificates.is_empty() {
        return Err(keys::CA_FILE.error("it contains no certificate; give PEM: -----BEGIN CERTIFICATE-----"));
    }
    for (index, certificate) in certificates.iter().enumerate() {
        RootCertStore::empty()
            .add(certificate.clone())
            .map_err(|_| keys::CA_FILE.error(format_args!("certificate {} can't be read; copy it again", index + 1)))?;
    }
    Ok(certificates)
}

/// Each certificate's block, up to the next block or its own end. A private key in the same file is not decoded, because nothing
/// would wipe it.
fn blocks(pem: &str) -> impl Iterator<Item = &[u8]> {
    const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
    pem.match_indices(BEGIN).map(|(at, _)| {
        let inside = at + BEGIN.len();
        let next = pem[inside..].find("-----BEGIN ").map_or(pem.len(), |next| inside + next);
        &pem.as_bytes()[at..next]
    })
}
