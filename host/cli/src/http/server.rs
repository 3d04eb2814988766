//! An HTTP server: one thread reads and writes, others answer.

use std::convert::Infallible;
use std::io;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{HeaderMap, Method, StatusCode, header};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio_io_timeout::TimeoutStream;

use super::accept::{Acceptor, Opened, secure};
use super::access::{self, Access, Token};
use super::body::{MAX_BODY_BYTES, too_large};
use super::message::{Request, Response};
use super::tls::Tls;
use crate::log::warn;
use crate::net::address::Address;
use crate::net::listener::Listener;
use crate::shutdown::{POLL_INTERVAL, Shutdown};

/// The maximum number of open connections; more are closed at once.
const MAX_CONNECTIONS: usize = 512;

/// The most memory that the bodies of all requests may take, in KiB.
const BODIES_KIB: usize = 256 << 10;

/// The time for a request to arrive, from the first to the last byte, and for an idle connection.
const HEADERS_TIMEOUT: Duration = Duration::from_secs(60);
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// The time in which something must be read or written.
const STEP_TIMEOUT: Duration = Duration::from_secs(75);

/// Limits of the headers of a request.
const MAX_HEADERS: usize = 64;
const MAX_HEADER_BYTES: usize = 64 << 10;

/// After how many seconds a client may send a request again.
const RETRY_AFTER_SECONDS: &str = "1";

/// Answers requests, one at a time.
pub(crate) trait Handler: Send {
    /// Answers a request.
    fn handle(&mut self, request: &Request) -> Response;
}

/// Who may send requests to a server, and how.
#[derive(Default)]
pub(crate) struct Security {
    pub(crate) token: Option<Token>,
    pub(crate) tls: Option<Tls>,
}

/// A server that is bound to its address.
pub(crate) struct Server {
    listener: Arc<Listener>,
    security: Security,
}

/// Closes the socket of a server.
pub(crate) struct Closer(Arc<Listener>);

impl Drop for Closer {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// A request, and where its answer goes.
struct Job {
    request: Request,
    answer: oneshot::Sender<Response>,
    /// Counts its body until it is answered.
    _memory: OwnedSemaphorePermit,
}

/// What all connections share.
struct Shared {
    security: Security,
    jobs: SyncSender<Job>,
    memory: Arc<Semaphore>,
}

impl Server {
    /// A server on this socket. If other machines can reach it, clients need a token or a certificate.
    ///
    /// # Errors
    /// They need none.
    pub(crate) fn new(listener: Listener, security: Security) -> io::Result<Self> {
        let checks_clients = security.tls.as_ref().is_some_and(Tls::checks_clients);
        if security.token.is_none() && !checks_clients && !listener.is_local() {
            listener.close();
            let message = "other machines can reach it, so clients need a token: --token-file, or \
                           certificates: --tls-client-ca";
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, message));
        }
        Ok(Self { listener: Arc::new(listener), security })
    }

    /// Closes its socket when dropped, also if the program ends before [`run`](Self::run) does.
    pub(crate) fn closer(&self) -> Closer {
        Closer(Arc::clone(&self.listener))
    }

    /// Its URL, with the actual port instead of port 0, or the Unix socket.
    pub(crate) fn url(&self) -> String {
        match (self.listener.address(), &self.security.tls) {
            (Address::Tcp(host_and_port), None) => format!("http://{host_and_port}"),
            (Address::Tcp(host_and_port), Some(_)) => format!("https://{host_and_port}"),
            #[cfg(unix)]
            (address @ Address::Unix(_), _) => address.to_string(),
        }
    }

    /// Answers requests, as many at once as there are handlers, until a shutdown is requested; then
    /// answers those that have arrived. Calls `alive` often.
    ///
    /// # Errors
    /// The error of the operating system at the start.
    pub(crate) fn run(
        self,
        handlers: Vec<impl Handler + 'static>,
        shutdown: &Shutdown,
        alive: fn(),
    ) -> io::Result<()> {
        let (jobs, received) = sync_channel::<Job>(handlers.len());
        let received = Arc::new(Mutex::new(received));
        for handler in handlers {
            let received = Arc::clone(&received);
            // Not joined, as it may wait for a receiver forever.
            thread::Builder::new().spawn(move || work(handler, &received))?;
        }
        let memory = Arc::new(Semaphore::new(BODIES_KIB));
        let shared = Arc::new(Shared { security: self.security, jobs, memory });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(serve(&self.listener, shared, shutdown, alive))
    }
}

/// Answers one request after another, until the server is gone.
fn work(mut handler: impl Handler, received: &Mutex<Receiver<Job>>) {
    loop {
        let job = received.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(Job { request, answer, _memory }) = job else { return };
        // The client may be gone.
        let _ = answer.send(handler.handle(&request));
    }
}

async fn serve(
    listener: &Listener,
    shared: Arc<Shared>,
    shutdown: &Shutdown,
    alive: fn(),
) -> io::Result<()> {
    let acceptor = Acceptor::new(listener)?;
    let connections = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let graceful = GracefulShutdown::new();
    let mut failing = false;
    while !shutdown.is_requested() {
        alive();
        let accepted = match tokio::time::timeout(POLL_INTERVAL, acceptor.accept()).await {
            Ok(accepted) => accepted,
            Err(_) => continue,
        };
        let stream = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                if !std::mem::replace(&mut failing, true) {
                    warn(&format!("a client cannot be accepted: {error}"));
                }
                tokio::time::sleep(POLL_INTERVAL).await;
                continue;
            }
        };
        let Ok(permit) = Arc::clone(&connections).try_acquire_owned() else {
            if !std::mem::replace(&mut failing, true) {
                warn(&format!("a client is refused: there are {MAX_CONNECTIONS} connections"));
            }
            continue;
        };
        failing = false;
        let connection = connection(stream, Arc::clone(&shared), graceful.watcher());
        tokio::spawn(async move {
            connection.await;
            drop(permit);
        });
    }
    drop(acceptor);
    listener.close();
    let mut answered = std::pin::pin!(graceful.shutdown());
    while tokio::time::timeout(POLL_INTERVAL, &mut answered).await.is_err() {
        if shutdown.is_over() {
            warn("some requests are not answered: the program ends");
            break;
        }
    }
    Ok(())
}

/// Answers the requests of one connection.
async fn connection(opened: Opened, shared: Arc<Shared>, watcher: Watcher) {
    // A client that does not agree on TLS gets no answer.
    let Ok(stream) = secure(opened, shared.security.tls.as_ref()).await else { return };
    let mut stream = TimeoutStream::new(stream);
    stream.set_read_timeout(Some(STEP_TIMEOUT));
    stream.set_write_timeout(Some(STEP_TIMEOUT));
    let service = service_fn(move |request| {
        let shared = Arc::clone(&shared);
        async move { Ok::<_, Infallible>(encode(shared.answer(request).await)) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS_TIMEOUT)
        .max_headers(MAX_HEADERS)
        .max_buf_size(MAX_HEADER_BYTES)
        .serve_connection(TokioIo::new(Box::pin(stream)), service);
    // A client that breaks the protocol or the connection gets no answer.
    let _ = watcher.watch(connection).await;
}

fn encode(response: Response) -> hyper::Response<Full<Bytes>> {
    let Response { status, content_type, body } = response;
    let mut encoded = hyper::Response::new(Full::new(Bytes::from(body)));
    *encoded.status_mut() = status;
    let headers = encoded.headers_mut();
    headers.insert(CONTENT_TYPE, header::HeaderValue::from_static(content_type));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        headers.insert(RETRY_AFTER, header::HeaderValue::from_static(RETRY_AFTER_SECONDS));
    }
    encoded
}

impl Shared {
    async fn answer(&self, request: hyper::Request<Incoming>) -> Response {
        match access::check(request.headers(), self.security.token.as_ref()) {
            Access::Allowed => {}
            Access::Unauthorized => {
                let message = "expected `Authorization: Bearer` with the token";
                return Response::text(StatusCode::UNAUTHORIZED, message);
            }
            Access::Browser => {
                return Response::text(StatusCode::FORBIDDEN, "browsers are refused");
            }
        }
        let is_post = match *request.method() {
            Method::POST | Method::PUT => true,
            Method::GET => false,
            // As the health check of Vector does.
            Method::HEAD => return Response::text(StatusCode::OK, "it listens"),
            _ => return Response::text(StatusCode::METHOD_NOT_ALLOWED, "expected POST"),
        };
        let (head, body) = request.into_parts();
        let (body, memory) =
            match tokio::time::timeout(BODY_TIMEOUT, self.body(&head.headers, body)).await {
                Ok(Ok(body)) => body,
                Ok(Err(response)) => return response,
                // Not 408, after which Vector does not send it again.
                Err(_) => {
                    return Response::text(StatusCode::SERVICE_UNAVAILABLE, "the body is too slow");
                }
            };
        let text = |name: &str| {
            let value = head.headers.get(name).and_then(|value| value.to_str().ok());
            value.unwrap_or_default().to_owned()
        };
        let request = Request {
            is_post,
            path: head.uri.path().to_owned(),
            content_type: text(CONTENT_TYPE.as_str()),
            content_encoding: text(CONTENT_ENCODING.as_str()),
            idempotency_key: text("idempotency-key"),
            body,
        };
        let (answer, answered) = oneshot::channel();
        match self.jobs.try_send(Job { request, answer, _memory: memory }) {
            Ok(()) => {}
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => return busy(),
        }
        answered.await.unwrap_or_else(|_| {
            Response::text(StatusCode::INTERNAL_SERVER_ERROR, "the request failed")
        })
    }

    /// Receives a body, within the memory for all of them.
    async fn body(
        &self,
        headers: &HeaderMap,
        mut body: Incoming,
    ) -> Result<(Bytes, OwnedSemaphorePermit), Response> {
        let length = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok());
        let length: usize = length.and_then(|length| length.parse().ok()).unwrap_or(0);
        let mut memory = self.reserve(length)?;
        let mut reserved = length;
        let mut received = Vec::with_capacity(length);
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|_| {
                Response::text(StatusCode::BAD_REQUEST, "the body ends before its end")
            })?;
            let Ok(data) = frame.into_data() else { continue };
            received.extend_from_slice(&data);
            if received.len() > reserved {
                let more = (received.len() - reserved).max(reserved).min(MAX_BODY_BYTES);
                if received.len() > MAX_BODY_BYTES {
                    return Err(too_large());
                }
                memory.merge(self.reserve(more)?);
                reserved += more;
            }
        }
        Ok((received.into(), memory))
    }

    fn reserve(&self, bytes: usize) -> Result<OwnedSemaphorePermit, Response> {
        if bytes > MAX_BODY_BYTES {
            return Err(too_large());
        }
        let kib = u32::try_from(bytes.div_ceil(1024)).expect("it is less than the limit");
        Arc::clone(&self.memory).try_acquire_many_owned(kib).map_err(|_| busy())
    }
}

/// The answer when there are too many requests.
fn busy() -> Response {
    Response::text(StatusCode::SERVICE_UNAVAILABLE, "too many requests at once")
}
