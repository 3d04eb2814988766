//! Kills two programs in a row, each with a spool, while lines go through both. A few kills are in
//! the gate; `cargo xtask soak` makes many.
#![cfg(unix)]

use std::collections::HashMap;
use std::env;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use fastrand::Rng;
use ureq::Agent;

use crate::receiver::Receiver;
use crate::support::{Folder, command, other};

/// The number of lines in a request.
const BATCH: usize = 10;

/// A program that is killed and started again.
struct Node {
    command: Command,
    child: Child,
}

impl Node {
    fn start(listen: &str, send: &str, spool: &str) -> Self {
        let mut command =
            command(&["filter", "--listen", listen, "--send", send, "--spool", spool]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let child = Self::spawn(&mut command);
        Self { command, child }
    }

    /// Starts it, and waits until it listens.
    fn spawn(command: &mut Command) -> Child {
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let is_listening = |line: &str| line.starts_with("listening on ");
        assert!(lines.any(|line| is_listening(&line.unwrap())), "it does not start");
        // Its messages are read so that it does not wait.
        thread::spawn(move || lines.for_each(drop));
        child
    }

    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    fn restart(&mut self) {
        self.kill();
        self.child = Self::spawn(&mut self.command);
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

/// What came of the lines that were posted.
struct Counts {
    lines: usize,
    lost: usize,
    doubled: usize,
    /// Of those that are doubled, the number in requests with a key that the receiver knows.
    known: usize,
}

/// Posts lines while the programs are killed so many times.
fn run(seed: u64, kills: usize) -> Counts {
    let folder = Folder::new();
    let receiver = Receiver::start();
    let free = || {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    let (near, far) = (free(), free());
    let spool = |name| folder.path(name).to_str().unwrap().to_owned();
    let mut nodes =
        [Node::start(&near, &far, &spool("near")), Node::start(&far, &receiver.url, &spool("far"))];
    let (ended, accepted) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        scope.spawn(|| {
            while !ended.load(Ordering::Relaxed) {
                let first = accepted.load(Ordering::Relaxed);
                post(&near, first);
                accepted.store(first + BATCH, Ordering::Relaxed);
            }
        });
        let mut random = Rng::with_seed(seed);
        for _ in 0..kills {
            thread::sleep(Duration::from_millis(random.u64(20..300)));
            nodes[random.usize(..2)].restart();
        }
        ended.store(true, Ordering::Relaxed);
    });
    let lines = accepted.into_inner();
    let start = Instant::now();
    let count = |received: Vec<String>| {
        let mut times = HashMap::new();
        received.into_iter().for_each(|line| *times.entry(line).or_insert(0) += 1);
        let times = (0..lines).map(|number| times.get(&other(number as u32)).copied().unwrap_or(0));
        times.fold((0, 0), |(lost, doubled), times| match times {
            0 => (lost + 1, doubled),
            times => (lost, doubled + times - 1),
        })
    };
    loop {
        let (lost, doubled) = count(receiver.lines());
        if lost == 0 || start.elapsed() > Duration::from_secs(60) {
            return Counts { lines, lost, doubled, known: receiver.known_lines() as usize };
        }
        thread::sleep(Duration::from_millis(100));
    }
}

/// Posts a batch until it is accepted.
fn post(url: &str, first: usize) {
    let lines: String =
        (first..first + BATCH).map(|number| format!("{}\n", other(number as u32))).collect();
    let start = Instant::now();
    loop {
        let timeout = Some(Duration::from_secs(20));
        let agent: Agent = Agent::config_builder().timeout_global(timeout).build().into();
        // Whether an earlier answer was lost is not known.
        let request = agent.post(url).header("idempotency-key", format!("\"batch-{first}\""));
        if request.send(&lines).is_ok() {
            return;
        }
        assert!(start.elapsed() < Duration::from_secs(120), "a batch is not accepted");
        thread::sleep(Duration::from_millis(5));
    }
}

/// `SOAK_KILLS` is the number of kills, by `cargo xtask soak`.
#[test]
fn no_line_is_lost_when_the_program_and_its_receiver_are_killed() {
    let kills = env::var("SOAK_KILLS").map_or(6, |kills| kills.parse().unwrap());
    let start = Instant::now();
    let Counts { lines, lost, doubled, known } = run(17, kills);
    println!(
        "{kills} kills in {} s: {lines} lines, {lost} lost, {doubled} doubled, of which a receiver that \
         knows keys drops {known}",
        start.elapsed().as_secs(),
    );
    assert_eq!(lost, 0);
    assert!(lines > 0);
}
