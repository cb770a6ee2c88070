//! A `client_credentials` exchange over a kept connection, compared with its parts: a bare round trip by the same HTTP library,
//! with forms and assertions made beforehand, and one signature.

use crate::Bench;
use crate::library::{Client, Options};
use crate::report::{Report, microseconds};
use crate::rounds::{self, median};
use crate::signing::Raw;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use std::cell::RefCell;
use std::path::Path;
use std::sync::Arc;
use tokio::runtime::{Builder, Runtime};

const ALGORITHM: &str = "ES256";
const MOST: f64 = 1.2;
const ROUNDS: usize = 400;
const CALLS: usize = 20;

pub fn measure(bench: &Bench, report: &mut Report) {
    report.group(
        "Exchange",
        "The time of a `client_credentials` exchange over a kept connection. 1 is the time of a bare reqwest round trip plus one\n\
         raw ES256 signature. \"Timed apart\": the signature runs in a loop and finds everything in the caches. \"One after the\n\
         other\": a signature follows each round trip, as in an exchange.",
    );
    let endpoint = &bench.endpoint;
    let ca_file = endpoint.ca_file();
    let ca = ca_file.to_str().expect("the path is text");
    let rounds = bench.rounds(ROUNDS);
    for (name, url) in bench.urls() {
        let entry = endpoint.client(ALGORITHM);
        let client = bench.library.client(&entry, &[("token_endpoint", url), ("ca_file", ca)]);
        let raw = Raw::new(&entry.algorithm, &entry.private_key_file);
        let jwt = client.jwt();
        let (message, _) = jwt.rsplit_once('.').expect("a JWS has three parts");
        let parameters = Options::new(&[("grant_type", "client_credentials")]);
        let bare = RefCell::new(Bare::new(url, ca_file, forms(&client, &entry.client_id, rounds)));

        let mut bare_and_signature = || {
            bare.borrow_mut().exchange();
            raw.sign(message.as_bytes());
        };
        let taken = rounds::take(
            rounds,
            CALLS,
            [
                &mut || bare.borrow_mut().exchange(),
                &mut || raw.sign(message.as_bytes()),
                &mut bare_and_signature,
                &mut || client.exchange(&parameters),
            ],
        );
        let apart = median(&taken, |[bare, signature, _, library]| library.wall / (bare.wall + signature.wall));
        let in_turn = median(&taken, |[_, _, both, library]| library.wall / both.wall);
        let [bare, signature, both, library] =
            [0, 1, 2, 3].map(|part| microseconds(median(&taken, |round| round[part].wall)));
        report.at_most(&format!("{name}, timed apart"), apart, MOST, &format!("{library} beside {bare} + {signature}"));
        report.at_most(&format!("{name}, one after the other"), in_turn, MOST, &format!("{library} beside {both}"));
    }
}

/// The bodies that the library would send, each with an assertion of its own.
fn forms(client: &Client<'_>, client_id: &str, rounds: usize) -> Vec<String> {
    let form = |_| {
        format!(
            "grant_type=client_credentials&client_id={client_id}\
             &client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer\
             &client_assertion={}",
            client.jwt()
        )
    };
    // Two of the parts use them up.
    (0..2 * (rounds::WARM_UP + rounds) * CALLS).map(form).collect()
}

/// reqwest with the settings that the library uses.
struct Bare {
    runtime: Runtime,
    client: reqwest::Client,
    url: reqwest::Url,
    forms: std::vec::IntoIter<String>,
}

impl Bare {
    fn new(url: &str, ca_file: &Path, forms: Vec<String>) -> Bare {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(ca_file).expect("the CA is PEM")).expect("the CA is a certificate");
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("the provider knows them")
            .with_root_certificates(roots)
            .with_no_client_auth();
        tls.alpn_protocols = vec![b"http/1.1".to_vec()];
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .http1_only()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .no_proxy()
            .build()
            .expect("the client is well-formed");
        Bare {
            runtime: Builder::new_current_thread().enable_all().build().expect("the runtime starts"),
            client,
            url: url.parse().expect("the endpoint has a URL"),
            forms: forms.into_iter(),
        }
    }

    fn exchange(&mut self) {
        let request = self
            .client
            .post(self.url.clone())
            .header("accept", "application/json")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(self.forms.next().expect("there are forms enough"));
        let body = self.runtime.block_on(async { request.send().await?.error_for_status()?.bytes().await });
        assert!(!body.expect("the endpoint answers with a token").is_empty());
    }
}
