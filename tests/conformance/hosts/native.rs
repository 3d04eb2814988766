//! The engine as native code, without WebAssembly.

use sekisho::{Engine, Framing, Restored};

use crate::host::{CallResult, Export, Host};

#[derive(Default)]
pub(crate) struct Native(Engine);

impl Host for Native {
    fn call(&mut self, export: Export, input: &[u8]) -> CallResult {
        let mut output = Vec::new();
        let result = match export {
            Export::Configure => {
                return CallResult::status(self.0.configure(input).map_or(-4, |()| 0));
            }
            Export::Process => self.0.process(input, &mut output).map(drop),
            Export::Annotate => self.0.annotate(input, &mut output).map(drop),
            Export::ProcessBatch(framing) => {
                let framing = Framing::from_code(framing).expect("a known framing");
                self.0.process_batch(input, framing, &mut output)
            }
            Export::Observe(now) => self.0.observe(input, (now > 0).then_some(now), &mut output),
            Export::Tick(now) => self.0.tick(now, &mut output),
            Export::Flush => self.0.flush(&mut output),
            Export::Save => {
                self.0.save(&mut output);
                Ok(())
            }
            Export::Restore => match self.0.restore(input) {
                Ok(Restored::Done) => Ok(()),
                Ok(Restored::Partly) => return CallResult::status(1),
                Err(error) => Err(error),
            },
            Export::Reset => {
                self.0.reset();
                Ok(())
            }
        };
        match result {
            Ok(()) => CallResult::output(output),
            Err(error) => CallResult::status(error.code()),
        }
    }
}
