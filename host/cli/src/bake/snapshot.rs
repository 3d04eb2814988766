//! A module that begins where another one is once it has been configured.

use pollster::block_on;
use wasmtime::{Engine, Instance, Memory, Module, Store, WasmParams, WasmResults, ensure};
use wasmtime_wizer::{InstanceState, SnapshotVal, ValType, Wizer};

/// Configures an instance, and makes a module of it as it is then.
///
/// # Errors
/// What went wrong, if the module does not take the configuration.
pub(super) fn configured(wasm: &[u8], configuration: &[u8]) -> wasmtime::Result<Vec<u8>> {
    let wizer = Wizer::new();
    let (context, instrumented) = wizer.instrument(wasm)?;
    let mut running = Running::start(&instrumented)?;
    running.configure(configuration)?;
    block_on(wizer.snapshot(&context, &mut running))
}

/// An instance.
struct Running {
    store: Store<()>,
    instance: Instance,
}

impl Running {
    fn start(wasm: &[u8]) -> wasmtime::Result<Self> {
        let engine = Engine::default();
        let module = Module::new(&engine, wasm)?;
        let mut store = Store::new(&engine, ());
        let instance = Instance::new(&mut store, &module, &[])?;
        Ok(Self { store, instance })
    }

    fn configure(&mut self, configuration: &[u8]) -> wasmtime::Result<()> {
        let length = u32::try_from(configuration.len())?;
        let at: u32 = self.call("sekisho_input", length)?;
        ensure!(at != 0, "it has no input buffer of {length} bytes");
        self.memory("memory").write(&mut self.store, at as usize, configuration)?;
        let status: i32 = self.call("sekisho_configure", (at, length))?;
        ensure!(status == 0, "it answers {status}");
        // The text has been read, and is no part of what was made of it.
        let zeros = vec![0; configuration.len()];
        self.memory("memory").write(&mut self.store, at as usize, &zeros)?;
        Ok(())
    }

    fn call<P: WasmParams, R: WasmResults>(
        &mut self,
        name: &str,
        parameters: P,
    ) -> wasmtime::Result<R> {
        let function = self.instance.get_typed_func::<P, R>(&mut self.store, name)?;
        function.call(&mut self.store, parameters)
    }

    fn memory(&mut self, name: &str) -> Memory {
        self.instance.get_memory(&mut self.store, name).expect("it was exported for this")
    }
}

impl InstanceState for Running {
    /// The stack pointer is the one global that changes.
    async fn global_get(&mut self, name: &str, _: ValType) -> SnapshotVal {
        let global = self.instance.get_global(&mut self.store, name);
        let global = global.expect("it was exported for this");
        SnapshotVal::I32(global.get(&mut self.store).unwrap_i32())
    }

    async fn memory_contents(&mut self, name: &str, read: impl FnOnce(&[u8]) + Send) {
        read(self.memory(name).data(&self.store));
    }
}
