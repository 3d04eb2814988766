//! A receiver of posted lines, which can refuse them.
#![cfg(unix)]

use std::collections::HashSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// What a receiver has accepted, and what it does next.
#[derive(Default)]
struct State {
    accepted: Mutex<Vec<String>>,
    /// Number of requests that were accepted.
    requests: AtomicU64,
    /// The keys of those requests, and the number of lines in requests whose key was known.
    keys: Mutex<HashSet<String>>,
    known_lines: AtomicU64,
    /// The head of the last request.
    head: Mutex<String>,
    /// The authorization of the last request.
    authorization: Mutex<String>,
    /// How many requests are answered with 503 from now on.
    refuse: AtomicU64,
    /// Bodies that are larger are answered with 413; 0 is no limit.
    limit: AtomicU64,
    /// Bodies with one of these texts are answered with that status.
    refused: Mutex<Vec<(&'static str, &'static str)>>,
}

/// A receiver in threads of this program.
pub(crate) struct Receiver {
    pub(crate) url: String,
    state: Arc<State>,
}

impl Receiver {
    /// A receiver on a free port.
    pub(crate) fn start() -> Self {
        Self::on(TcpListener::bind("127.0.0.1:0").unwrap())
    }

    /// A receiver on this listener.
    pub(crate) fn on(listener: TcpListener) -> Self {
        let url = format!("http://{}/in", listener.local_addr().unwrap());
        let state: Arc<State> = Arc::default();
        thread::spawn({
            let state = Arc::clone(&state);
            move || {
                for stream in listener.incoming() {
                    let (stream, state) = (stream.unwrap(), Arc::clone(&state));
                    thread::spawn(move || while state.answer(&stream).is_some() {});
                }
            }
        });
        Self { url, state }
    }

    /// Answers the next `requests` with 503.
    pub(crate) fn refuse(&self, requests: u64) {
        self.state.refuse.store(requests, Ordering::SeqCst);
    }

    /// Answers larger bodies with 413.
    pub(crate) fn limit(&self, bytes: u64) {
        self.state.limit.store(bytes, Ordering::SeqCst);
    }

    /// Answers bodies that contain `text` with `status`.
    pub(crate) fn refuse_text(&self, text: &'static str, status: &'static str) {
        self.state.refused.lock().unwrap().push((text, status));
    }

    /// Answers all bodies as others.
    pub(crate) fn refuse_no_text(&self) {
        self.state.refused.lock().unwrap().clear();
    }

    /// The lines that were accepted.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.state.accepted.lock().unwrap().clone()
    }

    /// Waits until `number` lines were accepted.
    pub(crate) fn wait_for(&self, number: usize) -> Vec<String> {
        let start = Instant::now();
        while self.lines().len() < number {
            let count = self.lines().len();
            assert!(start.elapsed() < Duration::from_secs(60), "{count} of {number} lines came");
            thread::sleep(Duration::from_millis(10));
        }
        self.lines()
    }

    /// The number of requests that were accepted.
    pub(crate) fn requests(&self) -> u64 {
        self.state.requests.load(Ordering::SeqCst)
    }

    /// The number of lines in requests whose key was that of an earlier one.
    pub(crate) fn known_lines(&self) -> u64 {
        self.state.known_lines.load(Ordering::SeqCst)
    }

    /// The head of the last request.
    pub(crate) fn head(&self) -> String {
        self.state.head.lock().unwrap().clone()
    }

    pub(crate) fn authorization(&self) -> String {
        self.state.authorization.lock().unwrap().clone()
    }
}

impl State {
    /// Answers one request; none at the end of the connection.
    fn answer(&self, stream: &TcpStream) -> Option<()> {
        // Requests are not sent ahead, so nothing of the next one is buffered.
        let mut input = BufReader::new(stream);
        let (mut length, mut authorization, mut key) = (0, String::new(), String::new());
        let mut head = String::new();
        loop {
            let mut line = String::new();
            if input.read_line(&mut line).ok()? == 0 {
                return None;
            }
            head += &line;
            let Some((name, value)) = line.trim_end().split_once(": ") else {
                match line.trim_end() {
                    "" => break,
                    _ => continue,
                }
            };
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.parse().unwrap(),
                "idempotency-key" => key = value.to_owned(),
                "authorization" => authorization = value.to_owned(),
                _ => {}
            }
        }
        let mut body = vec![0; length];
        input.read_exact(&mut body).ok()?;
        *self.head.lock().unwrap() = head;
        *self.authorization.lock().unwrap() = authorization;
        let refused = self.refuse.load(Ordering::SeqCst);
        let limit = self.limit.load(Ordering::SeqCst);
        let body = String::from_utf8(body).unwrap();
        let texts = self.refused.lock().unwrap().clone();
        let status = if let Some((_, status)) = texts.iter().find(|(text, _)| body.contains(text)) {
            *status
        } else if refused > 0 {
            self.refuse.store(refused - 1, Ordering::SeqCst);
            "503 Service Unavailable"
        } else if limit > 0 && length as u64 > limit {
            "413 Payload Too Large"
        } else {
            self.requests.fetch_add(1, Ordering::SeqCst);
            assert!(key.starts_with('"') && key.ends_with('"'), "{key}");
            if !self.keys.lock().unwrap().insert(key) {
                self.known_lines.fetch_add(body.lines().count() as u64, Ordering::SeqCst);
            }
            self.accepted.lock().unwrap().extend(body.lines().map(str::to_owned));
            "200 OK"
        };
        let mut output = stream;
        write!(output, "HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n").ok()
    }
}
