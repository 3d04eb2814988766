//! The module in wasmi, an interpreter.

use wasmi::{Engine, Linker, Memory, Module, Store, TypedFunc};

pub(crate) struct Wasmi {
    store: Store<()>,
    memory: Memory,
    input: TypedFunc<i32, i32>,
    process: TypedFunc<(i32, i32), i32>,
}

impl Wasmi {
    pub(crate) fn new(wasm: &[u8], configuration: &str) -> Self {
        let engine = Engine::default();
        let module = Module::new(&engine, wasm).expect("a valid module");
        let mut store = Store::new(&engine, ());
        let instance = Linker::new(&engine).instantiate_and_start(&mut store, &module);
        let instance = instance.expect("no imports");
        let configure = instance.get_typed_func(&store, "sekisho_configure").expect("ABI");
        let mut host = Self {
            memory: instance.get_memory(&store, "memory").expect("ABI"),
            input: instance.get_typed_func(&store, "sekisho_input").expect("ABI"),
            process: instance.get_typed_func(&store, "sekisho_process").expect("ABI"),
            store,
        };
        assert_eq!(host.call(configure, configuration.as_bytes()), 0, "it is configured");
        host
    }

    /// Processes a record; returns the length of the verdict.
    pub(crate) fn process(&mut self, record: &[u8]) -> usize {
        usize::try_from(self.call(self.process, record)).expect("the record is read")
    }

    fn call(&mut self, function: TypedFunc<(i32, i32), i32>, input: &[u8]) -> i32 {
        let length = input.len() as i32;
        let input_ptr = self.input.call(&mut self.store, length).expect("no trap");
        self.memory
            .write(&mut self.store, input_ptr as usize, input)
            .expect("the buffer is in memory");
        function.call(&mut self.store, (input_ptr, length)).expect("no trap")
    }
}
