//! A server whose store is not there yet: it says that it lives, and why it takes no work.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use claudebench_core::{Code, Error};
use hyper::body::Incoming;
use hyper::header::{CONNECTION, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use super::answer::{self, Body};
use super::health;
use super::listen::{Listener, Stream, next, pause};
use super::rpc;

/// How many are answered at a time; each is there for one request.
const AT_ONCE: usize = 64;

/// How long such a request may take to arrive, and its answer to be taken.
const PATIENCE: Duration = Duration::from_secs(5);

/// Answers whoever connects, until it is dropped; answers under way go on.
pub async fn serve(listeners: &[Listener], why: watch::Receiver<String>) -> Infallible {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let each = listeners.iter().map(|listener| accept(listener, &places, &why));
    futures_util::future::join_all(each).await;
    std::future::pending().await
}

async fn accept(listener: &Listener, places: &Arc<Semaphore>, why: &watch::Receiver<String>) {
    // It is never closed.
    while let Ok(place) = places.clone().acquire_owned().await {
        let accepted = next(listener).await;
        let why = why.clone();
        match accepted {
            Ok(Stream::Tcp(stream, _)) => drop(tokio::spawn(one(stream, place, why))),
            Ok(Stream::Unix(stream)) => drop(tokio::spawn(one(stream, place, why))),
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                pause().await;
            }
        }
    }
}

/// Answers one request.
async fn one<S>(stream: S, place: OwnedSemaphorePermit, why: watch::Receiver<String>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request| {
        let answer = answer(&request, &why);
        async move { Ok::<_, Infallible>(answer) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .serve_connection(TokioIo::new(stream), service);
    // Whoever is too slow may ask again.
    let _ = tokio::time::timeout(PATIENCE, connection).await;
    drop(place);
}

fn answer(request: &Request<Incoming>, why: &watch::Receiver<String>) -> Response<Body> {
    let mut response = match (request.method(), request.uri().path()) {
        (&Method::GET, "/healthz") => health::alive(),
        (&Method::GET, "/readyz") => health::not_ready(&why.borrow()),
        (verb, path) => {
            let message = "the database cannot be used yet; nothing was done";
            let error = Error::new(Code::Unavailable, message).with("retryAfterMs", 1_000);
            if verb == Method::POST && matches!(path, "/rpc" | "/rpc/batch") {
                answer::refused(&error, rpc::failure(&error, None))
            } else {
                answer::error(&error)
            }
        }
    };
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}
