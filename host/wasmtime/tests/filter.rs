//! A module that keeps its contract gets its answers through, a refused record does no harm.

use std::time::{Duration, Instant};

use sekisho_host::{Annotated, Error, ErrorCode, Filter, Framing, Module, RecordError, Settings};

mod guest;

fn filter() -> Filter {
    Module::new(&guest::obeying()).expect("a filter").filter().expect("an instance")
}

fn refusal<T>(answer: Result<T, Error>) -> RecordError {
    match answer {
        Err(Error::Record(error)) => error,
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("an answer"),
    }
}

#[test]
fn verdicts() {
    let mut filter = filter();
    assert_eq!(filter.process(b"v"), Ok(Some(guest::VERDICT)));
    assert_eq!(filter.process(b"n"), Ok(None));
    assert_eq!(filter.process(b""), Ok(None));
    assert_eq!(filter.process(b"v"), Ok(Some(guest::VERDICT)));
}

#[test]
fn annotated_records() {
    let mut filter = filter();
    assert_eq!(filter.annotate(b"v{}"), Annotated::Added(b"v{+++}}"));
    assert_eq!(filter.annotate(b"n{}"), Annotated::Unchanged(b"n{}"));
    // Around the blocks in which record and answer are compared.
    for length in (1..300).chain([100_000]) {
        let mut record = vec![b'a'; length];
        record[0] = b'v';
        let annotated = filter.annotate(&record);
        assert!(matches!(annotated, Annotated::Added(_)), "{annotated:?}");
        assert_eq!(annotated.bytes().len(), length + 4);
        assert_eq!(annotated.bytes()[..length - 1], record[..length - 1]);
    }
}

#[test]
fn refused_records() {
    let mut filter = filter();
    let error = refusal(filter.process(b"e"));
    assert_eq!(error.code, ErrorCode::Malformed);
    assert_eq!(error.sentence, guest::SENTENCE);
    assert_eq!(
        error.to_string(),
        "the input is not well-formed JSON or UTF-8 (code -2): \
         expected a value, found the letter e"
    );
    let annotated = filter.annotate(b"e{}");
    assert_eq!(annotated.bytes(), b"e{}");
    assert_eq!(annotated, Annotated::Failed { record: b"e{}", error: error.into() });
    let unknown = refusal(filter.process(b"x"));
    assert_eq!(unknown.code, ErrorCode::Other(-99));
    assert_eq!(unknown.to_string(), "an error unknown to ABI version 1 (code -99)");
    assert_eq!(refusal(filter.process(b"t")).sentence.len(), 4096);
    assert_eq!(filter.process(b"v"), Ok(Some(guest::VERDICT)));
}

#[test]
fn records_over_the_module_s_limit() {
    let mut filter = filter();
    let mut record = vec![b'v'; 262_144];
    assert_eq!(filter.process(&record), Ok(Some(guest::VERDICT)));
    record.push(b'v');
    let error = refusal(filter.process(&record));
    assert_eq!(error.code, ErrorCode::TooLarge);
    assert_eq!(error.sentence, "the module has no input buffer of 262145 bytes");
    assert_eq!(filter.annotate(&record).bytes(), record);
    assert_eq!(refusal(filter.configure(&record)).code, ErrorCode::TooLarge);
    assert_eq!(refusal(filter.process_batch(&record, Framing::Lines)).code, ErrorCode::TooLarge);
    assert_eq!(filter.process(b"v"), Ok(Some(guest::VERDICT)));
}

#[test]
fn configurations() {
    let mut filter = filter();
    assert_eq!(filter.process(b"c"), Ok(None));
    filter.configure(b"first").expect("accepted");
    assert_eq!(filter.process(b"c"), Ok(Some(b"first".as_slice())));
    let error = refusal(filter.configure(b"e"));
    assert_eq!(error.code, ErrorCode::BadConfiguration);
    assert_eq!(error.sentence, guest::SENTENCE);
    assert_eq!(filter.process(b"c"), Ok(Some(b"first".as_slice())));
}

#[test]
fn batches() {
    let mut filter = filter();
    let answers: Vec<_> =
        filter.process_batch(b"five records", Framing::Lines).expect("answers").collect();
    let unreadable = RecordError { code: ErrorCode::Malformed, sentence: String::new() };
    assert_eq!(answers, [(1, Ok(guest::VERDICT)), (4, Err(unreadable))]);
    let answers = filter.process_batch(b"", Framing::Lengths).expect("answers");
    assert_eq!(answers.count(), 0);
    let error = refusal(filter.process_batch(b"[", Framing::Json));
    assert_eq!(error.sentence, guest::SENTENCE);
}

#[test]
fn descriptions() {
    assert_eq!(filter().describe(), Ok(r#"{"name":"obeying"}"#.to_owned()));
}

#[test]
fn what_can_be_told() {
    let mut filter = filter();
    assert_eq!(filter.observe(b"v", 0), Ok(guest::VERDICT));
    assert_eq!(filter.observe(b"n", 0), Ok(b"".as_slice()));
    assert_eq!(filter.tick(0), Ok(b"".as_slice()));
    for now_ms in [1, -1, 1_743_246_609_000, i64::MIN, i64::MAX] {
        assert_eq!(filter.observe(b"m", now_ms), Ok(now_ms.to_le_bytes().as_slice()));
        assert_eq!(filter.tick(now_ms), Ok(now_ms.to_le_bytes().as_slice()));
    }
    let error = refusal(filter.observe(b"e", 0));
    assert_eq!((error.code, &*error.sentence), (ErrorCode::Malformed, guest::SENTENCE));
    let large = refusal(filter.observe(&[b'v'; 262_145], 0));
    assert_eq!(large.code, ErrorCode::TooLarge);
}

#[test]
fn states() {
    let mut filter = filter();
    assert_eq!(filter.save(), Ok(b"".as_slice()));
    filter.restore(b"1 state").expect("accepted");
    assert_eq!(filter.save(), Ok(b"1 state".as_slice()), "kept");
    assert_eq!(filter.save(), Ok(b"1 state".as_slice()));
    assert_eq!(filter.flush(), Ok(b"1 state".as_slice()), "told");
    assert_eq!(filter.flush(), Ok(b"".as_slice()));
    filter.configure(b"kept").expect("accepted");
    filter.restore(b"1 state").expect("accepted");
    filter.reset().expect("done");
    assert_eq!(filter.save(), Ok(b"".as_slice()));
    assert_eq!(filter.process(b"c"), Ok(Some(b"kept".as_slice())));
}

#[test]
fn a_large_state_goes_in_by_parts() {
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

/// A refused state leaves nothing behind: neither itself nor the parts of it that went in.
#[test]
fn refused_states() {
    let mut filter = filter();
    filter.restore(b"1 state").expect("accepted");
    let cut_short = [&b"2"[..], &[b' '; 65535]].concat();
    for state in [&b"e"[..], b"", b"2", &cut_short] {
        let error = refusal(filter.restore(state));
        assert_eq!(error.code, ErrorCode::BadConfiguration);
        assert_eq!(error.sentence, guest::SENTENCE);
        assert_eq!(filter.save(), Ok(b"1 state".as_slice()));
    }
    filter.restore(b"1 other").expect("accepted");
    assert_eq!(filter.save(), Ok(b"1 other".as_slice()));
}

#[test]
fn a_module_that_keeps_no_state() {
    let module = Module::new(&guest::stateless()).expect("a filter");
    let mut filter = module.filter().expect("an instance");
    // Counts in the instance: a fresh one would not know it.
    assert_eq!(filter.process(b"d"), Ok(None));
    assert_eq!(filter.observe(b"v", 0), Err(Error::Stateless));
    assert_eq!(filter.tick(0), Err(Error::Stateless));
    assert_eq!(filter.flush(), Err(Error::Stateless));
    assert_eq!(filter.save(), Err(Error::Stateless));
    assert_eq!(filter.restore(b"1"), Err(Error::Stateless));
    assert_eq!(filter.reset(), Err(Error::Stateless));
    assert_eq!(filter.describe(), Ok(String::new()), "the instance stays");
    assert_eq!(
        Error::Stateless.to_string(),
        "the module keeps no state: it does not export `sekisho_observe`"
    );
}

/// After -6 the ABI wants a new instance: this one would answer the same for ever.
#[test]
fn an_internal_error_ends_the_instance() {
    let module = Module::new(&guest::lying("(i32.const -6)")).expect("a filter");
    let mut filter = module.filter().expect("an instance");
    filter.configure(b"kept").expect("accepted");
    assert_eq!(filter.process(b"d"), Ok(None));
    filter.restore(b"1 state").expect("accepted");
    let error = filter.describe().expect_err("an error");
    assert!(error.ends_instance());
    assert_eq!(refusal(Err::<(), _>(error)).code, ErrorCode::Internal);
    assert_eq!(filter.save(), Ok(b"".as_slice()), "lost with the instance");
    assert_eq!(filter.describe(), Ok(r#"{"name":"obeying"}"#.to_owned()));
    assert_eq!(filter.process(b"c"), Ok(Some(b"kept".as_slice())));
}

#[test]
fn error_codes_keep_their_numbers() {
    let codes = [
        ErrorCode::OutsideInput,
        ErrorCode::Malformed,
        ErrorCode::TooLarge,
        ErrorCode::BadConfiguration,
        ErrorCode::StateFull,
        ErrorCode::Internal,
        ErrorCode::SeveralRecords,
        ErrorCode::Other(-8),
    ];
    assert_eq!(codes.map(ErrorCode::number), [-1, -2, -3, -4, -5, -6, -7, -8]);
    // And back, through a module that answers them.
    for code in codes {
        let lie = format!("(i32.const {})", code.number());
        let module = Module::new(&guest::lying(&lie)).expect("a filter");
        let mut filter = module.filter().expect("an instance");
        assert_eq!(refusal(filter.process(b"i")).code, code);
    }
}

/// The deadline is a call's, not the filter's.
#[test]
fn many_calls_may_take_longer_than_one() {
    let settings = Settings { deadline: Duration::from_millis(200), ..Settings::default() };
    let module = Module::with_settings(&guest::obeying(), settings).expect("a filter");
    let mut filter = module.filter().expect("an instance");
    let start = Instant::now();
    while start.elapsed() < Duration::from_millis(500) {
        assert_eq!(filter.process(b"v"), Ok(Some(guest::VERDICT)));
    }
}

#[test]
fn any_deadline_is_a_valid_one() {
    let settings = Settings { deadline: Duration::MAX, ..Settings::default() };
    let module = Module::with_settings(&guest::obeying(), settings).expect("a filter");
    let mut filter = module.filter().expect("an instance");
    assert_eq!(filter.process(b"v"), Ok(Some(guest::VERDICT)));
}

#[test]
fn threads_share_a_module() {
    let module = Module::new(&guest::obeying()).expect("a filter");
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let module = &module;
            scope.spawn(move || {
                let mut filter = module.filter().expect("an instance");
                let configuration = format!("configuration {thread}");
                filter.configure(configuration.as_bytes()).expect("accepted");
                for _ in 0..1000 {
                    assert_eq!(filter.process(b"c"), Ok(Some(configuration.as_bytes())));
                }
            });
        }
    });
}

/// A filter may move to another thread and outlive its module.
#[test]
fn a_filter_moves() {
    let mut filter = filter();
    std::thread::spawn(move || assert_eq!(filter.process(b"v"), Ok(Some(guest::VERDICT))))
        .join()
        .expect("no panic");
}
