//! Modules that break the ABI, trap or never end: the fault describes what the module did, the
//! record is returned, and the next call runs on a new instance with the same configuration.
//!
//! This file tests the faults that this host reports; `tests/hostile` has what any host must survive.

use std::time::{Duration, Instant};

use sekisho_host::{
    AbiError, Annotated, Error, ErrorCode, Fault, Filter, Framing, Module, Settings,
};

use crate::guest::{self, flush, input, observe, process};

const DEADLINE: Duration = Duration::from_millis(200);
const MEMORY_BYTES: usize = 8 * 65536;
const MEMORY_LIMIT_BYTES: usize = 16 * 65536;

const TRAP: &str = "unreachable";
const TRAP_REASON: &str = "wasm trap: wasm `unreachable` instruction executed";
const ENDLESS: &str = "(loop (br 0)) (unreachable)";

/// Grows by a page until that fails, then traps as an allocator does.
const GROWTH_BOMB: &str =
    "(loop (br_if 0 (i32.ge_s (memory.grow (i32.const 1)) (i32.const 0)))) (unreachable)";

fn filter(fault: &str) -> Filter {
    let settings = Settings::new().memory_limit_bytes(MEMORY_LIMIT_BYTES).deadline(DEADLINE);
    let module = Module::with_settings(&guest::faulty(fault), settings).expect("a filter");
    let mut filter = module.filter().expect("an instance");
    filter.configure(&guest::configuration("the old one")).expect("accepted");
    filter
}

/// Makes a call in which this export returns the fault.
fn provoke(filter: &mut Filter, export: &str) -> Result<(), Error> {
    match export {
        "sekisho_input" => filter.process(input::FAULT_IN_INPUT).map(drop),
        "sekisho_configure" => filter.configure(input::FAULT),
        "sekisho_process" => filter.process(input::FAULT).map(drop),
        "sekisho_annotate" => annotate(filter, input::FAULT),
        "sekisho_process_batch" => filter.process_batch(input::FAULT, Framing::Lines).map(drop),
        "sekisho_output" => filter.process(input::FAULT_IN_OUTPUT).map(drop),
        "sekisho_last_error" => filter.process(input::FAULT_IN_LAST_ERROR).map(drop),
        "sekisho_describe" => {
            filter.process(input::FAULT_IN_DESCRIBE)?;
            filter.describe().map(drop)
        }
        "sekisho_observe" => filter.observe(input::FAULT, 0).map(drop),
        "sekisho_tick" => filter.tick(input::FAULT_IN_TICK_MS).map(drop),
        "sekisho_flush" => {
            filter.process(input::FAULT_IN_FLUSH)?;
            filter.flush().map(drop)
        }
        "sekisho_save" => {
            filter.process(input::FAULT_IN_SAVE)?;
            filter.save().map(drop)
        }
        "sekisho_restore" => filter.restore(input::FAULT),
        "sekisho_reset" => {
            filter.process(input::FAULT_IN_RESET)?;
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

/// Provokes the fault in one export, twice. The filter works before, between and after.
#[track_caller]
fn check(fault: &str, export: &'static str, expected: Fault) {
    let mut filter = filter(fault);
    for _ in 0..2 {
        works(&mut filter);
        filter.restore(b"1 state").expect("accepted");
        let result = provoke(&mut filter, export);
        assert_eq!(result, Err(Error::Fault(expected.clone())), "{export}: {fault}");
        assert!(Error::Fault(expected.clone()).ends_instance());
        assert_eq!(filter.save(), Ok(b"".as_slice()), "lost with the instance");
    }
    works(&mut filter);
}

#[track_caller]
fn works(filter: &mut Filter) {
    let configuration = guest::configuration("the old one");
    assert_eq!(process(filter, input::CONFIGURATION), Ok(Some(&*configuration)));
    assert_eq!(process(filter, input::VERDICT), Ok(Some(guest::VERDICT)));
    assert_eq!(filter.annotate(b"v{}").bytes(), guest::annotated());
    assert_eq!(filter.annotate(b"n{}"), Annotated::Unchanged(b"n{}"));
    assert_eq!(observe(filter, input::VERDICT, 0), Ok(guest::VERDICT));
    assert_eq!(filter.restore(b"1 works"), Ok(()));
    assert_eq!(flush(filter), Ok(b"1 works".as_slice()));
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
    check("(call $fault)", export, Fault::Trapped { export, reason });
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

/// A module that copes with the refusal is not faulty.
#[test]
fn refused_memory_alone_is_not_a_fault() {
    let fault = "(if (i32.ge_s (memory.grow (i32.const 9)) (i32.const 0)) (then (unreachable))) (i32.const 0)";
    let mut filter = filter(fault);
    assert_eq!(process(&mut filter, input::FAULT), Ok(None));
    works(&mut filter);
}

#[test]
fn an_input_buffer_outside_memory() {
    let export = "sekisho_input";
    let end = u32::try_from(MEMORY_BYTES).expect("small");
    for start in [end - 1998, end, u32::MAX - 1998, u32::MAX] {
        let fault = format!("(i32.const {start})");
        check(&fault, export, outside(export, start, 1999));
    }
}

#[test]
fn an_output_outside_memory() {
    let end = u32::try_from(MEMORY_BYTES).expect("small");
    let export = "sekisho_output";
    for start in [end - 23, end, u32::MAX - 23, u32::MAX] {
        let fault = format!("(i32.const {start})");
        check(&fault, export, outside("sekisho_process", start, 24));
    }
    // The last valid address.
    let mut filter = filter(&format!("(i32.const {})", end - 24));
    let result = process(&mut filter, input::FAULT_IN_OUTPUT);
    assert!(matches!(result, Err(Error::Fault(Fault::Verdict { .. }))), "{result:?}");
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
            let fault = format!("(call $output (i32.const 16) (i32.const {n}))");
            check(&fault, export, outside(export, 16, n.unsigned_abs()));
        }
    }
}

#[test]
fn numbers_that_the_abi_does_not_allow() {
    check(
        "(i32.const 3)",
        "sekisho_configure",
        Fault::ReturnValue {
            export: "sekisho_configure",
            found: 3,
            expected: "0 or an error code",
        },
    );
    check(
        "(i32.const -1)",
        "sekisho_last_error",
        Fault::ReturnValue {
            export: "sekisho_last_error",
            found: -1,
            expected: "the length of a message",
        },
    );
    let found = 2;
    let expected = "0, 1 or an error code";
    let export = "sekisho_restore";
    check("(i32.const 2)", export, Fault::ReturnValue { export, found, expected });
}

/// A module that accepts a state after its first part, or never accepts it.
#[test]
fn a_state_that_is_not_read_to_its_end() {
    let export = "sekisho_restore";
    let mut hasty = filter("(i32.const 0)");
    let expected = "1 or an error code before the last part";
    let fault = Fault::ReturnValue { export, found: 0, expected };
    assert_eq!(hasty.restore(&[b'i'; 65537]), Err(fault.into()));
    works(&mut hasty);

    let wasm = guest::changed("(if (i32.eqz (local.get $n))\n", "(if (i32.const 0)\n");
    let mut insatiable = Module::new(&wasm).expect("a filter").filter().expect("an instance");
    let fault =
        Fault::ReturnValue { export, found: 1, expected: "0 or an error code after the last part" };
    assert_eq!(insatiable.restore(b"9"), Err(fault.into()));
    assert_eq!(insatiable.restore(b"1"), Ok(()));
}

/// The ABI has no error codes for these calls, but a code does no harm.
#[test]
fn accepts_error_codes_from_calls_without_input() {
    let mut filter = filter("(i32.const -2)");
    filter.restore(b"1 state").expect("accepted");
    for export in ["sekisho_tick", "sekisho_flush", "sekisho_save"] {
        match provoke(&mut filter, export) {
            Err(Error::Record(error)) => assert_eq!(error.code, ErrorCode::Malformed),
            other => panic!("{export}: {other:?}"),
        }
    }
    assert_eq!(process(&mut filter, input::NO_VERDICT), Ok(None));
    assert_eq!(filter.save(), Ok(b"1 state".as_slice()), "the instance stays");
}

#[test]
fn invalid_batch_output() {
    for (fault, offset, expected) in [
        ("(call $output (i32.const 800) (i32.const 3))", 0, "an index of 4 bytes"),
        ("(call $output (i32.const 800) (i32.const 7))", 0, "a length of 4 bytes"),
        ("(call $output (i32.const 800) (i32.const 120))", 0, "as many bytes as the length says"),
        ("(call $output (i32.const 800) (i32.const 128))", 121, "a length of 4 bytes"),
        ("(call $output (i32.const 272) (i32.const 10))", 0, "as many bytes as the length says"),
        ("(call $output (i32.const 512) (i32.const 8))", 0, "a verdict or an error code"),
    ] {
        check(fault, "sekisho_process_batch", Fault::BatchOutput { offset, expected });
    }
}

#[test]
fn text_that_is_not_utf8() {
    let fault = "(call $output (i32.const 255) (i32.const 2))";
    let export = "sekisho_describe";
    check(fault, export, Fault::NotUtf8 { export, offset: 1 });
    // A message is for people: invalid UTF-8 is replaced.
    let mut filter = filter(fault);
    match filter.process(input::FAULT_IN_LAST_ERROR) {
        Err(Error::Record(error)) => {
            assert_eq!(error.code, ErrorCode::Malformed);
            assert_eq!(error.message, "\0\u{fffd}");
        }
        other => panic!("{other:?}"),
    }
}

/// A module that drops the record or returns another.
#[test]
fn an_altered_record() {
    let drop = "(call $output (i32.const 16) (i32.const 1))";
    let replace = "(call $output (i32.const 16) (i32.const 24))";
    let echo = "(call $output (i32.const 65536) (i32.const 1))";
    for fault in [drop, replace, echo] {
        check(fault, "sekisho_annotate", Fault::RecordAltered);
    }
}

/// What is no verdict is not passed on as one, be it alone, in a record or in a batch.
#[test]
fn an_invalid_verdict() {
    let forged = str::from_utf8(guest::VERDICT).expect("JSON").replace("kind", "sort");
    let wasm = |from: &str| {
        let forged = forged.replace('"', "\\22");
        guest::changed_in(from, &guest::VERDICT.escape_ascii().to_string(), &forged)
    };
    let reason = "expected the key `kind` at line 1 column 7";
    for (data, export) in [
        ("(data (i32.const 544)", "sekisho_process"),
        ("(data (i32.const 672)", "sekisho_annotate"),
        ("(data (i32.const 800)", "sekisho_process_batch"),
    ] {
        let module = Module::new(&wasm(data)).expect("a filter");
        let mut filter = module.filter().expect("an instance");
        let result = match export {
            "sekisho_process" => filter.process(b"v{}").map(drop),
            "sekisho_annotate" => annotate(&mut filter, b"v{}"),
            _ => filter.process_batch(b"v{}", Framing::Lines).map(drop),
        };
        let reason = reason.to_owned();
        assert_eq!(result, Err(Fault::Verdict { export, reason }.into()));
    }
}

/// A verdict that is longer than the configuration and the module can be the reason of.
#[test]
fn a_verdict_that_is_too_long() {
    let export = "sekisho_process";
    let wasm = guest::faulty("(call $output (i32.const 1024) (i32.const 400000))");
    let module = Module::new(&wasm).expect("a filter");
    let mut filter = module.filter().expect("an instance");
    let limit_bytes = 1024 + 8 * wasm.len();
    let too_long = Fault::TooLong { export, found_bytes: 400_000, limit_bytes };
    assert_eq!(process(&mut filter, input::FAULT), Err(too_long.into()));
    let long = guest::configuration(&"x".repeat(30_000));
    filter.configure(&long).expect("accepted");
    assert_eq!(process(&mut filter, input::CONFIGURATION), Ok(Some(&*long)));
}

/// After sixteen failures in a row, whichever filter they are of, the module is not called any more.
#[test]
fn a_module_that_only_fails_is_given_up() {
    let module = Module::new(&guest::faulty(TRAP)).expect("a filter");
    let mut filters = [0, 1].map(|_| module.filter().expect("an instance"));
    for round in 0..40 {
        assert!(process(&mut filters[0], input::FAULT).is_err());
        assert_eq!(process(&mut filters[0], input::VERDICT), Ok(Some(guest::VERDICT)), "{round}");
    }
    for round in 0..16 {
        let fault = process(&mut filters[round % 2], input::FAULT);
        assert!(matches!(fault, Err(Error::Fault(Fault::Trapped { .. }))), "{round}: {fault:?}");
    }
    for filter in &mut filters {
        assert_eq!(filter.annotate(b"v{}").bytes(), b"v{}");
        let result = process(filter, input::VERDICT).map(drop);
        let Err(Error::Fault(Fault::GivenUp { reason })) = result else { panic!("{result:?}") };
        assert!(
            reason.starts_with("16 failures in a row, the last one: `sekisho_process` trapped")
        );
    }
}

/// Each call ends before its deadline, but takes far too long for what it is given.
#[test]
fn a_module_that_only_takes_time_is_given_up() {
    let wasm = guest::faulty(
        "(local $n i32)
         (loop (br_if 0 (i32.lt_u
           (local.tee $n (i32.add (local.get $n) (i32.const 1))) (i32.const 30000000))))
         (i32.const 0)",
    );
    let filter = |deadline| {
        let module = Module::with_settings(&wasm, Settings::new().deadline(deadline));
        module.expect("a filter").filter().expect("an instance")
    };
    let took = (0..3).map(|_| {
        let start = Instant::now();
        assert_eq!(process(&mut filter(Duration::from_secs(60)), input::FAULT), Ok(None));
        start.elapsed()
    });
    let mut filter = filter(3 * took.min().expect("three times"));
    let error = (0..1000).find_map(|_| process(&mut filter, input::FAULT).err());
    let Some(Error::Fault(Fault::GivenUp { reason })) = &error else { panic!("{error:?}") };
    assert!(reason.ends_with("longer than their inputs and outputs justify"), "{reason}");
    assert_eq!(process(&mut filter, input::VERDICT).map(drop), Err(error.expect("an error")));
}

/// A flush that never ends, with a page or a byte at a time, and lines without reason.
#[test]
fn emission_has_an_end() {
    for bytes in [1, 65536] {
        let fault = format!("(call $output (i32.const 1024) (i32.const {bytes}))");
        let module = Module::new(&guest::faulty(&fault)).expect("a filter");
        let mut filter = module.filter().expect("an instance");
        assert_eq!(process(&mut filter, input::FAULT_IN_FLUSH), Ok(None));
        let error = (0..10_000).find_map(|_| filter.flush().err()).expect("an end");
        let limit_bytes = (16 << 20) + 4 * MEMORY_BYTES as u64;
        let export = "sekisho_flush";
        assert_eq!(error, Fault::EmittedTooMuch { export, limit_bytes }.into());
    }
    // A line for each record may go on for as long as there are records.
    let mut filter = Module::new(&guest::conforming()).expect("a filter").filter().expect("one");
    for _ in 0..20_000 {
        assert_eq!(observe(&mut filter, input::VERDICT, 0), Ok(guest::VERDICT));
        filter.restore(b"1 works").expect("accepted");
        assert_eq!(flush(&mut filter), Ok(b"1 works".as_slice()));
    }
    let module = Module::new(&guest::faulty("(call $output (i32.const 1024) (i32.const 400000))"));
    let mut filter = module.expect("a filter").filter().expect("an instance");
    let error = (0..10_000).find_map(|_| filter.observe(input::FAULT, 0).err()).expect("an end");
    assert!(matches!(error, Error::Fault(Fault::EmittedTooMuch { .. })), "{error}");
}

/// A module that accepts its configuration only after the record `n`, so that a new instance refuses
/// what the first one accepted.
#[test]
fn a_configuration_that_a_new_instance_refuses() {
    let wasm = guest::faulty(
        "(if (i32.eq (global.get $faulty) (i32.const 0x6e)) (then (return (i32.const 0))))
         (if (i32.eq (global.get $faulty) (i32.const 0x6f)) (then (unreachable)))
         (call $fail (i32.const 64) (i32.const 36) (i32.const -4))",
    );
    let module = Module::new(&wasm).expect("a filter");
    let mut filter = module.filter().expect("an instance");
    assert_eq!(process(&mut filter, input::NO_VERDICT), Ok(None));
    assert_eq!(filter.configure(input::FAULT), Ok(()));
    let reason = TRAP_REASON.into();
    let export = "sekisho_output";
    let trapped = Fault::Trapped { export, reason };
    assert_eq!(process(&mut filter, input::FAULT_IN_OUTPUT), Err(trapped.into()));

    let refused =
        Fault::Configuration(AbiError { code: ErrorCode::Refused, message: guest::MESSAGE.into() });
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
fn instantiation_fails() {
    let wasm = guest::changed(r#"(i32.const 272) "\01"#, r#"(i32.const -1) "\01"#);
    let module = Module::new(&wasm).expect("a valid module");
    let fault = module.filter().expect_err("no instance");
    assert!(matches!(fault, Fault::Instantiation { .. }), "{fault}");
}
