//! The module in wasmtime, by the embedding that this repository gives.

use std::time::Duration;

use sekisho_host::{Annotated, EmittedLines, Error, Filter, Framing, Module, Settings};

use crate::host::{Answer, Export, Host};

pub(crate) struct Wasmtime(Filter);

impl Wasmtime {
    pub(crate) fn new(wasm: &[u8]) -> Self {
        Self::with_settings(wasm, Settings::new())
    }

    /// One that waits for what takes long: a hundred thousand rules.
    pub(crate) fn with_patience(wasm: &[u8]) -> Self {
        let deadline = Duration::from_secs(600);
        Self::with_settings(wasm, Settings::new().deadline(deadline))
    }

    fn with_settings(wasm: &[u8], settings: Settings) -> Self {
        let module = Module::with_settings(wasm, settings).expect("the module is accepted");
        Wasmtime(module.filter().expect("the module has an instance"))
    }
}

impl Host for Wasmtime {
    fn call(&mut self, export: Export, input: &[u8]) -> Answer {
        let Wasmtime(filter) = self;
        match export {
            Export::Configure => answer(filter.configure(input).map(|()| Vec::new())),
            Export::Process => {
                let verdict = filter.process(input);
                answer(verdict.map(|verdict| {
                    verdict.map_or(Vec::new(), |verdict| verdict.as_bytes().to_vec())
                }))
            }
            Export::Annotate => answer(match filter.annotate(input) {
                Annotated::Added(record) => Ok(record.to_vec()),
                Annotated::Unchanged(record) => {
                    assert_eq!(record, input, "handed back as it was");
                    Ok(Vec::new())
                }
                Annotated::Failed { record, error } => {
                    assert_eq!(record, input, "handed back as it was");
                    Err(error)
                }
            }),
            Export::ProcessBatch(framing) => {
                let framing = match framing {
                    0 => Framing::Lengths,
                    1 => Framing::Lines,
                    _ => Framing::Json,
                };
                answer(filter.process_batch(input, framing).map(|answers| {
                    // Back into the ABI's bytes, to be compared with those of the other hosts.
                    let mut output = Vec::new();
                    for (index, result) in answers {
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
            Export::Observe(now) => answer(filter.observe(input, now).map(ndjson)),
            Export::Tick(now) => answer(filter.tick(now).map(ndjson)),
            Export::Flush => answer(filter.flush().map(ndjson)),
            Export::Save => answer(filter.save().map(<[u8]>::to_vec)),
            Export::Restore => answer(filter.restore(input).map(|()| Vec::new())),
            Export::Reset => answer(filter.reset().map(|()| Vec::new())),
        }
    }
}

fn ndjson(lines: EmittedLines<'_>) -> Vec<u8> {
    lines.as_bytes().to_vec()
}

fn answer(result: Result<Vec<u8>, Error>) -> Answer {
    match result {
        Ok(output) => Answer::output(output),
        Err(Error::Record(error) | Error::Refused(error)) => Answer::number(error.code.number()),
        Err(error) => panic!("the module is at fault: {error}"),
    }
}
