//! The engine as native code, without WebAssembly.

use sekisho::{AttemptStream, Configuration, Framing, Restored};

use crate::host::{CallResult, Export, Host};

#[derive(Default)]
pub(crate) struct Native(AttemptStream);

impl Host for Native {
    fn call(&mut self, export: Export, input: &[u8]) -> CallResult {
        let mut output = Vec::new();
        let result = match export {
            Export::Configure => {
                let configuration = Configuration::parse(input);
                return CallResult::status(configuration.map_or(-4, |configuration| {
                    self.0.configure(configuration);
                    0
                }));
            }
            Export::Process => self.0.classifier_mut().process(input, &mut output).map(drop),
            Export::Annotate => self.0.classifier_mut().annotate(input, &mut output).map(drop),
            Export::ProcessBatch(framing) => {
                let framing = Framing::from_code(framing).expect("a known framing");
                self.0.classifier_mut().process_batch(input, framing, &mut output)
            }
            Export::Observe(now) => self
                .0
                .observe(input, (now > 0).then_some(now))
                .and_then(|mut ready| ready.write_lines(&mut output)),
            Export::Tick(now) => self.0.tick(now).write_lines(&mut output),
            Export::Flush => self.0.flush().write_lines(&mut output),
            Export::Save => {
                self.0.save(&mut output);
                Ok(())
            }
            Export::Restore => match self.0.restore(input) {
                Ok(Restored::Complete) => Ok(()),
                Ok(Restored::Partial) => return CallResult::status(1),
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
