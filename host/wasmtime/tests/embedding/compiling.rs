//! Compiling is bounded: no module takes much longer than the built-in one, or much memory.

use sekisho_host::{LoadError, Module, Settings};

#[path = "../../../../tests/hostile/bombs.rs"]
mod bombs;

#[test]
fn modules_beyond_a_limit_are_refused() {
    for (expected, wasm) in bombs::beyond() {
        match Module::check(&wasm, &Settings::new()) {
            Err(LoadError::Limit { name, found, most, offset }) => {
                assert_eq!(name, expected);
                assert!(found > most, "{name}: {found}, {most}");
                assert!((8..wasm.len() as u64).contains(&offset), "{name}: {offset}");
            }
            other => panic!("{expected}: {other:?}"),
        }
    }
    let [_, (_, wasm), ..] = &bombs::beyond()[..] else { unreachable!() };
    let error = Module::new(wasm).expect_err("an error").to_string();
    let message = "the module has 100 parameters of a function at byte 11, at most 32 are accepted";
    assert_eq!(error, message);
}

#[cfg(target_os = "linux")]
mod cost {
    use std::process::Command;
    use std::time::Duration;
    use std::{env, fs};

    use rustix::time::{ClockId, clock_gettime};
    use sekisho_host::Module;

    use super::bombs;

    /// Of the processor time for the built-in module: 2 seconds where that takes 0.8, and up to 3.3 times as
    /// much beside other tests, which slow some code more than other code.
    const MOST_TIMES: u32 = 4;
    const MOST_KIB: u64 = 300 << 10;

    /// Set for the process that compiles one module.
    const MODULE: &str = "SEKISHO_COMPILED";

    /// In a process of its own: memory and time are those of one module.
    fn compile(wasm: &[u8]) -> (Duration, u64) {
        let file = tempfile::NamedTempFile::new().expect("a file");
        fs::write(file.path(), wasm).expect("written");
        let output = Command::new(env::current_exe().expect("this program"))
            .args(["--exact", "compiling::cost::of_one_module", "--nocapture"])
            .env(MODULE, file.path())
            .output()
            .expect("a run");
        let output = String::from_utf8_lossy(&output.stdout);
        let line = output.lines().find_map(|line| line.split_once("cost: ")).expect("a cost").1;
        let (nanoseconds, kib) = line.split_once(' ').expect("two numbers");
        let nanoseconds = nanoseconds.parse().expect("a number");
        (Duration::from_nanos(nanoseconds), kib.parse().expect("a number"))
    }

    /// Prints the processor time and the memory of compiling the module that it is run for.
    #[test]
    fn of_one_module() {
        let Some(file) = env::var_os(MODULE) else { return };
        Module::new(&fs::read(file).expect("a file")).expect("a filter");
        let time = Duration::try_from(clock_gettime(ClockId::ProcessCPUTime)).expect("a time");
        let status = fs::read_to_string("/proc/self/status").expect("a process");
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a peak");
        let kib = peak.trim().trim_end_matches(" kB");
        println!("\ncost: {} {kib}", time.as_nanos());
    }

    #[test]
    fn of_every_module_is_bounded() {
        let (built_in, _) = compile(sekisho_module::SIMD);
        for (name, wasm) in bombs::within() {
            let (time, kib) = compile(&wasm);
            println!("{name}: {} bytes, {time:?}, {kib} KiB; built in: {built_in:?}", wasm.len());
            assert!(time < MOST_TIMES * built_in, "{name}: {time:?}, built in: {built_in:?}");
            assert!(kib < MOST_KIB, "{name}: {kib} KiB");
        }
    }
}
