//! The module in wasmi, an interpreter, through the raw calls of `plugin/ABI.md`.

use wasmi::{Config, Engine, Instance, Linker, Memory, Module, Store, WasmParams, WasmResults};

use crate::host::{CallResult, Export, Host};

pub(crate) struct Wasmi {
    store: Store<()>,
    instance: Instance,
    memory: Memory,
}

impl Wasmi {
    pub(crate) fn new(wasm: &[u8]) -> Self {
        Self::start(wasm, &Config::default())
    }

    /// Counts instructions.
    pub(crate) fn with_fuel(wasm: &[u8]) -> Self {
        Self::start(wasm, Config::default().consume_fuel(true))
    }

    fn start(wasm: &[u8], config: &Config) -> Self {
        let engine = Engine::new(config);
        let module = Module::new(&engine, wasm).expect("the module is valid");
        let mut store = Store::new(&engine, ());
        // Without `consume_fuel` this fails, and no fuel is needed.
        let _ = store.set_fuel(u64::MAX);
        let instance = Linker::new(&engine)
            .instantiate_and_start(&mut store, &module)
            .expect("the module needs no imports");
        let memory = instance.get_memory(&store, "memory").expect("the module exports its memory");
        Wasmi { store, instance, memory }
    }

    /// The size of the module's memory in pages of 64 KiB.
    pub(crate) fn pages(&self) -> u64 {
        self.memory.size(&self.store)
    }

    /// The instructions executed so far, as wasmi counts them.
    pub(crate) fn fuel_used(&self) -> u64 {
        u64::MAX - self.store.get_fuel().expect("fuel is counted")
    }

    /// The number that `sekisho_peek` returns for the first bytes of a record.
    pub(crate) fn peek(&mut self, start: &[u8]) -> i32 {
        let (pointer, length) = self.write(start).expect("a buffer");
        self.export("sekisho_peek", (pointer, length))
    }

    /// Writes into the input buffer; `None` if it is too long for one.
    fn write(&mut self, input: &[u8]) -> Option<(i32, i32)> {
        let length = input.len() as i32;
        let pointer: i32 = self.export("sekisho_input", length);
        if pointer == 0 {
            return None;
        }
        let written = self.memory.write(&mut self.store, pointer as usize, input);
        written.expect("the buffer is in memory");
        Some((pointer, length))
    }

    fn export<P: WasmParams, R: WasmResults>(&mut self, name: &str, parameters: P) -> R {
        let function = self.instance.get_typed_func::<P, R>(&self.store, name);
        let function = function.unwrap_or_else(|error| panic!("{name}: {error}"));
        function.call(&mut self.store, parameters).unwrap_or_else(|trap| panic!("{name}: {trap}"))
    }
}

impl Host for Wasmi {
    fn call(&mut self, export: Export, input: &[u8]) -> CallResult {
        let Some((input_ptr, length)) = self.write(input) else { return CallResult::status(-3) };
        let n: i32 = match export {
            Export::Configure => self.export("sekisho_configure", (input_ptr, length)),
            Export::Process => self.export("sekisho_process", (input_ptr, length)),
            Export::Annotate => self.export("sekisho_annotate", (input_ptr, length)),
            Export::ProcessBatch(framing) => {
                self.export("sekisho_process_batch", (input_ptr, length, framing as i32))
            }
            Export::Observe(now) => self.export("sekisho_observe", (input_ptr, length, now)),
            Export::Tick(now) => self.export("sekisho_tick", now),
            Export::Flush => self.export("sekisho_flush", ()),
            Export::Save => self.export("sekisho_save", ()),
            Export::Restore => self.export("sekisho_restore", (input_ptr, length)),
            Export::Reset => {
                self.export::<_, ()>("sekisho_reset", ());
                0
            }
        };
        if n <= 0 || export == Export::Restore {
            return CallResult::status(n);
        }
        let output_ptr: i32 = self.export("sekisho_output", ());
        let mut output = vec![0; n as usize];
        self.memory
            .read(&self.store, output_ptr as usize, &mut output)
            .expect("the output is in memory");
        CallResult::output(output)
    }
}
