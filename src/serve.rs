//! The site over HTTP, for its author. The one home of hyper and tokio.
//!
//! A request is looked up in the table of what the site consists of; no path is ever joined, so nothing outside the
//! site can be asked for. It listens on this machine, answers to its own names only, and tells no other site anything.

use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::ops::Range;
use std::sync::{Arc, Condvar, Mutex, RwLock};
use std::time::Duration;

use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Bytes, Frame, Incoming};
use hyper::header::{self, HeaderMap, HeaderValue};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, broadcast};

use crate::model::source::ContentHash;

/// Where a page listens for changes.
const EVENTS: &str = "_handbook/events";
/// Connections that are served at the same time.
const CONNECTIONS_MAX: usize = 256;
/// Where a page asks for its file to be opened in the author's editor.
const EDIT: &str = "_handbook/edit";
/// The header with what proves that it is one of our pages that asks.
const TOKEN: &str = "x-handbook-token";
/// Pages that listen for changes at the same time: fewer, so that there is always room for a page.
const LISTENERS_MAX: usize = 192;
/// Ports that are tried, beginning with the one that is asked for.
const PORTS_TRIED: u16 = 50;
/// How long a request's head may take to arrive.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// How long the reader of a page waits for it before another is shown in its place: a small handbook is read by then.
const READER_PATIENCE: Duration = Duration::from_millis(300);
/// How long a program waits, and a page for its pictures and for what it searches.
const PROGRAM_PATIENCE: Duration = Duration::from_secs(30);
/// What a path does not hold as it is.
const ADDRESS: &percent_encoding::AsciiSet =
    &percent_encoding::CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>').add(b'?').add(b'%');
/// Under it, content can not run script, and a page asks no other host for anything.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// A file of the site, as it is sent.
#[derive(Clone, Debug)]
pub struct Reply {
    /// What is in it.
    pub bytes: Vec<u8>,
    /// The ending of its name decides how a browser reads it.
    pub name: String,
    /// What it is an answer of.
    pub outcome: Outcome,
}

/// How looking for a file ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Here it is.
    Found,
    /// There is none; what is sent says so.
    NotFound,
    /// It is elsewhere now: the name is its address.
    Moved,
    /// It could not be made; what is sent says why.
    Failed,
    /// It is not known yet; what is sent says so, or as much of it as is known.
    NotYet,
}

/// Finds files of the site by their address.
pub trait Pages: Send + Sync + 'static {
    /// The file at `path`: no leading slash, decoded. `None` when there is no such page, not even one that says so.
    fn reply(&self, path: &str) -> Option<Reply>;
    /// Whether there is a file at `path`.
    fn has(&self, path: &str) -> bool;
    /// Whether the reply for `path` is worth waiting for no longer: else other pages will take the place of these soon.
    fn is_settled(&self, path: &str) -> bool;
    /// Opens what the page at `path` is made of in the author's editor, at a section; else says why not.
    fn edit(&self, path: &str, section: Option<&str>) -> Result<(), String>;
}

/// The site that is served now; a newer one takes its place between two requests.
pub struct Server {
    pages: Mutex<Arc<dyn Pages>>,
    replaced: Condvar,
    /// Why what was written last is not shown.
    trouble: RwLock<Option<String>>,
    news: broadcast::Sender<News>,
    listeners: Arc<Semaphore>,
    /// What pages prove themselves with when they ask for more than to be read; nothing where they may not.
    token: Option<String>,
}

/// What a page is told.
#[derive(Clone, Debug)]
enum News {
    Reload,
    Trouble(String),
    /// Records that are read, and all of them.
    Read(usize, usize),
}

impl News {
    /// As an event of a stream (HTML standard, 9.2.6).
    fn event(&self) -> String {
        match self {
            Self::Reload => "data: reload\n\n".to_owned(),
            Self::Read(n_read, n_records) => format!("event: read\ndata: {n_read} {n_records}\n\n"),
            Self::Trouble(reason) => {
                let lines: String = reason.lines().map(|line| format!("data: {line}\n")).collect();
                format!("event: trouble\n{lines}\n")
            }
        }
    }
}

type Body = BoxBody<Bytes, Infallible>;

impl Server {
    /// A server of `pages`. Pages that know `token`, which they are told, may ask for files to be opened.
    pub fn new(pages: Arc<dyn Pages>, token: Option<String>) -> Arc<Self> {
        Arc::new(Self {
            token,
            pages: Mutex::new(pages),
            replaced: Condvar::new(),
            trouble: RwLock::default(),
            news: broadcast::channel(16).0,
            listeners: Arc::new(Semaphore::new(LISTENERS_MAX)),
        })
    }

    /// Serves `pages` from now on, and tells the browsers.
    pub fn replace(&self, pages: Arc<dyn Pages>) {
        let before = std::mem::replace(&mut *self.pages.lock().expect("no thread panics while it holds the site"), pages);
        self.replaced.notify_all();
        *self.trouble.write().expect("no thread panics while it holds the reason") = None;
        self.tell(News::Reload);
        // To let go of a large site takes a moment, for which nobody has to wait.
        drop(before);
    }

    /// Goes on serving what was good, and tells the browsers why it is not what was written.
    pub fn trouble(&self, reason: &str) {
        *self.trouble.write().expect("no thread panics while it holds the reason") = Some(reason.to_owned());
        self.tell(News::Trouble(reason.to_owned()));
    }

    /// Tells the browsers how many records are read, and of how many.
    pub fn read(&self, n_read: usize, n_records: usize) {
        self.tell(News::Read(n_read, n_records));
    }

    fn tell(&self, news: News) {
        // Nobody listening is fine.
        let _ = self.news.send(news);
    }

    fn pages(&self) -> Arc<dyn Pages> {
        self.pages.lock().expect("no thread panics while it holds the site").clone()
    }

    /// The site, once what it has at `path` will stay, or `patience` is at an end.
    fn settled_pages(&self, path: &str, patience: Duration) -> Arc<dyn Pages> {
        let pages = self.pages.lock().expect("no thread panics while it holds the site");
        let waited = self.replaced.wait_timeout_while(pages, patience, |pages| !pages.is_settled(path));
        waited.expect("no thread panics while it holds the site").0.clone()
    }

    /// Listens at `host` and the first free port from `port` on; `ready` is told the address. Ends only with an error.
    pub fn run(self: Arc<Self>, host: IpAddr, port: u16, ready: impl FnOnce(SocketAddr)) -> io::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(async {
            let listener = listen(host, port).await?;
            let address = listener.local_addr()?;
            let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
            // `localhost` means both of a machine's own addresses, and some browsers try only one.
            if host == IpAddr::V4(Ipv4Addr::LOCALHOST)
                && let Ok(beside) = TcpListener::bind((Ipv6Addr::LOCALHOST, address.port())).await
            {
                tokio::spawn(self.clone().accept(beside, address, places.clone()));
            }
            ready(address);
            self.accept(listener, address, places).await;
            Ok(())
        })
    }

    async fn accept(self: Arc<Self>, listener: TcpListener, address: SocketAddr, places: Arc<Semaphore>) {
        loop {
            let Ok((stream, _)) = listener.accept().await else {
                // A connection that broke off, or too many open files: both pass.
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            };
            let Ok(place) = places.clone().try_acquire_owned() else { continue };
            let server = self.clone();
            tokio::spawn(async move {
                let service = service_fn(|request: Request<Incoming>| {
                    let (server, request) = (server.clone(), request.map(drop));
                    // A page that takes long, such as what is searched, keeps nobody else waiting.
                    let answered = tokio::task::spawn_blocking(move || server.answer(&request, address));
                    async { answered.await.map_err(io::Error::other) }
                });
                let mut connection = hyper::server::conn::http1::Builder::new();
                connection.timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT).max_buf_size(64 * 1024);
                // A connection that breaks off is its client's affair.
                let _ = connection.serve_connection(TokioIo::new(stream), service).await;
                drop(place);
            });
        }
    }

    fn answer(&self, request: &Request<()>, address: SocketAddr) -> Response<Body> {
        let mut response = self.unguarded(request, address);
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        headers.insert("cross-origin-resource-policy", HeaderValue::from_static("same-origin"));
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-cache"));
        response
    }

    fn unguarded(&self, request: &Request<()>, address: SocketAddr) -> Response<Body> {
        if !is_own_host(request.headers(), address) || !is_own_origin(request.headers(), address) {
            return plain(StatusCode::FORBIDDEN, "this server answers to its own name only\n");
        }
        if request.method() == Method::POST && request.uri().path().strip_prefix('/') == Some(EDIT) {
            return self.edit(request);
        }
        if request.method() != Method::GET && request.method() != Method::HEAD {
            let mut response = plain(StatusCode::METHOD_NOT_ALLOWED, "only GET and HEAD are answered\n");
            response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
            return response;
        }
        let target = request.uri();
        let Some(path) = (target.authority().is_none()).then(|| decoded(target.path())).flatten() else {
            return plain(StatusCode::BAD_REQUEST, "this address can not be read\n");
        };
        if path == EVENTS {
            return self.events();
        }
        self.file(request, &path)
    }

    /// Opens the file of a page: for a page of ours only, which says so by its origin and the token that it was told.
    fn edit(&self, request: &Request<()>) -> Response<Body> {
        let headers = request.headers();
        let is_ours = headers.contains_key(header::ORIGIN)
            && self.token.as_ref().is_some_and(|token| headers.get(TOKEN).is_some_and(|told| told.as_bytes() == token.as_bytes()));
        if !is_ours {
            return plain(StatusCode::FORBIDDEN, "only a page of this site may ask for that\n");
        }
        let mut asked = request.uri().query().unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
        let (mut page, mut section) = (None, None);
        for (name, value) in asked.by_ref() {
            let value = percent_encoding::percent_decode_str(value).decode_utf8().ok().map(|value| value.into_owned());
            match name {
                "page" => page = value,
                "section" => section = value,
                _ => {}
            }
        }
        let page = page.as_deref().and_then(decoded).unwrap_or_default();
        let page = if page.is_empty() || page.ends_with('/') { format!("{page}index.html") } else { page };
        match self.pages().edit(&page, section.as_deref()) {
            Ok(()) => text(StatusCode::OK, String::new()),
            Err(reason) => text(StatusCode::CONFLICT, format!("{reason}\n")),
        }
    }

    fn file(&self, request: &Request<()>, path: &str) -> Response<Body> {
        let patience = if is_of_reader(request.headers()) { READER_PATIENCE } else { PROGRAM_PATIENCE };
        let pages = self.settled_pages(path, patience);
        let wanted = if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path.to_owned() };
        if !pages.has(&wanted) && pages.has(&format!("{wanted}/index.html")) {
            return moved(StatusCode::MOVED_PERMANENTLY, &format!("{}/", request.uri().path()));
        }
        let with_ending = format!("{wanted}.html");
        let wanted = if !pages.has(&wanted) && pages.has(&with_ending) { with_ending } else { wanted };
        let Some(reply) = pages.reply(&wanted) else { return plain(StatusCode::NOT_FOUND, "there is no such page\n") };
        if reply.outcome == Outcome::NotYet {
            return not_yet(request, reply);
        }
        if reply.outcome == Outcome::Moved {
            return moved(StatusCode::FOUND, &format!("/{}", percent_encoding::utf8_percent_encode(&reply.name, ADDRESS)));
        }
        let tag = HeaderValue::from_str(&format!("\"{}\"", ContentHash::of(&reply.bytes).hex())).expect("hexadecimal is fit for a header");
        let is_known = request.headers().get(header::IF_NONE_MATCH).is_some_and(|known| names(known, &tag));
        let sent = if reply.outcome == Outcome::Found { wanted_range(request.headers(), &tag, reply.bytes.len()) } else { None };
        let status = match reply.outcome {
            Outcome::Failed => StatusCode::INTERNAL_SERVER_ERROR,
            Outcome::NotFound | Outcome::Moved | Outcome::NotYet => StatusCode::NOT_FOUND,
            Outcome::Found if is_known => StatusCode::NOT_MODIFIED,
            Outcome::Found => match &sent {
                Some(Ok(_)) => StatusCode::PARTIAL_CONTENT,
                Some(Err(())) => StatusCode::RANGE_NOT_SATISFIABLE,
                None => StatusCode::OK,
            },
        };
        let n_all = reply.bytes.len();
        let part = match &sent {
            Some(Ok(range)) if status == StatusCode::PARTIAL_CONTENT => reply.bytes[range.clone()].to_vec(),
            Some(Err(())) if status == StatusCode::RANGE_NOT_SATISFIABLE => Vec::new(),
            _ => reply.bytes,
        };
        let length = part.len();
        let bytes = if status == StatusCode::NOT_MODIFIED || request.method() == Method::HEAD { Vec::new() } else { part };
        let mut response = Response::new(Full::new(Bytes::from(bytes)).boxed());
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(&reply.name)));
        headers.insert(header::ETAG, tag);
        headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        let content_range = match &sent {
            Some(Ok(range)) => format!("bytes {}-{}/{n_all}", range.start, range.end - 1),
            Some(Err(())) => format!("bytes */{n_all}"),
            None => String::new(),
        };
        if let (true, Ok(value)) = (matches!(status.as_u16(), 206 | 416), HeaderValue::from_str(&content_range)) {
            headers.insert(header::CONTENT_RANGE, value);
        }
        if request.method() == Method::HEAD {
            headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
        }
        response
    }

    /// A stream of server-sent events (HTML standard, 9.2): `reload` when the site changed, `trouble` when it could not.
    fn events(&self) -> Response<Body> {
        let Ok(place) = self.listeners.clone().try_acquire_owned() else {
            return plain(StatusCode::SERVICE_UNAVAILABLE, "too many pages are open\n");
        };
        let news = self.news.subscribe();
        let trouble = self.trouble.read().expect("no thread panics while it holds the reason").clone();
        let token = self.token.as_ref().map_or_else(String::new, |token| format!("event: token\ndata: {token}\n\n"));
        let trouble = trouble.map_or_else(String::new, |reason| News::Trouble(reason).event());
        let stream = futures_of(format!("retry: 500\n\n{token}{trouble}"), news, place);
        let mut response = Response::new(BodyExt::boxed(StreamBody::new(stream)));
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
        response
    }
}

/// The messages as frames of a body; one that comes late is told to reload, which is right in any case.
fn futures_of(
    hello: String,
    news: broadcast::Receiver<News>,
    place: OwnedSemaphorePermit,
) -> impl futures_core::Stream<Item = Result<Frame<Bytes>, Infallible>> {
    futures_util::stream::unfold((Some(hello), news, place), |(hello, mut news, place)| async move {
        let text = match hello {
            Some(hello) => hello,
            None => match news.recv().await {
                Ok(news) => news.event(),
                Err(broadcast::error::RecvError::Lagged(_)) => News::Reload.event(),
                Err(broadcast::error::RecvError::Closed) => return None,
            },
        };
        Some((Ok(Frame::data(Bytes::from(text))), (None, news, place)))
    })
}

async fn listen(host: IpAddr, port: u16) -> io::Result<TcpListener> {
    let mut last = None;
    for offset in 0..PORTS_TRIED {
        match TcpListener::bind(SocketAddr::new(host, port.saturating_add(offset))).await {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse && port != 0 => last = Some(error),
            outcome => return outcome,
        }
    }
    Err(last.expect("at least one port was tried"))
}

/// Names that this server answers to: a page of another site that has its own name point here gets nothing (DNS rebinding).
fn is_own_host(headers: &HeaderMap, address: SocketAddr) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else { return false };
    host.to_str().is_ok_and(|host| is_own_name(host, address))
}

fn is_own_origin(headers: &HeaderMap, address: SocketAddr) -> bool {
    let mut origins = headers.get_all(header::ORIGIN).iter();
    origins
        .all(|origin| origin.to_str().ok().and_then(|origin| origin.strip_prefix("http://")).is_some_and(|name| is_own_name(name, address)))
}

/// Whether `name` (`localhost:4000`) is one of this server's. When it listens at every address of the machine, any
/// address with its port is: only names can be made to point elsewhere, addresses can not.
fn is_own_name(name: &str, address: SocketAddr) -> bool {
    let port = address.port();
    let is_local = ["localhost", "127.0.0.1", "[::1]"]
        .iter()
        .any(|host| name.eq_ignore_ascii_case(&format!("{host}:{port}")) || (port == 80 && name.eq_ignore_ascii_case(host)));
    let of_any = || name.parse::<SocketAddr>().is_ok_and(|named| named.port() == port && !named.ip().is_unspecified());
    is_local || name == address.to_string() && !address.ip().is_unspecified() || address.ip().is_unspecified() && of_any()
}

/// The path of a request, decoded once; none when it holds what no address of ours does.
fn decoded(path: &str) -> Option<String> {
    let path = percent_encoding::percent_decode_str(path.strip_prefix('/')?).decode_utf8().ok()?;
    let is_odd = path.contains(['\0', '\\']) || path.split('/').any(|part| matches!(part, "." | ".."));
    (!is_odd).then(|| path.into_owned())
}

/// Whether a list of tags, as `If-None-Match` has it (RFC 9110, 13.1.2), names `tag`.
fn names(list: &HeaderValue, tag: &HeaderValue) -> bool {
    let (Ok(list), Ok(tag)) = (list.to_str(), tag.to_str()) else { return false };
    list.split(',').map(|known| known.trim().trim_start_matches("W/")).any(|known| known == tag || known == "*")
}

/// The part of `n_bytes` that is asked for, if only one is; an error when there is no such part. Of several parts, all is
/// sent, as RFC 9110 (14.2) allows.
fn wanted_range(headers: &HeaderMap, tag: &HeaderValue, n_bytes: usize) -> Option<Result<Range<usize>, ()>> {
    let asked = headers.get(header::RANGE)?.to_str().ok()?;
    if headers.get(header::IF_RANGE).is_some_and(|known| known != tag) {
        return None;
    }
    let parsed = http_range_header::parse_range_header(asked).ok()?;
    match parsed.validate(n_bytes as u64) {
        Ok(ranges) if ranges.len() == 1 => Some(Ok(*ranges[0].start() as usize..*ranges[0].end() as usize + 1)),
        Ok(_) => None,
        Err(_) => Some(Err(())),
    }
}

/// Whether somebody looks at what is asked for: browsers ask for pages in these words, and for nothing else.
fn is_of_reader(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).is_some_and(|accepted| accepted.to_str().is_ok_and(|accepted| accepted.contains("text/html")))
}

/// What stands for a page that is not known yet. Browsers show what comes with status 503 like any page. Programs that wait for a
/// server, check links or keep copies take it for what it is, where 200 would pass off half a page as the whole.
fn not_yet(request: &Request<()>, reply: Reply) -> Response<Body> {
    let length = reply.bytes.len();
    let bytes = if request.method() == Method::HEAD { Vec::new() } else { reply.bytes };
    let mut response = Response::new(Full::new(Bytes::from(bytes)).boxed());
    *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(&reply.name)));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn moved(status: StatusCode, to: &str) -> Response<Body> {
    let mut response = plain(status, "this page is elsewhere\n");
    let place = HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static("/"));
    response.headers_mut().insert(header::LOCATION, place);
    response
}

fn plain(status: StatusCode, words: &'static str) -> Response<Body> {
    text(status, words.to_owned())
}

fn text(status: StatusCode, words: String) -> Response<Body> {
    let mut response = Response::new(Full::new(Bytes::from(words)).boxed());
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, ending)| ending).to_ascii_lowercase().as_str() {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "xml" => "application/xml; charset=utf-8",
        "svg" => "image/svg+xml",
        "ics" => "text/calendar; charset=utf-8",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "ico" => "image/x-icon",
        "pdf" => "application/pdf",
        "mp4" => "video/mp4",
        "webm" => "video/webm",
        "mp3" => "audio/mpeg",
        "txt" | "md" | "csv" | "yaml" | "yml" | "toml" | "log" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}
