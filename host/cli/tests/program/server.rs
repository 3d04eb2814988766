//! A program that listens, and its clients.
#![cfg(unix)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::Duration;

use crate::support::{command, other};

/// Starts `sekisho filter` with all standard streams piped.
pub(crate) fn start(arguments: &[&str]) -> Child {
    command(&[&["filter"], arguments].concat())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

pub(crate) fn signal(child: &Child, name: &str) {
    let id = child.id().to_string();
    assert!(Command::new("kill").args([name, &id]).status().unwrap().success());
}

/// A listening program and its address.
pub(crate) struct Server {
    pub(crate) child: Child,
    pub(crate) address: String,
    pub(crate) stderr: BufReader<ChildStderr>,
    /// Its messages before it listened.
    pub(crate) before: Vec<String>,
}

impl Server {
    pub(crate) fn start(arguments: &[&str]) -> Self {
        Self::wait(start(arguments))
    }

    /// Starts `sekisho attempts`.
    pub(crate) fn attempts(arguments: &[&str]) -> Self {
        let mut command = command(&[&["attempts"], arguments].concat());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        Self::wait(command.spawn().unwrap())
    }

    /// Waits until it listens.
    fn wait(mut child: Child) -> Self {
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let mut before = Vec::new();
        loop {
            let mut line = String::new();
            assert!(stderr.read_line(&mut line).unwrap() > 0, "it does not start: {before:?}");
            match line.trim_end().strip_prefix("listening on ") {
                Some(address) => {
                    return Self { child, address: address.to_owned(), stderr, before };
                }
                None => before.push(line.trim_end().to_owned()),
            }
        }
    }

    pub(crate) fn connect_tcp(&self) -> TcpStream {
        TcpStream::connect(self.address.strip_prefix("tcp:").unwrap()).unwrap()
    }

    /// The next message on standard error.
    pub(crate) fn message(&mut self) -> String {
        let mut line = String::new();
        self.stderr.read_line(&mut line).unwrap();
        line
    }

    /// Stops the program. Returns its exit code and the rest of standard error.
    pub(crate) fn end(mut self) -> (Option<i32>, String) {
        signal(&self.child, "-TERM");
        let exit = self.child.wait().unwrap().code();
        let mut messages = String::new();
        self.stderr.read_to_string(&mut messages).unwrap();
        (exit, messages)
    }
}

/// A test that fails leaves no program running.
impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

/// Sends a line, and waits for it to come back.
pub(crate) fn echo(mut client: TcpStream) {
    client.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    writeln!(client, "{}", other(1)).unwrap();
    let mut line = String::new();
    BufReader::new(client).read_line(&mut line).unwrap();
    assert_eq!(line.trim_end(), other(1));
}

/// Posts a line on an open connection, and waits for it to come back.
pub(crate) fn echo_http(mut client: impl Read + Write) {
    let line = other(1);
    write!(client, "POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n").unwrap();
    write!(client, "content-length: {}\r\n\r\n{line}", line.len()).unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.trim_end().ends_with(&line), "{answer}");
}
