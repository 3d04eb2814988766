//! The results of a conforming module, and errors that leave the instance alone.

use std::time::{Duration, Instant};

use sekisho_host::{AbiError, Annotated, Error, ErrorCode, Filter, Framing, Module, Settings};

use crate::guest::{self, flush, input, observe, process, tick};

fn filter() -> Filter {
    Module::new(&guest::conforming()).expect("a filter").filter().expect("an instance")
}

#[track_caller]
fn record_error<T>(result: Result<T, Error>) -> AbiError {
    match result {
        Err(Error::Record(error)) => error,
        Err(error) => panic!("{error:?}"),
        Ok(_) => panic!("no error"),
    }
}

#[track_caller]
fn refused<T>(result: Result<T, Error>) -> AbiError {
    match result {
        Err(Error::Refused(error)) => error,
        Err(error) => panic!("{error:?}"),
        Ok(_) => panic!("no error"),
    }
}

#[test]
fn returns_verdicts() {
    let mut filter = filter();
    assert_eq!(process(&mut filter, input::VERDICT), Ok(Some(guest::VERDICT)));
    assert_eq!(process(&mut filter, input::NO_VERDICT), Ok(None));
    assert_eq!(process(&mut filter, b""), Ok(None));
    assert_eq!(process(&mut filter, input::VERDICT), Ok(Some(guest::VERDICT)));
}

/// The second byte of a record says what the guest's `sekisho_peek` returns.
#[test]
fn copies_the_rest_of_a_record_if_its_first_bytes_do_not_decide() {
    let marker = r#"(func (export "sekisho_abi_v1"))"#;
    let peek = r#"(func (export "sekisho_peek") (param $at i32) (param $n i32) (result i32)
        (i32.sub (i32.load8_u offset=1 (local.get $at)) (i32.const 0x30)))"#;
    let wasm = guest::changed(marker, &format!("{marker}{peek}"));
    let mut filter = Module::new(&wasm).expect("a filter").filter().expect("an instance");
    let long = |start: &str| [start.as_bytes(), &[b'.'; 2000]].concat();
    let verdict = Ok(Some(guest::VERDICT));
    assert_eq!(process(&mut filter, &long("v0")), Ok(None));
    assert_eq!(filter.annotate(&long("v0")), Annotated::Unchanged(&long("v0")));
    assert_eq!(process(&mut filter, b"v0"), verdict);
    // After a verdict and after a large number the next records are copied at once.
    assert_eq!(process(&mut filter, &long("v0")), verdict);
    assert_eq!(process(&mut filter, &long("n0")), Ok(None));
    assert_eq!(process(&mut filter, &long("n3")), Ok(None));
    assert_eq!(process(&mut filter, &long("n0")), Ok(None));
    assert_eq!(process(&mut filter, &long("v0")), verdict);
    assert_eq!(process(&mut filter, &long("n0")), Ok(None));
    assert_eq!(process(&mut filter, &long("v0")), Ok(None));
    // A configuration begins anew.
    assert_eq!(process(&mut filter, &long("n9")), Ok(None));
    filter.configure(b"{}").expect("a configuration");
    assert_eq!(process(&mut filter, &long("v0")), Ok(None));
    // An error, and a record for which there is no buffer.
    assert_eq!(record_error(filter.process(&long("v."))).code, ErrorCode::Malformed);
    let too_long = [&b"v0"[..], &[b'.'; 300_000]].concat();
    assert_eq!(record_error(filter.process(&too_long)).code, ErrorCode::TooLarge);
}

#[test]
fn annotates_records() {
    let mut filter = filter();
    match filter.annotate(b"v{}") {
        Annotated::Added { record, verdict } => {
            assert_eq!((record, verdict.as_bytes()), (&*guest::annotated(), guest::VERDICT));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(filter.annotate(b"n{}"), Annotated::Unchanged(b"n{}"));
    // Lengths around those of the blocks in which records are compared.
    for length in (1..300).chain([100_000]) {
        let mut record = vec![b'a'; length];
        record[0] = b'v';
        record.push(b'}');
        let annotated = filter.annotate(&record);
        assert!(matches!(annotated, Annotated::Added { .. }), "{annotated:?}");
        assert_eq!(annotated.bytes().len(), length + 1 + 122);
        assert_eq!(annotated.bytes()[..length], record[..length]);
    }
}

#[test]
fn reports_records_with_errors() {
    let mut filter = filter();
    let error = record_error(filter.process(input::ERROR));
    assert_eq!(error.code, ErrorCode::Malformed);
    assert_eq!(error.message, guest::MESSAGE);
    assert_eq!(
        error.to_string(),
        "the input is not well-formed JSON or UTF-8 (code -2): \
         expected a value, found the letter e"
    );
    let annotated = filter.annotate(b"e{}");
    assert_eq!(annotated.bytes(), b"e{}");
    assert_eq!(annotated, Annotated::Failed { record: b"e{}", error: Error::Record(error) });
    let unknown = record_error(filter.process(input::UNKNOWN_ERROR));
    assert_eq!(unknown.code, ErrorCode::Other(-99));
    assert_eq!(unknown.to_string(), "an error unknown to ABI version 1 (code -99)");
    assert_eq!(record_error(filter.process(input::ERROR_WITH_LONG_MESSAGE)).message.len(), 4096);
    assert_eq!(process(&mut filter, input::VERDICT), Ok(Some(guest::VERDICT)));
}

#[test]
fn rejects_records_over_the_limit_of_the_module() {
    let mut filter = filter();
    let mut record = vec![b'v'; 262_144];
    assert_eq!(process(&mut filter, &record), Ok(Some(guest::VERDICT)));
    record.push(b'v');
    let error = record_error(filter.process(&record));
    assert_eq!(error.code, ErrorCode::TooLarge);
    assert_eq!(error.message, "the module has no input buffer of 262145 bytes");
    assert_eq!(filter.annotate(&record).bytes(), record);
    assert_eq!(refused(filter.configure(&record)).code, ErrorCode::TooLarge);
    assert_eq!(
        record_error(filter.process_batch(&record, Framing::Lines)).code,
        ErrorCode::TooLarge
    );
    assert_eq!(process(&mut filter, input::VERDICT), Ok(Some(guest::VERDICT)));
}

#[test]
fn configures() {
    let mut filter = filter();
    assert_eq!(process(&mut filter, input::CONFIGURATION), Ok(None));
    let first = guest::configuration("first");
    filter.configure(&first).expect("accepted");
    assert_eq!(process(&mut filter, input::CONFIGURATION), Ok(Some(&*first)));
    let error = refused(filter.configure(input::ERROR));
    assert_eq!(error.code, ErrorCode::Refused);
    assert_eq!(error.message, guest::MESSAGE);
    assert_eq!(process(&mut filter, input::CONFIGURATION), Ok(Some(&*first)));
}

#[test]
fn processes_batches() {
    let mut filter = filter();
    let results: Vec<_> =
        filter.process_batch(b"five records", Framing::Lines).expect("results").collect();
    let [(1, Ok(verdict)), (4, Err(error))] = &results[..] else { panic!("{results:?}") };
    assert_eq!(verdict.as_bytes(), guest::VERDICT);
    assert_eq!(*error, AbiError { code: ErrorCode::Malformed, message: String::new() });
    let results = filter.process_batch(b"", Framing::Lengths).expect("results");
    assert_eq!(results.count(), 0);
    let error = record_error(filter.process_batch(b"[", Framing::Json));
    assert_eq!(error.message, guest::MESSAGE);
}

#[test]
fn describes() {
    assert_eq!(filter().describe(), Ok(r#"{"name":"example"}"#.to_owned()));
}

#[test]
fn returns_emitted_lines() {
    let mut filter = filter();
    assert_eq!(observe(&mut filter, input::VERDICT, 0), Ok(guest::VERDICT));
    assert_eq!(observe(&mut filter, input::NO_VERDICT, 0), Ok(b"".as_slice()));
    assert_eq!(tick(&mut filter, 0), Ok(b"".as_slice()));
    for now_ms in [1, -1, 1_743_246_609_000, i64::MIN, i64::MAX] {
        assert_eq!(observe(&mut filter, input::CLOCK, now_ms), Ok(now_ms.to_le_bytes().as_slice()));
        assert_eq!(tick(&mut filter, now_ms), Ok(now_ms.to_le_bytes().as_slice()));
    }
    let error = record_error(filter.observe(input::ERROR, 0));
    assert_eq!((error.code, &*error.message), (ErrorCode::Malformed, guest::MESSAGE));
    let large = record_error(filter.observe(&[b'v'; 262_145], 0));
    assert_eq!(large.code, ErrorCode::TooLarge);
}

#[test]
fn saves_and_restores_state() {
    let mut filter = filter();
    assert_eq!(filter.save(), Ok(b"".as_slice()));
    filter.restore(b"1 state").expect("accepted");
    assert_eq!(filter.save(), Ok(b"1 state".as_slice()), "kept");
    assert_eq!(filter.save(), Ok(b"1 state".as_slice()));
    assert_eq!(flush(&mut filter), Ok(b"1 state".as_slice()), "emitted");
    assert_eq!(flush(&mut filter), Ok(b"".as_slice()));
    let kept = guest::configuration("kept");
    filter.configure(&kept).expect("accepted");
    filter.restore(b"1 state").expect("accepted");
    filter.reset().expect("done");
    assert_eq!(filter.save(), Ok(b"".as_slice()));
    assert_eq!(process(&mut filter, input::CONFIGURATION), Ok(Some(&*kept)));
}

#[test]
fn restores_a_large_state_in_parts() {
    let mut filter = filter();
    let state = |length: usize, parts: u8| -> Vec<u8> {
        std::iter::once(b'0' + parts).chain((1..length).map(|byte| (byte % 251) as u8)).collect()
    };
    for (length, parts) in [(65535, 1), (65536, 1), (65537, 2), (98304, 2)] {
        let state = state(length, parts);
        filter.restore(&state).expect("accepted");
        assert!(filter.save() == Ok(&state), "{length} bytes");
    }
}

/// Neither the state nor the parts of it that were accepted leave a trace.
#[test]
fn a_refused_state_changes_nothing() {
    let mut filter = filter();
    filter.restore(b"1 state").expect("accepted");
    let cut_short = [&b"2"[..], &[b' '; 65535]].concat();
    for state in [input::ERROR, b"", b"2", &cut_short] {
        let error = refused(filter.restore(state));
        assert_eq!(error.code, ErrorCode::Refused);
        assert_eq!(error.message, guest::MESSAGE);
        assert_eq!(filter.save(), Ok(b"1 state".as_slice()));
    }
    filter.restore(b"1 other").expect("accepted");
    assert_eq!(filter.save(), Ok(b"1 other".as_slice()));
}

#[test]
fn a_stateless_module_has_no_stateful_calls() {
    let module = Module::new(&guest::stateless()).expect("a filter");
    let mut filter = module.filter().expect("an instance");
    // The instance remembers this; a new one would not.
    assert_eq!(process(&mut filter, input::FAULT_IN_DESCRIBE), Ok(None));
    assert_eq!(observe(&mut filter, input::VERDICT, 0), Err(Error::Stateless));
    assert_eq!(tick(&mut filter, 0), Err(Error::Stateless));
    assert_eq!(flush(&mut filter), Err(Error::Stateless));
    assert_eq!(filter.save(), Err(Error::Stateless));
    assert_eq!(filter.restore(b"1"), Err(Error::Stateless));
    assert_eq!(filter.reset(), Err(Error::Stateless));
    assert_eq!(filter.describe(), Ok(String::new()), "the instance stays");
    assert_eq!(
        Error::Stateless.to_string(),
        "the module keeps no state: it does not export `sekisho_observe`"
    );
}

/// After -6 the ABI requires a new instance.
#[test]
fn an_internal_error_ends_the_instance() {
    let module = Module::new(&guest::faulty("(i32.const -6)")).expect("a filter");
    let mut filter = module.filter().expect("an instance");
    let kept = guest::configuration("kept");
    filter.configure(&kept).expect("accepted");
    assert_eq!(process(&mut filter, input::FAULT_IN_DESCRIBE), Ok(None));
    filter.restore(b"1 state").expect("accepted");
    let error = filter.describe().expect_err("an error");
    assert!(error.ends_instance());
    assert_eq!(record_error(Err::<(), _>(error)).code, ErrorCode::Internal);
    assert_eq!(filter.save(), Ok(b"".as_slice()), "lost with the instance");
    assert_eq!(filter.describe(), Ok(r#"{"name":"example"}"#.to_owned()));
    assert_eq!(process(&mut filter, input::CONFIGURATION), Ok(Some(&*kept)));
}

#[test]
fn error_codes_have_the_numbers_and_names_of_the_abi() {
    let codes = [
        ErrorCode::Range,
        ErrorCode::Malformed,
        ErrorCode::TooLarge,
        ErrorCode::Refused,
        ErrorCode::StateFull,
        ErrorCode::Internal,
        ErrorCode::SeveralRecords,
        ErrorCode::Other(-8),
    ];
    assert_eq!(codes.map(ErrorCode::number), [-1, -2, -3, -4, -5, -6, -7, -8]);
    let names = [
        "range",
        "malformed",
        "too_large",
        "refused",
        "state_full",
        "internal",
        "several_records",
        "other",
    ];
    assert_eq!(codes.map(ErrorCode::name), names);
    let page = include_str!("../../../../plugin/ABI.md");
    for code in &codes[..7] {
        assert!(page.contains(&format!("| {} | `{}` |", code.number(), code.name())), "{code}");
    }
    // And back, through a module that returns them.
    for code in codes {
        let fault = format!("(i32.const {})", code.number());
        let module = Module::new(&guest::faulty(&fault)).expect("a filter");
        let mut filter = module.filter().expect("an instance");
        assert_eq!(record_error(filter.process(input::FAULT)).code, code);
    }
}

/// The deadline applies to each call, not to the life of the filter.
#[test]
fn many_calls_may_take_longer_than_one() {
    let settings = Settings::new().deadline(Duration::from_millis(200));
    let module = Module::with_settings(&guest::conforming(), settings).expect("a filter");
    let mut filter = module.filter().expect("an instance");
    let start = Instant::now();
    while start.elapsed() < Duration::from_millis(500) {
        assert_eq!(process(&mut filter, input::VERDICT), Ok(Some(guest::VERDICT)));
    }
}

#[test]
fn accepts_any_deadline() {
    let settings = Settings::new().deadline(Duration::MAX);
    let module = Module::with_settings(&guest::conforming(), settings).expect("a filter");
    let mut filter = module.filter().expect("an instance");
    assert_eq!(process(&mut filter, input::VERDICT), Ok(Some(guest::VERDICT)));
}

#[test]
fn threads_share_a_module() {
    let module = Module::new(&guest::conforming()).expect("a filter");
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let module = &module;
            scope.spawn(move || {
                let mut filter = module.filter().expect("an instance");
                let configuration = guest::configuration(&format!("configuration {thread}"));
                filter.configure(&configuration).expect("accepted");
                for _ in 0..1000 {
                    assert_eq!(
                        process(&mut filter, input::CONFIGURATION),
                        Ok(Some(&*configuration))
                    );
                }
            });
        }
    });
}

/// A filter can move to another thread and outlive its module.
#[test]
fn a_filter_moves() {
    let mut filter = filter();
    std::thread::spawn(move || {
        assert_eq!(process(&mut filter, input::VERDICT), Ok(Some(guest::VERDICT)));
    })
    .join()
    .expect("no panic");
}
