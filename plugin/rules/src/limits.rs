//! How large a pattern may be.

/// What a pattern may cost. The default is what AWS allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Length of a pattern, in characters.
    pub characters: usize,
    /// Conjunctions that the `$or`s of a pattern multiply out to.
    pub branches: usize,
    /// Wildcard prefixes of one field that some value could match at the same time: the complexity
    /// of AWS's event-ruler, which grows with wildcards and with repetition after a wildcard.
    pub wildcard_prefixes: usize,
}

impl Limits {
    /// What Amazon EventBridge allows: the characters of `PutRule`, the combinations of `$or`, and
    /// for wildcards, where AWS names no figure, the most that agrees with what it is known to
    /// refuse.
    pub const AWS: Limits = Limits { characters: 4096, branches: 1000, wildcard_prefixes: 10 };

    /// No limits: for patterns that are trusted, as `$or`s multiply.
    pub const NONE: Limits =
        Limits { characters: usize::MAX, branches: usize::MAX, wildcard_prefixes: usize::MAX };
}

impl Default for Limits {
    fn default() -> Self {
        Limits::AWS
    }
}
