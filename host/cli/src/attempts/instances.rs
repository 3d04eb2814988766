//! Instances of the module with the same configuration.

use sekisho_host::{Error, Filter, Module};

use crate::failure::Failure;
use crate::module_file;

/// Creates instances of a module.
#[derive(Clone)]
pub(crate) struct Instances {
    /// The module.
    pub(crate) module: Module,
    /// The configuration of each instance, as JSON.
    pub(crate) configuration: Vec<u8>,
}

impl Instances {
    /// Creates an instance.
    ///
    /// # Errors
    /// [`Failure`], if the module cannot be started, or refuses its configuration.
    pub(crate) fn start(&self) -> Result<Filter, Failure> {
        let mut filter = module_file::start(&self.module)?;
        filter.configure(&self.configuration).map_err(|error| match error {
            Error::Refused(refusal) => Failure::Usage {
                message: format!("the module refuses the rules or settings: {refusal}"),
                advice: "run `sekisho rules check` with the same rules to see what is wrong",
            },
            error => Failure::Module {
                message: format!("the module failed on its configuration: {error}"),
                advice: "try fewer or simpler rules",
            },
        })?;
        Ok(filter)
    }
}
