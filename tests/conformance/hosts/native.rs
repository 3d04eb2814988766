//! The engine without any WebAssembly.

use sekisho::{Engine, Framing};

use crate::host::{Answer, Export, Host};

#[derive(Default)]
pub(crate) struct Native(Engine);

impl Host for Native {
    fn call(&mut self, export: Export, input: &[u8]) -> Answer {
        let mut output = Vec::new();
        let result = match export {
            Export::Configure => {
                return Answer::number(self.0.configure(input).map_or(-4, |()| 0));
            }
            Export::Process => self.0.process(input, &mut output).map(drop),
            Export::Annotate => self.0.annotate(input, &mut output).map(drop),
            Export::ProcessBatch(framing) => {
                let framing = Framing::from_code(framing).expect("a known framing");
                self.0.process_batch(input, framing, &mut output)
            }
        };
        match result {
            Ok(()) => Answer::output(output),
            Err(error) => Answer::number(error.code()),
        }
    }
}
