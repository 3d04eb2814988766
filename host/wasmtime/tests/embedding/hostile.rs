//! Runs the modules of `tests/hostile`: this host does with each what its header says.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use sekisho_host::{Annotated, Error, Fault, Filter, Framing, Module, Settings};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/hostile");

const MEMORY_LIMIT_BYTES: usize = 16 << 20;
const DEADLINE: Duration = Duration::from_millis(200);

/// Enough for a deadline in every call, on a machine that is busy with other things.
const LONGEST_FILE: Duration = Duration::from_secs(60);

/// The number of calls to each export of a module that only has to be survived.
const ROUNDS: usize = 100;

const RECORD: &[u8] = br#"{"eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin","userIdentity":{"type":"Root"},"responseElements":{"ConsoleLogin":"Failure"}}"#;
const VERDICT: &[u8] = br#"{"kind":"console_login","outcome":"failure","reason":"bad_password","principal":"root","mfa":"unknown","user_exists":"yes"}"#;

type Call = fn(&mut Filter) -> Result<(), Error>;

const CALLS: [(&str, Call); 11] = [
    ("configure", |filter| filter.configure(b"{}")),
    ("process", |filter| filter.process(RECORD).map(drop)),
    ("annotate", annotate),
    ("process_batch", |filter| filter.process_batch(RECORD, Framing::Lines).map(drop)),
    ("describe", |filter| filter.describe().map(drop)),
    ("observe", |filter| filter.observe(RECORD, 1).map(drop)),
    ("tick", |filter| filter.tick(1).map(drop)),
    ("flush", |filter| filter.flush().map(drop)),
    ("save", |filter| filter.save().map(drop)),
    ("restore", |filter| filter.restore(b"a state")),
    ("reset", Filter::reset),
];

/// Whatever the module does, it returns the record, or the record with something added.
fn annotate(filter: &mut Filter) -> Result<(), Error> {
    match filter.annotate(RECORD) {
        Annotated::Added { record: bytes, .. } => {
            let added = bytes.len() - RECORD.len();
            let is_added_at = |offset: usize| {
                bytes[..offset] == RECORD[..offset] && bytes[offset + added..] == RECORD[offset..]
            };
            assert!((0..=RECORD.len()).any(is_added_at), "the record was altered");
            Ok(())
        }
        Annotated::Unchanged(bytes) => {
            assert_eq!(bytes, RECORD);
            Ok(())
        }
        Annotated::Failed { record, error } => {
            assert_eq!(record, RECORD);
            Err(error)
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Success,
    Error,
    Fault,
    Deadline,
}

fn outcome(result: Result<(), Error>) -> Outcome {
    match result {
        Ok(()) | Err(Error::Stateless) => Outcome::Success,
        Err(Error::Record(_) | Error::Refused(_)) => Outcome::Error,
        Err(Error::Fault(Fault::Deadline { .. })) => Outcome::Deadline,
        Err(_) => Outcome::Fault,
    }
}

/// The comment at the top of a file.
#[derive(Debug)]
struct Header<'a> {
    expectation: Expectation<'a>,
    needs_deadline: bool,
}

#[derive(Debug)]
enum Expectation<'a> {
    Refused,
    /// Of these calls, or of all if none is named.
    Fault(Vec<&'a str>),
    Error(Vec<&'a str>),
    Survives,
}

impl<'a> Header<'a> {
    fn read(text: &'a str) -> Self {
        let mut comment = text.lines().map_while(|line| line.strip_prefix(";; "));
        assert!(
            comment.next().is_some_and(|line| line.ends_with('.')),
            "no line on what the module does"
        );
        let mut expectation = None;
        let mut needs = Vec::new();
        for line in comment {
            match line.split_once(": ") {
                Some(("expect", words)) => {
                    assert!(expectation.is_none(), "two expectations");
                    expectation = Some(Expectation::read(words));
                }
                Some(("needs", need @ ("deadline" | "memory limit" | "verdict limit"))) => {
                    needs.push(need);
                }
                _ => panic!("an unknown line: {line}"),
            }
        }
        Self {
            expectation: expectation.expect("an expectation"),
            needs_deadline: needs.contains(&"deadline"),
        }
    }
}

impl<'a> Expectation<'a> {
    fn read(words: &'a str) -> Self {
        let mut words = words.split(' ');
        let kind = words.next();
        let calls: Vec<_> = words.collect();
        for call in &calls {
            assert!(CALLS.iter().any(|(name, _)| name == call), "no such call: {call}");
        }
        match kind {
            Some("refused") if calls.is_empty() => Self::Refused,
            Some("survives") if calls.is_empty() => Self::Survives,
            Some("fault") => Self::Fault(calls),
            Some("error") => Self::Error(calls),
            _ => panic!("no such expectation"),
        }
    }
}

fn load(wasm: &[u8]) -> Result<Filter, String> {
    let settings = Settings::new().memory_limit_bytes(MEMORY_LIMIT_BYTES).deadline(DEADLINE);
    let module = Module::with_settings(wasm, settings).map_err(|error| error.to_string())?;
    module.filter().map_err(|fault| fault.to_string())
}

/// Makes each call once: those that are `named`, or all, have this outcome, the others succeed.
fn call_each(wasm: &[u8], named: &[&str], expected: Outcome) {
    let mut filter = load(wasm).expect("a filter");
    for (name, call) in CALLS {
        let is_named = named.is_empty() || named.contains(&name);
        let expected = if is_named { expected } else { Outcome::Success };
        let result = call(&mut filter);
        assert_eq!(outcome(result.clone()), expected, "{name}: {result:?}");
    }
}

fn call_again_and_again(wasm: &[u8]) {
    let mut filter = load(wasm).expect("a filter");
    for _ in 0..ROUNDS {
        for (_, call) in CALLS {
            let _ = call(&mut filter);
            assert!(filter.memory_bytes() <= MEMORY_LIMIT_BYTES);
        }
    }
}

fn run(text: &str) {
    let header = Header::read(text);
    let wasm = wat::parse_str(text).expect("valid text");
    match header.expectation {
        Expectation::Refused => drop(load(&wasm).expect_err("an error")),
        Expectation::Fault(calls) if header.needs_deadline => {
            call_each(&wasm, &calls, Outcome::Deadline);
        }
        Expectation::Fault(calls) => call_each(&wasm, &calls, Outcome::Fault),
        Expectation::Error(calls) => call_each(&wasm, &calls, Outcome::Error),
        Expectation::Survives => call_again_and_again(&wasm),
    }
}

fn files() -> Vec<PathBuf> {
    let entries = fs::read_dir(FOLDER).expect("the folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut files: Vec<_> =
        paths.filter(|path| path.extension().is_some_and(|extension| extension == "wat")).collect();
    files.sort();
    files
}

/// After each of them, another filter in the same process still works.
#[test]
fn survives_every_module() {
    let good = Module::new(sekisho_module::SIMD).expect("a filter");
    let files = files();
    assert!(files.len() >= 61, "only {} modules", files.len());
    for file in files {
        println!("{}", file.display());
        let start = Instant::now();
        run(&fs::read_to_string(&file).expect("text"));
        assert!(start.elapsed() < LONGEST_FILE, "took {:?}", start.elapsed());

        let mut filter = good.filter().expect("an instance");
        let verdict = filter.process(RECORD).expect("no error").expect("a verdict");
        assert_eq!(verdict.as_bytes(), VERDICT);
        annotate(&mut filter).expect("no error");
    }
}

#[test]
#[should_panic = "an expectation"]
fn rejects_a_file_without_an_expectation() {
    run(";; It says nothing.\n(module)");
}
