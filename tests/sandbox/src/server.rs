//! Sockets: HTTP around the gateway.

use std::io;
use std::io::Write;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::connect_info::Connected;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::any;
use axum::serve::{IncomingStream, Listener};
use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::{StreamExt, stream};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

use crate::admin;
use crate::answer::{Answer, Payload};
use crate::gateway::{Gateway, HttpCall};

/// Largest request body.
pub(crate) const MAX_BODY: usize = 20 * 1024 * 1024;
/// Longest time a request may take to arrive.
const MAX_ARRIVAL: Duration = Duration::from_secs(30);
/// Unit of a huge answer.
const MEGABYTE: usize = 1024 * 1024;

/// The gateway as the handlers share it.
pub(crate) type Shared = Arc<Mutex<Gateway>>;

/// The gateway, even if a handler died while it held it.
pub(crate) fn lock(shared: &Shared) -> MutexGuard<'_, Gateway> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Serves until `stop` is done.
pub(crate) async fn serve(
    listener: TcpListener,
    shared: Shared,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let app = Router::new()
        .route("/router/rest", any(rest))
        .route("/top/router/rest", any(rest))
        .route("/router/batch", any(batch))
        .nest("/_sandbox", admin::routes())
        .with_state(shared);
    let service = app.into_make_service_with_connect_info::<Line>();
    axum::serve(Lines(listener), service).with_graceful_shutdown(stop).await
}

async fn rest(state: State<Shared>, line: ConnectInfo<Line>, request: Request) -> Response {
    route(state, line, request, Gateway::rest).await
}

async fn batch(state: State<Shared>, line: ConnectInfo<Line>, request: Request) -> Response {
    route(state, line, request, Gateway::batch).await
}

async fn route(
    State(shared): State<Shared>,
    ConnectInfo(line): ConnectInfo<Line>,
    request: Request,
    call: fn(&mut Gateway, &HttpCall<'_>) -> Answer,
) -> Response {
    let (parts, body) = request.into_parts();
    let body = match read(body).await {
        Ok(body) => body,
        Err(status) => return status.into_response(),
    };
    let text = |name: &str| parts.headers.get(name).map(|v| String::from_utf8_lossy(v.as_bytes()).into_owned());
    let content_type = text("content-type").unwrap_or_default();
    let separator = text("top-api-separator");
    let http = HttpCall {
        verb: parts.method.as_str(),
        path: parts.uri.path(),
        query: parts.uri.query().unwrap_or_default(),
        content_type: &content_type,
        separator: separator.as_deref(),
        body: &body,
    };
    let (answer, latency, date) = {
        let mut gateway = lock(&shared);
        let answer = call(&mut gateway, &http);
        let latency = Duration::from_millis(answer.latency_ms);
        let latency = if gateway.clock.wait(latency) { Duration::ZERO } else { latency };
        (answer, latency, gateway.clock.now().http_date())
    };
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }
    write(answer, takes_gzip(&parts.headers), &date, &line)
}

/// The whole body, within limits of size and time.
pub(crate) async fn read(body: Body) -> Result<Bytes, StatusCode> {
    match tokio::time::timeout(MAX_ARRIVAL, to_bytes(body, MAX_BODY)).await {
        Ok(Ok(body)) => Ok(body),
        Ok(Err(_)) => Err(StatusCode::PAYLOAD_TOO_LARGE),
        Err(_) => Err(StatusCode::REQUEST_TIMEOUT),
    }
}

fn takes_gzip(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|v| v.to_str().ok());
    accepted.flat_map(|v| v.split(',')).any(|coding| {
        let mut pieces = coding.split(';').map(str::trim);
        pieces.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"))
            && !pieces.any(|q| matches!(q, "q=0" | "q=0.0"))
    })
}

fn write(answer: Answer, gzip: bool, date: &str, line: &Line) -> Response {
    let (body, encoded, length) = match answer.payload {
        Payload::Text(text) if gzip && !text.is_empty() => (Body::from(compress(&text)), true, None),
        Payload::Text(text) => (Body::from(text), false, None),
        Payload::Cut(text) => {
            let length = text.len();
            (broken_after(Bytes::from(text).slice(..length / 2)), false, Some(length))
        }
        Payload::CutGzip(text) => {
            let mut bytes = compress(&text);
            bytes.truncate(bytes.len() / 2);
            (Body::from(bytes), true, None)
        }
        Payload::FalseGzip(text) => (Body::from(text), true, None),
        Payload::Huge(start, megabytes, end) => (huge(start, megabytes, end), false, None),
        Payload::Closed => {
            line.cut();
            (Body::empty(), false, None)
        }
    };
    let mut response = Response::new(body);
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(answer.content_type));
    if encoded {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    if let Ok(date) = HeaderValue::from_str(date) {
        headers.insert(header::DATE, date);
    }
    if let Some(length) = length {
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    response
}

fn compress(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    // Writing to memory does not fail; if it did, the shorter bytes would be seen as a broken answer.
    let _ = encoder.write_all(text.as_bytes());
    encoder.finish().unwrap_or_default()
}

/// A body whose connection fails after these bytes.
fn broken_after(bytes: Bytes) -> Body {
    let start = stream::once(async { Ok(bytes) });
    let end = stream::once(async {
        // Lets the start reach the socket first.
        tokio::task::yield_now().await;
        Err(io::Error::from(io::ErrorKind::ConnectionReset))
    });
    Body::from_stream(start.chain(end))
}

/// Filling between a start and an end, made as it is sent.
fn huge(start: String, megabytes: u32, end: String) -> Body {
    let filling = Bytes::from(vec![b'x'; MEGABYTE]);
    let middle = std::iter::repeat_n(filling, usize::try_from(megabytes).unwrap_or_default());
    let all = std::iter::once(Bytes::from(start)).chain(middle).chain(std::iter::once(Bytes::from(end)));
    Body::from_stream(stream::iter(all.map(Ok::<_, io::Error>)))
}

/// A connection that can be cut from inside a handler.
#[derive(Debug, Clone)]
pub(crate) struct Line(Arc<AtomicBool>);

impl Line {
    /// Lets every later write fail, so that the connection closes without an answer.
    fn cut(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Connected<IncomingStream<'_, Lines>> for Line {
    fn connect_info(stream: IncomingStream<'_, Lines>) -> Self {
        stream.io().line.clone()
    }
}

/// Accepts connections that can be cut.
struct Lines(TcpListener);

impl Listener for Lines {
    type Io = Wire;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Wire, SocketAddr) {
        let (stream, addr) = Listener::accept(&mut self.0).await;
        // Small answers should not wait for more; that it cannot be set is no reason to refuse the caller.
        let _ = stream.set_nodelay(true);
        (Wire { stream, line: Line(Arc::new(AtomicBool::new(false))) }, addr)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }
}

/// A socket and its cut-off.
struct Wire {
    stream: TcpStream,
    line: Line,
}

impl AsyncRead for Wire {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        if self.line.0.load(Ordering::Relaxed) {
            return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into()));
        }
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
