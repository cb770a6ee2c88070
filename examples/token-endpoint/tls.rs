//! A new certificate authority, and the certificates of the HTTPS listeners.

use std::error::Error;
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose, date_time_ymd,
};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

pub struct Authority(CertifiedIssuer<'static, KeyPair>);

pub enum Kind {
    Good,
    Expired,
    /// The certificate of an authority, as `openssl req -x509` makes it by default.
    Authority,
    /// A certificate that has its name only in its subject.
    CommonName,
    /// A good certificate; the client must have one, too.
    Mutual,
}

impl Authority {
    pub fn new(name: &str) -> Result<Self, Box<dyn Error>> {
        let mut params = CertificateParams::default();
        params.distinguished_name = common_name(name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        Ok(Self(CertifiedIssuer::self_signed(params, KeyPair::generate()?)?))
    }

    pub fn pem(&self) -> String {
        self.0.pem()
    }

    /// TLS 1.2 and 1.3 with a new certificate for `names`. It has the extensions that strict verifiers (Python 3.13) require.
    pub fn acceptor(&self, names: Vec<String>, kind: Kind) -> Result<TlsAcceptor, Box<dyn Error>> {
        let mut params = CertificateParams::new(names)?;
        params.distinguished_name = common_name("token endpoint");
        params.use_authority_key_identifier_extension = true;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        match kind {
            Kind::Good | Kind::Mutual => (),
            Kind::CommonName => {
                params.distinguished_name = common_name("localhost");
                params.subject_alt_names.clear();
            }
            Kind::Expired => {
                params.not_before = date_time_ymd(2020, 1, 1);
                params.not_after = date_time_ymd(2020, 2, 1);
            }
            Kind::Authority => params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained),
        }
        let key = KeyPair::generate()?;
        let certificate = params.signed_by(&key, &self.0)?;
        let provider = Arc::new(aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions()?;
        let config = if matches!(kind, Kind::Mutual) {
            let mut clients = RootCertStore::empty();
            clients.add(self.0.der().clone())?;
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(clients), provider).build()?;
            config.with_client_cert_verifier(verifier)
        } else {
            config.with_no_client_auth()
        };
        let config =
            config.with_single_cert(vec![certificate.into()], PrivatePkcs8KeyDer::from(key.serialize_der()).into())?;
        Ok(TlsAcceptor::from(Arc::new(config)))
    }
}

fn common_name(name: &str) -> DistinguishedName {
    let mut distinguished_name = DistinguishedName::new();
    distinguished_name.push(DnType::CommonName, name);
    distinguished_name
}
