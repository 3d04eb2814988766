//! A verdict as the module wrote it.

use std::fmt;

#[cfg(feature = "serde")]
use crate::typed::Verdict;

/// The verdict on one record: the JSON object that the module wrote, borrowed from its memory.
///
/// A pipeline passes [`as_bytes`](Self::as_bytes) on, which costs nothing. With the feature `serde`,
/// `parse` reads it into a `Verdict`.
///
/// ```
/// # let mut filter = sekisho_host::Module::new(sekisho_module::SIMD)?.filter()?;
/// let record = br#"{"eventSource":"signin.amazonaws.com","eventName":"ExitRole"}"#;
/// let verdict = filter.process(record)?.expect("a sign-in record");
/// assert!(verdict.as_bytes().starts_with(br#"{"kind":"role_exit","#));
/// # #[cfg(feature = "serde")]
/// assert_eq!(verdict.parse()?.kind, "role_exit");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct VerdictJson<'a> {
    json: &'a [u8],
}

impl<'a> VerdictJson<'a> {
    pub(crate) fn new(json: &'a [u8]) -> Self {
        Self { json }
    }

    /// The JSON object, in UTF-8 unless the module is faulty.
    #[must_use]
    pub fn as_bytes(self) -> &'a [u8] {
        self.json
    }

    /// Reads the verdict.
    ///
    /// # Errors
    /// If a faulty module wrote something else than a verdict.
    #[cfg(feature = "serde")]
    pub fn parse(self) -> Result<Verdict, serde_json::Error> {
        serde_json::from_slice(self.json)
    }
}

impl fmt::Debug for VerdictJson<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerdictJson({})", self.json.escape_ascii())
    }
}
