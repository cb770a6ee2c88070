//! TLS, with a crypto provider that makes a fork wait while it holds locks.

use super::chain::Verifier;
use crate::error::{Error, ErrorCode};
use crate::fork::without_fork;
use once_cell::race::OnceBox;
use rustls::client::WebPkiServerVerifier;
use rustls::crypto::{ActiveKeyExchange, CryptoProvider, GetRandomFailed, SecureRandom, SupportedKxGroup, aws_lc_rs};
use rustls::ffdhe_groups::FfdheGroup;
use rustls::pki_types::UnixTime;
use rustls::time_provider::TimeProvider;
use rustls::{ClientConfig, RootCertStore};
use rustls::{NamedGroup, ProtocolVersion};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// TLS 1.2 and later, HTTP/1.1 only.
pub(super) fn configuration(roots: RootCertStore) -> Result<ClientConfig, Error> {
    let (provider, roots) = (Arc::new(provider()), Arc::new(roots));
    let configuration = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(|_| Error::new(ErrorCode::Internal, "TLS can't be set up"))?;
    let configuration = match WebPkiServerVerifier::builder_with_provider(roots.clone(), provider).build() {
        Ok(verifier) => configuration.dangerous().with_custom_certificate_verifier(Arc::new(Verifier(verifier))),
        // There are no roots, so every certificate will be refused.
        Err(_) => configuration.with_root_certificates(roots),
    };
    let mut configuration = configuration.with_no_client_auth();
    configuration.time_provider = Arc::new(WallClock);
    configuration.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(configuration)
}

/// The TLS library's own clock panics before 1970.
#[derive(Debug)]
struct WallClock;

impl TimeProvider for WallClock {
    fn current_time(&self) -> Option<UnixTime> {
        SystemTime::now().duration_since(UNIX_EPOCH).ok().map(UnixTime::since_unix_epoch)
    }
}

/// The TLS library's default provider, but everything that draws random numbers runs within [`without_fork`].
fn provider() -> CryptoProvider {
    static GROUPS: OnceBox<Vec<Group>> = OnceBox::new();
    let groups =
        GROUPS.get_or_init(|| Box::new(aws_lc_rs::default_provider().kx_groups.into_iter().map(Group).collect()));
    CryptoProvider {
        kx_groups: groups.iter().map(|group| group as _).collect(),
        secure_random: &Random,
        ..aws_lc_rs::default_provider()
    }
}

#[derive(Debug)]
struct Random;

impl SecureRandom for Random {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), GetRandomFailed> {
        without_fork(|| ::aws_lc_rs::rand::fill(buffer)).map_err(|_| GetRandomFailed)
    }
}

#[derive(Debug)]
struct Group(&'static dyn SupportedKxGroup);

impl SupportedKxGroup for Group {
    fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, rustls::Error> {
        without_fork(|| self.0.start())
    }

    fn ffdhe_group(&self) -> Option<FfdheGroup<'static>> {
        self.0.ffdhe_group()
    }

    fn name(&self) -> NamedGroup {
        self.0.name()
    }

    fn usable_for_version(&self, version: ProtocolVersion) -> bool {
        self.0.usable_for_version(version)
    }
}
