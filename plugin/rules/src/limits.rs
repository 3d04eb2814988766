//! The limits of a pattern.

/// The limits for [`Pattern::parse_with`](crate::Pattern::parse_with). The default is
/// [`Limits::AWS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The length of a pattern, in characters.
    pub characters: usize,
    /// The number of combinations that the `$or`s of a pattern multiply out to.
    pub branches: usize,
    /// The number of wildcard prefixes of one field that a value could match at the same time. This
    /// is the complexity of AWS's event-ruler; it grows with wildcards and with repetition after a
    /// wildcard.
    pub wildcard_prefixes: usize,
}

impl Limits {
    /// The limits of Amazon EventBridge. AWS documents the number of characters (`PutRule`) and of
    /// combinations. It documents none for wildcards; the value here is the largest one that rejects
    /// every pattern that AWS is known to reject.
    pub const AWS: Limits = Limits { characters: 4096, branches: 1000, wildcard_prefixes: 10 };

    /// No limits. Use it for trusted patterns only: nested `$or`s multiply.
    pub const NONE: Limits =
        Limits { characters: usize::MAX, branches: usize::MAX, wildcard_prefixes: usize::MAX };
}

impl Default for Limits {
    fn default() -> Self {
        Limits::AWS
    }
}
