//! Snapshots a configured instance as a new module.

use pollster::block_on;
use wasmtime::{Engine, Instance, Memory, Module, Store, WasmParams, WasmResults, ensure};
use wasmtime_wizer::{InstanceState, SnapshotVal, ValType, Wizer};

/// Configures an instance of the module, and returns a module that starts in its state.
///
/// # Errors
/// The module does not start, or refuses the configuration.
pub(super) fn configured(wasm: &[u8], configuration: &[u8]) -> wasmtime::Result<Vec<u8>> {
    let wizer = Wizer::new();
    let (context, instrumented) = wizer.instrument(wasm)?;
    let mut guest = Guest::start(&instrumented)?;
    guest.configure(configuration)?;
    block_on(wizer.snapshot(&context, &mut guest))
}

/// An instance of the instrumented module.
struct Guest {
    store: Store<()>,
    instance: Instance,
}

impl Guest {
    fn start(wasm: &[u8]) -> wasmtime::Result<Self> {
        let engine = Engine::default();
        let module = Module::new(&engine, wasm)?;
        let mut store = Store::new(&engine, ());
        let instance = Instance::new(&mut store, &module, &[])?;
        Ok(Self { store, instance })
    }

    fn configure(&mut self, configuration: &[u8]) -> wasmtime::Result<()> {
        let length = u32::try_from(configuration.len())?;
        let address: u32 = self.call("sekisho_input", length)?;
        ensure!(address != 0, "sekisho_input refuses {length} bytes");
        self.memory("memory").write(&mut self.store, address as usize, configuration)?;
        let status: i32 = self.call("sekisho_configure", (address, length))?;
        ensure!(status == 0, "sekisho_configure returns {status}");
        // The compiled rules do not refer to the text, so it need not be in the snapshot.
        let zeros = vec![0; configuration.len()];
        self.memory("memory").write(&mut self.store, address as usize, &zeros)?;
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
        self.instance.get_memory(&mut self.store, name).expect("the instrumented module exports it")
    }
}

impl InstanceState for Guest {
    /// The stack pointer is the only mutable global.
    async fn global_get(&mut self, name: &str, _: ValType) -> SnapshotVal {
        let global = self.instance.get_global(&mut self.store, name);
        let global = global.expect("the instrumented module exports it");
        SnapshotVal::I32(global.get(&mut self.store).unwrap_i32())
    }

    async fn memory_contents(&mut self, name: &str, read: impl FnOnce(&[u8]) + Send) {
        read(self.memory(name).data(&self.store));
    }
}
