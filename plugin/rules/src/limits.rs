//! The limits of a pattern.

/// The limits for [`Pattern::parse_with`](crate::Pattern::parse_with). The default is
/// [`Limits::AWS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The length of a pattern, in characters.
    pub characters: usize,
    /// The number of combinations that the `$or`s of a pattern multiply out to.
    pub branches: usize,
    /// The complexity of wildcards, exactly as AWS's event-ruler counts it: the number of wildcard
    /// prefixes that a value could match at the same time. It grows with wildcards and with
    /// repetition after a wildcard; branches of `$or` add up if no key that sorts before the field
    /// differs. See [`Pattern::wildcard_complexity`](crate::Pattern::wildcard_complexity).
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
