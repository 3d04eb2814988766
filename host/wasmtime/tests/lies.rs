//! Modules that lie, trap or never end: each is named for what it did, the record comes back, and
//! the next record is answered by a fresh instance with the old configuration.
//!
//! What this host says of a lie stands here; what any host has to survive, in `tests/hostile`.

use std::time::{Duration, Instant};

use sekisho_host::{
    Annotated, Error, ErrorCode, Fault, Filter, Framing, Module, RecordError, Settings,
};

mod guest;

const DEADLINE: Duration = Duration::from_millis(200);
const MEMORY_BYTES: usize = 8 * 65536;
const MEMORY_LIMIT_BYTES: usize = 16 * 65536;

const TRAP: &str = "unreachable";
const TRAP_REASON: &str = "wasm trap: wasm `unreachable` instruction executed";
const ENDLESS: &str = "(loop (br 0)) (unreachable)";

/// Grows by a page until it may not, then traps as an allocator does.
const GROWTH_BOMB: &str =
    "(loop (br_if 0 (i32.ge_s (memory.grow (i32.const 1)) (i32.const 0)))) (unreachable)";

fn filter(lie: &str) -> Filter {
    let settings = Settings {
        memory_limit_bytes: MEMORY_LIMIT_BYTES,
        deadline: DEADLINE,
        ..Settings::default()
    };
    let module = Module::with_settings(&guest::lying(lie), settings).expect("a filter");
    let mut filter = module.filter().expect("an instance");
    filter.configure(b"the old one").expect("accepted");
    filter
}

/// The calls in which an export can lie, by the input that makes it do so.
fn provoke(filter: &mut Filter, export: &str) -> Result<(), Error> {
    match export {
        "sekisho_input" => filter.process(&[b'v'; 1999]).map(drop),
        "sekisho_configure" => filter.configure(b"i"),
        "sekisho_process" => filter.process(b"i").map(drop),
        "sekisho_annotate" => annotate(filter, b"i"),
        "sekisho_process_batch" => filter.process_batch(b"i", Framing::Lines).map(drop),
        "sekisho_output" => filter.process(b"o").map(drop),
        "sekisho_last_error" => filter.process(b"l").map(drop),
        "sekisho_describe" => {
            filter.process(b"d")?;
            filter.describe().map(drop)
        }
        "sekisho_observe" => filter.observe(b"i", 0).map(drop),
        "sekisho_tick" => filter.tick(i64::from(b'i')).map(drop),
        "sekisho_flush" => {
            filter.process(b"f")?;
            filter.flush().map(drop)
        }
        "sekisho_save" => {
            filter.process(b"s")?;
            filter.save().map(drop)
        }
        "sekisho_restore" => filter.restore(b"i"),
        "sekisho_reset" => {
            filter.process(b"r")?;
            filter.reset()
        }
        _ => unreachable!("{export}"),
    }
}

fn annotate(filter: &mut Filter, record: &[u8]) -> Result<(), Error> {
    match filter.annotate(record) {
        Annotated::Failed { record: returned, error } => {
            assert_eq!(returned, record);
            Err(error)
        }
        _ => Ok(()),
    }
}

const EXPORTS: [&str; 14] = [
    "sekisho_input",
    "sekisho_configure",
    "sekisho_process",
    "sekisho_annotate",
    "sekisho_process_batch",
    "sekisho_output",
    "sekisho_last_error",
    "sekisho_describe",
    "sekisho_observe",
    "sekisho_tick",
    "sekisho_flush",
    "sekisho_save",
    "sekisho_restore",
    "sekisho_reset",
];

/// Provokes the lie in one export, twice, and sees that the filter works before, between and after.
#[track_caller]
fn check(lie: &str, export: &'static str, expected: Fault) {
    let mut filter = filter(lie);
    for _ in 0..2 {
        works(&mut filter);
        filter.restore(b"1 state").expect("accepted");
        let answer = provoke(&mut filter, export);
        assert_eq!(answer, Err(Error::Fault(expected.clone())), "{export}: {lie}");
        assert!(Error::Fault(expected.clone()).ends_instance());
        assert_eq!(filter.save(), Ok(b"".as_slice()), "lost with the instance");
    }
    works(&mut filter);
}

#[track_caller]
fn works(filter: &mut Filter) {
    assert_eq!(filter.process(b"c"), Ok(Some(b"the old one".as_slice())));
    assert_eq!(filter.process(b"v"), Ok(Some(guest::VERDICT)));
    assert_eq!(filter.annotate(b"v{}"), Annotated::Added(b"v{+++}}"));
    assert_eq!(filter.annotate(b"n{}"), Annotated::Unchanged(b"n{}"));
    assert_eq!(filter.observe(b"v", 0), Ok(guest::VERDICT));
    assert_eq!(filter.restore(b"1 works"), Ok(()));
    assert_eq!(filter.flush(), Ok(b"1 works".as_slice()));
}

fn outside(export: &'static str, start: u32, length_bytes: u32) -> Fault {
    Fault::OutsideMemory { export, start, length_bytes, memory_bytes: MEMORY_BYTES }
}

#[test]
fn a_trap_in_each_export() {
    for export in EXPORTS {
        let reason = TRAP_REASON.into();
        check(TRAP, export, Fault::Trapped { export, reason });
    }
}

#[test]
fn an_endless_loop_in_each_export() {
    for export in EXPORTS {
        let start = Instant::now();
        let limit = DEADLINE;
        check(ENDLESS, export, Fault::Deadline { export, limit });
        let both = start.elapsed();
        assert!(both >= 2 * DEADLINE, "{export}: cut short, {both:?}");
    }
}

#[test]
fn endless_recursion() {
    let reason = "wasm trap: call stack exhausted".into();
    let export = "sekisho_process";
    check("(call $lie)", export, Fault::Trapped { export, reason });
}

#[test]
fn a_load_past_the_end() {
    let reason = "wasm trap: out of bounds memory access".into();
    let export = "sekisho_process";
    check("(i32.load (i32.const -4))", export, Fault::Trapped { export, reason });
}

#[test]
fn a_memory_growth_bomb_in_each_export() {
    for export in EXPORTS {
        let limit_bytes = MEMORY_LIMIT_BYTES;
        check(GROWTH_BOMB, export, Fault::MemoryLimit { export, limit_bytes });
    }
}

/// A module that copes with the refusal is not at fault, neither now nor when it traps later on.
#[test]
fn refused_memory_alone_is_no_fault() {
    let lie = "(if (i32.ge_s (memory.grow (i32.const 9)) (i32.const 0)) (then (unreachable))) (i32.const 0)";
    let mut filter = filter(lie);
    assert_eq!(filter.process(b"i"), Ok(None));
    works(&mut filter);
}

#[test]
fn an_input_buffer_outside_memory() {
    let export = "sekisho_input";
    let end = u32::try_from(MEMORY_BYTES).expect("small");
    for start in [end - 1998, end, u32::MAX - 1998, u32::MAX] {
        let lie = format!("(i32.const {start})");
        check(&lie, export, outside(export, start, 1999));
    }
}

#[test]
fn an_output_outside_memory() {
    let end = u32::try_from(MEMORY_BYTES).expect("small");
    let export = "sekisho_output";
    for start in [end - 23, end, u32::MAX - 23, u32::MAX] {
        let lie = format!("(i32.const {start})");
        check(&lie, export, outside("sekisho_process", start, 24));
    }
    // The last place that is good.
    let mut filter = filter(&format!("(i32.const {})", end - 24));
    assert_eq!(filter.process(b"o"), Ok(Some([0; 24].as_slice())));
}

#[test]
fn a_length_past_the_end_in_each_export() {
    for export in [
        "sekisho_process",
        "sekisho_annotate",
        "sekisho_process_batch",
        "sekisho_last_error",
        "sekisho_describe",
        "sekisho_observe",
        "sekisho_tick",
        "sekisho_flush",
        "sekisho_save",
    ] {
        let rest = i32::try_from(MEMORY_BYTES - 16).expect("small");
        for n in [rest + 1, i32::MAX] {
            let lie = format!("(call $answer (i32.const 16) (i32.const {n}))");
            check(&lie, export, outside(export, 16, n.unsigned_abs()));
        }
    }
}

#[test]
fn numbers_that_the_abi_does_not_know() {
    check(
        "(i32.const 3)",
        "sekisho_configure",
        Fault::Answer { export: "sekisho_configure", found: 3, expected: "0 or an error code" },
    );
    check(
        "(i32.const -1)",
        "sekisho_last_error",
        Fault::Answer {
            export: "sekisho_last_error",
            found: -1,
            expected: "the length of a sentence",
        },
    );
    let found = 2;
    let expected = "0, 1 or an error code";
    let export = "sekisho_restore";
    check("(i32.const 2)", export, Fault::Answer { export, found, expected });
}

/// A module that is content with the first part of a state, or asks for more without end.
#[test]
fn a_state_that_is_not_taken_to_its_end() {
    let export = "sekisho_restore";
    let mut content = filter("(i32.const 0)");
    let expected = "1 or an error code, as parts are left";
    let fault = Fault::Answer { export, found: 0, expected };
    assert_eq!(content.restore(&[b'i'; 65537]), Err(fault.into()));
    works(&mut content);

    let wasm = guest::changed("(if (i32.eqz (local.get $n))\n", "(if (i32.const 0)\n");
    let mut insatiable = Module::new(&wasm).expect("a filter").filter().expect("an instance");
    let fault =
        Fault::Answer { export, found: 1, expected: "0 or an error code, as no part is left" };
    assert_eq!(insatiable.restore(b"9"), Err(fault.into()));
    assert_eq!(insatiable.restore(b"1"), Ok(()));
}

/// What a tick or a flush says against its input is about none, but does no harm.
#[test]
fn refusals_where_the_abi_knows_none() {
    let mut filter = filter("(i32.const -2)");
    filter.restore(b"1 state").expect("accepted");
    for export in ["sekisho_tick", "sekisho_flush", "sekisho_save"] {
        match provoke(&mut filter, export) {
            Err(Error::Record(error)) => assert_eq!(error.code, ErrorCode::Malformed),
            other => panic!("{export}: {other:?}"),
        }
    }
    assert_eq!(filter.process(b"n"), Ok(None));
    assert_eq!(filter.save(), Ok(b"1 state".as_slice()), "the instance stays");
}

#[test]
fn bad_batch_answers() {
    for (lie, at, expected) in [
        ("(call $answer (i32.const 128) (i32.const 3))", 0, "an index of 4 bytes"),
        ("(call $answer (i32.const 128) (i32.const 7))", 0, "a length of 4 bytes"),
        ("(call $answer (i32.const 128) (i32.const 31))", 0, "as many bytes as the length says"),
        ("(call $answer (i32.const 128) (i32.const 39))", 32, "a length of 4 bytes"),
        ("(call $answer (i32.const 272) (i32.const 10))", 0, "as many bytes as the length says"),
        ("(call $answer (i32.const 512) (i32.const 8))", 0, "a verdict or an error code"),
    ] {
        check(lie, "sekisho_process_batch", Fault::BatchAnswer { at, expected });
    }
}

#[test]
fn text_that_is_not_utf8() {
    let lie = "(call $answer (i32.const 255) (i32.const 2))";
    let export = "sekisho_describe";
    check(lie, export, Fault::NotUtf8 { export, at: 1 });
    // A sentence is for people: it is shown as well as it can be.
    let mut filter = filter(lie);
    match filter.process(b"l") {
        Err(Error::Record(error)) => {
            assert_eq!(error.code, ErrorCode::Malformed);
            assert_eq!(error.sentence, "\0\u{fffd}");
        }
        other => panic!("{other:?}"),
    }
}

/// A module that would swallow the record or slip in another.
#[test]
fn an_altered_record() {
    let swallow = "(call $answer (i32.const 16) (i32.const 1))";
    let exchange = "(call $answer (i32.const 16) (i32.const 24))";
    let echo = "(call $answer (i32.const 65536) (i32.const 1))";
    for lie in [swallow, exchange, echo] {
        check(lie, "sekisho_annotate", Fault::RecordAltered);
    }
}

/// A module that takes its configuration only after the record `n`, so that a fresh instance
/// refuses what the first one accepted.
#[test]
fn a_configuration_that_a_fresh_instance_refuses() {
    let wasm = guest::lying(
        "(if (i32.eq (global.get $lying) (i32.const 0x6e)) (then (return (i32.const 0))))
         (if (i32.eq (global.get $lying) (i32.const 0x6f)) (then (unreachable)))
         (call $fail (i32.const 64) (i32.const 36) (i32.const -4))",
    );
    let module = Module::new(&wasm).expect("a filter");
    let mut filter = module.filter().expect("an instance");
    assert_eq!(filter.process(b"n"), Ok(None));
    assert_eq!(filter.configure(b"i"), Ok(()));
    let reason = TRAP_REASON.into();
    let export = "sekisho_output";
    let trapped = Fault::Trapped { export, reason };
    assert_eq!(filter.process(b"o"), Err(trapped.into()));

    let refused = Fault::Configuration(RecordError {
        code: ErrorCode::BadConfiguration,
        sentence: guest::SENTENCE.into(),
    });
    for _ in 0..2 {
        let annotated = filter.annotate(b"v{}");
        assert_eq!(annotated.bytes(), b"v{}");
        let error = refused.clone().into();
        let record = b"v{}";
        assert_eq!(annotated, Annotated::Failed { record, error });
    }
}

/// Data that do not fit into the module's memory are found when an instance is made.
#[test]
fn no_instance() {
    let wasm = guest::changed(r#"(i32.const 272) "\01"#, r#"(i32.const -1) "\01"#);
    let module = Module::new(&wasm).expect("valid as far as can be seen");
    let fault = module.filter().expect_err("no instance");
    assert!(matches!(fault, Fault::Instantiation { .. }), "{fault}");
}
