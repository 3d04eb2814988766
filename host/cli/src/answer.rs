//! What the module says about an item: the verdict, and the item with it, from one call.

use sekisho_host::{Annotated, Error, Filter, VerdictJson};

/// A verdict, and the item that it was added to. A module that answers differently when it is asked
/// again cannot show one verdict and write another, because it is asked once.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    verdict: Vec<u8>,
    annotated: Vec<u8>,
    /// An instance of the module that is configured with another form.
    formed: Option<Filter>,
}

impl Answer {
    /// An answer with what `formed` writes, an instance that is configured with another form.
    pub(crate) fn in_form(formed: Option<Filter>) -> Self {
        Self { formed, ..Self::default() }
    }

    /// The instance that is configured with another form.
    pub(crate) fn formed(&mut self) -> Option<&mut Filter> {
        self.formed.as_mut()
    }

    /// The event of an item that has a verdict, in the other form.
    ///
    /// # Errors
    /// As [`ask`](Self::ask).
    pub(crate) fn event(&mut self, item: &[u8]) -> Result<&[u8], Error> {
        let event = match &mut self.formed {
            Some(formed) => formed.process(item)?,
            None => None,
        };
        self.annotated.clear();
        self.annotated.extend_from_slice(event.map_or(b"", |event| event.as_bytes()));
        Ok(&self.annotated)
    }

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
        let verdict = match (annotates, &mut self.formed) {
            (false, _) => filter.process(item)?,
            (true, Some(formed)) => {
                let verdict = filter.process(item)?;
                if verdict.is_some() {
                    add(formed, item, &mut self.annotated)?;
                }
                verdict
            }
            (true, None) => add(filter, item, &mut self.annotated)?,
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

/// Appends the item with what the module adds to it, if it does, and returns that.
fn add<'f>(
    filter: &'f mut Filter,
    item: &'f [u8],
    annotated: &mut Vec<u8>,
) -> Result<Option<VerdictJson<'f>>, Error> {
    match filter.annotate(item) {
        Annotated::Added { record, verdict } => {
            annotated.extend_from_slice(record);
            Ok(Some(verdict))
        }
        Annotated::Unchanged(_) => Ok(None),
        Annotated::Failed { error, .. } => Err(error),
    }
}
