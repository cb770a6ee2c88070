//! What connections of several clients have in common.

use super::aside;
use super::proxy::Proxy;
use super::tls;
use super::trust::Trust;
use crate::error::{Error, ErrorCode};
use rustls::{ClientConfig, RootCertStore};
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// After this time, the library loads the system's authorities anew, and uses no older connection again. So a process that runs for
/// months notices changes of names and authorities.
pub(super) const RENEWAL: Duration = Duration::from_secs(3600);

/// Clients of equal trust and proxy share connections, sessions of TLS and the trust store. Clients of different groups share none of
/// them.
pub(super) struct Group {
    pub trust: Trust,
    pub proxy: Option<Proxy>,
    tls: Mutex<Option<Tls>>,
    is_doubted: AtomicBool,
}

/// A configuration of TLS, and with it the sessions that can be resumed.
struct Tls {
    made: Instant,
    configuration: Arc<ClientConfig>,
    has_no_roots: bool,
}

impl Group {
    pub fn new(trust: Trust, proxy: Option<Proxy>) -> Group {
        Group { trust, proxy, tls: Mutex::default(), is_doubted: AtomicBool::new(false) }
    }

    /// The configuration of TLS. A thread of its own loads the authorities.
    pub async fn tls(&self) -> Result<Arc<ClientConfig>, Error> {
        let mut place = self.tls.lock().await;
        let is_doubted = self.is_doubted.swap(false, Ordering::Relaxed);
        if let Some(tls) = place.as_ref().filter(|tls| !is_doubted && tls.made.elapsed() < RENEWAL) {
            return Ok(tls.configuration.clone());
        }
        let trust = self.trust.clone();
        let roots = aside::run("td-trust", move || trust.load()).await.map_err(refused)??;
        let has_no_roots = RootCertStore::is_empty(&roots);
        let configuration = Arc::new(tls::configuration(roots)?);
        *place = Some(Tls { made: Instant::now(), configuration: configuration.clone(), has_no_roots });
        Ok(configuration)
    }

    /// After a certificate was refused, the next connection loads the authorities anew.
    pub fn doubt(&self) {
        self.is_doubted.store(true, Ordering::Relaxed);
    }

    /// Whether there is no authority to trust.
    pub fn has_no_roots(&self) -> bool {
        self.tls.try_lock().is_ok_and(|tls| tls.as_ref().is_some_and(|tls| tls.has_no_roots))
    }
}

pub(super) fn refused(error: io::Error) -> Error {
    Error::new(ErrorCode::Internal, format!("the operating system refuses a resource that an exchange needs: {error}"))
}
