//! `sekisho filter --listen` with clients that are idle, stuck or too many, and with other processes
//! that want its socket.
#![cfg(unix)]

use std::fs;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::server::{Server, echo, signal, start};
use crate::support::{Folder, other};

#[test]
fn idle_clients_starve_no_other() {
    let mut server = Server::start(&["--listen", "tcp:127.0.0.1:0", "--connections", "4"]);
    let mut idle: Vec<TcpStream> = (0..4).map(|_| server.connect_tcp()).collect();
    // One of them sends single bytes, which is not a line.
    idle[0].write_all(b"{").unwrap();
    echo(server.connect_tcp());
    assert_eq!(server.message(), "connection 1 is closed: it is idle, and another one waits\n");
    // Clients that are closed see the end of their connection.
    idle[0].set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    assert_eq!(idle[0].read_to_end(&mut Vec::new()).unwrap(), 2, "what it sent came back");
    assert_eq!(server.end().0, Some(1));
}

#[test]
fn clients_beyond_the_limit_are_refused() {
    let mut server = Server::start(&["--listen", "tcp:127.0.0.1:0", "--connections", "1"]);
    let mut busy = server.connect_tcp();
    let mut refused = server.connect_tcp();
    refused.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    let start = Instant::now();
    let read = loop {
        writeln!(busy, "{}", other(1)).unwrap();
        match refused.read(&mut [0]) {
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            read => break read,
        }
        assert!(start.elapsed() < Duration::from_secs(30), "it is not refused");
    };
    assert_eq!(read.unwrap(), 0);
    let message = server.message();
    assert!(message.starts_with("a client is refused: all connections are busy;"), "{message}");
    drop(busy);
    echo(server.connect_tcp());
}

#[test]
fn idle_clients_are_closed_after_a_while() {
    let arguments = ["--listen", "tcp:127.0.0.1:0", "--idle-timeout", "1s"];
    let mut server = Server::start(&arguments);
    let mut idle = server.connect_tcp();
    idle.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    assert_eq!(idle.read(&mut [0]).unwrap(), 0);
    assert_eq!(server.message(), "connection 1 is closed: it was idle for 1 s\n");
    // So is one that does not read its output.
    let mut stuck = server.connect_tcp();
    let lines = format!("{}\n", other(1)).repeat(100);
    while stuck.write_all(lines.as_bytes()).is_ok() {}
    assert_eq!(server.message(), "connection 2 is closed: it was idle for 1 s\n");
    echo(server.connect_tcp());
}

#[test]
fn a_signal_ends_the_program_although_nobody_reads() {
    let fill = |mut to: Box<dyn Write>| {
        let lines = format!("{}\n", other(1)).repeat(100);
        while to.write_all(lines.as_bytes()).is_ok() {}
    };
    let mut server = Server::start(&["--listen", "tcp:127.0.0.1:0"]);
    let stuck = server.connect_tcp();
    stuck.set_write_timeout(Some(Duration::from_millis(500))).unwrap();
    fill(Box::new(stuck.try_clone().unwrap()));
    let signalled = Instant::now();
    signal(&server.child, "-TERM");
    assert_eq!(server.child.wait().unwrap().code(), Some(2));
    let elapsed = signalled.elapsed();
    assert!(elapsed < Duration::from_millis(2_500), "over a socket: {elapsed:?}");
    let mut messages = String::new();
    server.stderr.read_to_string(&mut messages).unwrap();
    assert!(messages.contains("cannot write the output: the rest of it is not read"), "{messages}");

    let mut child = start(&[]);
    let mut to = child.stdin.take().unwrap();
    let _unread = child.stdout.take().unwrap();
    std::thread::spawn(move || {
        let lines = format!("{}\n", other(1)).repeat(100);
        while to.write_all(lines.as_bytes()).is_ok() {}
    });
    std::thread::sleep(Duration::from_millis(1_500));
    let signalled = Instant::now();
    signal(&child, "-TERM");
    while child.try_wait().unwrap().is_none() {
        let elapsed = signalled.elapsed();
        if elapsed > Duration::from_secs(4) {
            child.kill().unwrap();
            panic!("in a pipe: {elapsed:?}");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(child.wait().unwrap().code(), Some(2));
}

#[cfg(target_os = "linux")]
#[test]
fn a_thread_that_cannot_be_made_is_not_fatal() {
    let mut server = Server::start(&["--listen", "tcp:127.0.0.1:0", "--connections", "1"]);
    let id = server.child.id();
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    let size = status.lines().find_map(|line| line.strip_prefix("VmSize:")).unwrap();
    let kib: u64 = size.trim().strip_suffix(" kB").unwrap().parse().unwrap();
    let limit = |bytes: &str| {
        let mut command = Command::new("prlimit");
        command.args(["--pid", &id.to_string(), &format!("--as={bytes}")]);
        assert!(command.status().unwrap().success());
    };
    // There is memory for a client, but not for the stack of a thread.
    limit(&format!("{}:unlimited", (kib << 10) + (1 << 20)));
    let mut refused = server.connect_tcp();
    refused.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    assert_eq!(refused.read(&mut [0]).unwrap(), 0);
    let message = server.message();
    assert!(message.starts_with("a client cannot be served: "), "{message}");
    limit("unlimited:unlimited");
    echo(server.connect_tcp());
    assert_eq!(server.end().0, Some(0));
}

#[test]
fn a_unix_socket_has_one_owner() {
    let folder = Folder::new();
    let path = folder.path("sekisho.sock");
    let address = format!("unix:{}", path.display());
    let arguments = ["--listen", &address, "--socket-mode", "0620"];
    let first = Server::start(&arguments);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o620);
    // Even if the file is gone, nobody else may have it.
    fs::remove_file(&path).unwrap();
    let second = start(&arguments).wait_with_output().unwrap();
    let message = String::from_utf8(second.stderr).unwrap();
    assert_eq!(second.status.code(), Some(2), "{message}");
    assert!(message.contains("another process of sekisho listens on it"), "{message}");
    // What another program has put there stays.
    fs::write(&path, "kept").unwrap();
    assert_eq!(first.end().0, Some(0));
    assert_eq!(fs::read(&path).unwrap(), b"kept");
    fs::remove_file(&path).unwrap();

    // A killed process leaves its socket and the lock, which nobody holds.
    let mut killed = Server::start(&arguments);
    killed.child.kill().unwrap();
    killed.child.wait().unwrap();
    assert!(path.exists());
    let server = Server::start(&arguments);
    UnixStream::connect(&path).unwrap();
    assert_eq!(server.end().0, Some(0));
    assert_eq!(fs::read_dir(folder.name()).unwrap().count(), 0);
}

#[test]
fn a_saturated_socket_is_noticed_at_the_start() {
    use socket2::{Domain, SockAddr, Socket, Type};

    let folder = Folder::new();
    let path = folder.path("full.sock");
    let socket = Socket::new(Domain::UNIX, Type::STREAM, None).unwrap();
    socket.bind(&SockAddr::unix(&path).unwrap()).unwrap();
    socket.listen(0).unwrap();
    let _waiting = UnixStream::connect(&path).unwrap();
    let address = format!("unix:{}", path.display());
    let mut child = start(&["--listen", &address]);
    let started = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if started.elapsed() > Duration::from_secs(20) {
            child.kill().unwrap();
            panic!("it hangs");
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    assert_eq!(status.code(), Some(2));
    // Nor does sending to it hang.
    let mut child = start(&["--send", &address]);
    writeln!(child.stdin.take().unwrap(), "{}", other(1)).unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut message = String::new();
    stderr.read_line(&mut message).unwrap();
    assert!(message.contains("its queue of connections is full"), "{message}");
    signal(&child, "-TERM");
    assert_eq!(child.wait().unwrap().code(), Some(2));
}
