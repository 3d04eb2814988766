//! The deadline is about the processor time of a call.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use sekisho_host::{Error, Fault, Module, Settings};

use crate::guest::{self, input, process};

const DEADLINE: Duration = Duration::from_millis(400);

/// Threads for each processor that compete with the call: it runs for a twentieth of the time.
const BUSY_THREADS: usize = 19;

/// Counts to `count`, in a call of [`input::FAULT`].
fn counting(count: u64) -> Vec<u8> {
    guest::faulty(&format!(
        "(local $n i64)
         (loop (br_if 0 (i64.lt_u
           (local.tee $n (i64.add (local.get $n) (i64.const 1))) (i64.const {count}))))
         (i32.const 0)"
    ))
}

/// The time of a call that counts to `count`.
fn time(count: u64, settings: Settings) -> (Result<(), Error>, Duration) {
    let module = Module::with_settings(&counting(count), settings).expect("a filter");
    let mut filter = module.filter().expect("an instance");
    let start = Instant::now();
    (process(&mut filter, input::FAULT).map(drop), start.elapsed())
}

/// A call that needs a fifth of the deadline, on a machine so busy that it takes longer than that.
#[test]
fn a_busy_machine_stops_no_call() {
    // The shortest of several times is closest to the processor time.
    let calibrate = |_| {
        let (result, took) = time(10_000_000, Settings::new().deadline(Duration::from_secs(60)));
        result.expect("no fault");
        took
    };
    let took = (0..5).map(calibrate).min().expect("several").as_nanos().max(1);
    let count = 10_000_000 * (DEADLINE / 5).as_nanos() / took;
    let count = u64::try_from(count).expect("a small number");

    let processors = thread::available_parallelism().map_or(1, usize::from);
    let stop = AtomicBool::new(false);
    let (result, took) = thread::scope(|scope| {
        for _ in 0..processors * BUSY_THREADS {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
            });
        }
        let timed = time(count, Settings::new().deadline(DEADLINE));
        stop.store(true, Ordering::Relaxed);
        timed
    });
    assert!(took > DEADLINE, "the machine was not busy: {took:?}");
    assert_eq!(result, Ok(()), "after {took:?}");
}

/// It counts for less than a minute, which only a trusted module may.
#[test]
fn a_trusted_module_has_no_deadline() {
    let settings = || Settings::new().deadline(Duration::from_millis(20));
    let wasm: &'static [u8] = counting(1_000_000_000).leak();
    let another: &'static [u8] = counting(1_000_000_001).leak();
    for settings in [settings(), settings().trust(another)] {
        let module = Module::with_settings(wasm, settings).expect("a filter");
        assert!(!module.is_trusted());
        let result = process(&mut module.filter().expect("an instance"), input::FAULT).map(drop);
        assert!(matches!(result, Err(Error::Fault(Fault::Deadline { .. }))), "{result:?}");
    }
    let settings = settings().trust(another).trust(wasm);
    let module = Module::with_settings(wasm, settings).expect("a filter");
    assert!(module.is_trusted());
    assert_eq!(process(&mut module.filter().expect("an instance"), input::FAULT), Ok(None));
}
