//! What the module says about an item: the verdict, and the item with it, from one call.

use sekisho_host::{Annotated, Error, Filter};

/// A verdict, and the item that it was added to. A module that answers differently when it is asked
/// again cannot show one verdict and write another, because it is asked once.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    verdict: Vec<u8>,
    annotated: Vec<u8>,
}

impl Answer {
    /// Asks the module about an item, and to add the verdict to it if it `annotates`. Returns whether
    /// there is a verdict.
    ///
    /// # Errors
    /// The module cannot read the item, or fails.
    pub(crate) fn ask(
        &mut self,
        filter: &mut Filter,
        item: &[u8],
        annotates: bool,
    ) -> Result<bool, Error> {
        self.verdict.clear();
        self.annotated.clear();
        let verdict = match annotates {
            false => filter.process(item)?,
            true => match filter.annotate(item) {
                Annotated::Added { record, verdict } => {
                    self.annotated.extend_from_slice(record);
                    Some(verdict)
                }
                Annotated::Unchanged(_) => None,
                Annotated::Failed { error, .. } => return Err(error),
            },
        };
        self.verdict.extend_from_slice(verdict.map_or(&[], |verdict| verdict.as_bytes()));
        Ok(verdict.is_some())
    }

    /// The verdict.
    pub(crate) fn verdict(&self) -> &[u8] {
        &self.verdict
    }

    /// The item with its verdict.
    pub(crate) fn annotated(&self) -> &[u8] {
        &self.annotated
    }
}
