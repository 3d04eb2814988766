//! The program as a service of systemd: what it is passed, and what it says.
#![cfg(unix)]

use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::net::{UnixDatagram, UnixListener};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::server::{echo, echo_http, signal};
use crate::support::{Folder, command};

/// What the program says to systemd, and the socket for it.
struct Manager {
    folder: Folder,
    socket: UnixDatagram,
}

impl Manager {
    fn new() -> Self {
        let folder = Folder::new();
        let socket = UnixDatagram::bind(folder.path("notify")).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        Self { folder, socket }
    }

    fn start(&self, command: &mut Command) -> Child {
        command
            .env("NOTIFY_SOCKET", self.folder.path("notify"))
            .env("WATCHDOG_USEC", "300000")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// The next message that is not one for the watchdog.
    fn message(&self) -> String {
        loop {
            let message = self.any_message();
            if message != "WATCHDOG=1" {
                return message;
            }
        }
    }

    fn any_message(&self) -> String {
        let mut bytes = [0; 256];
        let length = self.socket.recv(&mut bytes).unwrap();
        String::from_utf8(bytes[..length].to_vec()).unwrap().trim_end().to_owned()
    }
}

#[test]
fn systemd_is_told_of_start_life_reload_and_end() {
    let rules = "rules:\n  - id: a\n    severity: low\n    description: A.\n    pattern: {detail: {a: [b]}}\n";
    for listen in ["http://127.0.0.1:0", "tcp:127.0.0.1:0"] {
        let manager = Manager::new();
        let rules = manager.folder.write("rules.yaml", rules);
        let arguments = ["filter", "--listen", listen, "--rules", &rules];
        let mut child = manager.start(&mut command(&arguments));
        assert_eq!(manager.any_message(), "READY=1", "{listen}");
        for _ in 0..3 {
            assert_eq!(manager.any_message(), "WATCHDOG=1", "{listen}");
        }
        signal(&child, "-HUP");
        let message = manager.message();
        assert!(message.starts_with("RELOADING=1\nMONOTONIC_USEC="), "{message}");
        assert_eq!(manager.message(), "READY=1");
        signal(&child, "-TERM");
        assert_eq!(manager.message(), "STOPPING=1", "{listen}");
        assert_eq!(child.wait().unwrap().code(), Some(0));
    }
}

/// Starts the program with a socket as systemd passes it: as descriptor 3, and named in variables.
fn start_with(socket: impl Into<OwnedFd>, listen: &str) -> (Child, String) {
    let script = r#"LISTEN_PID=$$ LISTEN_FDS=1 exec "$0" "$@" 3<&0 </dev/null"#;
    let mut child = Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_sekisho"), "filter", "--listen", listen])
        .env("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR"))
        .stdin(Stdio::from(socket.into()))
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stderr.take().unwrap()).read_line(&mut line).unwrap();
    (child, line.trim_end().to_owned())
}

#[test]
fn sockets_of_systemd_are_served() {
    let end = |mut child: Child| {
        signal(&child, "-TERM");
        assert_eq!(child.wait().unwrap().code(), Some(0));
    };
    let folder = Folder::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (child, message) = start_with(listener.try_clone().unwrap(), "systemd");
    assert_eq!(message, format!("listening on tcp:{address}"));
    echo(TcpStream::connect(address).unwrap());
    end(child);
    // The socket stays open between two processes.
    let waiting = TcpStream::connect(address).unwrap();
    let (child, message) = start_with(listener, "http://systemd");
    assert_eq!(message, format!("listening on http://{address}"));
    echo_http(waiting);
    end(child);

    let path = folder.path("socket");
    let (child, message) = start_with(UnixListener::bind(&path).unwrap(), "http://systemd");
    assert_eq!(message, format!("listening on unix:{}", path.display()));
    echo_http(std::os::unix::net::UnixStream::connect(&path).unwrap());
    end(child);
    assert!(path.exists(), "systemd owns it");

    let mut alone = command(&["filter", "--listen", "systemd"]);
    let run = alone.stdin(Stdio::null()).output().unwrap();
    assert_eq!(run.status.code(), Some(2));
    let message = String::from_utf8(run.stderr).unwrap();
    assert!(message.contains("systemd passes no socket"), "{message}");
}
