//! Accepts connections, and processes the input of each in a thread of its own.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::net::Shutdown as Direction;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use socket2::Socket;

use super::activity::Activity;
use super::blocks::Blocks;
use super::send::SendTarget;
use crate::log::{log, warn};
use crate::net::listener::Listener;
use crate::net::outlet::OutletWriter;
use crate::shutdown::{POLL_INTERVAL, Shutdown};
use crate::systemd;

/// How long a new client waits until another one is closed or idle; then it is refused.
const SLOT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a client has been idle when it may be closed in favour of a new one.
const EVICTABLE_AFTER: Duration = Duration::from_secs(1);

/// The most to write at once: a client that reads this much is active.
const WRITE_BYTES: usize = 64 << 10;

/// How often a client that waits for a slot looks for one.
const SLOT_INTERVAL: Duration = Duration::from_millis(10);

/// Processes one connection after another.
pub(crate) trait ConnectionHandler: Send + 'static {
    /// Processes the input of a connection to its end. `number` tells it from others.
    ///
    /// # Errors
    /// The error of the output.
    fn serve(&mut self, input: Blocks, output: Output, number: usize) -> io::Result<()>;
}

/// What a server does with its clients.
pub(crate) struct Service {
    /// Where the output goes; by default back to the client.
    pub(crate) destination: Option<SendTarget>,
    /// When an idle client is closed.
    pub(crate) idle_timeout: Duration,
    pub(crate) shutdown: Shutdown,
}

/// Serves connections; shared by its threads.
pub(crate) struct Server<H> {
    listener: Listener,
    service: Service,
    state: Mutex<State<H>>,
}

struct State<H> {
    /// Handlers that serve no client: as many as may still be served.
    handlers: Vec<H>,
    /// Open connections by their number.
    clients: BTreeMap<usize, Client>,
    /// Number of connections accepted so far.
    accepted: usize,
    /// The first write error.
    error: Option<io::Error>,
}

struct Client {
    connection: Socket,
    activity: Arc<Activity>,
    /// When its input was ended.
    closing: Option<Instant>,
}

impl Client {
    /// Ends its input, so that its thread processes what it has received.
    fn close(&mut self) {
        self.closing = Some(Instant::now());
        // It may be closed already.
        let _ = self.connection.shutdown(Direction::Read);
    }

    /// Ends its output, too, if it does not read it.
    fn close_output(&self) {
        if self.closing.is_some_and(|since| since.elapsed() > EVICTABLE_AFTER) {
            let _ = self.connection.shutdown(Direction::Both);
        }
    }
}

impl<H: ConnectionHandler> Server<H> {
    /// A server that serves as many clients at once as there are handlers.
    pub(crate) fn new(listener: Listener, handlers: Vec<H>, service: Service) -> Self {
        let state = State { handlers, clients: BTreeMap::new(), accepted: 0, error: None };
        Self { listener, service, state: Mutex::new(state) }
    }

    /// Serves clients until a shutdown is requested, then drains the open connections.
    ///
    /// # Errors
    /// The first write error. A client that closed its connection before the reply is no error.
    pub(crate) fn run(self) -> io::Result<()> {
        let server = Arc::new(self);
        let accepting = Arc::clone(&server);
        // Not joined, as it may block on `accept` forever.
        thread::Builder::new().spawn(move || accepting.accept())?;
        log(&format!("listening on {}", server.listener.address()));
        systemd::ready();
        while !server.service.shutdown.is_requested() {
            systemd::alive();
            thread::sleep(POLL_INTERVAL);
            server.close_idle();
        }
        systemd::stopping();
        server.listener.close();
        while !server.state().clients.is_empty() {
            if server.service.shutdown.is_over() {
                return Err(undelivered());
            }
            thread::sleep(POLL_INTERVAL / 10);
        }
        if let Some(destination) = &server.service.destination {
            destination.end();
        }
        server.state().error.take().map_or(Ok(()), Err)
    }

    fn state(&self) -> MutexGuard<'_, State<H>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Accepts one connection after another.
    fn accept(self: Arc<Self>) {
        let mut failing = false;
        loop {
            match self.listener.accept() {
                Ok(connection) => {
                    failing = false;
                    self.admit(connection);
                }
                // Such as too many open files, which may be closed soon.
                Err(error) => {
                    if !std::mem::replace(&mut failing, true) {
                        warn(&format!("a client cannot be accepted: {error}"));
                    }
                    thread::sleep(POLL_INTERVAL);
                }
            }
        }
    }

    /// Serves a client in a thread of its own, if there is a slot for it.
    fn admit(self: &Arc<Self>, connection: Socket) {
        let Some(handler) = self.slot() else {
            return warn(
                "a client is refused: all connections are busy; --connections allows more",
            );
        };
        let server = Arc::clone(self);
        // The thread gets the handler once it runs: if it cannot be made, the handler is not lost.
        let (to_thread, received) = channel::<(Socket, H)>();
        let activity = Arc::new(Activity::now());
        let number = {
            let mut state = self.state();
            state.accepted += 1;
            state.accepted
        };
        let serve = move || {
            if let Ok((connection, handler)) = received.recv() {
                server.serve(connection, number, activity, handler);
            }
        };
        match thread::Builder::new().spawn(serve) {
            Ok(_) => to_thread.send((connection, handler)).expect("the thread waits for it"),
            Err(error) => {
                self.state().handlers.push(handler);
                refuse(&error);
            }
        }
    }

    /// Waits for a handler without a client. If there is none, closes the client that has been idle
    /// longest.
    fn slot(&self) -> Option<H> {
        let start = Instant::now();
        loop {
            let mut state = self.state();
            if let Some(handler) = state.handlers.pop() {
                return Some(handler);
            }
            let is_closing = state.clients.values().any(|client| client.closing.is_some());
            if !is_closing && let Some((number, client)) = state.longest_idle() {
                client.close();
                log(&format!("connection {number} is closed: it is idle, and another one waits"));
            }
            drop(state);
            if start.elapsed() > SLOT_TIMEOUT || self.service.shutdown.is_requested() {
                return None;
            }
            thread::sleep(SLOT_INTERVAL);
        }
    }

    /// Closes the clients that have been idle for too long.
    fn close_idle(&self) {
        let timeout = self.service.idle_timeout;
        for (number, client) in &mut self.state().clients {
            client.close_output();
            if client.closing.is_none() && client.activity.idle() > timeout {
                client.close();
                let seconds = timeout.as_secs();
                log(&format!("connection {number} is closed: it was idle for {seconds} s"));
            }
        }
    }

    /// Serves a client until it ends its input.
    fn serve(&self, connection: Socket, number: usize, activity: Arc<Activity>, mut handler: H) {
        let opened = connection.try_clone().and_then(|input| {
            let (connection, activity) = (connection.try_clone()?, Arc::clone(&activity));
            let client = Client { connection, activity: Arc::clone(&activity), closing: None };
            self.state().clients.insert(number, client);
            Blocks::read_ahead(input, activity, self.service.shutdown.clone())
        });
        let input = match opened {
            Ok(input) => input,
            Err(error) => {
                refuse(&error);
                return self.state().close(number, Ok(()), handler);
            }
        };
        let output = Output { to: self.output(connection), activity };
        let served = match handler.serve(input, output, number) {
            // The client did not wait for the reply.
            Err(error) if self.service.destination.is_none() && is_disconnect(&error) => Ok(()),
            served => served,
        };
        self.state().close(number, served, handler);
    }

    fn output(&self, connection: Socket) -> To {
        match &self.service.destination {
            Some(destination) => To::Outlet(OutletWriter((destination.outlet)())),
            None => To::Client(connection),
        }
    }
}

impl<H> State<H> {
    /// Removes a client, and frees its slot.
    fn close(&mut self, number: usize, served: io::Result<()>, handler: H) {
        self.clients.remove(&number);
        self.handlers.push(handler);
        if let Err(error) = served {
            self.error.get_or_insert(error);
        }
    }

    /// The client that has been idle longest, if it may be closed.
    fn longest_idle(&mut self) -> Option<(usize, &mut Client)> {
        let idle = |client: &Client| client.activity.idle();
        let clients = self.clients.iter_mut().map(|(number, client)| (*number, client));
        let longest = clients.max_by_key(|(_, client)| idle(client))?;
        (idle(longest.1) >= EVICTABLE_AFTER).then_some(longest)
    }
}

/// The output of one client.
pub(crate) struct Output {
    to: To,
    activity: Arc<Activity>,
}

enum To {
    /// Back to the client.
    Client(Socket),
    Outlet(OutletWriter),
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.to {
            To::Client(connection) => {
                // A call waits until everything is written.
                let written = connection.write(&bytes[..bytes.len().min(WRITE_BYTES)]);
                self.activity.progress();
                written
            }
            To::Outlet(outlet) => self.activity.during(|| outlet.write(bytes)),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn is_disconnect(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset)
}

fn refuse(error: &io::Error) {
    warn(&format!("a client cannot be served: {error}"));
}

/// The program ends, but somebody does not read.
pub(crate) fn undelivered() -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, "the rest of it is not read")
}
