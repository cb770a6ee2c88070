//! Connections: how they are accepted, read and answered.

use std::cell::RefCell;
use std::convert::Infallible;
use std::future::pending;
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Body, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::io::sink;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::spawn_local;
use tokio::time::sleep;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::HandshakeKind;

use crate::answer::{Answer, Refusal};
use crate::call::Call;
use crate::faults::{Close, Faults};
use crate::seen::Sighting;
use crate::service::Service;
use crate::wire::{Script, Transport};

const LARGEST_BODY: usize = 1 << 20;

/// What a listener does with a connection.
#[derive(Clone)]
pub enum Manner {
    Http,
    Https(TlsAcceptor),
    /// Never answers.
    Silent,
    /// Closes at once.
    Closing,
}

pub async fn listen(service: Rc<Service>, listener: TcpListener, manner: Manner) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Probably no file descriptor is free; wait until one is.
            sleep(Duration::from_millis(10)).await;
            continue;
        };
        let sighting = service.seen().connection();
        spawn_local(attend(service.clone(), stream, sighting, manner.clone()));
    }
}

async fn attend(service: Rc<Service>, mut stream: TcpStream, sighting: Sighting, manner: Manner) {
    match manner {
        Manner::Http => {
            // So that the parts of an answer don't wait for the client's acknowledgement.
            let _ = stream.set_nodelay(true);
            serve(service, stream, sighting, "http").await;
        }
        Manner::Https(acceptor) => {
            let _ = stream.set_nodelay(true);
            let Ok(stream) = acceptor.accept(stream).await else {
                return;
            };
            let resumed = stream.get_ref().1.handshake_kind() == Some(HandshakeKind::Resumed);
            {
                let mut seen = service.seen();
                seen.tls_handshakes += 1;
                seen.tls_resumed += u64::from(resumed);
            }
            serve(service, stream, sighting, "https").await;
        }
        Manner::Silent => {
            let _ = tokio::io::copy(&mut stream, &mut sink()).await;
        }
        Manner::Closing => {}
    }
}

/// Serves requests until one asks for something that hyper can't do. That answer is written by hand and ends the connection.
async fn serve(service: Rc<Service>, stream: impl Transport, sighting: Sighting, scheme: &'static str) {
    let sighting = RefCell::new(sighting);
    let (hand_over, mut handed_over) = mpsc::channel(1);
    let respond = service_fn(|request| async {
        match outcome(&service, request, &sighting, scheme).await {
            Outcome::Response(response) => Ok::<_, Infallible>(response),
            Outcome::Script(script) => {
                let _ = hand_over.try_send(script);
                pending().await
            }
        }
    });
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), respond);
    tokio::select! {
        // Errors come from the client: it left early, or didn't send HTTP.
        _ = &mut connection => {}
        Some(script) = handed_over.recv() => {
            script.play(connection.into_parts().io.into_inner()).await;
        }
    }
}

async fn outcome(
    service: &Service,
    request: Request<Incoming>,
    sighting: &RefCell<Sighting>,
    scheme: &'static str,
) -> Outcome {
    let (head, body) = request.into_parts();
    let path = head.uri.path();
    service.seen().request(&mut sighting.borrow_mut(), is_observation(path));
    let (faults, rest) = match Faults::split(path) {
        Ok(split) => split,
        Err(refusal) => return Outcome::of(refusal.into(), &Faults::default()),
    };
    let faults = match faults.first {
        Some(first) if service.seen().meeting(path) > first => Faults::default(),
        _ => faults,
    };
    if !faults.delay.is_zero() {
        sleep(faults.delay).await;
    }
    if faults.close == Some(Close::Before) {
        return Outcome::Script(Script::default());
    }
    let answer = match read(body).await {
        Ok(body) => {
            let call = Call { head: &head, scheme, path: rest, body: &body };
            service.answer(&call, &faults)
        }
        Err(refusal) => refusal.into(),
    };
    Outcome::of(answer, &faults)
}

fn is_observation(path: &str) -> bool {
    path == "/seen" || path.starts_with("/seen/")
}

async fn read(body: Incoming) -> Result<Bytes, Refusal> {
    let too_large = || Refusal::oauth(StatusCode::PAYLOAD_TOO_LARGE, "invalid_request", "body over 1 MiB");
    if body.size_hint().lower() > LARGEST_BODY as u64 {
        return Err(too_large());
    }
    match Limited::new(body, LARGEST_BODY).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        // Or the client has left; then it doesn't see this answer.
        Err(_) => Err(too_large()),
    }
}

enum Outcome {
    Response(Response<Full<Bytes>>),
    Script(Script),
}

impl Outcome {
    fn of(answer: Answer, faults: &Faults) -> Self {
        let mut head = Response::new(());
        *head.status_mut() = answer.status;
        *head.headers_mut() = answer.headers;
        let body = answer.content.into_bytes();
        match faults.script(&head, &body) {
            Some(script) => Self::Script(script),
            None => Self::Response(head.map(|()| Full::new(body))),
        }
    }
}
