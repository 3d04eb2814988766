//! Fluent Bit's `wasm` filter, emulated call by call in an interpreter.
//!
//! One instance serves all records. For each record, Fluent Bit copies the tag and the JSON, both
//! terminated by NUL, into memory that it gets from the module's `malloc` and returns to its `free`.
//! The function returns the address of a C string, which is copied.

use std::ffi::CStr;

use wasmi::{Config, Engine, Instance, Linker, Memory, Module, Store, WasmParams, WasmResults};

/// The stack for calls and operands, in bytes: Fluent Bit's default.
const STACK: usize = 8 << 10;

const TAG: &[u8] = b"cloudtrail";

/// The effect of a filter on one record.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum FilterResult {
    /// The record is forwarded as it is: the function returns the record's own address.
    Unchanged,
    /// The function returns an empty string.
    Dropped,
    /// The returned string is forwarded instead of the record.
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
        // Features that its virtual machine does not support, or did not in version 4.0.
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

    /// Configures rules. Fluent Bit cannot do this; its users load a module with rules baked in.
    pub(crate) fn configure(&mut self, json: &str) {
        let length = json.len() as u32;
        let input_ptr: u32 = self.export("sekisho_input", length);
        let write = self.memory.write(&mut self.store, input_ptr as usize, json.as_bytes());
        write.expect("the buffer is in memory");
        assert_eq!(self.export::<_, i32>("sekisho_configure", (input_ptr, length)), 0);
    }

    /// Runs one of the functions on a record, which must not contain NUL.
    pub(crate) fn filter(&mut self, function: &str, record: &[u8]) -> FilterResult {
        let tag = self.copy(TAG);
        let record_ptr = self.copy(record);
        let result_ptr = self.call(function, tag, record_ptr, record.len() as u32);
        assert_ne!(result_ptr, 0, "the record would be lost");
        let memory = self.memory.data(&self.store);
        let text = memory.get(result_ptr as usize..).expect("the result is in memory");
        let text = CStr::from_bytes_until_nul(text).expect("the result is terminated").to_bytes();
        let result = if result_ptr == record_ptr {
            assert_eq!(text, record, "the record is returned unchanged");
            FilterResult::Unchanged
        } else if text.is_empty() {
            FilterResult::Dropped
        } else {
            FilterResult::Replaced(text.to_vec())
        };
        self.free(tag);
        self.free(record_ptr);
        result
    }

    /// The raw call.
    pub(crate) fn call(&mut self, function: &str, tag: u32, record: u32, length: u32) -> u32 {
        let (seconds, nanoseconds) = (1_758_000_000, 999_999_999);
        let tag_length = TAG.len() as u32;
        self.export(function, (tag, tag_length, seconds, nanoseconds, record, length))
    }

    pub(crate) fn malloc(&mut self, size: u32) -> u32 {
        self.export("malloc", size)
    }

    pub(crate) fn free(&mut self, address: u32) {
        self.export::<_, ()>("free", address);
    }

    /// The size of the module's memory in pages of 64 KiB.
    pub(crate) fn pages(&self) -> u64 {
        self.memory.size(&self.store)
    }

    /// Copies a text and a terminating NUL into the module's memory; its address.
    pub(crate) fn copy(&mut self, text: &[u8]) -> u32 {
        let address = self.malloc(text.len() as u32 + 1);
        assert_ne!(address, 0, "there is memory for {} bytes", text.len());
        let end = address as usize + text.len();
        self.memory.write(&mut self.store, address as usize, text).expect("it is in memory");
        self.memory.write(&mut self.store, end, &[0]).expect("it is in memory");
        address
    }

    fn export<P: WasmParams, R: WasmResults>(&mut self, name: &str, parameters: P) -> R {
        let function = self.instance.get_typed_func::<P, R>(&self.store, name);
        let function = function.unwrap_or_else(|error| panic!("{name}: {error}"));
        function.call(&mut self.store, parameters).unwrap_or_else(|trap| panic!("{name}: {trap}"))
    }
}
