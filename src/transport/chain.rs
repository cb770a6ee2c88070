//! The certificates of a server that were refused, and what can be told from them.

use pkcs8::der::Decode;
use pkcs8::der::asn1::{AnyRef, ObjectIdentifier};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{DigitallySignedStruct, SignatureScheme};
use std::cell::RefCell;
use std::future::Future;
use std::net::IpAddr;
use std::str;
use std::sync::Arc;
use webpki::{EndEntityCert, anchor_from_trusted_cert};

const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
/// The tag of a DNS name in subjectAltName (RFC 5280 §4.2.1.6).
const DNS_NAME: u8 = 0x82;
/// The longest name of an authority that a message shows, in bytes.
const LONGEST_NAME: usize = 64;
/// The most host names of a certificate that a message shows.
const MOST_NAMES: usize = 3;

tokio::task_local! {
    /// The chain that was refused in the current handshake.
    static REFUSED: RefCell<Option<Chain>>;
}

/// Carries out a handshake, and also returns the server's certificates if they were refused.
pub(super) async fn observed<T>(handshake: impl Future<Output = T>) -> (T, Option<Chain>) {
    let handshake = async { (handshake.await, REFUSED.with(RefCell::take)) };
    REFUSED.scope(RefCell::default(), handshake).await
}

/// The TLS library's verifier, which keeps what it refuses for [`observed`].
#[derive(Debug)]
pub(super) struct Verifier(pub Arc<WebPkiServerVerifier>);

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        self.0.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now).inspect_err(|_| {
            let further = intermediates.iter().map(|certificate| certificate.clone().into_owned()).collect();
            let chain = Chain { own: end_entity.clone().into_owned(), further };
            let _ = REFUSED.try_with(|refused| refused.replace(Some(chain)));
        })
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.0.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.0.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_verify_schemes()
    }
}

/// What a server sent.
#[derive(Debug)]
pub(super) struct Chain {
    own: CertificateDer<'static>,
    further: Vec<CertificateDer<'static>>,
}

impl Chain {
    /// Says why no authority vouches for the server. `authorities` are those of `ca_file`.
    pub fn unknown_issuer(&self, authorities: &[CertificateDer<'_>]) -> String {
        let top = self.issuers().last().unwrap_or_default();
        let issuer = common_name(&top.issuer).map(|name| format!(" (\"{name}\")")).unwrap_or_default();
        if authorities.contains(&self.own) {
            return format!(
                "ca_file contains the server's own certificate; give the certificate of the authority that issued it{issuer}"
            );
        }
        let is_complete = top.issuer == top.subject;
        let untrusted = if is_complete && self.issuers().count() == 1 {
            "its certificate is self-signed and not trusted".to_owned()
        } else {
            format!("its certificate comes from an authority that is not trusted{issuer}")
        };
        let advice = match (authorities.is_empty(), is_complete) {
            (true, true) => "; if it is yours, give its certificate as ca_file",
            (true, false) => {
                "; if it is yours, give its certificate as ca_file; if it is public, the server leaves out an intermediate certificate"
            }
            (false, true) => ": ca_file contains another certificate; give this one",
            (false, false) => {
                ": either the server leaves out an intermediate certificate, or ca_file contains another root; let the server send its \
                 whole chain, or give the certificate of that authority"
            }
        };
        untrusted + advice
    }

    /// Says why the signature of a certificate is wrong. `authorities` are those of `ca_file`.
    pub fn wrong_signature(&self, authorities: &[CertificateDer<'_>]) -> String {
        let is_named = |names: &Names| {
            let anchors = authorities.iter().filter_map(|authority| anchor_from_trusted_cert(authority).ok());
            anchors.into_iter().any(|anchor| anchor.subject.as_ref() == names.issuer)
        };
        match self.issuers().find(is_named) {
            Some(names) => format!(
                "ca_file contains an authority of the right name{}, but with another key, or with an RSA key of fewer than \
                 2048 bits; give its current certificate",
                common_name(&names.issuer).map(|name| format!(" (\"{name}\")")).unwrap_or_default()
            ),
            None => "it sends a certificate that the authority in it did not sign; the server needs other certificates"
                .into(),
        }
    }

    /// Says why the certificate is not valid for the host.
    pub fn wrong_name(&self, host: &ServerName<'_>) -> String {
        let Ok(own) = EndEntityCert::try_from(&self.own) else { return OTHER_NAME.into() };
        let (kind, host) = match host {
            ServerName::IpAddress(address) => ("IP", IpAddr::from(*address).to_string()),
            other => ("DNS", other.to_str().into_owned()),
        };
        let advice = format!("make a certificate with subjectAltName={kind}:{host}");
        let as_dns_name = [&[DNS_NAME, host.len() as u8], host.as_bytes()].concat();
        if kind == "IP" && self.own.windows(as_dns_name.len()).any(|part| part == as_dns_name) {
            return format!(
                "its certificate has the address {host} as a DNS name, and subjectAltName lacks it as an address; {advice}"
            );
        }
        if common_name(own.subject()).is_some_and(|name| name.eq_ignore_ascii_case(&host)) {
            return format!(
                "its certificate has {host} only in its subject (CN), where it does not count, and subjectAltName lacks it; {advice}"
            );
        }
        let names: Vec<&str> = own.valid_dns_names().take(MOST_NAMES).collect();
        if names.is_empty() {
            return format!("its certificate has no host name in subjectAltName; {advice}");
        }
        format!("its certificate is for another name ({}); check the URL", names.join(", "))
    }

    /// The names in the server's certificate, in that of its issuer, and so on, as far as the server sent them.
    fn issuers(&self) -> impl Iterator<Item = Names> {
        let issuer_of = |names: &Names| {
            let is_issuer = |other: &Names| other.subject == names.issuer && names.issuer != names.subject;
            self.further.iter().filter_map(Names::of).find(is_issuer)
        };
        std::iter::successors(Names::of(&self.own), issuer_of).take(1 + self.further.len())
    }
}

pub(super) const OTHER_NAME: &str = "its certificate is for another name; check the URL";

/// The names in a certificate, as DER.
#[derive(Default)]
struct Names {
    subject: Vec<u8>,
    issuer: Vec<u8>,
}

impl Names {
    fn of(certificate: &CertificateDer<'_>) -> Option<Names> {
        let certificate = EndEntityCert::try_from(certificate).ok()?;
        Some(Names { subject: certificate.subject().to_vec(), issuer: certificate.issuer().to_vec() })
    }
}

/// The common name in a subject or issuer, if a message may show it.
fn common_name(name: &[u8]) -> Option<&str> {
    let sets = parts(name).into_iter().flat_map(|set| parts(set.value()));
    let mut attributes = sets.map(|attribute| parts(attribute.value()));
    let text = attributes.find_map(|attribute| match attribute[..] {
        [oid, text] if oid.decode_as().is_ok_and(|oid: ObjectIdentifier| oid == COMMON_NAME) => Some(text.value()),
        _ => None,
    })?;
    let is_plain = |c: char| c.is_alphanumeric() || " .,:-_()&'/*".contains(c);
    str::from_utf8(text).ok().filter(|text| text.len() <= LONGEST_NAME && text.chars().all(is_plain))
}

/// The parts of a SET or SEQUENCE; none if it is damaged.
fn parts(content: &[u8]) -> Vec<AnyRef<'_>> {
    let mut parts = Vec::new();
    let mut rest = content;
    while let Ok((part, after)) = AnyRef::from_der_partial(rest) {
        parts.push(part);
        rest = after;
    }
    parts
}
