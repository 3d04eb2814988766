//! Fluent Bit's filter `wasm` in an interpreter, imitated call by call.
//!
//! One instance serves all records. Of each, the tag and the JSON go into memory of the module's
//! `malloc`, each with a NUL behind it, and back to its `free`; the answer is the address of a C
//! string, which is copied.

use std::ffi::CStr;

use wasmi::{Config, Engine, Instance, Linker, Memory, Module, Store, WasmParams, WasmResults};

/// Room for calls and their operands, in bytes: Fluent Bit's default.
const STACK: usize = 8 << 10;

const TAG: &[u8] = b"cloudtrail";

/// What becomes of a record.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It goes on as it is: the answer is its own address.
    Unchanged,
    /// The answer is an empty string.
    Dropped,
    /// The answer goes on in its place.
    Replaced(Vec<u8>),
}

pub(crate) struct FluentBit {
    store: Store<()>,
    instance: Instance,
    memory: Memory,
}

impl FluentBit {
    pub(crate) fn new(wasm: &[u8]) -> Self {
        let mut config = Config::default();
        config.set_min_stack_height(STACK).set_max_stack_height(STACK);
        // What its virtual machine does not load, or did not in version 4.0.
        config.wasm_simd(false).wasm_reference_types(false).wasm_tail_call(false);
        config.wasm_extended_const(false).wasm_multi_memory(false);
        let engine = Engine::new(&config);
        let module = Module::new(&engine, wasm).expect("the module is valid");
        let mut store = Store::new(&engine, ());
        let instance = Linker::new(&engine)
            .instantiate_and_start(&mut store, &module)
            .expect("the module needs no imports");
        let memory = instance.get_memory(&store, "memory").expect("the module exports its memory");
        FluentBit { store, instance, memory }
    }

    /// Sets rules, as nobody can in Fluent Bit itself: it would load a module that has them.
    pub(crate) fn configure(&mut self, json: &str) {
        let length = json.len() as u32;
        let at: u32 = self.export("sekisho_input", length);
        self.memory.write(&mut self.store, at as usize, json.as_bytes()).expect("it is in memory");
        assert_eq!(self.export::<_, i32>("sekisho_configure", (at, length)), 0);
    }

    /// Runs a record, text without a NUL, through one of the functions.
    pub(crate) fn filter(&mut self, function: &str, record: &[u8]) -> Fate {
        let tag = self.copy(TAG);
        let at = self.copy(record);
        let answer = self.call(function, tag, at, record.len() as u32);
        assert_ne!(answer, 0, "the record would be lost");
        let memory = self.memory.data(&self.store);
        let text = memory.get(answer as usize..).expect("the answer is in memory");
        let text = CStr::from_bytes_until_nul(text).expect("the answer ends").to_bytes();
        let fate = if answer == at {
            assert_eq!(text, record, "handed back as it was");
            Fate::Unchanged
        } else if text.is_empty() {
            Fate::Dropped
        } else {
            Fate::Replaced(text.to_vec())
        };
        self.free(tag);
        self.free(at);
        fate
    }

    /// The bare call.
    pub(crate) fn call(&mut self, function: &str, tag: u32, record: u32, length: u32) -> u32 {
        let (seconds, nanoseconds) = (1_758_000_000, 999_999_999);
        let tag_length = TAG.len() as u32;
        self.export(function, (tag, tag_length, seconds, nanoseconds, record, length))
    }

    pub(crate) fn malloc(&mut self, size: u32) -> u32 {
        self.export("malloc", size)
    }

    pub(crate) fn free(&mut self, at: u32) {
        self.export::<_, ()>("free", at);
    }

    /// How many pages of 64 KiB the module has taken.
    pub(crate) fn pages(&self) -> u64 {
        self.memory.size(&self.store)
    }

    /// A copy in the module's memory, with a NUL behind it.
    pub(crate) fn copy(&mut self, text: &[u8]) -> u32 {
        let at = self.malloc(text.len() as u32 + 1);
        assert_ne!(at, 0, "there is memory for {} bytes", text.len());
        let end = at as usize + text.len();
        self.memory.write(&mut self.store, at as usize, text).expect("it is in memory");
        self.memory.write(&mut self.store, end, &[0]).expect("it is in memory");
        at
    }

    fn export<P: WasmParams, R: WasmResults>(&mut self, name: &str, parameters: P) -> R {
        let function = self.instance.get_typed_func::<P, R>(&self.store, name);
        let function = function.unwrap_or_else(|error| panic!("{name}: {error}"));
        function.call(&mut self.store, parameters).unwrap_or_else(|trap| panic!("{name}: {trap}"))
    }
}
