//! The program as a service of systemd: what it is passed, and what it says.
#![cfg(unix)]

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::net::{UnixDatagram, UnixListener};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::server::{echo, echo_http, signal};
use crate::support::{Folder, command, signin};

const RULES: &str = "\
rules:
  - id: a
    severity: low
    description: A.
    pattern: {detail: {a: [b]}}
";

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
    for listen in ["http://127.0.0.1:0", "tcp:127.0.0.1:0"] {
        let manager = Manager::new();
        let rules = manager.folder.write("rules.yaml", RULES);
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

/// The program, with a socket as systemd passes it: as descriptor 3, and named in variables.
fn passing(socket: impl Into<OwnedFd>) -> Command {
    let script = r#"LISTEN_PID=$$ LISTEN_FDS=1 exec "$0" "$@" 3<&0 </dev/null"#;
    let mut command = Command::new("sh");
    command
        .args(["-c", script, env!("CARGO_BIN_EXE_sekisho")])
        .env("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR"))
        .stdin(Stdio::from(socket.into()));
    command
}

/// Starts a filter that is passed a socket. Returns its first message.
fn start_with(socket: impl Into<OwnedFd>, listen: &str) -> (Child, String) {
    let mut command = passing(socket);
    let mut child =
        command.args(["filter", "--listen", listen]).stderr(Stdio::piped()).spawn().unwrap();
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

/// The command of a unit in the folder `systemd`, with other addresses, files and folders.
fn command_of(unit: &str, folder: &Folder) -> Vec<String> {
    let path = format!("{}/systemd/{unit}", env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(path).unwrap();
    let command = text.lines().find_map(|line| line.strip_prefix("ExecStart=")).unwrap();
    let words = command.strip_prefix("/usr/bin/sekisho ").unwrap().split(' ');
    let rules = folder.write("rules.yaml", RULES);
    let adapt = |word: &str| match word.rsplit_once(':') {
        _ if word == "/etc/sekisho/rules.yaml" => rules.clone(),
        Some(("http://127.0.0.1", port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => {
            "http://127.0.0.1:0".to_owned()
        }
        _ => word.replace("${STATE_DIRECTORY}", folder.name()),
    };
    words.map(adapt).collect()
}

#[test]
fn units_run_as_they_are_written() {
    for unit in ["sekisho-filter.service", "sekisho-attempts.service"] {
        let manager = Manager::new();
        let command = command_of(unit, &manager.folder);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut passing = passing(listener.try_clone().unwrap());
        let mut child = manager.start(passing.args(&command).stdout(Stdio::null()));
        assert_eq!(manager.message(), "READY=1", "{unit}");
        if command.contains(&"http://systemd".to_owned()) {
            let answer = ureq::post(format!("http://{}", listener.local_addr().unwrap()));
            assert_eq!(answer.send(&signin("anaya", "Failure")).unwrap().status(), 200);
        }
        signal(&child, "-HUP");
        assert!(manager.message().starts_with("RELOADING=1"), "{unit}");
        assert_eq!(manager.message(), "READY=1", "{unit}");
        signal(&child, "-TERM");
        assert_eq!(manager.message(), "STOPPING=1", "{unit}");
        assert_eq!(child.wait().unwrap().code(), Some(0), "{unit}");
    }
}

/// Where there is no systemd, this says so.
#[test]
fn units_are_valid() {
    let folder = Folder::new();
    let units = ["sekisho-filter.service", "sekisho-filter.socket", "sekisho-attempts.service"];
    let copied = units.map(|unit| {
        let path = format!("{}/systemd/{unit}", env!("CARGO_MANIFEST_DIR"));
        let text = fs::read_to_string(path).unwrap();
        folder.write(unit, text.replace("/usr/bin/sekisho", env!("CARGO_BIN_EXE_sekisho")))
    });
    match Command::new("systemd-analyze").arg("verify").args(&copied).output() {
        Err(_) => println!("skipped: there is no systemd-analyze"),
        Ok(run) => {
            let message = String::from_utf8_lossy(&run.stderr);
            assert!(run.status.success() && !message.contains("Unknown"), "{message}");
        }
    }
}
