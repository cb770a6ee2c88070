//! Says in plain words why a TLS handshake failed. No text of the TLS library gets into a message, because it names the library's types.

use super::chain::{Chain, OTHER_NAME};
use rustls::pki_types::CertificateDer;
use rustls::{AlertDescription, CertificateError, Error, InvalidMessage};
use std::borrow::Cow;

const NOT_TLS: &str = "it does not speak TLS; check the port";
const BROKEN: &str = "it breaks the rules of TLS, or a device on the way changes what it sends";
const EXTENSION: &str =
    "its certificate has a critical extension that the library does not know; the server needs another certificate";
const UNUSABLE: &str =
    "its certificate can't be read or breaks the rules for certificates; the server needs another one";

/// What is known of a failed handshake, beside its error.
pub(super) struct Circumstances<'a> {
    /// Whether there is no authority to trust.
    pub has_no_roots: bool,
    /// The authorities of `ca_file`.
    pub authorities: &'a [CertificateDer<'static>],
    /// The certificates that were refused, if any were.
    pub chain: Option<&'a Chain>,
}

impl Circumstances<'_> {
    /// Says why one side refused the other's certificate or handshake.
    pub fn reason(&self, error: &Error) -> Cow<'static, str> {
        match error {
            Error::InvalidCertificate(error) => self.certificate(error),
            Error::AlertReceived(alert) => {
                let number = u8::from(*alert);
                format!("it refuses the handshake (TLS alert {number}): {}", refused(*alert)).into()
            }
            Error::InvalidMessage(
                InvalidMessage::InvalidContentType
                | InvalidMessage::InvalidEmptyPayload
                | InvalidMessage::MessageTooLarge
                | InvalidMessage::UnknownProtocolVersion,
            ) => NOT_TLS.into(),
            Error::InvalidMessage(_)
            | Error::PeerMisbehaved(_)
            | Error::InappropriateMessage { .. }
            | Error::InappropriateHandshakeMessage { .. }
            | Error::DecryptError
            | Error::PeerSentOversizedRecord => BROKEN.into(),
            Error::PeerIncompatible(_) => {
                "it offers no secure TLS version or cipher; it must support TLS 1.2 or later".into()
            }
            Error::NoCertificatesPresented => "it sends no certificate".into(),
            Error::UnsupportedNameType => "its name can't stand in a certificate; check the URL".into(),
            Error::NoApplicationProtocol => "it does not offer HTTP/1.1".into(),
            Error::FailedToGetCurrentTime => "this machine's clock stands before 1970; set it".into(),
            Error::FailedToGetRandomBytes => "the operating system gives no random numbers".into(),
            _ => "TLS does not work on this machine".into(),
        }
    }

    fn certificate(&self, error: &CertificateError) -> Cow<'static, str> {
        match error {
            CertificateError::UnknownIssuer if self.has_no_roots => {
                "this machine has no trusted certificate authorities; install the package ca-certificates, \
                 correct SSL_CERT_FILE or SSL_CERT_DIR if one is set, or give ca_file"
                    .into()
            }
            CertificateError::UnknownIssuer => match self.chain {
                Some(chain) => chain.unknown_issuer(self.authorities).into(),
                None => "its certificate comes from an authority that is not trusted".into(),
            },
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                "its certificate has expired, or this machine's clock is wrong".into()
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                "its certificate is not valid yet, or this machine's clock is wrong".into()
            }
            CertificateError::NotValidForNameContext { expected, .. } => match self.chain {
                Some(chain) => chain.wrong_name(expected).into(),
                None => OTHER_NAME.into(),
            },
            CertificateError::NotValidForName => OTHER_NAME.into(),
            CertificateError::BadSignature => match self.chain {
                Some(chain) => chain.wrong_signature(self.authorities).into(),
                None => "its signature does not fit its certificate; the server needs the certificate's key, and an RSA key needs \
                         2048 bits or more"
                    .into(),
            },
            CertificateError::Revoked => "its certificate is revoked; the server needs another one".into(),
            CertificateError::UnhandledCriticalExtension => EXTENSION.into(),
            CertificateError::UnsupportedSignatureAlgorithmContext { .. }
            | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
                "its certificate has a key or a signature that is not supported (SHA-1, for example); the server needs another \
                 certificate"
                    .into()
            }
            CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
                "its certificate is not for servers (extendedKeyUsage lacks serverAuth); the server needs another one".into()
            }
            CertificateError::Other(error) => error.0.downcast_ref().map_or(UNUSABLE, unusual).into(),
            _ => UNUSABLE.into(),
        }
    }
}

/// Says why a certificate is refused for a reason that the TLS library has no name for.
fn unusual(error: &webpki::Error) -> &'static str {
    match error {
        webpki::Error::CaUsedAsEndEntity => {
            "its certificate belongs to a certificate authority, and a server must not use it; make a server certificate \
             (openssl req -x509 … -addext basicConstraints=critical,CA:FALSE)"
        }
        webpki::Error::EndEntityUsedAsCa | webpki::Error::PathLenConstraintViolated => {
            "it sends a certificate whose issuer may not issue it; the server needs another one"
        }
        webpki::Error::NameConstraintViolation => {
            "the authority that issued its certificate may not do so for this name; the server needs another one"
        }
        webpki::Error::UnsupportedCertVersion => {
            "its certificate has X.509 version 1; make one of version 3, with subjectAltName"
        }
        webpki::Error::UnsupportedCriticalExtension => EXTENSION,
        webpki::Error::MaximumPathDepthExceeded
        | webpki::Error::MaximumPathBuildCallsExceeded
        | webpki::Error::MaximumSignatureChecksExceeded
        | webpki::Error::MaximumNameConstraintComparisonsExceeded => {
            "it sends too many certificates; it must send only its own and the intermediate ones"
        }
        _ => UNUSABLE,
    }
}

/// What the peer means by its alert (RFC 8446 §6.2).
fn refused(alert: AlertDescription) -> &'static str {
    use AlertDescription as Alert;
    match alert {
        // The library sends no certificate. So all of these say that the peer wants one.
        Alert::CertificateRequired
        | Alert::NoCertificate
        | Alert::BadCertificate
        | Alert::UnsupportedCertificate
        | Alert::CertificateRevoked
        | Alert::CertificateExpired
        | Alert::CertificateUnknown
        | Alert::CertificateUnobtainable
        | Alert::BadCertificateStatusResponse
        | Alert::BadCertificateHashValue
        | Alert::UnknownCA => {
            "it wants a certificate of the client (mutual TLS), and this library sends none; use an endpoint that wants none"
        }
        Alert::AccessDenied => "it does not let this machine in; its operator can say why",
        Alert::HandshakeFailure
        | Alert::InsufficientSecurity
        | Alert::ProtocolVersion
        | Alert::InappropriateFallback => {
            "it accepts no TLS version or cipher of this library (TLS 1.2 and 1.3), or it wants a certificate of the client, and this \
             library sends none"
        }
        Alert::UnrecognisedName => "it does not know the name in the URL; check the URL",
        Alert::NoApplicationProtocol => "it does not offer HTTP/1.1",
        Alert::InternalError => "it failed inside; try again later",
        Alert::CloseNotify | Alert::UserCanceled | Alert::NoRenegotiation => "it gave up",
        _ => "it does not understand this library's messages, or a device on the way changes them",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustls::pki_types::{ServerName, UnixTime};
    use rustls::{
        CertRevocationListError, ContentType, EncryptedClientHelloError, ExtendedKeyPurpose, HandshakeType,
        InconsistentKeys, OtherError, PeerIncompatible, PeerMisbehaved,
    };
    use std::sync::Arc;

    /// Makes a list of variants of an enum.
    macro_rules! variants {
        ($of:ident: $($variant:ident)*) => { [$($of::$variant,)*].map(Error::from).to_vec() };
    }

    fn other(error: impl std::error::Error + Send + Sync + 'static) -> OtherError {
        OtherError(Arc::new(error))
    }

    fn certificate_errors() -> Vec<CertificateError> {
        use CertificateError::*;
        let time = UnixTime::since_unix_epoch(std::time::Duration::from_secs(1));
        let mut errors = vec![
            BadEncoding,
            Expired,
            ExpiredContext { time, not_after: time },
            NotValidYet,
            NotValidYetContext { time, not_before: time },
            Revoked,
            UnhandledCriticalExtension,
            UnknownIssuer,
            UnknownRevocationStatus,
            ExpiredRevocationList,
            ExpiredRevocationListContext { time, next_update: time },
            BadSignature,
            UnsupportedSignatureAlgorithmContext { signature_algorithm_id: vec![1], supported_algorithms: vec![] },
            UnsupportedSignatureAlgorithmForPublicKeyContext {
                signature_algorithm_id: vec![1],
                public_key_algorithm_id: vec![2],
            },
            NotValidForName,
            NotValidForNameContext {
                expected: ServerName::try_from("a.example").expect("a name"),
                presented: vec!["DnsName(\"b.example\")".into()],
            },
            InvalidPurpose,
            InvalidPurposeContext {
                required: ExtendedKeyPurpose::ServerAuth,
                presented: vec![ExtendedKeyPurpose::ClientAuth],
            },
            InvalidOcspResponse,
            ApplicationVerificationFailure,
            Other(other(std::fmt::Error)),
        ];
        use webpki::Error as Webpki;
        let unusual = [
            Webpki::BadDer,
            Webpki::CaUsedAsEndEntity,
            Webpki::CertDistrusted,
            Webpki::EmptyEkuExtension,
            Webpki::EndEntityUsedAsCa,
            Webpki::ExtensionValueInvalid,
            Webpki::InvalidNetworkMaskConstraint,
            Webpki::InvalidSerialNumber,
            Webpki::MalformedDnsIdentifier,
            Webpki::MalformedExtensions,
            Webpki::MalformedNameConstraint,
            Webpki::MaximumNameConstraintComparisonsExceeded,
            Webpki::MaximumPathBuildCallsExceeded,
            Webpki::MaximumPathDepthExceeded,
            Webpki::MaximumSignatureChecksExceeded,
            Webpki::NameConstraintViolation,
            Webpki::PathLenConstraintViolated,
            Webpki::SignatureAlgorithmMismatch,
            Webpki::UnsupportedCertVersion,
            Webpki::UnsupportedCriticalExtension,
            Webpki::UnsupportedNameType,
        ];
        errors.extend(unusual.map(|error| Other(other(error))));
        errors
    }

    fn errors() -> Vec<Error> {
        let alerts = (0..=u8::MAX).map(|number| Error::AlertReceived(number.into()));
        let certificates = certificate_errors().into_iter().map(Error::from);
        let lists = [
            Error::PeerIncompatible(PeerIncompatible::ServerRejectedEncryptedClientHello(None)),
            Error::InvalidMessage(InvalidMessage::MissingData("ServerHelloPayload")),
            Error::InvalidMessage(InvalidMessage::DuplicateExtension(1)),
            Error::InappropriateMessage { expect_types: vec![ContentType::Alert], got_type: ContentType::Handshake },
            Error::InappropriateHandshakeMessage {
                expect_types: vec![HandshakeType::Finished],
                got_type: HandshakeType::ServerHello,
            },
            Error::NoCertificatesPresented,
            Error::UnsupportedNameType,
            Error::DecryptError,
            Error::EncryptError,
            Error::General("NoSuchThing".into()),
            Error::FailedToGetCurrentTime,
            Error::FailedToGetRandomBytes,
            Error::HandshakeNotComplete,
            Error::PeerSentOversizedRecord,
            Error::NoApplicationProtocol,
            Error::BadMaxFragmentSize,
            Error::InconsistentKeys(InconsistentKeys::KeyMismatch),
            Error::Other(other(std::fmt::Error)),
        ];
        let groups = [
            variants!(InvalidMessage: CertificatePayloadTooLarge HandshakePayloadTooLarge InvalidCcs InvalidContentType
                InvalidCertificateStatusType InvalidCertRequest InvalidDhParams InvalidEmptyPayload InvalidKeyUpdate InvalidServerName
                MessageTooLarge MessageTooShort MissingKeyExchange NoSignatureSchemes UnknownProtocolVersion UnsupportedCompression
                UnsupportedCurveType EmptyTicketValue IllegalEmptyValue UnknownHelloRetryRequestExtension UnknownCertificateExtension),
            variants!(PeerIncompatible: EcPointsExtensionRequired ExtendedMasterSecretExtensionRequired
                IncorrectCertificateTypeExtension KeyShareExtensionRequired NamedGroupsExtensionRequired
                NoCertificateRequestSignatureSchemesInCommon NoCipherSuitesInCommon NoEcPointFormatsInCommon NoKxGroupsInCommon
                NoSignatureSchemesInCommon NullCompressionRequired ServerDoesNotSupportTls12Or13
                ServerSentHelloRetryRequestWithUnknownExtension ServerTlsVersionIsDisabledByOurConfig Tls12NotOffered
                UnsolicitedCertificateTypeExtension),
            variants!(PeerMisbehaved: AttemptedDowngradeToTls12WhenTls13IsSupported BadCertChainExtensions DisallowedEncryptedExtension
                DuplicateServerHelloExtensions IllegalHelloRetryRequestWithNoChanges InvalidKeyShare KeyEpochWithPendingFragment
                MissingKeyShare SelectedUnofferedApplicationProtocol SelectedUnofferedCipherSuite SelectedUnofferedKxGroup
                SignedKxWithWrongAlgorithm TooManyEmptyFragments TooManyRenegotiationRequests TooManyWarningAlertsReceived
                UnsolicitedServerHelloExtension WrongGroupForKeyShare),
            variants!(CertRevocationListError: BadSignature InvalidCrlNumber IssuerInvalidForCrl ParseError UnsupportedDeltaCrl),
            variants!(EncryptedClientHelloError: InvalidConfigList NoCompatibleConfig SniRequired),
        ];
        alerts.chain(certificates).chain(lists).chain(groups.concat()).collect()
    }

    /// `UnknownIssuer`, for example. The words of X.509 begin with a small letter.
    fn is_camel_case(word: &str) -> bool {
        let bytes = word.as_bytes();
        bytes.first().is_some_and(u8::is_ascii_uppercase)
            && bytes.windows(2).any(|pair| pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase())
    }

    fn words(text: &str) -> impl Iterator<Item = &str> {
        text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty())
    }

    #[test]
    fn no_name_of_the_library_is_shown() {
        assert!(words("received fatal alert: CertificateRequired").any(is_camel_case));
        for has_no_roots in [false, true] {
            let circumstances = Circumstances { has_no_roots, authorities: &[], chain: None };
            for error in errors() {
                let reason = circumstances.reason(&error);
                assert!(!words(&reason).any(is_camel_case), "{error:?}: {reason}");
                assert!(!reason.contains(&error.to_string()), "{error:?}: {reason}");
                // Not even a name of one word, such as `Revoked`.
                let debug = format!("{error:?}");
                let name = debug.rsplit('(').map(|part| part.trim_end_matches(')')).find(|part| !part.is_empty());
                assert!(!words(&reason).any(|word| Some(word) == name), "{debug}: {reason}");
            }
        }
    }

    /// RFC 8446 §6.2: the number can be looked up.
    #[test]
    fn an_alert_is_named_by_its_number() {
        let circumstances = Circumstances { has_no_roots: false, authorities: &[], chain: None };
        for number in 0..=u8::MAX {
            let reason = circumstances.reason(&Error::AlertReceived(number.into()));
            assert!(reason.starts_with(&format!("it refuses the handshake (TLS alert {number}): it ")), "{reason}");
        }
    }
}
