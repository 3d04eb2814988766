//! `sekisho filter`, run as a program.
#![cfg(unix)]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener};
use std::os::unix::net::{UnixListener, UnixStream};
use std::process::Child;
use std::thread;
use std::time::Duration;

use crate::server::{Server, signal, start};
use crate::support::{Folder, Run, other, pipe, signin, text, three};
use serde_json::{Value, json};

fn filter(arguments: &[&str], stdin: &[u8]) -> Run {
    pipe(&[&["filter"], arguments].concat(), stdin)
}

/// The original line, without the added verdict.
fn original(annotated: &str) -> String {
    let (record, verdict) = annotated.rsplit_once(r#","signin":"#).unwrap();
    assert!(verdict.starts_with(r#"{"kind":"console_login","outcome":"#), "{verdict}");
    format!("{record}}}")
}

#[test]
fn every_line_is_forwarded_and_every_byte_kept() {
    let [a, b, c] = three();
    let spaced = a.replace(',', " ,  ").replace("\"1.08\"", "1.0800e+0");
    let cut = r#"{"eventSource":"signin.amazonaws.com","eventName":"#;
    let several = format!(r#"{{"Records":[{a},{b}]}}"#);
    let input = format!("{spaced}\n{b}\r\n\n \t\nno JSON\n{cut}\n{several}\n\u{feff}{b}\n{c}");
    let run = filter(&[], input.as_bytes());
    let lines: Vec<&str> = run.stdout.split('\n').collect();
    assert_eq!(original(lines[0]), spaced);
    let same = [&format!("{b}\r"), "", " \t", "no JSON", cut, &several, &b];
    assert_eq!(lines[1..8], same, "the byte order mark is dropped");
    assert_eq!(original(lines[8]), c);
    assert_eq!(lines[9..], [""], "a line break is added to the last line");

    assert_eq!(run.exit, Some(1));
    assert!(run.stderr.starts_with("Could not be read: 3\n"), "{}", run.stderr);
    let offset = spaced.len() + b.len() + 7;
    for named in [
        format!("  -, record 4 at byte {offset}: expected"),
        "  -, record 6 at byte ".to_owned(),
        "several records on one line".to_owned(),
    ] {
        assert!(run.stderr.contains(&named), "{named}\n{}", run.stderr);
    }
}

#[test]
fn modes_select_lines() {
    let denied = signin("saanvi", "Success")
        .replace("\"requestParameters\"", "\"errorCode\":\"AccessDenied\",\"requestParameters\"");
    let [a, b, c] = three();
    let input = [a, b, "no JSON".to_owned(), String::new(), c, denied].join("\n");
    let users = |arguments: &[&str]| {
        let run = filter(arguments, input.as_bytes());
        assert_eq!(run.exit, Some(1), "{}", run.stderr);
        let user = |line: &str| match serde_json::from_str::<Value>(line) {
            Ok(record) => record["userIdentity"]["userName"].as_str().unwrap_or("none").to_owned(),
            Err(_) => line.to_owned(),
        };
        run.stdout.lines().map(user).collect::<Vec<_>>()
    };
    assert_eq!(users(&[]), ["anaya", "none", "no JSON", "", "mateo", "saanvi"]);
    assert_eq!(users(&["--mode", "annotate"]), users(&[]));
    assert_eq!(users(&["--mode", "signins"]), ["anaya", "no JSON", "mateo", "saanvi"]);
    assert_eq!(users(&["--mode", "failures"]), ["anaya", "no JSON", "saanvi"]);
}

#[test]
fn rules_and_the_field_name_are_configured() {
    let folder = Folder::new();
    let rules = folder.write(
        "rules.yaml",
        r#"
field: verdict
rules:
  - id: object-read
    severity: low
    description: An object was read.
    pattern: {"detail": {"eventName": ["GetObject"]}}
  - id: anaya
    severity: low
    description: It was anaya.
    pattern: {"detail": {"userIdentity": {"userName": ["anaya"]}}}
"#,
    );
    let input = three().join("\n");
    let matches = filter(&["--rules", &rules, "--mode", "matches"], input.as_bytes());
    assert_eq!(matches.exit, Some(0), "{}", matches.stderr);
    assert_eq!(matches.values("/verdict/rules"), [json!(["anaya"]), json!(["object-read"])]);
    // A matching record is not a sign-in.
    let signins = filter(&["--rules", &rules, "--mode", "signins"], input.as_bytes());
    assert_eq!(signins.values("/verdict/rules"), [json!(["anaya"]), json!([])]);
    let rsyslog = filter(&["--rules", &rules, "--mode", "rsyslog"], input.as_bytes());
    let expected = [json!(["anaya"]), json!(["object-read"]), json!([])];
    assert_eq!(rsyslog.values("/$!/verdict/rules"), expected);

    let without = filter(&["--mode", "matches"], b"");
    assert_eq!(without.exit, Some(2));
    assert!(without.stderr.contains("`--mode matches` needs rules"), "{}", without.stderr);
}

#[test]
fn rsyslog_mode_replies_to_every_line() {
    let [a, b, _] = three();
    let large = format!(r#"{{"a":"{}"}}"#, "x".repeat(16 << 20));
    let input = format!("{b}\n {a}\nno JSON\n\n{large}\n{}", text(&a));
    let run = filter(&["--mode", "rsyslog"], input.as_bytes());
    let lines: Vec<&str> = run.stdout.lines().collect();
    let verdict = r#"{"$!":{"signin":{"kind":"console_login","outcome":"failure","reason":"bad_password","principal":"iam_user","mfa":"not_used","user_exists":"yes"}}}"#;
    assert_eq!(lines, ["{}", verdict, "{}", "{}", "{}", "{}"]);
}

#[test]
fn a_hundred_thousand_lines_stay_in_order() {
    let lines: Vec<String> = (0..100_000)
        .map(|number| match number % 50 {
            0 => signin(&format!("user{number}"), "Failure"),
            1 => format!("no JSON {number}"),
            _ => other(number),
        })
        .collect();
    let run = filter(&[], lines.join("\n").as_bytes());
    let mut output = run.stdout.lines();
    for (number, line) in lines.iter().enumerate() {
        let forwarded = output.next().unwrap();
        match number % 50 {
            0 => assert_eq!(original(forwarded), *line),
            _ => assert_eq!(forwarded, line),
        }
    }
    assert_eq!(output.next(), None);
    assert!(run.stderr.starts_with("Could not be read: 2,000\n"), "{}", run.stderr);
}

#[test]
fn a_line_is_forwarded_as_soon_as_it_is_complete() {
    let mut child = start(&[]);
    let mut to = child.stdin.take().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    for user in ["anaya", "mateo"] {
        let line = signin(user, "Success");
        let (begin, end) = line.split_at(100);
        write!(to, "{begin}").unwrap();
        writeln!(to, "{end}").unwrap();
        // Blocks forever unless the line is printed before the next one is written.
        assert_eq!(original(&lines.next().unwrap().unwrap()), line);
    }
    drop(to);
    assert!(child.wait().unwrap().success());
}

#[test]
fn lines_are_limited_to_16_mib() {
    let of = |bytes: usize| {
        let record = signin("anaya", "Success");
        let begin = record.strip_suffix('}').unwrap();
        format!(r#"{begin},"a":"{}"}}"#, "x".repeat(bytes - begin.len() - 8))
    };
    let (fits, too_long) = (of(16 << 20), of((16 << 20) + 1));
    let much_too_long = of(50 << 20);
    let last = other(1);
    let input = [&fits, &too_long, &much_too_long, &last, &too_long].map(String::as_str).join("\n");
    let run = filter(&["--mode", "signins"], input.as_bytes());
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert!(original(lines[0]) == fits, "it has a verdict");
    assert!(lines[1] == too_long && lines[2] == much_too_long && lines[3] == too_long);
    assert_eq!((lines.len(), run.exit), (4, Some(1)));
    for named in [
        "Could not be read: 3\n",
        "record 1 at byte 16777217: expected at most 16777216 bytes on a line, found 16777217\n",
        "record 2 at byte 33554435: expected at most 16777216 bytes on a line, found 52428800\n",
    ] {
        assert!(run.stderr.contains(named), "{named}\n{}", run.stderr);
    }
}

#[test]
fn buffered_input_is_forwarded_after_a_signal() {
    for name in ["-TERM", "-INT"] {
        let mut child = start(&[]);
        let mut to = child.stdin.take().unwrap();
        let mut from = child.stdout.take().unwrap();
        let reader = thread::spawn(move || {
            let mut all = String::new();
            from.read_to_string(&mut all).map(|_| all).unwrap()
        });
        let lines = format!("{}\n", other(1)).repeat(20_000);
        // The last line has no line break, and the pipe stays open.
        write!(to, "{lines}{}", other(2)).unwrap();
        signal(&child, name);
        assert_eq!(child.wait().unwrap().code(), Some(0), "{name}");
        assert!(reader.join().unwrap() == format!("{lines}{}\n", other(2)), "{name}");
        drop(to);
    }
}

#[test]
fn a_signal_ends_an_endless_input() {
    let mut child = start(&[]);
    let mut to = child.stdin.take().unwrap();
    let mut from = child.stdout.take().unwrap();
    // Waits until the program is ready.
    writeln!(to, "{}", other(0)).unwrap();
    from.read_exact(&mut [0]).unwrap();
    let reader = thread::spawn(move || {
        let mut last = Vec::new();
        let mut buffer = vec![0; 1 << 16];
        while let Ok(read @ 1..) = from.read(&mut buffer) {
            last.clear();
            last.extend_from_slice(&buffer[..read]);
        }
        last
    });
    let line = format!("{}\n", other(1));
    let writer = thread::spawn(move || while to.write_all(line.as_bytes()).is_ok() {});
    signal(&child, "-TERM");
    // The exit code is 1 if the input was cut within a line.
    assert!(matches!(child.wait().unwrap().code(), Some(0 | 1)));
    writer.join().unwrap();
    assert_eq!(reader.join().unwrap().last(), Some(&b'\n'));
}

#[test]
fn a_second_signal_exits_at_once() {
    let mut child = start(&[]);
    let mut to = child.stdin.take().unwrap();
    let mut from = child.stdout.take().unwrap();
    let line = format!("{}\n", other(1));
    let writer = thread::spawn(move || while to.write_all(line.as_bytes()).is_ok() {});
    // Waits until the program is ready; its output then blocks.
    from.read_exact(&mut [0]).unwrap();
    thread::sleep(Duration::from_millis(500));
    signal(&child, "-TERM");
    thread::sleep(Duration::from_millis(500));
    assert_eq!(child.try_wait().unwrap(), None);
    signal(&child, "-TERM");
    assert_eq!(child.wait().unwrap().code(), Some(2));
    writer.join().unwrap();
}

/// The resident memory of a process, in KiB.
fn memory_kib(child: &Child) -> usize {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().strip_suffix(" kB").unwrap().parse().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn a_slow_reader_slows_down_the_writer() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    let mut child = start(&[]);
    let mut to = child.stdin.take().unwrap();
    let mut from = child.stdout.take().unwrap();
    let block = format!("{}\n", other(1)).repeat(1_000);
    let blocks = 2_000;
    let written = Arc::new(AtomicUsize::new(0));
    let writer = thread::spawn({
        let (block, written) = (block.clone(), Arc::clone(&written));
        move || {
            for _ in 0..blocks {
                to.write_all(block.as_bytes()).unwrap();
                written.fetch_add(block.len(), Ordering::Relaxed);
            }
            // Still open, so that the program runs while its memory is read.
            to
        }
    });
    let mut read = vec![0; block.len()];
    from.read_exact(&mut read).unwrap();
    let memory_before = memory_kib(&child);
    thread::sleep(Duration::from_millis(500));
    let (waiting, memory) = (written.load(Ordering::Relaxed), memory_kib(&child));
    assert!(waiting < 4 << 20, "{waiting} bytes were accepted while the output was blocked");
    let grown = memory.saturating_sub(memory_before);
    assert!(grown < 4 << 10, "{grown} KiB more");
    for _ in 1..blocks {
        from.read_exact(&mut read).unwrap();
        assert!(read == block.as_bytes());
    }
    let grown = memory_kib(&child).saturating_sub(memory_before);
    assert!(grown < 4 << 10, "{grown} KiB more after {} MiB", (block.len() * blocks) >> 20);
    drop(writer.join().unwrap());
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_closed_output_pipe_is_no_error() {
    let mut child = start(&[]);
    drop(child.stdout.take());
    let mut to = child.stdin.take().unwrap();
    let line = format!("{}\n", other(1));
    while to.write_all(line.as_bytes()).is_ok() {}
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}

#[test]
fn a_summary_is_printed_with_report() {
    let input = three().join("\n");
    assert_eq!(filter(&[], input.as_bytes()).stderr, "");
    assert_eq!(filter(&["--quiet"], input.as_bytes()).stderr, "");
    let run = filter(&["--report"], input.as_bytes());
    for line in [
        "3 records in 1 file",
        "2 sign-ins                 success     failure",
        "Failures by principal\n           1  AIDAEXAMPLEanaya (anaya)",
    ] {
        assert!(run.stderr.contains(line), "{line}\n{}", run.stderr);
    }
}

#[test]
fn a_failing_module_loses_no_line() {
    let folder = Folder::new();
    let module = |process: &str, annotate: &str| {
        let module = wat::parse_str(format!(
            r#"(module
                (memory (export "memory") 2)
                (data (i32.const 0) "{{\"kind\":\"console_login\",\n\"outcome\":\"success\",\"reason\":null,\"principal\":\"root\",\"mfa\":\"used\",\"user_exists\":\"yes\"}}")
                (func (export "sekisho_abi_v1"))
                (func (export "sekisho_input") (param i32) (result i32) i32.const 1024)
                (func (export "sekisho_configure") (param i32 i32) (result i32) i32.const 0)
                (func (export "sekisho_process") (param i32 i32) (result i32) {process})
                (func (export "sekisho_annotate") (param i32 i32) (result i32) {annotate})
                (func (export "sekisho_process_batch") (param i32 i32 i32) (result i32) unreachable)
                (func (export "sekisho_output") (result i32) i32.const 0)
                (func (export "sekisho_last_error") (result i32) i32.const 0)
                (func (export "sekisho_describe") (result i32) i32.const 0))"#
        ));
        folder.write("module.wasm", module.unwrap())
    };
    let input = format!("{}\n{}\n", signin("anaya", "Failure"), other(1));
    for (process, annotate, mode, message) in [
        ("unreachable", "unreachable", "annotate", "`sekisho_annotate` trapped"),
        ("unreachable", "unreachable", "failures", "`sekisho_annotate` trapped"),
        ("i32.const 111", "unreachable", "signins", "`sekisho_annotate` trapped"),
        ("i32.const 9", "i32.const 9", "failures", "something else than the record"),
    ] {
        let run =
            filter(&["--module", &module(process, annotate), "--mode", mode], input.as_bytes());
        assert_eq!((run.exit, &run.stdout), (Some(3), &input), "{process} {mode}");
        assert!(run.stderr.contains(message), "{}", run.stderr);
    }
    let cut_short = module("i32.const 9", "unreachable");
    let run = filter(&["--module", &cut_short, "--mode", "rsyslog"], input.as_bytes());
    assert_eq!((run.exit, &*run.stdout), (Some(3), "{}\n{}\n"));
    assert!(run.stderr.contains("returned a verdict that is invalid"), "{}", run.stderr);
    // A line break in a verdict does not split the reply.
    let module = module("i32.const 111", "unreachable");
    let run = filter(&["--module", &module, "--mode", "rsyslog"], input.as_bytes());
    assert_eq!(run.stdout.lines().count(), 2, "{}", run.stdout);
    assert_eq!(run.values("/$!/signin/principal"), ["root", "root"]);
}

#[test]
fn two_clients_are_served_at_once_over_tcp() {
    let server = Server::start(&["--listen", "tcp:127.0.0.1:0", "--report"]);
    let serve = |user: String| {
        let mut to = server.connect_tcp();
        let mut from = BufReader::new(to.try_clone().unwrap()).lines();
        thread::spawn(move || {
            let line = signin(&user, "Success");
            // Line by line, then many lines at once.
            for _ in 0..100 {
                writeln!(to, "{line}").unwrap();
                assert_eq!(original(&from.next().unwrap().unwrap()), line);
            }
            let many = thread::spawn({
                let lines = format!("{line}\n").repeat(10_000);
                move || {
                    to.write_all(lines.as_bytes()).unwrap();
                    to.shutdown(Shutdown::Write).unwrap();
                }
            });
            let rest: Vec<String> = from.map(Result::unwrap).collect();
            many.join().unwrap();
            assert_eq!(rest.len(), 10_000);
            assert!(rest.iter().all(|annotated| original(annotated) == line));
        })
    };
    let clients = ["anaya", "mateo"].map(|user| serve(user.to_owned()));
    clients.into_iter().for_each(|client| client.join().unwrap());
    let (exit, messages) = server.end();
    assert_eq!(exit, Some(0));
    assert!(messages.starts_with("20,200 records in 2 files"), "{messages}");
}

#[test]
fn clients_are_served_over_a_unix_socket() {
    let folder = Folder::new();
    let path = folder.path("sekisho.sock");
    let address = format!("unix:{}", path.display());
    let server = Server::start(&["--listen", &address, "--mode", "failures", "--connections", "2"]);
    assert_eq!(server.address, address);
    let connect = || {
        let to = UnixStream::connect(&path).unwrap();
        to.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        (BufReader::new(to.try_clone().unwrap()).lines(), to)
    };
    let [mut one, mut two, mut three] = [connect(), connect(), connect()];
    let line = signin("anaya", "Failure");
    for (from, to) in [&mut one, &mut two] {
        writeln!(to, "{}\n{line}", other(1)).unwrap();
        assert_eq!(original(&from.next().unwrap().unwrap()), line);
    }
    // A third connection waits.
    writeln!(three.1, "{line}").unwrap();
    three.1.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    assert!(three.0.next().unwrap().is_err());
    three.1.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    drop(one);
    assert_eq!(original(&three.0.next().unwrap().unwrap()), line);

    // Open connections are drained at the end.
    write!(two.1, "no JSON\n{line}").unwrap();
    let (exit, messages) = server.end();
    let rest: Vec<String> = two.0.map(Result::unwrap).collect();
    assert_eq!(rest.len(), 2);
    assert_eq!((rest[0].as_str(), original(&rest[1])), ("no JSON", line));
    assert_eq!(exit, Some(1));
    assert!(messages.starts_with("Could not be read: 1\n  connection "), "{messages}");
    assert!(!path.exists());
}

#[test]
fn a_disconnecting_client_affects_no_other() {
    let server = Server::start(&["--listen", "tcp:127.0.0.1:0", "--connections", "1"]);
    let lines = format!("{}\n", other(1)).repeat(2_000);
    let mut leaves = server.connect_tcp();
    leaves.write_all(lines.as_bytes()).unwrap();
    drop(leaves);
    let mut stays = server.connect_tcp();
    writeln!(stays, "{}", other(2)).unwrap();
    let mut from = BufReader::new(stays.try_clone().unwrap()).lines();
    assert_eq!(from.next().unwrap().unwrap(), other(2));
    // The exit code is 1 if its input was cut within a line.
    assert!(matches!(server.end().0, Some(0 | 1)));
}

#[test]
fn output_is_sent_to_an_address() {
    let folder = Folder::new();
    let path = folder.path("on.sock");
    let address = format!("unix:{}", path.display());
    let mut server = Server::start(&["--listen", "tcp:127.0.0.1:0", "--send", &address]);
    let mut to = server.connect_tcp();
    let line = |number: u32| signin(&format!("user{number}"), "Success");
    writeln!(to, "{}", line(0)).unwrap();
    // The program reports that it waits for a receiver.
    let mut messages = String::new();
    server.stderr.read_line(&mut messages).unwrap();
    assert!(messages.starts_with(&format!("waiting for {address}: ")), "{messages}");
    let receive = |listener: &UnixListener| BufReader::new(listener.accept().unwrap().0).lines();
    let listener = UnixListener::bind(&path).unwrap();
    let mut from = receive(&listener);
    for number in 1..10 {
        writeln!(to, "{}", line(number)).unwrap();
    }
    for number in 0..10 {
        assert_eq!(original(&from.next().unwrap().unwrap()), line(number));
    }
    // The connection breaks with no line in transit, so none is lost.
    drop(from);
    writeln!(to, "{}", line(10)).unwrap();
    let mut from = receive(&listener);
    assert_eq!(original(&from.next().unwrap().unwrap()), line(10));
    // Another input has its own connection.
    let mut another = server.connect_tcp();
    writeln!(another, "{}", line(11)).unwrap();
    let mut from_another = receive(&listener);
    assert_eq!(original(&from_another.next().unwrap().unwrap()), line(11));
    drop(another);
    assert!(from_another.next().is_none(), "it ends with its input");
    write!(to, "{}", line(12)).unwrap();
    assert_eq!(server.end().0, Some(0));
    assert_eq!(original(&from.next().unwrap().unwrap()), line(12));
    assert!(from.next().is_none());
}

#[test]
fn standard_input_is_sent_to_an_address() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("tcp:{}", listener.local_addr().unwrap());
    let lines = format!("{}\n", other(1)).repeat(10_000);
    let receiver = thread::spawn(move || {
        let mut all = String::new();
        listener.accept().unwrap().0.read_to_string(&mut all).map(|_| all).unwrap()
    });
    let run = filter(&["--send", &address], lines.as_bytes());
    assert_eq!((run.exit, run.stdout.as_str()), (Some(0), ""));
    assert!(receiver.join().unwrap() == lines);
}

#[test]
fn undelivered_output_is_an_error() {
    let folder = Folder::new();
    let address = format!("unix:{}", folder.path("nobody").display());
    let mut child = start(&["--send", &address]);
    let mut to = child.stdin.take().unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut messages = String::new();
    writeln!(to, "{}", other(1)).unwrap();
    stderr.read_line(&mut messages).unwrap();
    assert!(messages.starts_with("waiting for "), "{messages}");
    signal(&child, "-TERM");
    assert_eq!(child.wait().unwrap().code(), Some(2));
    stderr.read_to_string(&mut messages).unwrap();
    assert!(messages.contains("cannot write the output: No such file"), "{messages}");
}

#[test]
fn wrong_arguments_are_rejected() {
    let folder = Folder::new();
    let file = format!("unix:{}", folder.write("file", "kept"));
    for arguments in [
        &["--mode", "all"][..],
        &["--listen", "127.0.0.1:9000"],
        &["--listen", "tcp:9000"],
        &["--listen", &file],
        &["--connections", "2"],
        &["--listen", "tcp:127.0.0.1:0", "--connections", "0"],
        &["--report", "--quiet"],
        &["--rules", "no/such/file.yaml"],
        &["trail.json"],
    ] {
        let run = filter(arguments, b"");
        assert_eq!(run.exit, Some(2), "{arguments:?}");
        assert!(!run.stderr.is_empty(), "{arguments:?}");
    }
    assert_eq!(fs::read(folder.path("file")).unwrap(), b"kept");
}

#[test]
fn help_has_examples() {
    let help = filter(&["--help"], b"").stdout;
    for shown in ["Examples:", "--listen unix:", "--mode rsyslog", "16 MiB"] {
        assert!(help.contains(shown), "{shown}\n{help}");
    }
}
