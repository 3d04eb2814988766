//! The module in wasmtime, through this repository's embedding API.

use std::time::Duration;

use sekisho_host::{Annotated, EmittedLines, Error, Filter, Framing, Module, Settings};

use crate::host::{CallResult, Export, Host};

pub(crate) struct Wasmtime(Filter);

impl Wasmtime {
    pub(crate) fn new(wasm: &[u8]) -> Self {
        Self::with_settings(wasm, Settings::new())
    }

    /// With a deadline that is long enough for a hundred thousand rules.
    pub(crate) fn with_long_deadline(wasm: &[u8]) -> Self {
        let deadline = Duration::from_secs(600);
        Self::with_settings(wasm, Settings::new().deadline(deadline))
    }

    fn with_settings(wasm: &[u8], settings: Settings) -> Self {
        let module = Module::with_settings(wasm, settings).expect("the module is accepted");
        Wasmtime(module.filter().expect("the module has an instance"))
    }
}

impl Host for Wasmtime {
    fn call(&mut self, export: Export, input: &[u8]) -> CallResult {
        let Wasmtime(filter) = self;
        match export {
            Export::Configure => call_result(filter.configure(input).map(|()| Vec::new())),
            Export::Process => {
                let verdict = filter.process(input);
                call_result(verdict.map(|verdict| {
                    verdict.map_or(Vec::new(), |verdict| verdict.as_bytes().to_vec())
                }))
            }
            Export::Annotate => call_result(match filter.annotate(input) {
                Annotated::Added { record, .. } => Ok(record.to_vec()),
                Annotated::Unchanged(record) => {
                    assert_eq!(record, input, "the record is returned unchanged");
                    Ok(Vec::new())
                }
                Annotated::Failed { record, error } => {
                    assert_eq!(record, input, "the record is returned unchanged");
                    Err(error)
                }
            }),
            Export::ProcessBatch(framing) => {
                let framing = match framing {
                    0 => Framing::Lengths,
                    1 => Framing::Lines,
                    _ => Framing::Json,
                };
                call_result(filter.process_batch(input, framing).map(|results| {
                    // Encodes the ABI's bytes again, to compare them with those of other hosts.
                    let mut output = Vec::new();
                    for (index, result) in results {
                        let (n, bytes) = match &result {
                            Ok(verdict) => (verdict.as_bytes().len() as i32, verdict.as_bytes()),
                            Err(error) => (error.code.number(), &[][..]),
                        };
                        output.extend(index.to_le_bytes());
                        output.extend(n.to_le_bytes());
                        output.extend(bytes);
                    }
                    output
                }))
            }
            Export::Observe(now) => call_result(filter.observe(input, now).map(ndjson)),
            Export::Tick(now) => call_result(filter.tick(now).map(ndjson)),
            Export::Flush => call_result(filter.flush().map(ndjson)),
            Export::Save => call_result(filter.save().map(<[u8]>::to_vec)),
            Export::Restore => call_result(filter.restore(input).map(|()| Vec::new())),
            Export::Reset => call_result(filter.reset().map(|()| Vec::new())),
        }
    }
}

fn ndjson(lines: EmittedLines<'_>) -> Vec<u8> {
    lines.as_bytes().to_vec()
}

fn call_result(result: Result<Vec<u8>, Error>) -> CallResult {
    match result {
        Ok(output) => CallResult::output(output),
        Err(Error::Record(error) | Error::Refused(error)) => {
            CallResult::status(error.code.number())
        }
        Err(error) => panic!("a fault of the module: {error}"),
    }
}
