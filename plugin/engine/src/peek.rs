//! Records that their first bytes decide.

use sekisho_signin::Header;

use crate::classifier::Classifier;

/// What the first bytes of a record say about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Peek {
    /// It is no sign-in, and no rule matches it, however it goes on. It is counted.
    NoVerdict,
    /// It may be anything, so read all of it. For the next records the answer is probably the same.
    Unknown {
        /// How many next records.
        also_next: u32,
    },
}

/// Inputs that do not start as a record are rarely alone.
const NEXT_OTHERS: u32 = 63;

impl Classifier {
    /// Looks at the first bytes of an input, of any length. What they decide, they decide as
    /// [`process`](Classifier::process) would; most records of a trail are decided by their first
    /// kilobyte.
    ///
    /// ```
    /// use sekisho::{Classifier, Peek};
    ///
    /// let start = br#"{"eventVersion":"1.11","eventSource":"s3.amazonaws.com","eventName":"Ge"#;
    /// let mut classifier = Classifier::new();
    /// assert_eq!(classifier.peek(start), Peek::NoVerdict);
    /// assert_eq!(classifier.peek(&start[..40]), Peek::Unknown { also_next: 0 });
    /// assert_eq!(classifier.counters().records, 1);
    /// ```
    pub fn peek(&mut self, start: &[u8]) -> Peek {
        if self.configuration.rules.is_some() {
            return Peek::Unknown { also_next: u32::MAX };
        }
        if Header::of_other(start).is_some() {
            self.counters.records += 1;
            return Peek::NoVerdict;
        }
        let also_next = if Header::may_start(start) { 0 } else { NEXT_OTHERS };
        Peek::Unknown { also_next }
    }
}
