//! The certificate authorities to trust: the system's, and those of `ca_file`.

use super::failure::is_shortage;
use crate::descriptors;
use crate::environment;
use crate::error::{Error, ErrorCode};
use crate::options::keys;
use crate::protocol::plain_text;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls_native_certs::ErrorKind;
use std::env;
use std::path::{Path, PathBuf};

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

    /// Loads the store as it is now. Skips certificates of the system that can't be read, as OpenSSL does. Fails only if the
    /// process lacks descriptors, because it may have some again later. Also skips a pipe, which can be read only once and may
    /// block its reader.
    pub fn load(&self) -> Result<RootCertStore, Error> {
        descriptors::take_standard_ones();
        let mut store = RootCertStore::empty();
        let (first, others) = match self.folders.split_first() {
            Some((first, others)) => (Some(first.as_path()), others),
            None => (None, &[][..]),
        };
        let file = self.file.as_deref().filter(|file| file.is_file());
        store.add_parsable_certificates(read(file, first)?);
        for folder in others {
            store.add_parsable_certificates(read(None, Some(folder))?);
        }
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

fn read(file: Option<&Path>, folder: Option<&Path>) -> Result<Vec<CertificateDer<'static>>, Error> {
    let found = rustls_native_certs::load_certs_from_paths(file, folder);
    let lacks_descriptors = found.errors.iter().any(|error| match &error.kind {
        ErrorKind::Io { inner, .. } => is_shortage(inner),
        _ => false,
    });
    if lacks_descriptors {
        return Err(Error::new(
            ErrorCode::Internal,
            "the system's certificates can't be read: there are too many open files",
        ));
    }
    Ok(found.certs)
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
